package bolt_test

import (
	"path/filepath"
	"testing"

	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/ballot/box/boxtest"
	"github.com/homphieu/homphieu/store/bolt"
)

// open opens an empty store as boxtest wants it.
func open(t *testing.T) (store box.Store, reopen func() box.Store) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "data.bolt")
	s := openAt(t, path)
	t.Cleanup(func() { s.Close() })
	return s, func() box.Store {
		t.Helper()
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		s = openAt(t, path)
		return s
	}
}

func openAt(t *testing.T, path string) *bolt.Store {
	t.Helper()
	s, err := bolt.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestStore(t *testing.T) { boxtest.Run(t, open) }
