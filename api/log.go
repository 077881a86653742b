package api

import (
	"context"
	"net/http"
	"strings"
	"sync"

	"github.com/gin-gonic/gin"
	qrcode "github.com/skip2/go-qrcode"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/tally/ledger"
)

// The public log lies under /log as C2SP tlog-tiles says, and beside its files
// the policy, and what is signed and published so far.

const textType = "text/plain; charset=utf-8"

// forEver lets everybody keep what never changes (RFC 8246).
const forEver = "public, max-age=31536000, immutable"

// logFile gives a file of the public log.
func (s *server) logFile(c *gin.Context) error {
	if s.Ledger == nil {
		return ledger.ErrNotFound
	}
	path := strings.TrimPrefix(c.Param("path"), "/")
	switch path {
	case ledger.PolicyPath:
		c.Header("Cache-Control", "no-cache")
		c.Data(http.StatusOK, textType, s.Ledger.Policy())
		return nil
	case "heads.json":
		return s.logHeads(c)
	}
	data, err := s.Ledger.File(c.Request.Context(), path)
	if err != nil {
		return err
	}
	if path == ledger.CheckpointPath {
		c.Header("Cache-Control", "no-cache")
		c.Data(http.StatusOK, textType, data)
		return nil
	}
	c.Header("Cache-Control", forEver)
	c.Data(http.StatusOK, "application/octet-stream", data)
	return nil
}

// headsAnswer tells how far the log is: numbers of entries, and witnesses by
// name. Before anything is signed the numbers are 0.
type headsAnswer struct {
	Signed    int64    `json:"signed"`
	Published int64    `json:"published"`
	Cosigned  []string `json:"cosigned"`
	Missing   []string `json:"missing"`
	Required  bool     `json:"required"`
}

func (s *server) logHeads(c *gin.Context) error {
	state, err := s.Ledger.State(c.Request.Context())
	if err != nil {
		return err
	}
	c.Header("Cache-Control", "no-cache")
	c.JSON(http.StatusOK, headsAnswer{
		Signed: max(0, state.Signed), Published: max(0, state.Published),
		Cosigned: append([]string{}, state.Cosigned...), Missing: append([]string{}, state.Missing...), Required: s.Ledger.Required(),
	})
	return nil
}

// proof gives the receipt of a ballot: that it was in the poll when that was
// closed, and that the closing stands in the log. It can be checked for ever
// without this server, and says nothing that public files do not.
func (s *server) proof(c *gin.Context, b box.Box) error {
	receipt, err := s.receipt(c, b)
	if err != nil {
		return err
	}
	c.Data(http.StatusOK, textType, receipt)
	return nil
}

// mostInCode is how many bytes a QR code holds (ISO/IEC 18004, version 40-L).
const mostInCode = 2953

// proofQR draws the receipt, at the best level at which one code holds it. One that
// none holds, of a log with many witnesses, is there as a file alone.
func (s *server) proofQR(c *gin.Context, b box.Box) error {
	receipt, err := s.receipt(c, b)
	if err != nil {
		return err
	}
	svg, err := receiptCode(receipt)
	if err != nil {
		return err
	}
	c.Data(http.StatusOK, "image/svg+xml", svg)
	return nil
}

// receiptCode is [box.ErrNotFound] for a receipt that no code holds.
func receiptCode(receipt []byte) ([]byte, error) {
	if len(receipt) > mostInCode {
		return nil, box.ErrNotFound
	}
	svg, err := qrSVGAt(string(receipt), qrcode.Medium)
	if err != nil {
		svg, err = qrSVGAt(string(receipt), qrcode.Low)
	}
	return svg, err
}

func (s *server) receipt(c *gin.Context, b box.Box) ([]byte, error) {
	ctx := c.Request.Context()
	hash, err := hashParam(c)
	if err != nil {
		return nil, err
	}
	if s.Ledger == nil {
		return nil, box.ErrNotFound
	}
	entries, err := s.Ledger.Standing(ctx, b.Election().UUID)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		closed, is := e.Body.(ledger.Closed)
		if !is {
			continue
		}
		trackers, err := s.trackers.of(ctx, b, closed)
		if err != nil {
			return nil, err
		}
		receipt, err := s.Ledger.Receipt(ctx, e.Number, trackers, ballot.Tracker(hash))
		if err != nil {
			return nil, err
		}
		return receipt.Append(nil), nil
	}
	return nil, box.ErrNotFound
}

// trackerTrees keeps the trees of polls that were closed, a few of them: a hall
// asks for its receipts at the same time.
type trackerTrees struct {
	mu   *sync.Mutex
	list map[ballot.UUID]*ledger.Trackers
}

const mostTrees = 16

func newTrackerTrees() trackerTrees {
	return trackerTrees{new(sync.Mutex), map[ballot.UUID]*ledger.Trackers{}}
}

// of returns the tree of a poll whose closed entry is given.
func (t *trackerTrees) of(ctx context.Context, b box.Box, closed ledger.Closed) (*ledger.Trackers, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if tree := t.list[closed.Election]; tree != nil && tree.Root() == closed.Trackers {
		return tree, nil
	}
	hashes, err := b.Hashes(ctx)
	if err != nil {
		return nil, err
	}
	list := make([]string, len(hashes))
	for i, hash := range hashes {
		list[i] = ballot.Tracker(hash)
	}
	tree, err := ledger.NewTrackers(list)
	if err != nil {
		return nil, err
	}
	if len(t.list) >= mostTrees {
		clear(t.list)
	}
	t.list[closed.Election] = tree
	return tree, nil
}
