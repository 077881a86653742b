package round_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/audit"
	"github.com/homphieu/homphieu/meeting/round"
)

// expect makes the round wait for so many agencies, whose keys are confirmed.
func (d *desk) expect(agencies int) (ids []string) {
	d.Helper()
	list, err := d.Directory(d.Context(), officer)
	d.ok(err)
	for i := range agencies {
		a := round.Agency{ID: fmt.Sprintf("agency-%04d", i), Name: fmt.Sprint("Cơ quan ", i), Kind: "Sở"}
		a.Key = keyOf(a.ID)
		list.Agencies = append(list.Agencies, a)
		d.r.Expected = append(d.r.Expected, round.Expected{Agency: a.ID, Group: "lead"})
		ids = append(ids, a.ID)
	}
	_, err = d.SetDirectory(d.Context(), officer, list)
	d.ok(err)
	for _, id := range ids {
		_, err := d.ConfirmKey(d.Context(), officer, id, keyOf(id))
		d.ok(err)
	}
	d.r, err = d.SaveRound(d.Context(), officer, d.r)
	d.ok(err)
	return ids
}

// TestEveryCoreChecks: as many packages are checked at once as there are cores,
// each waiting for the others.
func TestEveryCoreChecks(t *testing.T) {
	d := newDesk(t)
	cores := runtime.NumCPU()
	var all sync.WaitGroup
	all.Add(cores)
	d.checker.began = func(string) { all.Done(); all.Wait() }
	var last []*round.Package
	for _, id := range d.expect(cores) {
		p, err := d.receive(d.result(id, "lead", id))
		d.ok(err)
		last = append(last, p)
	}
	d.work()
	for _, p := range last {
		if p, err := d.Settled(t.Context(), p.Hash); err != nil || p.Status != round.Accepted {
			t.Errorf("%+v, %v", p, err)
		}
	}
}

// TestOnePollOneAfterAnother: packages of one expected poll are checked in the
// order in which they came, also after a restart, so that a correction finds what
// it corrects.
func TestOnePollOneAfterAnother(t *testing.T) {
	for _, restart := range []bool{false, true} {
		d := newDesk(t)
		var want []string
		last := ""
		for i := range 6 {
			v := d.result("dang-uy", "lead", fmt.Sprint("a ", i), "An")
			if last != "" {
				v = v.correcting(last, "sửa")
			}
			p, err := d.receive(v)
			d.ok(err)
			last = p.Hash
			want = append(want, last)
		}
		if restart {
			d.open()
		}
		d.work()
		_, err := d.Settled(t.Context(), last)
		d.ok(err)
		for i, hash := range want {
			p, err := d.Package(t.Context(), hash)
			d.ok(err)
			if (p.Status == round.Accepted) != (i == 5) || p.Status == round.Apart {
				t.Errorf("restart %t: %d is %s: %s", restart, i, p.Status, p.Reason.Vi)
			}
		}
		if !slices.Equal(d.checker.verified, want) {
			t.Errorf("checked in another order")
		}
	}
}

// TestWorkStopsAndGoesOn ends the work in the midst of a check: nothing is
// decided, and the next work decides it.
func TestWorkStopsAndGoesOn(t *testing.T) {
	d := newDesk(t)
	began, end := make(chan struct{}), make(chan struct{})
	d.checker.began = func(string) { close(began); <-end }
	p, err := d.receive(d.result("dang-uy", "lead", "a", "An"))
	d.ok(err)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); d.Work(ctx) }()
	<-began
	cancel()
	close(end)
	<-done
	d.status(p, round.Checking)
	d.checker.began = nil
	d.open()
	d.work()
	if p, err := d.Settled(t.Context(), p.Hash); err != nil || p.Status != round.Accepted {
		t.Errorf("%+v, %v", p, err)
	}
	d.Work(ctx) // ends at once
}

// A brokenStore loses the next write of packages, before or after it is done.
type brokenStore struct {
	round.Store
	fault   error
	applied bool
}

func (s *brokenStore) SavePackages(ctx context.Context, changed []*round.Package, poll *round.Poll, done audit.Draft) error {
	fault := s.fault
	s.fault = nil
	if fault == nil || s.applied {
		return errors.Join(fault, s.Store.SavePackages(ctx, changed, poll, done))
	}
	return fault
}

// pauses lets the test say when the office tries again: it hands out a channel
// each time the office pauses, which goes on when that is closed.
func (d *desk) pauses() <-chan chan time.Time {
	paused := make(chan chan time.Time)
	d.Pause = func() <-chan time.Time {
		again := make(chan time.Time)
		select {
		case paused <- again:
		case <-d.Context().Done():
		}
		return again
	}
	return paused
}

