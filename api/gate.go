package api

import (
	"context"
	"runtime"
)

// waitingRequests is how many ballots may wait to be verified. At some 60 kB
// each they take 64 MB at most; who comes after them is asked to slow down.
const waitingRequests = 1024

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

// pass runs f when it is its turn, or returns errBusy at once if too many wait.
func (g *gate) pass(ctx context.Context, f func() error) error {
	select {
	case g.waiting <- struct{}{}:
	default:
		return errBusy
	}
	defer func() { <-g.waiting }()
	select {
	case g.working <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-g.working }()
	return f()
}
