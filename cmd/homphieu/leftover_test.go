package main

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/homphieu/homphieu/report"
)

// What an earlier demonstration left in the folder is not taken for this one's:
// who waits for demo.json must not read an address and slips of a poll that is
// over.
func TestDemoTakesNothingLeftOver(t *testing.T) {
	out := t.TempDir()
	names := append(report.Names(2), "demo.json", "log/checkpoint", "log/policy", "log/tile/entries/000.p/3")
	if err := os.MkdirAll(filepath.Join(out, "log", "tile", "entries", "000.p"), 0o700); err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if err := os.WriteFile(filepath.Join(out, name), []byte("{}"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	d, err := newDemo(t.Context(), demoOptions{out: out, board: "1/1", listen: "127.0.0.1:0", voters: 2, people: 1, hold: true}, t.Output())
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := d.close(); err != nil {
			t.Error(err)
		}
		if err := d.site.listener.Close(); err != nil {
			t.Error(err)
		}
	}()
	for _, name := range names {
		if _, err := os.Stat(filepath.Join(out, name)); err == nil {
			t.Errorf("%s of an earlier vote is still there", name)
		}
	}
}

// A request that never ends does not keep the server from stopping well.
func TestStopDespiteSlowRequest(t *testing.T) {
	d, err := newDemo(t.Context(), demoOptions{out: t.TempDir(), board: "1/1", listen: "127.0.0.1:0", voters: 2, people: 1}, t.Output())
	if err != nil {
		t.Fatal(err)
	}
	d.site.grace = 50 * time.Millisecond
	serving, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- d.site.serve(serving) }()
	conn, err := net.Dial("tcp", d.site.url.Host)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	path := "/api/v1/elections/" + string(d.box.Election().UUID) + "/ballots"
	if _, err := conn.Write([]byte("POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nhalf")); err != nil {
		t.Fatal(err)
	}
	time.Sleep(50 * time.Millisecond) // until the server has read it
	stop()
	if err := <-served; err != nil {
		t.Errorf("stopped with %v", err)
	}
	if err := d.close(); err != nil {
		t.Error(err)
	}
}
