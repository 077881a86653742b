package boxtest

import (
	"errors"
	"testing"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/crypto/group"
)

func testAccept(t *testing.T, open Open) {
	p := openPoll(t, open)
	for i := range 10 {
		p.cast(i)
		p.check()
		p.restart()
		p.check()
		if s := p.status(); s.Accepted != i+1 || s.State != box.Open {
			t.Fatalf("after %d ballots: %+v", i+1, s)
		}
		p.spentBy(i, p.Ballots[i])
		if _, err := p.box.Lookup(p.ctx, p.Ballots[i].Hash()); err != nil {
			t.Fatalf("ballot %d: %v", i, err)
		}
		_, err := p.box.Lookup(p.ctx, p.Others[i].Hash())
		p.refused(err, box.ErrNotFound)
	}
	c, err := p.box.Credential(p.ctx, p.Voters[10].Key)
	if p.ok(err); c.Use != box.Unused {
		t.Errorf("a voter who did not vote: %+v", c)
	}
	c, err = p.box.Credential(p.ctx, ballot.CredentialKey{1})
	if p.ok(err); c.Use != box.Unknown {
		t.Errorf("a credential of nobody: %+v", c)
	}
}

// testAgain casts the same ballots again in every state.
func testAgain(t *testing.T, open Open) {
	p := openPoll(t, open)
	again := func() {
		t.Helper()
		p.restart()
		before := p.status()
		for i := range 9 {
			b, err := ballot.Verify(p.Election.Election, p.Ballots[i].Raw()) // as it comes from another phone call
			p.ok(err)
			p.ok(p.box.Accept(p.ctx, b))
			p.ok(p.box.Accept(p.ctx, p.Ballots[i]))
		}
		if s := p.status(); s != before {
			t.Fatalf("the same ballots changed the box from %+v to %+v", before, s)
		}
		p.check()
	}
	p.cast(0, 1, 2, 3, 4, 5, 6, 7, 8)
	p.cast(8) // the same process, still waiting
	again()
	p.ok(p.box.Close(p.ctx))
	again()
	p.tally(9)
	again()
	p.ok(p.box.Publish(p.ctx))
	again()
}

// testRefusals tries each kind of credential in each state. The credential is
// judged first: who is not on the list learns nothing of the poll.
func testRefusals(t *testing.T, open Open) {
	p := newPoll(t, open)
	stranger := NewElection(t, Plan{Voters: 1})
	p.ok(p.box.Void(p.ctx, p.Voters[1].Key))
	try := func(unused error) {
		t.Helper()
		p.restart()
		before := p.status()
		foreign, err := ballot.Seal(p.Election.Election, stranger.Voters[0].Code, [][]int{{1, 0}})
		p.ok(err)
		p.refused(p.box.Accept(p.ctx, foreign), ballot.ErrUnknownCredential)
		p.refused(p.box.Accept(p.ctx, p.Ballots[1]), ballot.ErrVoided)
		if unused != nil {
			p.refused(p.box.Accept(p.ctx, p.Ballots[2]), unused)
		}
		if before.State > box.Sealed {
			p.refusedSpent(p.box.Accept(p.ctx, p.Others[0]), p.Ballots[0])
		}
		if s := p.status(); s != before {
			t.Fatalf("refused ballots changed the box from %+v to %+v", before, s)
		}
		p.check()
	}
	try(ballot.ErrNotOpen)
	p.ok(p.box.Open(p.ctx))
	p.cast(0)
	try(nil)
	p.ok(p.box.Close(p.ctx))
	try(ballot.ErrClosed)
	p.tally(1)
	try(ballot.ErrClosed)
}

