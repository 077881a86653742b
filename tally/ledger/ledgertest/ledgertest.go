// Package ledgertest is the test that every store of the public log, and every
// store of a witness, must pass; and a store in memory. Only tests import it.
//
// An implementation runs it so:
//
//	func TestLedger(t *testing.T) { ledgertest.Run(t, open) }
//	func TestWitness(t *testing.T) { ledgertest.RunWitness(t, openWitness) }
//
// where open gives an empty store and a function that closes it and opens it
// again, as after a restart of the server.
package ledgertest

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/homphieu/homphieu/tally/ledger"
)

// Open opens an empty store that ends with the test. reopen closes it and opens
// it again.
type Open func(t *testing.T) (store ledger.Store, reopen func() ledger.Store)

// OpenWitness does so for the store of a witness.
type OpenWitness func(t *testing.T) (store ledger.WitnessStore, reopen func() ledger.WitnessStore)

// Run tests a store of the log.
func Run(t *testing.T, open Open) {
	for _, c := range []struct {
		name string
		test func(t *testing.T, open Open)
	}{
		{"empty", testEmpty},
		{"append", testAppend},
		{"append at another size", testConflict},
		{"nothing beyond the end", testBeyond},
		{"what is given can be changed", testOwned},
		{"heads", testHeads},
		{"appended at once", testAtOnce},
		{"a whole log", testLog},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, open) })
	}
}

// RunWitness tests a store of a witness.
func RunWitness(t *testing.T, open OpenWitness) {
	for _, c := range []struct {
		name string
		test func(t *testing.T, open OpenWitness)
	}{
		{"swap", testSwap},
		{"swapped at once", testSwapAtOnce},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, open) })
	}
}

// A Tree is a growing list of entries, of which a test makes batches.
type Tree struct {
	texts  [][]byte
	hashes []tlog.Hash
}

// ReadHashes implements [tlog.HashReader].
func (r *Tree) ReadHashes(indexes []int64) (list []tlog.Hash, err error) {
	for _, at := range indexes {
		list = append(list, r.hashes[at])
	}
	return list, nil
}

// Grow adds n entries and returns the batch that a store is given for them.
func (r *Tree) Grow(t testing.TB, n int) ledger.Batch {
	t.Helper()
	b, from := ledger.Batch{Size: int64(len(r.texts))}, len(r.hashes)
	for range n {
		text := fmt.Appendf(nil, "entry %d", len(r.texts))
		hashes, err := tlog.StoredHashes(int64(len(r.texts)), text, r)
		ok(t, err)
		r.texts, r.hashes = append(r.texts, text), append(r.hashes, hashes...)
		b.Entries = append(b.Entries, text)
	}
	b.Hashes = slices.Clone(r.hashes[from:])
	return b
}

// Holds requires that a store has exactly the entries and hashes of r.
func (r *Tree) Holds(t testing.TB, store ledger.Store) {
	t.Helper()
	size, err := store.Size(t.Context())
	ok(t, err)
	if size != int64(len(r.texts)) {
		t.Fatalf("%d entries, want %d", size, len(r.texts))
	}
	texts, err := store.Entries(t.Context(), 0, size)
	ok(t, err)
	if !slices.EqualFunc(texts, r.texts, bytes.Equal) {
		t.Fatal("other entries than were appended")
	}
	indexes := make([]int64, len(r.hashes))
	for i := range indexes {
		indexes[i] = int64(i)
	}
	slices.Reverse(indexes) // in whatever order they are asked for
	hashes, err := store.Hashes(t.Context(), indexes)
	ok(t, err)
	slices.Reverse(hashes)
	if !slices.Equal(hashes, r.hashes) {
		t.Fatal("other hashes than were appended")
	}
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func is(t testing.TB, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("error %v, want %v", err, want)
	}
}

