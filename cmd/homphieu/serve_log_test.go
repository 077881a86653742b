package main

import (
	"bytes"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
)

// A log that has witnesses and a name of this computer alone is warned of at
// the start, with its name.
func TestLogOrigin(t *testing.T) {
	for _, test := range []struct {
		origin, witnesses string
		warned            bool
	}{
		{"localhost:8080/log", "witnesses", true},
		{"127.0.0.1:8080/log", "witnesses", true},
		{"[::1]:8080/log", "witnesses", true},
		{"localhost:8080/log", "", false},
		{"hop.example.vn/log", "witnesses", false},
		{"hop.example.vn:8443/log", "witnesses", false},
	} {
		_, key, err := logKey(filepath.Join(t.TempDir(), "log.key"), test.origin)
		must(t, err)
		var said bytes.Buffer
		warnOfOrigin(&serveOptions{witnesses: test.witnesses}, key, slog.New(slog.NewTextHandler(&said, nil)))
		if warned := strings.Contains(said.String(), test.origin); warned != test.warned || warned != (said.Len() > 0) {
			t.Errorf("%s, %q: %q", test.origin, test.witnesses, said.String())
		}
	}
}
