package main

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/homphieu/homphieu/api"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/report"
	"github.com/homphieu/homphieu/report/parcel"
	"github.com/homphieu/homphieu/store/bolt"
)

// A calendar is the clock of all servers of a demonstration. It shows the days of
// the round, and on each of them goes on as clocks do.
type calendar struct {
	mu    sync.Mutex
	day   meeting.Date
	shown time.Time // when it was set to
	set   time.Time // when that was
}

func (c *calendar) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.shown.Add(time.Since(c.set))
}

// turn goes to half past seven in the morning of a day; on the same day it does
// nothing.
func (c *calendar) turn(day meeting.Date) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if date, ok := day.Day(); ok && c.day != day {
		at := time.Date(date.Year(), date.Month(), date.Day(), 7, 30, 0, 0, vietnam)
		c.day, c.shown, c.set = day, at, time.Now()
	}
}

// A provinceServer is one server of the demonstration, with a folder, a seal and
// a public log of its own.
type provinceServer struct {
	store *bolt.Store
	site  *site
	press *report.Press
	stop  context.CancelFunc
	ended chan error
}

// server makes a server under a name that its seal has. What it is for is added
// to its options and configuration.
func (p *province) server(name string, add func(*provinceServer, *serveOptions, *api.Config)) (s *provinceServer, err error) {
	o := serveOptions{data: filepath.Join(p.folder, name), listen: "127.0.0.1:0"}
	if err := os.MkdirAll(o.data, 0o700); err != nil {
		return nil, err
	}
	s = &provinceServer{press: &report.Press{Program: programName(), Clock: p.calendar.now}}
	if s.press.Seal, err = ownSeal(filepath.Join(o.data, sealFile), name, p.calendar.now()); err != nil {
		return nil, err
	}
	if s.store, err = bolt.Open(filepath.Join(o.data, "homphieu.db")); err != nil {
		return nil, err
	}
	o.ledger = s.store.Ledger()
	config := api.Config{Store: s.store, Press: s.press, Clock: p.calendar.now}
	add(s, &o, &config)
	if s.site, err = newSite(o, config); err != nil {
		return nil, errors.Join(err, s.store.Close())
	}
	return s, nil
}

// start lets a server answer until it is closed.
func (s *provinceServer) start(ctx context.Context) {
	ctx, s.stop = context.WithCancel(context.WithoutCancel(ctx))
	s.ended = make(chan error, 1)
	go func() { s.ended <- s.site.serve(ctx) }()
}

func (s *provinceServer) close() error {
	var err error
	if s.stop != nil {
		s.stop()
		err = <-s.ended
	} else {
		err = s.site.listener.Close()
	}
	return errors.Join(err, s.store.Close())
}

// key is by what the superior knows a server: the digits that are read to it.
func (s *provinceServer) key() string { return parcel.KeyOf(s.press.Seal.Chain[0]) }

// A meddler is a network that changes a byte of the minutes in every result that
// goes through.
type meddler struct{ http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (m meddler) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method != http.MethodPost {
		return m.RoundTripper.RoundTrip(r)
	}
	file, err := io.ReadAll(r.Body)
	if err = errors.Join(err, r.Body.Close()); err != nil {
		return nil, err
	}
	if at := inside(file, meeting.MinutesFile); at > 0 {
		file[at] ^= 1
	}
	changed := r.Clone(r.Context())
	changed.Body = io.NopCloser(bytes.NewReader(file))
	return m.RoundTripper.RoundTrip(changed)
}

// inside returns a place in the middle of a file within a package, or 0.
func inside(pkg []byte, name string) int {
	z, err := zip.NewReader(bytes.NewReader(pkg), int64(len(pkg)))
	if err != nil {
		return 0
	}
	for _, f := range z.File {
		if at, err := f.DataOffset(); err == nil && f.Name == name {
			return int(at) + int(f.CompressedSize64)/2
		}
	}
	return 0
}

// ask makes one request of a server, as anybody could.
func (s *provinceServer) ask(ctx context.Context, method, path string, body []byte, want int) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, method, s.site.url.JoinPath(path).String(), bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != want {
		err = fmt.Errorf("%s %s: status %d: %s", method, path, answer.StatusCode, text)
	}
	return text, err
}
