package boxtest

import (
	"bytes"
	"slices"
	"testing"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/tally/archive"
)

func testCreate(t *testing.T, open Open) {
	p := newPoll(t, open)
	store := p.reopen()
	again, err := store.Create(p.ctx, p.Setup)
	p.ok(err)
	p.box = again
	p.check()
	if s := p.status(); s.State != box.Sealed || s.Accepted != 0 || s.Files != s.Public || s.Published {
		t.Errorf("a new box: %+v", s)
	}
	if got := p.box.Election(); !bytes.Equal(got.Raw(), p.Raw()) {
		t.Errorf("election: %s", got.Raw())
	}
	got := p.box.Setup()
	if !bytes.Equal(got.Election, p.Setup.Election) || !bytes.Equal(got.Trustees, p.Setup.Trustees) ||
		got.Timestamp != p.Setup.Timestamp || got.Settings != p.Setup.Settings {
		t.Errorf("setup: %+v", got)
	}
	for name, change := range otherSetups(t) {
		setup := p.Setup
		change(&setup)
		_, err := store.Create(p.ctx, setup)
		if p.refused(err, box.ErrExists); t.Failed() {
			t.Errorf("another %s", name)
		}
	}
	p.check()
}

// otherSetups are changes that make another election under the same name.
func otherSetups(t *testing.T) map[string]func(s *box.Setup) {
	other := NewElection(t, Plan{Voters: 2})
	return map[string]func(s *box.Setup){
		"election": func(s *box.Setup) {
			s.Election = bytes.Replace(s.Election, []byte("Hội nghị"), []byte("Hội nghị khác"), 1)
		},
		"trustees":    func(s *box.Setup) { s.Trustees = other.Setup.Trustees },
		"credentials": func(s *box.Setup) { s.Credentials = other.Setup.Credentials },
		"timestamp":   func(s *box.Setup) { s.Timestamp++ },
		"settings":    func(s *box.Setup) { s.Settings.MinBallots++ },
	}
}

func testList(t *testing.T, open Open) {
	store, reopen := open(t)
	ctx := t.Context()
	want := []ballot.UUID{}
	for range 3 {
		e := NewElection(t, Plan{Voters: 1})
		_, err := store.Create(ctx, e.Setup)
		must(t, err)
		want = append(want, e.UUID)
	}
	slices.Sort(want)
	store = reopen()
	got, err := store.List(ctx)
	must(t, err)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("list %v, want %v", got, want)
	}
	p := &poll{fataler: t}
	_, err = store.Box(ctx, ballot.NewUUID())
	p.refused(err, box.ErrNoBox)
	_, err = store.Create(ctx, box.Setup{Election: []byte("{}")})
	if err == nil {
		t.Error("a box without an election was made")
	}
	_, err = store.Create(ctx, box.Setup{Election: Small(t).Setup.Election, Credentials: []byte(`["no"]`)})
	if err == nil {
		t.Error("a box without credentials was made")
	}
	if _, err = store.Box(ctx, Small(t).UUID); err == nil {
		t.Error("half a box was left behind")
	}
}

// testStates takes every operation in every state.
func testStates(t *testing.T, open Open) {
	p := newPoll(t, open)
	try := func(state box.State, want map[string]error) {
		t.Helper()
		p.restart()
		for name, operation := range map[string]func() error{
			"attach":  func() error { return p.box.Attach(p.ctx, box.Closing, []byte("signed")) },
			"publish": func() error { return p.box.Publish(p.ctx) },
			"tally":   func() error { return p.box.Tally(p.ctx, someTally, nil) },
		} {
			if want[name] != nil {
				p.refused(operation(), want[name])
			} else {
				p.ok(operation())
			}
		}
		if s := p.status(); s.State != state {
			t.Fatalf("state %s, want %s", s.State, state)
		}
		p.ok(p.box.Check(p.ctx))
	}
	early := map[string]error{"attach": box.ErrState, "publish": box.ErrState, "tally": box.ErrState}
	p.refused(p.box.Close(p.ctx), box.ErrState)
	try(box.Sealed, early)
	p.ok(p.box.Open(p.ctx))
	p.ok(p.box.Open(p.ctx))
	try(box.Open, early)
	p.cast(0, 1, 2)
	_, err := p.box.Hashes(p.ctx)
	p.refused(err, box.ErrState)
	p.ok(p.box.Close(p.ctx))
	p.accepted(0, 1, 2)
	head := p.status().Head
	p.ok(p.box.Close(p.ctx))
	if s := p.status(); s.State != box.Closed || s.Head != head || s.EndBallots != head {
		t.Fatalf("closed twice: %+v", s)
	}
	p.refused(p.box.Open(p.ctx), box.ErrState)
	p.refused(p.box.Publish(p.ctx), box.ErrState)
	p.check()
	p.tally(3)
	p.accepted(0, 1, 2)
	try(box.Tallied, map[string]error{"tally": box.ErrExists})
	p.refused(p.box.Open(p.ctx), box.ErrState)
	p.ok(p.box.Close(p.ctx))
	p.check()
}

// accepted requires the hashes of these voters' ballots, in ascending order.
func (p *poll) accepted(voters ...int) {
	p.Helper()
	var want [][32]byte
	for _, i := range voters {
		want = append(want, p.Ballots[i].Hash())
	}
	slices.SortFunc(want, func(a, b [32]byte) int { return bytes.Compare(a[:], b[:]) })
	got, err := p.box.Hashes(p.ctx)
	if p.ok(err); !slices.Equal(got, want) {
		p.Fatalf("hashes %x, want %x", got, want)
	}
}

// someTally is a tally that no box of these tests has.
var someTally = []box.Event{{Type: archive.Result, Data: [][]byte{[]byte(`{"result":[[9,9]]}`)}}}