func testEmpty(t *testing.T, open Open) {
	store, reopen := open(t)
	for range 2 {
		new(Tree).Holds(t, store)
		heads, err := store.Heads(t.Context())
		ok(t, err)
		if heads.Signed != nil || heads.Published != nil {
			t.Errorf("heads %+v", heads)
		}
		store = reopen()
	}
}

func testAppend(t *testing.T, open Open) {
	store, reopen := open(t)
	var tree Tree
	for i, n := range []int{1, 1, 5, 300, 2} {
		ok(t, store.Append(t.Context(), tree.Grow(t, n)))
		if i%2 == 1 {
			store = reopen()
		}
		tree.Holds(t, store)
	}
	part, err := store.Entries(t.Context(), 299, 303)
	ok(t, err)
	if !slices.EqualFunc(part, tree.texts[299:303], bytes.Equal) {
		t.Errorf("entries 299 to 302: %q", part)
	}
	if none, err := store.Entries(t.Context(), 5, 5); err != nil || len(none) != 0 {
		t.Errorf("no entries: %q, %v", none, err)
	}
}

func testConflict(t *testing.T, open Open) {
	store, reopen := open(t)
	var tree Tree
	first := tree.Grow(t, 3)
	ok(t, store.Append(t.Context(), first))
	ahead := tree
	ahead.Grow(t, 1)
	for _, b := range []ledger.Batch{first, {Size: 2, Entries: first.Entries[2:], Hashes: first.Hashes[3:]}, ahead.Grow(t, 2)} {
		is(t, store.Append(t.Context(), b), ledger.ErrConflict)
		tree.Holds(t, store)
	}
	tree.Holds(t, reopen())
}

func testBeyond(t *testing.T, open Open) {
	store, _ := open(t)
	var tree Tree
	ok(t, store.Append(t.Context(), tree.Grow(t, 3)))
	for _, r := range [][2]int64{{0, 4}, {3, 4}, {7, 9}, {-1, 1}, {2, 1}} {
		if list, err := store.Entries(t.Context(), r[0], r[1]); err == nil {
			t.Errorf("entries %v: %q", r, list)
		}
	}
	for _, at := range []int64{-1, int64(len(tree.hashes)), 1 << 40} {
		if list, err := store.Hashes(t.Context(), []int64{0, at}); err == nil {
			t.Errorf("hash %d: %v", at, list)
		}
	}
	for _, b := range []ledger.Batch{
		{Size: 3, Entries: [][]byte{[]byte("x")}},
		{Size: 3, Hashes: make([]tlog.Hash, 1)},
		{Size: 3, Entries: [][]byte{[]byte("x")}, Hashes: make([]tlog.Hash, 2)},
	} {
		if err := store.Append(t.Context(), b); err == nil {
			t.Errorf("%d entries with %d hashes were taken", len(b.Entries), len(b.Hashes))
		}
	}
	tree.Holds(t, store)
}

func testOwned(t *testing.T, open Open) {
	store, _ := open(t)
	var tree Tree
	b := tree.Grow(t, 2)
	given := ledger.Batch{Hashes: slices.Clone(b.Hashes)}
	for _, text := range b.Entries {
		given.Entries = append(given.Entries, bytes.Clone(text))
	}
	ok(t, store.Append(t.Context(), given))
	given.Entries[0][0], given.Hashes[0][0] = 'X', ^given.Hashes[0][0]
	texts, err := store.Entries(t.Context(), 0, 2)
	ok(t, err)
	texts[1][0] = 'X'
	tree.Holds(t, store)
}

func testHeads(t *testing.T, open Open) {
	store, reopen := open(t)
	var none ledger.Heads
	a := ledger.Heads{Signed: []byte("a")}
	b := ledger.Heads{Signed: []byte("b"), Published: []byte("a")}
	ok(t, store.SetHeads(t.Context(), none, a))
	is(t, store.SetHeads(t.Context(), none, b), ledger.ErrConflict)
	store = reopen()
	is(t, store.SetHeads(t.Context(), ledger.Heads{Signed: []byte("a"), Published: []byte("a")}, b), ledger.ErrConflict)
	ok(t, store.SetHeads(t.Context(), a, b))
	is(t, store.SetHeads(t.Context(), a, a), ledger.ErrConflict)
	store = reopen()
	got, err := store.Heads(t.Context())
	ok(t, err)
	if string(got.Signed) != "b" || string(got.Published) != "a" {
		t.Errorf("heads %q, %q", got.Signed, got.Published)
	}
}

