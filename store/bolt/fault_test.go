package bolt_test

import (
	"errors"
	"path/filepath"
	"testing"

	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/ballot/box/boxtest"
	"github.com/homphieu/homphieu/store/bolt"
	"github.com/homphieu/homphieu/tally/archive"
)

// writes are all operations that write, each with how to come to it.
var writes = []struct {
	name string
	come box.State
	cast int // ballots before
	do   func(t *testing.T, b box.Box, e boxtest.Sealed) error
}{
	{"open", box.Sealed, 0, func(t *testing.T, b box.Box, _ boxtest.Sealed) error { return b.Open(t.Context()) }},
	{"accept the first", box.Open, 0, accept(0)},
	{"accept one that waits", box.Open, 3, accept(3)},
	{"accept the last of a batch", box.Open, 7, accept(7)},
	{"accept after a batch", box.Open, 8, accept(8)},
	{"void", box.Open, 1, func(t *testing.T, b box.Box, e boxtest.Sealed) error { return b.Void(t.Context(), e.Voters[9].Key) }},
	{"close", box.Open, 3, func(t *testing.T, b box.Box, _ boxtest.Sealed) error { return b.Close(t.Context()) }},
	{"attach", box.Closed, 3, func(t *testing.T, b box.Box, _ boxtest.Sealed) error {
		return b.Attach(t.Context(), box.Closing, []byte("signed"))
	}},
	{"publish", box.Tallied, 3, func(t *testing.T, b box.Box, _ boxtest.Sealed) error { return b.Publish(t.Context()) }},
}

func accept(voter int) func(*testing.T, box.Box, boxtest.Sealed) error {
	return func(t *testing.T, b box.Box, e boxtest.Sealed) error { return b.Accept(t.Context(), e.Ballots[voter]) }
}

// TestFaults lets every write go wrong in every way, tries again as a phone or
// a person would, and takes the poll on to a valid result.
func TestFaults(t *testing.T) {
	for _, fault := range []bolt.Fault{bolt.NotApplied, bolt.Applied, bolt.Unreadable} {
		for _, w := range writes {
			t.Run(w.name+", "+string(fault), func(t *testing.T) {
				store := openAt(t, filepath.Join(t.TempDir(), "data.bolt"))
				defer store.Close()
				b, e := boxtest.Reach(t, store, w.come, w.cast)
				bolt.Break(b, fault)
				if err := w.do(t, b, e); !errors.Is(err, bolt.ErrFault) {
					t.Fatalf("the fault was not told: %v", err)
				}
				if fault == bolt.Unreadable { // the first try finds the disk still broken
					if err := w.do(t, b, e); !errors.Is(err, bolt.ErrFault) {
						t.Fatalf("the second fault was not told: %v", err)
					}
				}
				ok(t, w.do(t, b, e))
				ok(t, store.Check(t.Context()))
				finish(t, b, e)
				ok(t, store.Check(t.Context()))
			})
		}
	}
}

// TestPanicAfterTheCommit: what a write left on disk is not forgotten when the
// program that wrote it panics and goes on.
func TestPanicAfterTheCommit(t *testing.T) {
	for _, w := range writes {
		t.Run(w.name, func(t *testing.T) {
			store := openAt(t, filepath.Join(t.TempDir(), "data.bolt"))
			defer store.Close()
			b, e := boxtest.Reach(t, store, w.come, w.cast)
			bolt.Break(b, bolt.LatePanic)
			func() {
				defer func() {
					if err, _ := recover().(error); !errors.Is(err, bolt.ErrFault) {
						t.Errorf("recovered %v", err)
					}
				}()
				_ = w.do(t, b, e)
			}()
			ok(t, w.do(t, b, e))
			finish(t, b, e)
			ok(t, store.Check(t.Context()))
		})
	}
}

// finish takes a box from any state to the result and requires a valid archive
// with all of its ballots.
func finish(t *testing.T, b box.Box, e boxtest.Sealed) {
	t.Helper()
	s, err := b.Status(t.Context())
	ok(t, err)
	if s.State < box.Closed {
		ok(t, b.Open(t.Context()))
		for _, v := range e.Ballots[:9] {
			ok(t, b.Accept(t.Context(), v))
		}
		ok(t, b.Close(t.Context()))
	}
	if s.State < box.Tallied {
		events, shares := tallyOf(t, b, e)
		ok(t, b.Tally(t.Context(), events, shares))
	}
	s, err = b.Status(t.Context())
	ok(t, err)
	r := boxtest.Verify(t, boxtest.Archive(t, b))
	if r.State != archive.StateResult || r.Ballots != s.Accepted {
		t.Errorf("%s with %d ballots, the box has %d", r.State, r.Ballots, s.Accepted)
	}
}

// TestTallyFault is apart because its events are drawn anew each time.
func TestTallyFault(t *testing.T) {
	for _, fault := range []bolt.Fault{bolt.NotApplied, bolt.Applied, bolt.Unreadable} {
		t.Run(string(fault), func(t *testing.T) {
			store := openAt(t, filepath.Join(t.TempDir(), "data.bolt"))
			defer store.Close()
			b, e := boxtest.Reach(t, store, box.Closed, 3)
			events, shares := tallyOf(t, b, e)
			bolt.Break(b, fault)
			if err := b.Tally(t.Context(), events, shares); !errors.Is(err, bolt.ErrFault) {
				t.Fatalf("the fault was not told: %v", err)
			}
			if fault == bolt.Unreadable {
				if _, err := b.Product(t.Context()); !errors.Is(err, bolt.ErrFault) {
					t.Fatalf("the second fault was not told: %v", err)
				}
			}
			ok(t, b.Tally(t.Context(), events, shares))
			finish(t, b, e)
			ok(t, store.Check(t.Context()))
		})
	}
}
