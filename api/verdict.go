package api

import (
	"context"
	"errors"
	"os"
	"sync"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/tally/archive"
)

// verdicts remembers what the verifier said of published archives, which never
// change again. Each is verified once, however many ask at the same time.
type verdicts struct {
	mu     sync.Mutex
	byUUID map[ballot.UUID]*verdict
}

type verdict struct {
	mu     sync.Mutex
	report *archive.Report // nil until verified
}

func newVerdicts() verdicts { return verdicts{byUUID: map[ballot.UUID]*verdict{}} }

func (v *verdicts) entry(u ballot.UUID) *verdict {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.byUUID[u] == nil {
		v.byUUID[u] = new(verdict)
	}
	return v.byUUID[u]
}

// of returns the verdict of a box. The work goes on for the others when who
// asked first has gone.
func (v *verdicts) of(ctx context.Context, b box.Box) (*archive.Report, error) {
	e := v.entry(b.Election().UUID)
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.report != nil {
		return e.report, nil
	}
	report, err := verify(context.WithoutCancel(ctx), b)
	if err == nil {
		e.report = report
	}
	return report, err
}

// verify writes the archive to a temporary file and verifies it as an auditor
// would, with the files beside it, strictly.
func verify(ctx context.Context, b box.Box) (*archive.Report, error) {
	status, err := b.Status(ctx)
	if err != nil {
		return nil, err
	}
	file, err := os.CreateTemp("", "homphieu-*.bel")
	if err != nil {
		return nil, err
	}
	defer func() { _ = errors.Join(file.Close(), os.Remove(file.Name())) }()
	if err := streamArchive(ctx, b, status.Files.Files, file); err != nil {
		return nil, err
	}
	o := archive.Options{Strict: true}
	if o.Shares, err = b.Attached(ctx, box.Shares); err != nil {
		return nil, err
	}
	if o.Closing, err = b.Attached(ctx, box.Closing); err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	return archive.Verify(file, info.Size(), o)
}