// testCiphertextTwice casts a ballot whose first alpha is that of another
// voter's, waiting or in the chain: one who copies a vote.
func testCiphertextTwice(t *testing.T, open Open) {
	p := openPoll(t, open)
	r := []*group.Scalar{group.RandomScalar(), group.RandomScalar()}
	p.ok(p.box.Accept(p.ctx, p.SealWith(t, 0, []int{1, 0}, r)))
	for _, n := range []int{1, 2, 8} { // the first still waits, and then does not
		for v := 1; v < n; v++ {
			p.cast(v)
		}
		p.restart()
		before := p.status()
		same := p.SealWith(t, 20, []int{1, 0}, r)
		other := p.SealWith(t, 20, []int{0, 1}, []*group.Scalar{r[0], group.RandomScalar()})
		p.refused(p.box.Accept(p.ctx, same), ballot.ErrCiphertextTwice)
		p.refused(p.box.Accept(p.ctx, other), ballot.ErrCiphertextTwice)
		c, err := p.box.Credential(p.ctx, p.Voters[20].Key)
		p.ok(err)
		if _, err := p.box.Lookup(p.ctx, same.Hash()); c.Use != box.Unused || p.status() != before || err == nil {
			t.Fatalf("a refused ballot left something behind: %+v, %+v", c, p.status())
		}
		p.check()
	}
	p.cast(20) // the voter's own ballot is still welcome
	p.ok(p.box.Close(p.ctx))
	p.refused(p.box.Accept(p.ctx, p.SealWith(t, 21, []int{1, 0}, r)), ballot.ErrClosed)
	p.check()
}

// refusedSpent requires the refusal that names the accepted ballot.
func (p *poll) refusedSpent(err error, accepted *ballot.Ballot) {
	p.Helper()
	p.refused(err, ballot.ErrSpent)
	var spent *box.SpentError
	if !errors.As(err, &spent) || spent.Ballot != accepted.Hash() {
		p.Fatalf("error %#v, want spent by %x", err, accepted.Hash())
	}
}

func testVoid(t *testing.T, open Open) {
	p := newPoll(t, open)
	p.ok(p.box.Void(p.ctx, p.Voters[0].Key)) // before the poll opens
	p.ok(p.box.Open(p.ctx))
	p.ok(p.box.Void(p.ctx, p.Voters[1].Key)) // while it is open
	p.ok(p.box.Void(p.ctx, p.Voters[1].Key))
	p.cast(2, 3)
	p.refusedSpent(p.box.Void(p.ctx, p.Voters[2].Key), p.Ballots[2])
	p.refused(p.box.Void(p.ctx, ballot.CredentialKey{1}), ballot.ErrUnknownCredential)
	p.ok(p.box.Close(p.ctx))
	p.ok(p.box.Void(p.ctx, p.Voters[4].Key)) // what was not used
	p.restart()
	p.wantVoided(0, 1, 4)
	p.ok(p.box.Attach(p.ctx, box.Closing, []byte("signed")))
	p.refused(p.box.Void(p.ctx, p.Voters[5].Key), box.ErrState)
	p.refusedSpent(p.box.Void(p.ctx, p.Voters[2].Key), p.Ballots[2])
	p.ok(p.box.Void(p.ctx, p.Voters[4].Key)) // the same again is the same answer
	p.wantVoided(0, 1, 4)
	p.check()
}

// wantVoided requires that the credentials of these voters are voided, and
// told in ascending order.
func (p *poll) wantVoided(voters ...int) {
	p.Helper()
	keys, err := p.box.Voided(p.ctx)
	p.ok(err)
	if len(keys) != len(voters) {
		p.Fatalf("%d voided, want %d", len(keys), len(voters))
	}
	for i, key := range keys {
		if i > 0 && key.String() <= keys[i-1].String() {
			p.Fatalf("voided credentials are not in ascending order")
		}
	}
	for _, v := range voters {
		c, err := p.box.Credential(p.ctx, p.Voters[v].Key)
		p.ok(err)
		if c.Use != box.Voided {
			p.Fatalf("voter %d: %+v, want voided", v, c)
		}
	}
}
