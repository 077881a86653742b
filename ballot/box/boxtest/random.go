package boxtest

import (
	"errors"
	"flag"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
)

// model is what a box should be, as plain as possible.
type model struct {
	*poll
	state     box.State
	spent     map[int]*ballot.Ballot // by voter
	voided    map[int]bool
	closing   string  // the file attached
	first     counted // the first tally that came, or none
	published bool
}

// voters is how few the random voters are: they must meet again.
const voters = 12

// testRandom takes random operations, most of which are wrong in the state at
// hand, and compares the box with the model after each.
func testRandom(t *testing.T, open Open) {
	fewer(t)
	rapid.Check(t, func(rt *rapid.T) {
		p := newPoll(t, open)
		p.fataler = rt
		m := &model{poll: p, spent: map[int]*ballot.Ballot{}, voided: map[int]bool{}}
		rt.Repeat(map[string]func(*rapid.T){
			"":        m.compare,
			"open":    m.openPoll,
			"cast 1":  m.castOne, // twice, so that ballots are the most frequent
			"cast 2":  m.castOne,
			"void":    m.void,
			"close":   m.closePoll,
			"tally":   m.tallyBox,
			"attach":  m.attach,
			"publish": m.publish,
			"restart": m.restartAndVerify,
		})
	})
}

// fewer asks for less than rapid's hundred stories, each of which writes to the
// disk some thirty times, unless the flag rapid.checks says how many.
func fewer(t *testing.T) {
	t.Helper()
	f := flag.Lookup("rapid.checks")
	if f.Value.String() != f.DefValue {
		return
	}
	must(t, f.Value.Set("40"))
	t.Cleanup(func() { must(t, f.Value.Set(f.DefValue)) })
}

func (m *model) restartAndVerify(*rapid.T) {
	m.restart()
	m.check()
}

// expect requires want, or no error if want is nil. It reports success.
func (m *model) expect(err, want error) bool {
	if want == nil {
		m.ok(err)
		return true
	}
	m.refused(err, want)
	return false
}

func (m *model) openPoll(*rapid.T) {
	if m.state > box.Open {
		m.refused(m.box.Open(m.ctx), box.ErrState)
		return
	}
	m.ok(m.box.Open(m.ctx))
	m.state = box.Open
}

func (m *model) castOne(t *rapid.T) {
	v := rapid.IntRange(0, voters-1).Draw(t, "voter")
	b := m.Ballots[v]
	if rapid.Bool().Draw(t, "other") {
		b = m.Others[v]
	}
	err := m.box.Accept(m.ctx, b)
	switch {
	case m.spent[v] != nil && m.spent[v].Hash() == b.Hash():
		m.ok(err)
	case m.spent[v] != nil:
		m.refusedSpent(err, m.spent[v])
	case m.voided[v]:
		m.refused(err, ballot.ErrVoided)
	case m.state == box.Sealed:
		m.refused(err, ballot.ErrNotOpen)
	case m.state > box.Open:
		m.refused(err, ballot.ErrClosed)
	default:
		m.ok(err)
		m.spent[v] = b
	}
}

func (m *model) void(t *rapid.T) {
	v := rapid.IntRange(0, voters-1).Draw(t, "voter")
	var want error
	switch {
	case m.spent[v] != nil:
		want = ballot.ErrSpent
	case m.voided[v]:
	case m.closing != "":
		want = box.ErrState
	}
	if m.expect(m.box.Void(m.ctx, m.Voters[v].Key), want) {
		m.voided[v] = true
	}
}

func (m *model) closePoll(*rapid.T) {
	if m.state == box.Sealed {
		m.refused(m.box.Close(m.ctx), box.ErrState)
		return
	}
	m.ok(m.box.Close(m.ctx))
	m.state = max(m.state, box.Closed)
}

func (m *model) tallyBox(t *rapid.T) {
	switch {
	case m.state < box.Closed:
		m.refused(m.box.Tally(m.ctx, someTally, nil), box.ErrState)
	case m.state == box.Closed:
		m.first = m.count(len(m.spent))
		m.ok(m.box.Tally(m.ctx, m.first.events, m.first.shares))
		m.state = box.Tallied
	case rapid.Bool().Draw(t, "same"):
		m.ok(m.box.Tally(m.ctx, m.first.events, m.first.shares))
	default:
		m.refused(m.box.Tally(m.ctx, someTally, nil), box.ErrExists)
	}
}

func (m *model) attach(t *rapid.T) {
	content := rapid.SampledFrom([]string{"one", "two"}).Draw(t, "content")
	var want error
	switch {
	case m.state < box.Closed:
		want = box.ErrState
	case m.closing != "" && m.closing != content:
		want = box.ErrExists
	}
	if m.expect(m.box.Attach(m.ctx, box.Closing, []byte(content)), want) {
		m.closing = content
	}
}

func (m *model) publish(*rapid.T) {
	var want error
	if m.state < box.Tallied {
		want = box.ErrState
	}
	if m.expect(m.box.Publish(m.ctx), want) {
		m.published = true
	}
}

// compare requires that the box is what the model is.
func (m *model) compare(*rapid.T) {
	m.ok(m.box.Check(m.ctx))
	s := m.status()
	if s.State != m.state || s.Accepted != len(m.spent) || s.Published != m.published {
		m.Fatalf("box %+v, want %s, %d ballots, published %v", s, m.state, len(m.spent), m.published)
	}
	m.wantVoided(slices.Collect(maps.Keys(m.voided))...)
	for v := range voters {
		if b := m.spent[v]; b != nil {
			m.spentBy(v, b)
		}
	}
	m.compareBeside(box.Closing, m.closing)
	m.compareBeside(box.Shares, string(m.first.shares))
	m.compareChain(s)
}

func (m *model) compareBeside(name box.Beside, want string) {
	got, err := m.box.Attached(m.ctx, name)
	if string(got) != want || (want == "") != errors.Is(err, box.ErrNotFound) {
		m.Fatalf("%s: %q, %v, want %q", name, got, err, want)
	}
}

// compareChain requires in the chain, of the accepted ballots, as many as the
// rule of batches wants.
func (m *model) compareChain(s box.Status) {
	chain, want := m.chained(), len(m.spent)
	if s.State < box.Closed {
		want = want / box.BatchSize * box.BatchSize
	}
	accepted := map[[32]byte]bool{}
	for _, b := range m.spent {
		accepted[b.Hash()] = true
	}
	for _, hash := range chain {
		if !accepted[hash] {
			m.Fatalf("ballot %x is in the chain twice, or was never cast", hash)
		}
		delete(accepted, hash)
	}
	if len(chain) != want {
		m.Fatalf("%d ballots in the chain, want %d", len(chain), want)
	}
}
