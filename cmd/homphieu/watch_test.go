package main

import (
	"errors"
	"io/fs"
	"strings"
	"testing"
	"time"
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
