// Package audittest is the test that every store of the audit log must pass.
// Only tests import it.
//
// An implementation of audit.Store runs it so:
//
//	func TestAudit(t *testing.T) { audittest.Run(t, open) }
//
// where open gives an empty store and a function that closes it and opens it
// again, as after a restart of the server.
package audittest

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/meeting/audit"
)

// Open opens an empty store that ends with the test. reopen closes it and
// opens it again.
type Open func(t *testing.T) (store audit.Store, reopen func() audit.Store)

// Run tests an implementation.
func Run(t *testing.T, open Open) {
	for _, c := range []struct {
		name string
		test func(t *testing.T, open Open)
	}{
		{"empty log", testEmpty},
		{"append", testAppend},
		{"refused drafts leave nothing", testRefused},
		{"entries", testEntries},
		{"entries of a meeting", testMeeting},
		{"appended at once", testAtOnce},
		{"export", testExport},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, open) })
	}
}

const (
	first  ballot.UUID = "22222222222222"
	second ballot.UUID = "222222222222223" // begins as the first
)

// draft is the n-th of many.
func draft(n int) audit.Draft {
	return audit.Draft{
		Time: time.Date(2026, 11, 22, 8, 0, n, 0, time.UTC), Meeting: []ballot.UUID{first, "", second}[n%3],
		Actor:  audit.Actor{Role: "secretary", Name: "Trần Đạt", ID: "id"},
		Action: "meeting.plan", Detail: map[string]string{"n": strconv.Itoa(n)},
	}
}

// filled opens a store with n entries.
func filled(t *testing.T, open Open, n int) (audit.Store, func() audit.Store) {
	t.Helper()
	store, reopen := open(t)
	for i := range n {
		_, err := store.Append(t.Context(), draft(i))
		ok(t, err)
	}
	return store, reopen
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// holds requires a chain of exactly n entries.
func holds(t *testing.T, store audit.Store, n int) {
	t.Helper()
	head, err := store.Head(t.Context())
	ok(t, err)
	checked, err := audit.Check(t.Context(), store)
	ok(t, err)
	if head != checked || head.Length != n {
		t.Fatalf("head %d %x, the entries end with %d %x, want %d", head.Length, head.Hash, checked.Length, checked.Hash, n)
	}
}

// numbers asks for entries and returns their numbers.
func numbers(t *testing.T, store audit.Store, meeting ballot.UUID, from, limit int) (list []int) {
	t.Helper()
	entries, err := store.Entries(t.Context(), meeting, from, limit)
	ok(t, err)
	for _, e := range entries {
		list = append(list, e.Number)
		if want := draft(e.Number); e.Meeting != want.Meeting || e.Detail["n"] != want.Detail["n"] || !e.Time.Equal(want.Time) || e.Actor != want.Actor {
			t.Errorf("entry %d: %+v", e.Number, e)
		}
	}
	return list
}

func testEmpty(t *testing.T, open Open) {
	store, reopen := open(t)
	holds(t, store, 0)
	if list := numbers(t, store, "", -10, 10); len(list) > 0 {
		t.Errorf("entries %v", list)
	}
	holds(t, reopen(), 0)
}

func testAppend(t *testing.T, open Open) {
	store, reopen := open(t)
	var head audit.Head
	for i := range 4 {
		if i == 2 {
			store = reopen()
		}
		e, err := store.Append(t.Context(), draft(i))
		ok(t, err)
		if head, err = head.Follow(e); err != nil {
			t.Fatal(err)
		}
		holds(t, store, i+1)
	}
	if got, err := store.Head(t.Context()); err != nil || got != head {
		t.Errorf("head %+v, want %+v: %v", got, head, err)
	}
}

func testRefused(t *testing.T, open Open) {
	store, reopen := filled(t, open, 1)
	bad := draft(1)
	bad.Action = "no word"
	if _, err := store.Append(t.Context(), bad); !errors.Is(err, audit.ErrDraft) {
		t.Errorf("error %v", err)
	}
	holds(t, reopen(), 1)
}

func testEntries(t *testing.T, open Open) {
	store, _ := filled(t, open, 7)
	for _, c := range []struct {
		from, limit int
		want        []int
	}{
		{0, 100, []int{0, 1, 2, 3, 4, 5, 6}}, {0, 3, []int{0, 1, 2}}, {3, 3, []int{3, 4, 5}}, {6, 3, []int{6}}, {7, 3, nil}, {0, 0, nil},
		{-3, 100, []int{4, 5, 6}}, {-3, 2, []int{4, 5}}, {-7, 1, []int{0}}, {-100, 2, []int{0, 1}},
	} {
		if got := numbers(t, store, "", c.from, c.limit); !slices.Equal(got, c.want) {
			t.Errorf("from %d limit %d: %v, want %v", c.from, c.limit, got, c.want)
		}
	}
}

func testMeeting(t *testing.T, open Open) {
	_, reopen := filled(t, open, 12)
	store := reopen()
	for _, c := range []struct {
		meeting     ballot.UUID
		from, limit int
		want        []int
	}{
		{first, 0, 100, []int{0, 3, 6, 9}}, {second, 0, 100, []int{2, 5, 8, 11}}, {first, 4, 100, []int{6, 9}}, {first, 0, 2, []int{0, 3}},
		{first, -3, 100, []int{3, 6, 9}}, {first, -3, 1, []int{3}}, {second, -1, 5, []int{11}}, {first, 10, 5, nil}, {"33333333333333", 0, 5, nil},
	} {
		if got := numbers(t, store, c.meeting, c.from, c.limit); !slices.Equal(got, c.want) {
			t.Errorf("meeting %s from %d limit %d: %v, want %v", c.meeting, c.from, c.limit, got, c.want)
		}
	}
}

func testAtOnce(t *testing.T, open Open) {
	store, reopen := open(t)
	const writers, each = 4, 5
	failed := make(chan error, writers)
	var wait sync.WaitGroup
	for range writers {
		wait.Go(func() {
			for i := range each {
				if _, err := store.Append(t.Context(), draft(i)); err != nil {
					failed <- fmt.Errorf("append: %w", err)
					return
				}
			}
		})
	}
	wait.Wait()
	close(failed)
	for err := range failed {
		t.Fatal(err)
	}
	holds(t, store, writers*each)
	holds(t, reopen(), writers*each)
}

func testExport(t *testing.T, open Open) {
	store, reopen := filled(t, open, 5)
	var log, again bytes.Buffer
	ok(t, audit.Write(t.Context(), &log, store))
	ok(t, audit.Write(t.Context(), &again, reopen()))
	head, err := audit.Verify(bytes.NewReader(log.Bytes()))
	ok(t, err)
	if head.Length != 5 || bytes.Count(log.Bytes(), []byte("\n")) != 5 || !bytes.Equal(log.Bytes(), again.Bytes()) {
		t.Errorf("%d entries, %s", head.Length, log.Bytes())
	}
}
