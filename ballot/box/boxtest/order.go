package boxtest

import (
	"bytes"
	"slices"
	"testing"

	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/tally/archive"
)

// testBatches watches the chain grow: by whole batches while the poll is open,
// by what is left when it closes.
func testBatches(t *testing.T, open Open) {
	p := openPoll(t, open)
	const setup = 5 // election, trustees, credentials, payload, event
	if s := p.status(); s.Files.Files != setup {
		t.Fatalf("a new box has %d files", s.Files.Files)
	}
	for i := range 19 {
		p.cast(i)
		want := (i + 1) / box.BatchSize * box.BatchSize
		if got := len(p.chained()); got != want {
			t.Fatalf("after %d ballots %d are in the chain, want %d", i+1, got, want)
		}
		if s := p.status(); s.Files.Files != setup+2*want || s.Public != s.Files {
			t.Fatalf("after %d ballots: %+v", i+1, s)
		}
		p.wantRecords(i+1, want)
	}
	p.ok(p.box.Close(p.ctx))
	p.wantRecords(19, 19)
	if s := p.status(); s.Files.Files != setup+2*19+1 {
		t.Fatalf("after closing: %+v", s)
	}
	p.check()
}

// wantRecords requires that of the first n voters' ballots so many are in the
// chain, and that Lookup names the event of each.
func (p *poll) wantRecords(n, chained int) {
	p.Helper()
	events := map[[32]byte][32]byte{} // ballot of each event
	files, err := p.box.Files(p.ctx, 0, 1<<30)
	p.ok(err)
	for _, f := range files {
		if e, err := archive.ParseEvent(f.Content); err == nil && f.Event && e.Type == archive.Ballot {
			events[sum(f.Content)] = *e.Payload
		}
	}
	found := 0
	for _, hash := range p.hashes(n) {
		r, err := p.box.Lookup(p.ctx, hash)
		p.ok(err)
		if r.Event == nil {
			continue
		}
		found++
		if events[*r.Event] != hash {
			p.Fatalf("ballot %x: event %x is about %x", hash, *r.Event, events[*r.Event])
		}
	}
	if found != chained || len(events) != chained {
		p.Fatalf("%d ballots have an event, the chain has %d, want %d", found, len(events), chained)
	}
}

// testWaiting compares two boxes which got the same ballots in opposite order:
// while they wait, nothing that the box gives out differs.
func testWaiting(t *testing.T, open Open) {
	p, q := openPoll(t, open), openPoll(t, open)
	p.cast(0, 1, 2, 3, 4, 5, 6)
	q.cast(6, 5, 4, 3, 2, 1, 0)
	if p.status() != q.status() {
		t.Errorf("status %+v and %+v", p.status(), q.status())
	}
	if !bytes.Equal(Archive(p, p.box), Archive(q, q.box)) {
		t.Error("archives differ")
	}
	for _, hash := range p.hashes(7) {
		r, err := p.box.Lookup(p.ctx, hash)
		if p.ok(err); r.Event != nil {
			t.Errorf("ballot %x has an event while it waits", hash)
		}
	}
}

// testOrder repeats polls with the same arrival. The chance that an honest box
// fails is that of the same order in 20 polls, (1/5!)^20 < 10^-41.
func testOrder(t *testing.T, open Open) {
	for _, c := range []struct {
		name   string
		voters []int
		close  bool
	}{
		{"a full batch", []int{0, 1, 2, 3, 4, 5, 6, 7}, false},
		{"what is left at closing", []int{0, 1, 2, 3, 4}, true},
		{"what is left, after a restart", []int{0, 1, 2, 3, 4}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			arrival, sorted := 0, 0
			const polls = 20
			for range polls {
				p := openPoll(t, open)
				p.cast(c.voters...)
				if c.close {
					p.restart()
					p.ok(p.box.Close(p.ctx))
				}
				want, got := p.hashes(len(c.voters)), p.chained()
				if slices.Equal(got, want) {
					arrival++
				}
				if slices.IsSortedFunc(got, func(a, b [32]byte) int { return bytes.Compare(a[:], b[:]) }) {
					sorted++
				}
				if len(got) != len(want) {
					t.Fatalf("%d ballots in the chain, want %d", len(got), len(want))
				}
			}
			if arrival == polls || sorted == polls {
				t.Errorf("of %d polls %d have the order of arrival and %d that of the hashes", polls, arrival, sorted)
			}
		})
	}
}