// testAtOnce: of several writers at one size, one writes.
func testAtOnce(t *testing.T, open Open) {
	store, reopen := open(t)
	var tree Tree
	for range 5 {
		b := tree.Grow(t, 3)
		results := atOnce(4, func(int) error { return store.Append(t.Context(), b) })
		oneWins(t, results)
	}
	tree.Holds(t, store)
	tree.Holds(t, reopen())
}

func atOnce(n int, do func(i int) error) []error {
	results := make([]error, n)
	var wait sync.WaitGroup
	for i := range n {
		wait.Go(func() { results[i] = do(i) })
	}
	wait.Wait()
	return results
}

func oneWins(t testing.TB, results []error) {
	t.Helper()
	won := 0
	for _, err := range results {
		if err == nil {
			won++
		} else {
			is(t, err, ledger.ErrConflict)
		}
	}
	if won != 1 {
		t.Fatalf("%d of %d were acknowledged", won, len(results))
	}
}

// testLog runs a log with a witness over the store, closing it between any two
// steps, and rechecks its files.
func testLog(t *testing.T, open Open) {
	store, reopen := open(t)
	keys := NewKeys(t, 1, 1)
	witness := keys.Witness(t, 0, NewWitnessMemory())
	for n := range 3 {
		log := keys.Log(t, store)
		_, err := log.Append(t.Context(), Poll(n)...)
		ok(t, err)
		log = keys.Log(t, reopen())
		_, err = log.Sign(t.Context())
		ok(t, err)
		store = reopen()
		keys.Publish(t, keys.Log(t, store), witness)
	}
	report, err := ledger.Verify(t.Context(), keys.Log(t, reopen()).File, keys.Key, keys.Policy)
	ok(t, err)
	if !report.Valid() || report.Size != int64(3*len(Poll(0))) {
		t.Errorf("%d entries: %v", report.Size, report.Reason)
	}
}

func testSwap(t *testing.T, open OpenWitness) {
	store, reopen := open(t)
	a, b := []byte("a"), []byte("b")
	for _, step := range []struct {
		origin    string
		old, next []byte
		err       error
	}{
		{"one", a, b, ledger.ErrConflict},
		{"one", nil, a, nil},
		{"one", nil, b, ledger.ErrConflict},
		{"one", b, a, ledger.ErrConflict},
		{"two", a, b, ledger.ErrConflict},
		{"two", nil, b, nil},
		{"one", a, a, nil},
		{"one", a, b, nil},
		{"one", a, a, ledger.ErrConflict},
	} {
		is(t, store.Swap(t.Context(), step.origin, step.old, step.next), step.err)
		store = reopen()
	}
	for origin, want := range map[string][]byte{"one": b, "two": b, "three": nil, "": nil} {
		got, err := store.Last(t.Context(), origin)
		ok(t, err)
		if !bytes.Equal(got, want) || (got == nil) != (want == nil) {
			t.Errorf("%s: %q, want %q", origin, got, want)
		}
	}
}

func testSwapAtOnce(t *testing.T, open OpenWitness) {
	store, _ := open(t)
	var old []byte
	for round := range 5 {
		next := func(i int) []byte { return fmt.Appendf(nil, "%d-%d", round, i) }
		results := atOnce(4, func(i int) error { return store.Swap(t.Context(), "one", old, next(i)) })
		oneWins(t, results)
		got, err := store.Last(t.Context(), "one")
		ok(t, err)
		if old = got; results[old[len(old)-1]-'0'] != nil {
			t.Fatalf("%q is kept and was not acknowledged", got)
		}
	}
}
