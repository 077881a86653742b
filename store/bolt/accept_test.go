package bolt_test

import (
	"errors"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/ballot/box/boxtest"
	"github.com/homphieu/homphieu/store/bolt"
)

// acceptTogether lets all ballots come while another is being written, and returns
// how each was answered and by how many transactions.
func acceptTogether(t *testing.T, store *bolt.Store, b box.Box, ballots []*ballot.Ballot) (errs []error, writes int) {
	t.Helper()
	errs = make([]error, len(ballots))
	release, before := bolt.Occupy(b), store.Writes(t)
	var answered sync.WaitGroup
	for i, v := range ballots {
		answered.Go(func() {
			defer func() {
				if p := recover(); p != nil {
					errs[i] = p.(error)
				}
			}()
			errs[i] = b.Accept(t.Context(), v)
		})
	}
	synctest.Wait()
	for i, err := range errs {
		if err != nil || store.Writes(t) != before {
			t.Fatalf("ballot %d was answered before its turn: %v", i, err)
		}
	}
	release()
	answered.Wait()
	return errs, store.Writes(t) - before
}

// TestTogether: ballots that come at once are written at once, and each is judged
// by itself, the others of the same transaction included.
func TestTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := openAt(t, filepath.Join(t.TempDir(), "data.bolt"))
		defer store.Close()
		b, e := boxtest.Reach(t, store, box.Open, 2)
		ok(t, b.Void(t.Context(), e.Voters[20].Key))
		list := append([]*ballot.Ballot{e.Ballots[20], e.Others[0], e.Ballots[1]}, e.Ballots[2:14]...)
		list = append(list, e.Ballots[2], e.Others[13]) // again, and another of the same credential
		errs, writes := acceptTogether(t, store, b, list)
		if writes != 1 {
			t.Errorf("%d transactions for %d ballots", writes, len(list))
		}
		refusals := 0
		for i, err := range errs {
			var spent *box.SpentError
			switch v := list[i]; {
			case v == e.Ballots[20]:
				if !errors.Is(err, ballot.ErrVoided) {
					t.Errorf("voided: %v", err)
				}
			case v == e.Others[0]:
				if !errors.As(err, &spent) || spent.Ballot != e.Ballots[0].Hash() {
					t.Errorf("spent before: %v", err)
				}
			case (v == e.Ballots[13] || v == e.Others[13]) && errors.As(err, &spent):
				refusals++
				if _, err := b.Lookup(t.Context(), spent.Ballot); err != nil || spent.Ballot == v.Hash() {
					t.Errorf("spent by a ballot that is not there: %v", err)
				}
			case err != nil:
				t.Errorf("ballot %d: %v", i, err)
			}
		}
		s, err := b.Status(t.Context())
		if ok(t, err); s.Accepted != 14 || refusals != 1 {
			t.Errorf("%+v, %d of two ballots of one credential were refused", s, refusals)
		}
		ok(t, store.Check(t.Context()))
		again, writes := acceptTogether(t, store, b, e.Ballots[4:8])
		if err := errors.Join(again...); err != nil || writes != 0 {
			t.Errorf("the same again: %v, %d transactions", err, writes)
		}
		finish(t, b, e)
	})
}

// TestStream: one ballot after another is written at once. After some were written
// together, the next waits a little, and who comes in that time shares its transaction;
// until for a while none had company.
func TestStream(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := openAt(t, filepath.Join(t.TempDir(), "data.bolt"))
		defer store.Close()
		b, e := boxtest.Reach(t, store, box.Open, 2)
		accept := func(v *ballot.Ballot) time.Duration {
			start := time.Now()
			ok(t, b.Accept(t.Context(), v))
			return time.Since(start)
		}
		for i, v := range e.Ballots[2:5] {
			if took := accept(v); took != 0 {
				t.Errorf("ballot %d after another took %v", i, took)
			}
		}
		errs, _ := acceptTogether(t, store, b, append(e.Others[:2:2], e.Ballots[5]))
		if took := accept(e.Ballots[8]); took != 0 || errs[2] != nil {
			t.Errorf("in company of refused ballots: took %v, %v", took, errs[2])
		}
		errs, _ = acceptTogether(t, store, b, e.Ballots[9:11])
		ok(t, errors.Join(errs...))
		before := store.Writes(t)
		var both sync.WaitGroup
		both.Go(func() {
			if took := accept(e.Ballots[6]); took != bolt.Company {
				t.Errorf("soon after two others: took %v", took)
			}
		})
		time.Sleep(bolt.Company / 2)
		both.Go(func() {
			if took := accept(e.Ballots[7]); took != bolt.Company/2 {
				t.Errorf("in company: took %v", took)
			}
		})
		both.Wait()
		if writes := store.Writes(t) - before; writes != 1 {
			t.Errorf("%d transactions for two ballots", writes)
		}
		time.Sleep(bolt.Stream)
		if took := accept(e.Ballots[11]); took != 0 {
			t.Errorf("a while later: took %v", took)
		}
		ok(t, store.Check(t.Context()))
	})
}

// TestTogetherPanic: when whose turn it is panics, nobody takes that for an
// acceptance, and the box goes on.
func TestTogetherPanic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := openAt(t, filepath.Join(t.TempDir(), "data.bolt"))
		defer store.Close()
		b, e := boxtest.Reach(t, store, box.Open, 3)
		bolt.Break(b, bolt.Panic)
		errs, writes := acceptTogether(t, store, b, e.Ballots[:9])
		panicked := 0
		for i, err := range errs {
			switch {
			case errors.Is(err, bolt.ErrFault):
				panicked++
			case err == nil:
				t.Errorf("ballot %d was accepted by nobody", i)
			}
		}
		if panicked != 1 || writes != 0 {
			t.Errorf("%d panicked, %d transactions", panicked, writes)
		}
		errs, _ = acceptTogether(t, store, b, e.Ballots[:9])
		ok(t, errors.Join(errs...))
		finish(t, b, e)
		ok(t, store.Check(t.Context()))
	})
}

// TestTogetherFaults: when the transaction goes wrong, everyone in it is told so,
// also who was refused because of another in it, and may come again.
func TestTogetherFaults(t *testing.T) {
	for _, fault := range []bolt.Fault{bolt.NotApplied, bolt.Applied} {
		t.Run(string(fault), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				store := openAt(t, filepath.Join(t.TempDir(), "data.bolt"))
				defer store.Close()
				b, e := boxtest.Reach(t, store, box.Open, 3)
				bolt.Break(b, fault)
				list := append(e.Ballots[:12:12], e.Others[11])
				errs, _ := acceptTogether(t, store, b, list)
				for i, err := range errs {
					if !errors.Is(err, bolt.ErrFault) {
						t.Errorf("ballot %d was not told: %v", i, err)
					}
				}
				ok(t, store.Check(t.Context()))
				errs, _ = acceptTogether(t, store, b, list[:11])
				ok(t, errors.Join(errs...))
				one, other := b.Accept(t.Context(), list[11]), b.Accept(t.Context(), list[12])
				if (one == nil) == (other == nil) {
					t.Errorf("two ballots of one credential: %v, %v", one, other)
				}
				s, err := b.Status(t.Context())
				if ok(t, err); s.Accepted != 12 {
					t.Errorf("%d accepted", s.Accepted)
				}
				ok(t, store.Check(t.Context()))
				finish(t, b, e)
			})
		})
	}
}
