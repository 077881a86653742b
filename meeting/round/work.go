package round

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"

	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/audit"
	"github.com/homphieu/homphieu/meeting/staff"
)

// A queue is the packages that are to be checked. Those of one expected poll are
// checked one after another, in the order in which they came: the second may
// correct the first.
type queue struct {
	mu   sync.Mutex
	list []waiting
	busy map[slot]bool
	news chan struct{} // closed at the next change
}

// A slot is one expected poll of a round.
type slot struct {
	round string
	Expected
}

type waiting struct {
	hash string
	slot slot
}

// add puts a package at the end, unless it is there already.
func (q *queue) add(p *Package) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, w := range q.list {
		if w.hash == p.Hash {
			return
		}
	}
	q.list = append(q.list, waiting{p.Hash, slot{string(p.Round), Expected{p.Agency, p.Group}}})
	q.tell()
}

// take removes the first whose turn it is, or says when to look again.
func (q *queue) take() (next waiting, ok bool, again <-chan struct{}) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for i, w := range q.list {
		if !q.busy[w.slot] {
			if q.busy == nil {
				q.busy = map[slot]bool{}
			}
			q.busy[w.slot] = true
			q.list = append(q.list[:i:i], q.list[i+1:]...)
			return w, true, nil
		}
	}
	return next, false, q.later()
}

// done lets the next of the same expected poll have its turn.
func (q *queue) done(w waiting) {
	q.mu.Lock()
	defer q.mu.Unlock()
	delete(q.busy, w.slot)
	q.tell()
}

// changed is closed at the next change of the queue.
func (q *queue) changed() <-chan struct{} {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.later()
}

func (q *queue) later() <-chan struct{} {
	if q.news == nil {
		q.news = make(chan struct{})
	}
	return q.news
}

func (q *queue) tell() {
	if q.news != nil {
		close(q.news)
		q.news = nil
	}
}

// Work checks the packages that wait, on every core, until ctx ends, and then
// returns nil. What was being checked then is checked anew by the next Work, as
// after a restart. An error is one of store or log.
func (o *Office) Work(ctx context.Context) error {
	if err := o.resume(ctx); err != nil {
		return err
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var workers sync.WaitGroup
	faults := make(chan error, runtime.NumCPU())
	for range runtime.NumCPU() {
		workers.Go(func() {
			if err := o.work(ctx); err != nil {
				faults <- err
				stop(err)
			}
		})
	}
	workers.Wait()
	close(faults)
	return <-faults
}

// resume finds what waited when the program ended.
func (o *Office) resume(ctx context.Context) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if err := o.release(ctx, audit.Server, ""); err != nil {
		return err
	}
	list, err := o.Store.Waiting(ctx)
	for _, p := range list {
		o.queue.add(p)
	}
	return err
}

func (o *Office) work(ctx context.Context) error {
	for ctx.Err() == nil {
		next, ok, again := o.queue.take()
		if !ok {
			select {
			case <-again:
			case <-ctx.Done():
			}
			continue
		}
		err := o.check(ctx, next.hash)
		o.queue.done(next)
		if err != nil && ctx.Err() == nil {
			return fmt.Errorf("package %s: %w", next.hash, err)
		}
	}
	return nil
}

// check verifies a package and says what becomes of it.
func (o *Office) check(ctx context.Context, hash string) error {
	p, err := o.Store.Package(ctx, hash)
	if err != nil || p.Status != Checking {
		return err
	}
	switch _, err := o.fits(ctx, p); {
	case isRefusal(err):
		return o.settle(ctx, p, nil, err)
	case err != nil:
		return err
	}
	file, err := o.Store.File(ctx, p.File)
	if err != nil {
		return err
	}
	poll, err := o.verify(ctx, file)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return o.settle(ctx, p, poll, err)
}

// errBroken is returned for a package at which the check itself went wrong. It
// is set apart like one that does not hold, so that it cannot end the program
// again after each restart.
var errBroken = errors.New("package: the check broke off")

func (o *Office) verify(ctx context.Context, file []byte) (poll *Poll, err error) {
	defer func() {
		if cause := recover(); cause != nil {
			poll, err = nil, fmt.Errorf("%w: %v", errBroken, cause)
		}
	}()
	return o.Checker.Verify(ctx, file)
}

// reasonOf is what people read of why a package does not count.
func reasonOf(cause error) meeting.Text {
	if known := new(meeting.Refusal); errors.As(cause, &known) {
		return known.What
	}
	return meeting.Text{Vi: "không kiểm tra được: " + cause.Error(), En: "could not be checked: " + cause.Error()}
}

// Recheck has a package that was set apart checked again: because the rules or
// what is known have changed. Of another it does nothing.
func (o *Office) Recheck(ctx context.Context, actor staff.Actor, hash string) error {
	if err := admit(actor); err != nil {
		return err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	p, err := o.Store.Package(ctx, hash)
	if err != nil || p.Status != Apart {
		return err
	}
	a, err := o.expected(ctx, &p.Claim)
	if err != nil {
		return err
	}
	if !a.Confirmed || a.Key != p.Key {
		return refusal(ErrKey, "key", "gói ký bằng khóa "+digits(p.Key)+", không phải khóa đã xác nhận của "+a.Name,
			"signed with key "+digits(p.Key)+", not with the confirmed key of "+a.Name)
	}
	p.Reason = meeting.Text{}
	return o.decide(ctx, actor.Audit(), p, a)
}

// Settled waits until a package is not being checked any more, and returns it.
func (o *Office) Settled(ctx context.Context, hash string) (*Package, error) {
	for {
		changed := o.queue.changed()
		p, err := o.Store.Package(ctx, hash)
		if err != nil || p.Status != Checking {
			return p, err
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return p, ctx.Err()
		}
	}
}
