package ledger_test

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"strings"
	"testing"

	"github.com/homphieu/homphieu/tally/ledger"
	"github.com/homphieu/homphieu/tally/ledger/ledgertest"
)

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// is requires an error that wraps want and, unless it is empty, says part.
func is(t testing.TB, err, want error, part string) {
	t.Helper()
	if !errors.Is(err, want) || (err != nil && !strings.Contains(err.Error(), part)) {
		t.Fatalf("error %v, want %v with %q", err, want, part)
	}
}

// A folder holds the files of a log.
type folder map[string][]byte

func (f folder) fetch(_ context.Context, path string) ([]byte, error) {
	data, found := f[path]
	if !found {
		return nil, fs.ErrNotExist
	}
	return data, nil
}

func (f folder) copy() folder { return maps.Clone(f) }

// export returns all files of what a log has published.
func export(t testing.TB, log *ledger.Log) folder {
	t.Helper()
	c, _, err := log.Published(t.Context())
	ok(t, err)
	f := folder{}
	for _, path := range ledger.Files(c.Size) {
		f[path], err = log.File(t.Context(), path)
		ok(t, err)
	}
	return f
}

// A scene is a log with its witnesses.
type scene struct {
	*ledgertest.Keys
	store     *ledgertest.Memory
	log       *ledger.Log
	witnesses []*ledger.Witness
}

// newScene makes a log of so many polls, each sealed, closed and counted,
// published with k of n witnesses, all of whom have cosigned.
func newScene(t testing.TB, polls, k, n int) *scene {
	t.Helper()
	s := &scene{Keys: ledgertest.NewKeys(t, k, n), store: ledgertest.NewMemory()}
	s.log = s.Log(t, s.store)
	for i := range n {
		s.witnesses = append(s.witnesses, s.Witness(t, i, ledgertest.NewWitnessMemory()))
	}
	s.grow(t, 0, polls)
	s.Publish(t, s.log, s.witnesses...)
	return s
}

// grow writes the polls from number first on.
func (s *scene) grow(t testing.TB, first, n int) {
	t.Helper()
	var bodies []ledger.Body
	for i := range n {
		bodies = append(bodies, ledgertest.Poll(first+i)...)
	}
	if n == 0 {
		return
	}
	_, err := s.log.Append(t.Context(), bodies...)
	ok(t, err)
}

// forge is another log under the same key, as its operator might keep one for
// somebody else: it has the first polls of s, and then n from number from on.
func (s *scene) forge(t testing.TB, polls, from, n int) *scene {
	t.Helper()
	plain := *s.Keys
	plain.Policy = nil
	f := &scene{Keys: &plain, store: ledgertest.NewMemory()}
	f.log = f.Log(t, f.store)
	f.grow(t, 0, polls)
	f.grow(t, from, n)
	f.Publish(t, f.log)
	return f
}

func published(t testing.TB, log *ledger.Log) []byte {
	t.Helper()
	_, signed, err := log.Published(t.Context())
	ok(t, err)
	return signed
}
