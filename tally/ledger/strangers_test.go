package ledger_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/homphieu/homphieu/tally/ledger"
)

// TestStrangers: in a folder from a stranger no file makes the reader wait or
// fill the memory: a pipe that nobody writes to, one that is all holes, a folder.
func TestStrangers(t *testing.T) {
	s := newScene(t, 1, 0, 0)
	dir, _ := s.leave(t)
	for _, name := range []string{ledger.CheckpointPath, ledger.PolicyPath, "tile/0/000.p/3", "tile/entries/000.p/3", "poll.bel"} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		old, _ := os.ReadFile(path)
		for what, put := range map[string]func() error{
			"a pipe":   func() error { return syscall.Mkfifo(path, 0o600) },
			"a folder": func() error { return os.Mkdir(path, 0o700) },
			"holes": func() error {
				file, err := os.Create(path)
				if err != nil {
					return err
				}
				return file.Truncate(1 << 40)
			},
		} {
			if what == "holes" && name == "poll.bel" {
				continue // it is read piece by piece, and refused at the first
			}
			ok(t, os.RemoveAll(path))
			ok(t, put())
			f, err := ledger.VerifyDir(t.Context(), dir, nil, nil)
			if err == nil {
				err = f.Reason
			}
			if err == nil || !strings.Contains(err.Error(), "regular file") && !strings.Contains(err.Error(), "larger than") {
				t.Errorf("%s as %s: %v", name, what, err)
			}
		}
		ok(t, os.RemoveAll(path))
		if old != nil {
			ok(t, os.WriteFile(path, old, 0o600))
		}
	}
}
