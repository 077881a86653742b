package ledger

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// A Sighting is what [Monitor] has seen.
type Sighting struct {
	Signed     []byte // the checkpoint as it is now, to be kept as the last
	Checkpoint Checkpoint
	Evidence   []byte // of a fork: the file that convicts the log
	Entry      int64  // of a fork: the first entry that was rewritten, -1 if that cannot be told
}

// Monitor compares a log as it is now with the last checkpoint that was kept of
// it, nil at first:
//
//   - fewer entries than before are [ErrShrunk];
//   - other entries than before, or another tree of the same size, are
//     [ErrFork], with evidence;
//   - too few cosignatures are [ErrQuorum].
//
// copied are the files as they were then, to name the entry that was rewritten;
// it may be nil. After an error the last checkpoint should stay what it was.
func Monitor(ctx context.Context, last []byte, copied, now Fetch, key *Key, policy *Policy) (s Sighting, err error) {
	s.Entry = -1
	if s.Signed, err = now(ctx, CheckpointPath); err != nil {
		return s, fmt.Errorf("checkpoint: %w", err)
	}
	var quorum error
	if s.Checkpoint, _, quorum = policy.Check(s.Signed, key); quorum != nil && !errors.Is(quorum, ErrQuorum) {
		return s, quorum
	}
	if last == nil {
		return s, quorum
	}
	before, err := OpenCheckpoint(last, key)
	if err != nil {
		return s, fmt.Errorf("last seen: %w", err)
	}
	files := now
	if before.Size > s.Checkpoint.Size && copied != nil {
		files = copied // it is a fork as well if the smaller tree is not the beginning of the larger
	}
	if before.Size <= s.Checkpoint.Size || copied != nil {
		if s.Evidence, err = Compare(ctx, last, s.Signed, key, files); errors.Is(err, ErrFork) {
			return s, s.rewritten(ctx, copied, now, before, err)
		}
	}
	if before.Size > s.Checkpoint.Size {
		return s, fmt.Errorf("%w: %d, it had %d", ErrShrunk, s.Checkpoint.Size, before.Size)
	}
	return s, errors.Join(err, quorum)
}

// rewritten finds the first entry of a fork that is not what it was.
func (s *Sighting) rewritten(ctx context.Context, copied, now Fetch, before Checkpoint, fork error) error {
	if copied == nil {
		return fork
	}
	both := min(before.Size, s.Checkpoint.Size)
	for from := int64(0); from < both && s.Entry < 0; from += tileWidth {
		to := min(both, from+tileWidth)
		was, err := entriesOf(ctx, copied, from, to, before.Size)
		if err != nil {
			return errors.Join(fork, fmt.Errorf("copy: %w", err))
		}
		is, err := entriesOf(ctx, now, from, to, s.Checkpoint.Size)
		if err != nil {
			return errors.Join(fork, err)
		}
		for i := range was {
			if !bytes.Equal(was[i], is[i]) {
				s.Entry = from + int64(i)
				return fmt.Errorf("%w: entry %d was rewritten", fork, s.Entry)
			}
		}
	}
	return fork
}

// entriesOf returns the texts of some entries of a log of the given size.
func entriesOf(ctx context.Context, files Fetch, from, to, size int64) (texts [][]byte, err error) {
	err = eachEntry(ctx, files, from, to, size, func(_ int64, text []byte) error {
		texts = append(texts, text)
		return nil
	})
	return texts, err
}

// ProveFile returns the proof that an entry is under a checkpoint, from the
// files of a log, which it authenticates.
func ProveFile(ctx context.Context, files Fetch, c Checkpoint, number int64) (tlog.RecordProof, error) {
	if number < 0 || number >= c.Size {
		return nil, fmt.Errorf("%w: entry %d of %d", ErrNotFound, number, c.Size)
	}
	return tlog.ProveRecord(c.Size, number, tlog.TileHashReader(tlog.Tree{N: c.Size, Hash: c.Root}, &tiles{ctx, files}))
}
