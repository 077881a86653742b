package api_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/homphieu/homphieu/api"
)

// clockwork notes the deadlines that it is given.
type clockwork struct {
	read, write []time.Time
	err         error
}

func (c *clockwork) SetReadDeadline(t time.Time) error {
	c.read = append(c.read, t)
	return c.err
}

func (c *clockwork) SetWriteDeadline(t time.Time) error {
	c.write = append(c.write, t)
	return c.err
}

// Who sends a package has a minute, and a second more for each 16 KiB: then one of
// 64 MiB may come over a slow line.
func TestPacedPackage(t *testing.T) {
	begun := time.Date(2026, 11, 22, 9, 0, 0, 0, time.UTC)
	until := new(clockwork)
	body, come := api.NewPaced(strings.NewReader(strings.Repeat("x", 40<<10)), until, begun)
	piece := make([]byte, 16<<10)
	for range 2 {
		if _, err := io.ReadFull(body, piece); err != nil {
			t.Fatal(err)
		}
	}
	if len(until.read) != 2 || until.read[0] != begun.Add(61*time.Second) || until.read[1] != begun.Add(62*time.Second) {
		t.Errorf("to be read by %v", until.read)
	}
	if err := come(begun.Add(time.Hour)); err != nil || len(until.write) != 1 || !until.write[0].After(begun.Add(time.Hour)) {
		t.Errorf("to be answered by %v, %v", until.write, err)
	}
	until.err = http.ErrNotSupported
	if rest, err := io.ReadAll(body); err != nil || len(rest) != 8<<10 {
		t.Errorf("%d bytes, %v", len(rest), err)
	}
	until.err = io.ErrClosedPipe
	if _, err := body.Read(piece); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("read on: %v", err)
	}
	if err := come(begun); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("%v", err)
	}
}

// No place takes all the room for packages that are coming.
func TestPackagesOfOnePlace(t *testing.T) {
	enter := api.EnterParcels()
	var leave func()
	for range api.ParcelsOfOne {
		one, err := enter("192.0.2.1")
		if err != nil {
			t.Fatal(err)
		}
		leave = one
	}
	if _, err := enter("192.0.2.1"); err == nil {
		t.Error("one more than a place may send")
	}
	if _, err := enter("192.0.2.2"); err != nil {
		t.Errorf("another place: %v", err)
	}
	leave()
	if _, err := enter("192.0.2.1"); err != nil {
		t.Errorf("after one has come: %v", err)
	}
}
