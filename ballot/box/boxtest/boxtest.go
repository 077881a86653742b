// Package boxtest is the test that every ballot box must pass, and the small
// elections that tests are made of. Only tests import it.
//
// An implementation of box.Store runs it so:
//
//	func TestStore(t *testing.T) { boxtest.Run(t, open) }
//
// where open gives an empty store and a function that closes it and opens it
// again, as after a restart of the server. After each step the box must pass
// its own Check, and what it gives out must be an archive that
// tally/archive.Verify, which trusts nobody, finds valid.
package boxtest

import (
	"bytes"
	"context"
	"errors"
	"testing"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/tally/archive"
)

// Open opens an empty store that ends with the test. reopen closes it and
// opens it again.
type Open func(t *testing.T) (store box.Store, reopen func() box.Store)

// Run tests an implementation.
func Run(t *testing.T, open Open) {
	for _, c := range []struct {
		name string
		test func(t *testing.T, open Open)
	}{
		{"create", testCreate},
		{"list", testList},
		{"states", testStates},
		{"accept", testAccept},
		{"accepted ballot in every state", testAgain},
		{"refusals and their order", testRefusals},
		{"same ciphertext twice", testCiphertextTwice},
		{"void", testVoid},
		{"same credential at once", testOneCredential},
		{"same ballot at once", testOneBallot},
		{"all voters at once", testCrowd},
		{"void against accept", testVoidAgainstAccept},
		{"batches", testBatches},
		{"waiting ballots tell no order", testWaiting},
		{"chain tells no order", testOrder},
		{"product", testProduct},
		{"files", testFiles},
		{"public extent", testPublic},
		{"tally", testTally},
		{"tallies at once", testTallies},
		{"attach", testAttach},
		{"random operations", testRandom},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, open) })
	}
}

// Reach makes a box of the small election and takes it to a state, with the
// ballots of the first voters cast.
func Reach(t *testing.T, store box.Store, state box.State, ballots int) (box.Box, Sealed) {
	t.Helper()
	p := &poll{fataler: t, Sealed: Small(t), ctx: t.Context()}
	b, err := store.Create(p.ctx, p.Setup)
	p.ok(err)
	if p.box = b; state >= box.Open {
		p.ok(b.Open(p.ctx))
	}
	for v := range ballots {
		p.cast(v)
	}
	if state >= box.Closed {
		p.ok(b.Close(p.ctx))
	}
	if state == box.Tallied {
		p.tally(ballots)
	}
	return b, p.Sealed
}

// fataler is what a testing.T and a rapid.T have in common.
type fataler interface {
	Helper()
	Fatalf(format string, args ...any)
}

// poll is a box under test.
type poll struct {
	fataler
	Sealed
	ctx    context.Context
	reopen func() box.Store
	box    box.Box
}

// newPoll is a poll that was only set up.
func newPoll(t *testing.T, open Open) *poll {
	t.Helper()
	p := &poll{fataler: t, Sealed: Small(t), ctx: t.Context()}
	store, reopen := open(t)
	b, err := store.Create(p.ctx, p.Setup)
	p.ok(err)
	p.box, p.reopen = b, reopen
	return p
}

// openPoll is a poll that takes ballots.
func openPoll(t *testing.T, open Open) *poll {
	t.Helper()
	p := newPoll(t, open)
	p.ok(p.box.Open(p.ctx))
	return p
}

// ok requires success.
func (p *poll) ok(err error) {
	p.Helper()
	if err != nil {
		p.Fatalf("%v", err)
	}
}

// refused requires a certain error.
func (p *poll) refused(err, want error) {
	p.Helper()
	if !errors.Is(err, want) {
		p.Fatalf("error %v, want %v", err, want)
	}
}

// cast accepts the ballots of the given voters, in this order.
func (p *poll) cast(voters ...int) {
	p.Helper()
	for _, v := range voters {
		p.ok(p.box.Accept(p.ctx, p.Ballots[v]))
	}
}

func (p *poll) status() box.Status {
	p.Helper()
	s, err := p.box.Status(p.ctx)
	p.ok(err)
	return s
}

// restart closes the store and opens it again.
func (p *poll) restart() {
	p.Helper()
	b, err := p.reopen().Box(p.ctx, p.UUID)
	p.ok(err)
	p.box = b
}

// check makes the box examine itself, and examines its archive.
func (p *poll) check() {
	p.Helper()
	p.ok(p.box.Check(p.ctx))
	r := Verify(p, Archive(p, p.box))
	want := map[box.State][]archive.State{
		box.Sealed: {archive.StateOpen}, box.Open: {archive.StateOpen},
		box.Closed:  {archive.StateClosed, archive.StateAggregated},
		box.Tallied: {archive.StateResult},
	}
	s := p.status()
	if !contains(want[s.State], r.State) || r.LastEvent != s.Head {
		p.Fatalf("archive is %s up to %x, the box is %s up to %x", r.State, r.LastEvent, s.State, s.Head)
	}
	if s.State >= box.Closed && r.Ballots != s.Accepted {
		p.Fatalf("archive has %d ballots, the box %d", r.Ballots, s.Accepted)
	}
}

func contains(states []archive.State, s archive.State) bool {
	for _, x := range states {
		if x == s {
			return true
		}
	}
	return false
}

// Verify requires a valid archive.
func Verify(t fataler, text []byte) *archive.Report {
	t.Helper()
	r, err := archive.Verify(bytes.NewReader(text), int64(len(text)), archive.Options{})
	if err != nil {
		t.Fatalf("archive: %v", err)
	}
	if !r.Valid() {
		t.Fatalf("archive: %v", r.Reason)
	}
	return r
}

// Archive returns the whole archive of a box, fetched in pieces.
func Archive(t fataler, b box.Box) []byte {
	t.Helper()
	text := archive.AppendHead(nil, b.Setup().Timestamp)
	for from := 0; ; {
		files, err := b.Files(context.Background(), from, 10_000)
		if err != nil {
			t.Fatalf("files from %d: %v", from, err)
		}
		if len(files) == 0 {
			return text
		}
		for _, f := range files {
			text = archive.AppendEntry(text, kind(f), f.Content, b.Setup().Timestamp)
		}
		from += len(files)
	}
}

func kind(f box.File) archive.Kind {
	if f.Event {
		return archive.KindEvent
	}
	return archive.KindData
}

// chained returns the ballots in the chain, in its order.
func (p *poll) chained() (order [][32]byte) {
	p.Helper()
	files, err := p.box.Files(p.ctx, 0, 1<<30)
	p.ok(err)
	for _, f := range files {
		if !f.Event {
			continue
		}
		e, err := archive.ParseEvent(f.Content)
		p.ok(err)
		if e.Type == archive.Ballot {
			order = append(order, *e.Payload)
		}
	}
	return order
}

// hashes returns the hashes of the ballots of voters 0 to n-1.
func (p *poll) hashes(n int) (list [][32]byte) {
	for _, b := range p.Ballots[:n] {
		list = append(list, b.Hash())
	}
	return list
}

// spentBy requires that voter's credential is spent by b, and no other ballot.
func (p *poll) spentBy(voter int, b *ballot.Ballot) {
	p.Helper()
	c, err := p.box.Credential(p.ctx, p.Voters[voter].Key)
	p.ok(err)
	if c.Use != box.Spent || c.Ballot != b.Hash() {
		p.Fatalf("credential of voter %d: %+v, want spent by %x", voter, c, b.Hash())
	}
}