// trouble is what holds up the office, nil for nothing.
func (d *desk) trouble() *round.Trouble {
	d.Helper()
	trouble, err := d.Trouble(officer)
	d.ok(err)
	return trouble
}

// TestFaultsOfStoreAndLog: a disk or log that fails does not set a package apart
// and does not end the work: officers and the operator are told, and it is tried
// again, without checking the package once more; the log has one entry.
func TestFaultsOfStoreAndLog(t *testing.T) {
	fault := errors.New("disk full")
	for name, spoil := range map[string]func(*desk, *brokenStore){
		"not written":            func(_ *desk, s *brokenStore) { s.fault = fault },
		"written and not told":   func(_ *desk, s *brokenStore) { s.fault, s.applied = fault, true },
		"the public log is full": func(d *desk, _ *brokenStore) { d.log.fail(fault) },
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			p, err := d.receive(d.result("dang-uy", "lead", "a", "An"))
			d.ok(err)
			broken := &brokenStore{Store: d.Store}
			d.Store = broken
			spoil(d, broken)
			paused := d.pauses()
			warned := make(chan error, 9)
			d.Warn = func(cause error) { warned <- cause }
			d.work()
			again := <-paused
			if got := d.trouble(); got == nil || !errors.Is(got.Cause, fault) || !slices.Equal(got.Packages, []string{p.Hash}) || !got.Since.Equal(d.now) {
				t.Fatalf("trouble %+v", got)
			}
			d.log.fail(nil)
			close(again)
			got, err := d.Settled(t.Context(), p.Hash)
			if err != nil || got.Status != round.Accepted || len(d.log.entries) != 1 || len(d.checker.verified) != 1 {
				t.Errorf("%+v, %v, log %q, checked %q", got, err, d.log.entries, d.checker.verified)
			}
			d.send(d.result("dang-uy", "lead", "a corrected", "An").correcting(p.Hash, "sửa")) // which waits until the first is done with
			if got := d.trouble(); got != nil {
				t.Errorf("trouble stays: %+v", got)
			}
			if len(warned) != 1 {
				t.Errorf("%d warnings", len(warned))
			}
			d.ok(d.store.Check(t.Context()))
			c, err := d.Consolidate(t.Context(), officer, d.r.UUID, d.now)
			if d.ok(err); c.Counts().Sent != 1 {
				t.Errorf("%d polls count", c.Counts().Sent)
			}
		})
	}
}

// A lostFile is a store that has lost a file.
type lostFile struct {
	round.Store
	mu   sync.Mutex
	lost string
}

func (s *lostFile) lose(hash string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lost = hash
}

func (s *lostFile) File(ctx context.Context, hash string) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if hash == s.lost {
		return nil, box.ErrNotFound
	}
	return s.Store.File(ctx, hash)
}

// TestOthersGoOn: as many packages as there are cores cannot be checked, and all
// others are. What corrects one of those waits for it, and the file that is back
// lets both count.
func TestOthersGoOn(t *testing.T) {
	d := newDesk(t)
	paused := d.pauses()
	store := &lostFile{Store: d.Store}
	d.Store = store
	first, err := d.receive(d.result("dang-uy", "lead", "a", "An"))
	d.ok(err)
	store.lose(first.File)
	second, err := d.receive(d.result("dang-uy", "lead", "a corrected", "An").correcting(first.Hash, "sửa"))
	d.ok(err)
	d.work()
	again := <-paused
	for range 2 * runtime.NumCPU() {
		close(again)
		again = <-paused
	}
	d.status(d.send(d.result("so-noi-vu", "lead", "b", "Bình")), round.Accepted)
	d.status(first, round.Checking)
	d.status(second, round.Checking)
	if got := d.trouble(); got == nil || !errors.Is(got.Cause, box.ErrNotFound) {
		t.Errorf("trouble %+v", got)
	}
	store.lose("")
	close(again)
	if p, err := d.Settled(t.Context(), second.Hash); err != nil || p.Status != round.Accepted {
		t.Errorf("%+v, %v", p, err)
	}
	d.status(first, round.Superseded)
}

// A lostList is a store that cannot say at first what waits.
type lostList struct {
	round.Store
	fault error // of the next call
}

func (s *lostList) Waiting(ctx context.Context) ([]*round.Package, error) {
	if fault := s.fault; fault != nil {
		s.fault = nil
		return nil, fault
	}
	return s.Store.Waiting(ctx)
}

