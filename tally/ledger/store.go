package ledger

import (
	"context"

	"golang.org/x/mod/sumdb/tlog"
)

// A Store keeps a log. Everything that it has acknowledged is durable. It is
// safe for concurrent use; package ledgertest is the test that every one must
// pass.
type Store interface {
	// Size returns how many entries there are.
	Size(ctx context.Context) (int64, error)
	// Append adds a batch in one piece, or returns [ErrConflict] if there are
	// not exactly b.Size entries. What is there is never written again.
	Append(ctx context.Context, b Batch) error
	// Entries returns the texts of the entries from number from up to but not
	// including number to, all of which must be there.
	Entries(ctx context.Context, from, to int64) ([][]byte, error)
	// Hashes returns the hashes with these indexes (tlog.StoredHashIndex), all
	// of which must be there.
	Hashes(ctx context.Context, indexes []int64) ([]tlog.Hash, error)
	// Heads returns what was signed last.
	Heads(ctx context.Context) (Heads, error)
	// SetHeads puts next in the place of old in one piece, or returns
	// [ErrConflict] if old is not what is kept.
	SetHeads(ctx context.Context, old, next Heads) error
}

// A Batch is what one write adds to a log.
type Batch struct {
	Size    int64       // how many entries there are before
	Entries [][]byte    // texts
	Hashes  []tlog.Hash // all that they add, from index tlog.StoredHashCount(Size) on
}

// Heads are the signed checkpoints of a log; nil before there is one.
type Heads struct {
	Signed    []byte // the last that the log signed, with the cosignatures so far
	Published []byte // the last with enough cosignatures
}

// A WitnessStore keeps, for each origin, the last checkpoint that a witness has
// accepted: the whole note, as evidence. It is safe for concurrent use.
type WitnessStore interface {
	// Last returns the checkpoint kept for a log, or nil.
	Last(ctx context.Context, origin string) ([]byte, error)
	// Swap puts next in the place of old, nil if there is none, in one piece;
	// when it returns nil, next is durable. If old is not what is kept, it
	// returns [ErrConflict].
	Swap(ctx context.Context, origin string, old, next []byte) error
}

// storeReader reads hashes of a store.
type storeReader struct {
	ctx   context.Context // tlog.HashReader has no place for it
	store Store
}

// ReadHashes implements [tlog.HashReader].
func (r storeReader) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	return r.store.Hashes(r.ctx, indexes)
}
