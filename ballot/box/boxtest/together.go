package boxtest

import (
	"errors"
	"sync"
	"testing"

	"github.com/homphieu/homphieu/ballot"
)

// atOnce runs f n times at the same moment and returns the errors.
func atOnce(n int, f func(i int) error) []error {
	errs := make([]error, n)
	start, done := make(chan struct{}), sync.WaitGroup{}
	for i := range n {
		done.Go(func() {
			<-start
			errs[i] = f(i)
		})
	}
	close(start)
	done.Wait()
	return errs
}

// testOneCredential casts different ballots of one voter at once: one wins,
// and every other is told which.
func testOneCredential(t *testing.T, open Open) {
	p := openPoll(t, open)
	ballots := make([]*ballot.Ballot, 12)
	for i := range ballots {
		ballots[i] = p.Seal(t, 0, i%2)
	}
	errs := atOnce(len(ballots), func(i int) error { return p.box.Accept(p.ctx, ballots[i]) })
	winner := -1
	for i, err := range errs {
		if err != nil {
			continue
		}
		if winner >= 0 {
			t.Fatalf("ballots %d and %d were both accepted", winner, i)
		}
		winner = i
	}
	if winner < 0 {
		t.Fatalf("no ballot was accepted: %v", errs)
	}
	for i, err := range errs {
		if i != winner {
			p.refusedSpent(err, ballots[winner])
		}
	}
	p.spentBy(0, ballots[winner])
	if s := p.status(); s.Accepted != 1 {
		t.Errorf("%d ballots", s.Accepted)
	}
	p.check()
}

// testOneBallot casts the same ballot many times at once.
func testOneBallot(t *testing.T, open Open) {
	p := openPoll(t, open)
	for _, err := range atOnce(16, func(int) error { return p.box.Accept(p.ctx, p.Ballots[0]) }) {
		p.ok(err)
	}
	if s := p.status(); s.Accepted != 1 {
		t.Errorf("%d ballots", s.Accepted)
	}
	p.check()
}

// testCrowd lets all voters cast at once, twice each, while others read.
func testCrowd(t *testing.T, open Open) {
	p := openPoll(t, open)
	errs := atOnce(2*SmallVoters+4, func(i int) error {
		if i >= 2*SmallVoters {
			_, statusErr := p.box.Status(p.ctx)
			_, filesErr := p.box.Files(p.ctx, 0, 1<<20)
			_, productErr := p.box.Product(p.ctx)
			return errors.Join(statusErr, filesErr, productErr, p.box.Check(p.ctx))
		}
		return p.box.Accept(p.ctx, p.Ballots[i/2])
	})
	for _, err := range errs {
		p.ok(err)
	}
	if s := p.status(); s.Accepted != SmallVoters {
		t.Errorf("%d ballots, want %d", s.Accepted, SmallVoters)
	}
	p.check()
	p.ok(p.box.Close(p.ctx))
	p.check()
}

// testVoidAgainstAccept casts and voids the same credentials at once: for each
// exactly one of the two comes through.
func testVoidAgainstAccept(t *testing.T, open Open) {
	p := openPoll(t, open)
	errs := atOnce(2*SmallVoters, func(i int) error {
		if i%2 == 0 {
			return p.box.Accept(p.ctx, p.Ballots[i/2])
		}
		return p.box.Void(p.ctx, p.Voters[i/2].Key)
	})
	voided, accepted := []int{}, 0
	for v := range SmallVoters {
		cast, void := errs[2*v], errs[2*v+1]
		switch {
		case cast == nil:
			p.refusedSpent(void, p.Ballots[v])
			p.spentBy(v, p.Ballots[v])
			accepted++
		case void == nil:
			p.refused(cast, ballot.ErrVoided)
			voided = append(voided, v)
		default:
			t.Fatalf("voter %d: neither: %v and %v", v, cast, void)
		}
	}
	p.wantVoided(voided...)
	if s := p.status(); s.Accepted != accepted {
		t.Errorf("%d ballots, want %d", s.Accepted, accepted)
	}
	p.check()
}
