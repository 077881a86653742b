package main

import (
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/homphieu/homphieu/tally/ledger"
)

// A server that gives no answer is excused for a while, and then no more: a log
// that nobody sees could show anything to others.
func TestWatchPatience(t *testing.T) {
	away, wrong := unreachableError{fs.ErrNotExist}, errors.New("edited")
	for name, c := range map[string]struct {
		err             error
		patience, blind time.Duration
		excused         bool
		part            string
	}{
		"just now":      {away, time.Hour, time.Second, true, "not reached"},
		"for an hour":   {away, time.Hour, time.Hour, false, "no good look for 1h0m0s"},
		"looked once":   {away, 0, 0, false, "file does not exist"},
		"another error": {wrong, time.Hour, time.Second, false, "edited"},
	} {
		t.Run(name, func(t *testing.T) {
			var said strings.Builder
			w := &watcher{stdout: &said, patience: c.patience}
			err := w.excuse(c.err, c.blind)
			if (err == nil) != c.excused {
				t.Fatalf("error %v", err)
			}
			text := said.String()
			if err != nil {
				text = err.Error()
				if exitStatus(err) != 1 || said.Len() > 0 {
					t.Errorf("status %d, said %q", exitStatus(err), said.String())
				}
			}
			if !strings.Contains(text, c.part) {
				t.Errorf("%q", text)
			}
		})
	}
}

// A server that answers a little at a time does not hold a look for ever: it has
// given no answer.
func TestWatchDripped(t *testing.T) {
	s := serveLog(t, 1)
	defer s.server.Close()
	drip := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, "/log/tile/") {
			s.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Content-Length", "96")
		_, _ = w.Write([]byte{0})
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	}))
	defer drip.Close()
	source, err := newLogSource(drip.URL)
	must(t, err)
	w := &watcher{source: source, mirror: mirror{dir: t.TempDir(), fetch: source.file}, stdout: io.Discard, longest: time.Second}
	var unreachable unreachableError
	if err := w.look(t.Context()); !errors.As(err, &unreachable) || !strings.Contains(err.Error(), "a look took longer than 1s") {
		t.Fatalf("error %v", err)
	}
	if names, err := filepath.Glob(filepath.Join(w.mirror.dir, "shown-*")); err != nil || len(names) > 0 {
		t.Errorf("%v, %v", names, err)
	}
}

// A look costs the same however long the log has become, and what it is about
// is read once: of the old bundles one is read again each time.
func TestWatchTraffic(t *testing.T) {
	s := serveLog(t, 1)
	defer s.server.Close()
	source, err := newLogSource(s.server.URL)
	must(t, err)
	w := &watcher{source: source, mirror: mirror{dir: t.TempDir(), fetch: source.file}, stdout: io.Discard, longest: time.Hour}
	read := map[string]int{}
	for size := range 60 {
		s.said()
		must(t, w.look(t.Context()))
		asked := s.said()
		// policy and checkpoint; what proves that it continues; its last bundle, and
		// at most one that was filled; one old bundle; the tiles of these.
		if len(asked) > 17 {
			t.Errorf("%d entries: %d files were asked for: %v", 3+60*size, len(asked), asked)
		}
		for _, path := range asked {
			read[path]++
		}
		s.grow(t, s.polls, 20)
	}
	whole := 0
	for path, n := range read {
		if strings.HasPrefix(path, "/log/tile/entries/") && !strings.Contains(path, ".p/") {
			whole += n
		}
	}
	if whole < 13 || whole > 13+60 {
		t.Errorf("full bundles were read %d times, there are 13", whole)
	}
	f, err := ledger.VerifyDir(t.Context(), w.mirror.dir, nil, nil)
	must(t, err)
	if !f.Valid() || f.Log.Size != 3+59*60 {
		t.Errorf("%d entries: %v", f.Log.Size, f.Reason)
	}
}
