package ledger

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/homphieu/homphieu/ballot"
)

// Heads returns the last signed checkpoint, and the last published one.
func (l *Log) Heads(ctx context.Context) (Heads, error) { return l.store.Heads(ctx) }

// Published returns the last checkpoint with enough cosignatures, read and as
// it was signed, or [ErrNotFound]. Enough is what the present policy asks for:
// what was published under a weaker one waits for its cosignatures again.
func (l *Log) Published(ctx context.Context) (Checkpoint, []byte, error) {
	heads, err := l.store.Heads(ctx)
	if err != nil {
		return Checkpoint{}, nil, err
	}
	if heads.Published == nil {
		return Checkpoint{}, nil, fmt.Errorf("%w: no checkpoint has enough cosignatures yet", ErrNotFound)
	}
	c, _, err := l.policy.Check(heads.Published, l.key)
	if errors.Is(err, ErrQuorum) {
		return Checkpoint{}, nil, fmt.Errorf("%w: the published checkpoint has too few cosignatures for this policy: %w", ErrNotFound, err)
	}
	return c, heads.Published, err
}

// Entries returns entries from number from on, at most limit, none at the end.
func (l *Log) Entries(ctx context.Context, from int64, limit int) (list []Entry, err error) {
	size, err := l.store.Size(ctx)
	if err != nil || from < 0 || from >= size {
		return nil, err
	}
	texts, err := l.store.Entries(ctx, from, min(size, from+int64(limit)))
	if err != nil {
		return nil, err
	}
	for i, text := range texts {
		e, err := ParseEntry(text)
		if err != nil {
			return nil, fmt.Errorf("entry %d: %w", from+int64(i), err)
		}
		list = append(list, e)
	}
	return list, nil
}

// Standing returns the entries about a poll that were not taken back, in their
// order: sealed, closed, result, opened, as far as the poll has come.
func (l *Log) Standing(ctx context.Context, election ballot.UUID) (list []Entry, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.catchUp(ctx); err != nil {
		return nil, err
	}
	for _, number := range l.history.polls[election].steps {
		texts, err := l.store.Entries(ctx, number, number+1)
		if err != nil {
			return nil, err
		}
		e, err := ParseEntry(texts[0])
		if err != nil {
			return nil, fmt.Errorf("entry %d: %w", number, err)
		}
		list = append(list, e)
	}
	return list, nil
}

// Request returns the body with which a witness is asked to cosign the last
// signed checkpoint, when the last that it has is of size old: 0 if it has none
// (C2SP tlog-witness, add-checkpoint).
func (l *Log) Request(ctx context.Context, old int64) ([]byte, error) {
	heads, err := l.store.Heads(ctx)
	if err != nil {
		return nil, err
	}
	if heads.Signed == nil {
		return nil, fmt.Errorf("%w: nothing signed yet", ErrNotFound)
	}
	c, err := OpenCheckpoint(heads.Signed, l.key)
	if err != nil {
		return nil, err
	}
	proof, err := proveTree(l.reader(ctx), old, c.Size)
	if err != nil {
		return nil, err
	}
	return Request{old, proof, heads.Signed}.Append(nil), nil
}

// proveTree returns the consistency proof from size old to size now (RFC 6962
// §2.1.2), which is empty when old is 0.
func proveTree(r tlog.HashReader, old, now int64) (tlog.TreeProof, error) {
	switch {
	case old < 0 || old > now:
		return nil, fmt.Errorf("%w: the log has %d entries, the witness %d", ErrRolledBack, now, old)
	case old == 0 || old == now:
		return nil, nil
	}
	return tlog.ProveTree(now, old, r)
}

// ProveEntry returns the proof that an entry is in the tree of the given size
// (RFC 6962 §2.1.1).
func (l *Log) ProveEntry(ctx context.Context, number, size int64) (tlog.RecordProof, error) {
	if number < 0 || number >= size {
		return nil, fmt.Errorf("%w: entry %d of %d", ErrNotFound, number, size)
	}
	return tlog.ProveRecord(size, number, l.reader(ctx))
}

// File returns a file of the log by its path: the published checkpoint, a tile
// or an entry bundle. It serves nothing that is not signed, and returns
// [ErrNotFound] for everything else. All but the checkpoint never change.
func (l *Log) File(ctx context.Context, path string) ([]byte, error) {
	if path == CheckpointPath {
		_, signed, err := l.Published(ctx)
		return signed, err
	}
	t, err := ParseTilePath(path)
	if err != nil {
		return nil, err
	}
	heads, err := l.store.Heads(ctx)
	if err != nil {
		return nil, err
	}
	size := int64(0)
	if heads.Signed != nil {
		c, err := OpenCheckpoint(heads.Signed, l.key)
		if err != nil {
			return nil, err
		}
		size = c.Size
	}
	if leaves := size >> (tileHeight * max(0, t.L)); t.N >= leaves || t.N*tileWidth+int64(t.W) > leaves {
		return nil, fmt.Errorf("%w: %s", ErrNotFound, path)
	}
	if t.L >= 0 {
		return tlog.ReadTileData(t, l.reader(ctx))
	}
	texts, err := l.store.Entries(ctx, t.N*tileWidth, t.N*tileWidth+int64(t.W))
	return AppendBundle(nil, texts), err
}
