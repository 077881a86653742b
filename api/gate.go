package api

import (
	"context"
	"runtime"
)

// waitingRequests is how many ballots may wait to be verified: those of a hall of
// five hundred who all send at the chair's word, and a few more. With twenty
// persons they take 65 MB together at most, if the disk stalls when all are verified,
// with two hundred 650 MB; who comes after them is asked to slow down.
const waitingRequests = 512

// gate lets as many ballots be verified at a time as there are processors.
type gate struct {
	waiting chan struct{}
	working chan struct{}
}

func newGate() *gate {
	return &gate{
		waiting: make(chan struct{}, waitingRequests),
		working: make(chan struct{}, runtime.GOMAXPROCS(0)),
	}
}

// pass verifies when it is its turn and then accepts, which waits for the disk
// and leaves the processor to the next. It returns errBusy at once if too many
// wait.
func (g *gate) pass(ctx context.Context, verify, accept func() error) error {
	select {
	case g.waiting <- struct{}{}:
	default:
		return errBusy
	}
	defer func() { <-g.waiting }()
	if err := g.work(ctx, verify); err != nil {
		return err
	}
	return accept()
}

func (g *gate) work(ctx context.Context, verify func() error) error {
	select {
	case g.working <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-g.working }()
	return verify()
}
