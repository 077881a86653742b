package api

import (
	"errors"
	"os"
	"sync"

	"github.com/gin-gonic/gin"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/tally/archive"
)

// verdicts remembers what the verifier said of published archives, which never
// change again. Each is verified once, however many ask at the same time.
type verdicts struct {
	mu     sync.Mutex
	byUUID map[ballot.UUID]*archive.Report
}

func newVerdicts() verdicts { return verdicts{byUUID: map[ballot.UUID]*archive.Report{}} }

func (v *verdicts) of(c *gin.Context, b box.Box) (*archive.Report, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	u := b.Election().UUID
	if report := v.byUUID[u]; report != nil {
		return report, nil
	}
	report, err := verify(c, b)
	if err == nil {
		v.byUUID[u] = report
	}
	return report, err
}

// verify writes the archive to a temporary file and verifies it as an auditor
// would, with the files beside it, strictly.
func verify(c *gin.Context, b box.Box) (*archive.Report, error) {
	ctx := c.Request.Context()
	status, err := b.Status(ctx)
	if err != nil {
		return nil, err
	}
	file, err := os.CreateTemp("", "homphieu-*.bel")
	if err != nil {
		return nil, err
	}
	defer func() { _ = errors.Join(file.Close(), os.Remove(file.Name())) }()
	if err := streamArchive(c, b, status.Files.Files, file); err != nil {
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
