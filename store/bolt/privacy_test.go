package bolt_test

import (
	"errors"
	"path/filepath"
	"slices"
	"testing"

	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/ballot/box/boxtest"
	"github.com/homphieu/homphieu/store/bolt"
)

// TestNothingTellsTheOrder accepts the same ballots in different orders. While
// they wait, all that is kept is the same, byte for byte.
func TestNothingTellsTheOrder(t *testing.T) {
	var dumps [][]bolt.Entry
	for _, order := range [][]int{{0, 1, 2, 3, 4, 5, 6}, {6, 5, 4, 3, 2, 1, 0}, {3, 0, 6, 1, 5, 2, 4}} {
		store := openAt(t, filepath.Join(t.TempDir(), "data.bolt"))
		defer store.Close()
		b, e := boxtest.Reach(t, store, box.Open, 0)
		for _, v := range order {
			ok(t, b.Accept(t.Context(), e.Ballots[v]))
		}
		dumps = append(dumps, store.Dump(t, e.UUID))
	}
	for _, d := range dumps[1:] {
		if !slices.Equal(d, dumps[0]) {
			t.Error("what is kept differs with the order of arrival")
		}
	}
}

// TestWaitingIsSorted: the waiting ballots lie by their hash, and nothing else
// is kept beside one.
func TestWaitingIsSorted(t *testing.T) {
	store := openAt(t, filepath.Join(t.TempDir(), "data.bolt"))
	defer store.Close()
	_, e := boxtest.Reach(t, store, box.Open, 7)
	var keys []string
	compact := map[string]bool{}
	for _, b := range e.Ballots[:7] {
		compact[string(e.AppendCompact(nil, b))] = true
	}
	for _, entry := range store.Dump(t, e.UUID) {
		switch entry.Bucket {
		case "waiting":
			keys = append(keys, entry.Key)
			if !compact[entry.Value] {
				t.Errorf("a waiting ballot has more beside it: %q", entry.Value)
			}
		case "ballots":
			if entry.Value != "" {
				t.Errorf("the index says %q of a waiting ballot", entry.Value)
			}
		}
	}
	if len(keys) != 7 || !slices.IsSorted(keys) {
		t.Errorf("%d waiting ballots, sorted %v", len(keys), slices.IsSorted(keys))
	}
}

// TestTrials keeps the secrets of sample meetings.
func TestTrials(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data.bolt")
	store := openAt(t, path)
	if _, err := store.Trial(t.Context(), "11111111111111"); !errors.Is(err, box.ErrNotFound) {
		t.Errorf("a trial of nobody: %v", err)
	}
	ok(t, store.PutTrial(t.Context(), "11111111111111", []byte("one")))
	ok(t, store.PutTrial(t.Context(), "22222222222222", []byte("two")))
	ok(t, store.PutTrial(t.Context(), "11111111111111", []byte("new")))
	ok(t, store.Close())
	store = openAt(t, path)
	defer store.Close()
	got, err := store.Trial(t.Context(), "11111111111111")
	if ok(t, err); string(got) != "new" {
		t.Errorf("trial: %q", got)
	}
	ok(t, store.Check(t.Context()))
}