// TestFaultAtTheBeginning: what came before a restart is found when the store
// answers again, and what comes meanwhile is checked.
func TestFaultAtTheBeginning(t *testing.T) {
	d := newDesk(t)
	before, err := d.receive(d.result("dang-uy", "lead", "a", "An"))
	d.ok(err)
	d.open()
	fault := errors.New("disk gone")
	d.Store = &lostList{d.Store, fault}
	paused := d.pauses()
	d.work()
	again := <-paused
	if got := d.trouble(); got == nil || !errors.Is(got.Cause, fault) || len(got.Packages) != 0 {
		t.Errorf("trouble %+v", got)
	}
	d.status(d.send(d.result("so-noi-vu", "lead", "b", "Bình")), round.Accepted)
	close(again)
	if p, err := d.Settled(t.Context(), before.Hash); err != nil || p.Status != round.Accepted {
		t.Errorf("%+v, %v", p, err)
	}
}

// TestReceiveFault: what could not be written was not received.
func TestReceiveFault(t *testing.T) {
	d := newDesk(t)
	fault := errors.New("disk full")
	v := d.result("dang-uy", "lead", "a", "An")
	d.Store = &brokenStore{Store: d.Store, fault: fault}
	if _, err := d.receive(v); !errors.Is(err, fault) {
		t.Fatalf("received: %v", err)
	}
	d.work()
	d.status(d.send(v), round.Accepted)
}

// TestRecheck of what is not apart does nothing, and a package under another key
// than the agency's stays where it is.
func TestRecheck(t *testing.T) {
	d := newDesk(t)
	d.refused(d.Recheck(t.Context(), officer, keyOf("x")), round.ErrNoPackage)
	d.work()
	accepted := d.send(d.result("dang-uy", "lead", "a", "An"))
	before := d.head()
	d.ok(d.Recheck(t.Context(), officer, accepted.Hash))
	d.logs(before)

	bad := d.result("so-noi-vu", "lead", "bad", "An")
	bad.Refuse = "sai"
	p := d.send(bad)
	before = d.head()
	d.ok(d.Recheck(t.Context(), officer, p.Hash))
	p, err := d.Settled(t.Context(), p.Hash)
	d.ok(err)
	d.status(p, round.Apart)
	d.logs(before, "package.received", "package.apart")
	entries, err := d.store.Entries(t.Context(), "", before, 1)
	d.ok(err)
	if entries[0].Actor.Name != officer.Name {
		t.Errorf("rechecked by %+v", entries[0].Actor)
	}
	_, err = d.ConfirmKey(t.Context(), officer, "so-noi-vu", keyOf("new"))
	d.ok(err)
	d.refused(d.Recheck(t.Context(), officer, p.Hash), round.ErrKey)
	d.r.Closed = true
	_, err = d.SaveRound(t.Context(), officer, d.r)
	d.ok(err)
	d.refused(d.Recheck(t.Context(), officer, p.Hash), round.ErrClosed)
}

// TestSettledWaits until somebody has decided, or the caller goes away.
func TestSettledWaits(t *testing.T) {
	d := newDesk(t)
	_, err := d.Settled(t.Context(), keyOf("x"))
	d.refused(err, round.ErrNoPackage)
	p, err := d.receive(d.result("dang-uy", "lead", "a", "An"))
	d.ok(err)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = d.Settled(ctx, p.Hash)
	d.refused(err, context.Canceled)
}

// TestAllAtOnce lets many agencies send at once, each twice, with a person who
// stands in three polls: all are settled, and two places are left.
func TestAllAtOnce(t *testing.T) {
	d := newDesk(t)
	ids := d.expect(12)
	d.work()
	var wait sync.WaitGroup
	statuses := make([]round.Status, len(ids))
	faults := make([]error, len(ids))
	for i, id := range ids {
		v := d.result(id, "lead", id, fmt.Sprint("Người ", i))
		if i < 3 {
			v.Poll.People = append(v.Poll.People, meeting.PersonOutcome{Name: "Lê Thị Bình"})
			v.Poll.Places = [][]string{nil, {fmt.Sprint("Cơ quan ", (i+1)%3)}} // each names one, as meetings allow
		}
		file := d.file(v)
		wait.Go(func() {
			for range 2 {
				p, err := d.Receive(t.Context(), file, "https")
				if err == nil {
					p, err = d.Settled(t.Context(), p.Hash)
				}
				if faults[i] = errors.Join(faults[i], err); err == nil {
					statuses[i] = p.Status
				}
			}
		})
	}
	wait.Wait()
	d.ok(errors.Join(faults...))
	counts := map[round.Status]int{}
	for _, s := range statuses {
		counts[s]++
	}
	if counts[round.Accepted] != 11 || counts[round.Apart] != 1 || len(d.log.entries) != 11 {
		t.Errorf("%v, %d in the log", counts, len(d.log.entries))
	}
	d.ok(d.store.Check(t.Context()))
}
