package ledger_test

import (
	"bytes"
	"testing"

	"github.com/homphieu/homphieu/tally/ledger"
)

// TestMonitor: what somebody hears who has seen 9 entries of a log.
func TestMonitor(t *testing.T) {
	s := newScene(t, 3, 1, 1)
	last, copied := published(t, s.log), export(t, s.log)
	shrunk := s.forge(t, 2, 0, 0)
	for name, c := range map[string]struct {
		now      *ledger.Log
		copied   ledger.Fetch
		want     error
		part     string
		evidence bool
		entry    int64
	}{
		"the same":                   {s.log, copied.fetch, nil, "", false, -1},
		"shrunk":                     {shrunk.log, nil, ledger.ErrShrunk, "6, it had 9", false, -1},
		"shrunk, with a copy":        {shrunk.log, copied.fetch, ledger.ErrShrunk, "6, it had 9", false, -1},
		"rewritten":                  {s.forge(t, 1, 50, 2).log, copied.fetch, ledger.ErrFork, "entry 3 was rewritten", true, 3},
		"rewritten, without a copy":  {s.forge(t, 1, 50, 2).log, nil, ledger.ErrFork, "first 9 of 9 entries", true, -1},
		"rewritten and grown":        {s.forge(t, 2, 50, 100).log, copied.fetch, ledger.ErrFork, "entry 6 was rewritten", true, 6},
		"rewritten and shrunk":       {s.forge(t, 0, 50, 1).log, copied.fetch, ledger.ErrFork, "entry 0 was rewritten", true, 0},
		"rewritten, shrunk, no copy": {s.forge(t, 0, 50, 1).log, nil, ledger.ErrShrunk, "3, it had 9", false, -1},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := ledger.Monitor(t.Context(), last, c.copied, c.now.File, s.Key, nil)
			if c.want == nil {
				ok(t, err)
			} else {
				is(t, err, c.want, c.part)
			}
			if (got.Evidence != nil) != c.evidence || got.Entry != c.entry {
				t.Errorf("entry %d, evidence %s", got.Entry, got.Evidence)
			}
			if c.evidence {
				convicts(t, got.Evidence, s.Key)
			}
			if !bytes.Equal(got.Signed, published(t, c.now)) {
				t.Errorf("%s", got.Signed)
			}
		})
	}
	first, err := ledger.Monitor(t.Context(), nil, nil, s.log.File, s.Key, s.Policy)
	ok(t, err)
	s.grow(t, 3, 100)
	s.Publish(t, s.log, s.witnesses...)
	next, err := ledger.Monitor(t.Context(), first.Signed, nil, s.log.File, s.Key, s.Policy)
	ok(t, err)
	if first.Checkpoint.Size != 9 || next.Checkpoint.Size != 309 {
		t.Errorf("%+v, %+v", first.Checkpoint, next.Checkpoint)
	}
}

// TestMonitorRefuses: what is no checkpoint, has too few cosignatures, or tiles
// that do not belong to it, is said and accuses nobody.
func TestMonitorRefuses(t *testing.T) {
	s := newScene(t, 1, 1, 1)
	last := published(t, s.log)
	s.grow(t, 1, 1)
	s.Publish(t, s.log, s.witnesses...)
	good := export(t, s.log)
	for name, c := range map[string]struct {
		path string
		data []byte
		want error
	}{
		"no checkpoint":   {ledger.CheckpointPath, []byte("x"), ledger.ErrCheckpoint},
		"no cosignatures": {ledger.CheckpointPath, s.cosignedBy(t), ledger.ErrQuorum},
		"tile truncated":  {"tile/0/000.p/6", good["tile/0/000.p/6"][:7], ledger.ErrTruncated},
	} {
		t.Run(name, func(t *testing.T) {
			f := good.copy()
			f[c.path] = c.data
			got, err := ledger.Monitor(t.Context(), last, nil, f.fetch, s.Key, s.Policy)
			is(t, err, c.want, "")
			if got.Evidence != nil {
				t.Errorf("%s", got.Evidence)
			}
		})
	}
	_, err := ledger.Monitor(t.Context(), []byte("x"), nil, s.log.File, s.Key, s.Policy)
	is(t, err, ledger.ErrCheckpoint, "last seen")
	_, err = ledger.Monitor(t.Context(), last, nil, folder{}.fetch, s.Key, s.Policy)
	if err == nil {
		t.Error("no checkpoint, no error")
	}
}
