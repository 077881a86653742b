package bolt_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"testing"

	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/ballot/box/boxtest"
	"github.com/homphieu/homphieu/store/bolt"
)

// makeOld writes a box as stores were before ballots had a compact form: a number
// for each file, and the texts of the ballots that wait.
func makeOld(t *testing.T, store *bolt.Store, b box.Box, e boxtest.Sealed) {
	t.Helper()
	files, err := b.Files(t.Context(), 0, 1<<30)
	ok(t, err)
	for _, entry := range store.Dump(t, e.UUID) {
		switch entry.Bucket {
		case "files":
			store.Replace(t, e.UUID, entry, bolt.Entry{Bucket: "files"})
		case "waiting":
			for _, v := range e.Ballots {
				if hash := v.Hash(); string(hash[:]) == entry.Key {
					store.Replace(t, e.UUID, entry, value(entry, string(v.Raw())))
				}
			}
		}
	}
	for i, f := range files {
		kind := "\x00"
		if f.Event {
			kind = "\x01"
		}
		key := string(binary.BigEndian.AppendUint64(nil, uint64(i)))
		store.Replace(t, e.UUID, bolt.Entry{Bucket: "files"}, bolt.Entry{Bucket: "files", Key: key, Value: kind + string(f.Content)})
	}
}

// TestOldStore takes a poll on that an earlier version of the program began.
func TestOldStore(t *testing.T) {
	for _, state := range []box.State{box.Open, box.Closed, box.Tallied} {
		t.Run(state.String(), func(t *testing.T) {
			path := t.TempDir() + "/data.bolt"
			store := openAt(t, path)
			b, e := boxtest.Reach(t, store, state, 11)
			before := boxtest.Archive(t, b)
			makeOld(t, store, b, e)
			ok(t, store.Close())
			store = openAt(t, path)
			defer store.Close()
			ok(t, store.Check(t.Context()))
			b, err := store.Box(t.Context(), e.UUID)
			ok(t, err)
			if !bytes.Equal(boxtest.Archive(t, b), before) {
				t.Error("the archive is another")
			}
			if state == box.Open { // three wait: five more fill a batch
				for _, v := range e.Ballots[:20] {
					ok(t, b.Accept(t.Context(), v))
				}
				ok(t, store.Check(t.Context()))
				if text := boxtest.Archive(t, b); !bytes.HasPrefix(text, before) || len(text) == len(before) {
					t.Error("the archive does not go on where it was")
				}
			}
			finish(t, b, e)
			ok(t, store.Check(t.Context()))
		})
	}
}

// TestOldStoreCorrupt: a broken text is found as a broken compact form is.
func TestOldStoreCorrupt(t *testing.T) {
	store := openAt(t, t.TempDir()+"/data.bolt")
	defer store.Close()
	b, e := boxtest.Reach(t, store, box.Open, 10)
	makeOld(t, store, b, e)
	ok(t, store.Check(t.Context()))
	for _, entry := range store.Dump(t, e.UUID) {
		if entry.Bucket == "waiting" || entry.Bucket == "files" {
			wantCorrupt(t, store, e, entry, change{"flipped", value(entry, flip(entry.Value))})
		}
	}
	waiting := find(t, store, e, "waiting", func(bolt.Entry) bool { return true })
	store.Replace(t, e.UUID, waiting, value(waiting, "{}"))
	if err := store.Check(t.Context()); !errors.Is(err, box.ErrCorrupt) {
		t.Errorf("a waiting ballot of another text: %v", err)
	}
}
