package round

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"sync"
	"time"

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
	// failed is why packages could not be settled when that was last tried, by
	// hash, "" for finding those that wait; since is when it began.
	failed map[string]error
	since  time.Time
}

// A slot is one expected poll of a round.
type slot struct {
	round string
	Expected
}

type waiting struct {
	hash string
	slot slot
	// found is what its check came to when store or log failed only afterwards: it
	// is not checked again.
	found *verdict
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
	q.list = append(q.list, waiting{hash: p.Hash, slot: slot{string(p.Round), Expected{p.Agency, p.Group}}})
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

// back puts a package before all others, for another try.
func (q *queue) back(w waiting) {
	q.mu.Lock()
	defer q.mu.Unlock()
	delete(q.busy, w.slot)
	q.list = slices.Insert(q.list, 0, w)
	q.tell()
}

// fail notes why something could not be done, and reports whether all was well
// before.
func (q *queue) fail(hash string, cause error, now time.Time) (first bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	first = len(q.failed) == 0
	if first {
		q.failed, q.since = map[string]error{}, now
	}
	q.failed[hash] = cause
	return first
}

// well notes that it was done.
func (q *queue) well(hash string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	delete(q.failed, hash)
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

// retryAfter is when is tried again what store or log failed at.
const retryAfter = 15 * time.Second

// A Trouble is why packages wait that should have been checked: store or log
// fail, which is tried again until they do not.
type Trouble struct {
	Since time.Time
	// Packages are the hashes of those that were tried, ascending.
	Packages []string
	Cause    error // of one of them
}

// Trouble returns what holds up the check of packages, nil for nothing.
func (o *Office) Trouble(actor staff.Actor) (*Trouble, error) {
	if err := admit(actor); err != nil {
		return nil, err
	}
	q := &o.queue
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.failed) == 0 {
		return nil, nil
	}
	t := &Trouble{Since: q.since}
	for _, hash := range slices.Sorted(maps.Keys(q.failed)) {
		t.Cause = q.failed[hash]
		if hash != "" {
			t.Packages = append(t.Packages, hash)
		}
	}
	return t, nil
}

// Work checks the packages that wait, on every core, until ctx ends. What was
// being checked then is checked anew by the next Work, as after a restart. Where
// store or log fail, that package is tried again later, see [Office.Trouble], and
// the others go on; only those of the same expected poll wait for it.
func (o *Office) Work(ctx context.Context) {
	var all sync.WaitGroup
	all.Go(func() { o.resumeAll(ctx) })
	for range runtime.NumCPU() {
		all.Go(func() { o.work(ctx, &all) })
	}
	all.Wait()
}

// resumeAll finds what waited when the program ended.
func (o *Office) resumeAll(ctx context.Context) {
	for err := o.resume(ctx); err != nil && ctx.Err() == nil; err = o.resume(ctx) {
		o.failed("", fmt.Errorf("packages that wait: %w", err))
		o.pause(ctx)
	}
	o.queue.well("")
}

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

// work takes packages one after another. What cannot be settled goes back after a
// while, which all waits for.
func (o *Office) work(ctx context.Context, all *sync.WaitGroup) {
	for ctx.Err() == nil {
		next, ok, again := o.queue.take()
		if !ok {
			select {
			case <-again:
			case <-ctx.Done():
			}
			continue
		}
		err := o.check(ctx, &next)
		if err == nil || ctx.Err() != nil {
			o.queue.well(next.hash)
			o.queue.done(next)
			continue
		}
		o.failed(next.hash, fmt.Errorf("package %s: %w", next.hash, err))
		all.Go(func() {
			o.pause(ctx)
			o.queue.back(next)
		})
	}
}

// failed notes what is tried again, and tells the operator when it is the first.
func (o *Office) failed(hash string, cause error) {
	if o.queue.fail(hash, cause, o.Clock()) && o.Warn != nil {
		o.Warn(cause)
	}
}

// pause waits before another try.
func (o *Office) pause(ctx context.Context) {
	pause := o.Pause
	if pause == nil {
		pause = func() <-chan time.Time { return time.After(retryAfter) }
	}
	select {
	case <-pause():
	case <-ctx.Done():
	}
}

// A verdict is what the check of a package came to.
type verdict struct {
	of   string // the file that the package had
	file string // the one that was checked: it, or an earlier one that holds
	size int
	poll *Poll
	// cause is why it does not hold, nil if all of it does.
	cause error
}

// check verifies a package and says what becomes of it.
func (o *Office) check(ctx context.Context, w *waiting) error {
	p, err := o.Store.Package(ctx, w.hash)
	if err != nil || p.Status != Checking {
		return err
	}
	if w.found == nil || w.found.of != p.File {
		if w.found, err = o.examine(ctx, p); err != nil {
			return err
		}
	}
	return o.settle(ctx, w.hash, w.found)
}

// examine verifies a package. Where its file does not hold, the files that came
// under the same hash before are tried: the sound one may have come first.
func (o *Office) examine(ctx context.Context, p *Package) (*verdict, error) {
	switch _, err := o.fits(ctx, p); {
	case isRefusal(err):
		return &verdict{of: p.File, file: p.File, size: p.Size, cause: err}, nil
	case err != nil:
		return nil, err
	}
	v, err := o.verify(ctx, p, p.File)
	if err != nil || v.cause == nil {
		return v, err
	}
	for _, name := range slices.Backward(p.Earlier) {
		switch earlier, err := o.verify(ctx, p, name); {
		case err != nil:
			return nil, err
		case earlier.cause == nil:
			return earlier, nil
		}
	}
	return v, nil
}

// verify checks one file of a package; an error is one of the store, or that ctx
// ended.
func (o *Office) verify(ctx context.Context, p *Package, name string) (*verdict, error) {
	file, err := o.Store.File(ctx, name)
	if err != nil {
		return nil, err
	}
	v := &verdict{of: p.File, file: name, size: len(file)}
	if name != p.File && !o.signedAs(p, file) {
		v.cause = ErrKey
		return v, nil
	}
	v.poll, v.cause = o.guarded(ctx, file)
	return v, ctx.Err()
}

// signedAs reports whether a file is signed with the key that its package is
// known to have: of two files under one hash, somebody else may have signed one.
func (o *Office) signedAs(p *Package, file []byte) bool {
	claim, err := o.Checker.Read(file)
	return err == nil && claim.Hash == p.Hash && claim.Key == p.Key
}

// errBroken is returned for a package at which the check itself went wrong. It
// is set apart like one that does not hold, so that it cannot end the program
// again after each restart.
var errBroken = errors.New("package: the check broke off")

func (o *Office) guarded(ctx context.Context, file []byte) (poll *Poll, err error) {
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
		return refusal(ErrKey, "key", "gói ký bằng khóa "+KeyDigits(p.Key)+", không phải khóa đã xác nhận của "+a.Name,
			"signed with key "+KeyDigits(p.Key)+", not with the confirmed key of "+a.Name)
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
