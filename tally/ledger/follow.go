package ledger

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"golang.org/x/mod/sumdb/tlog"
)

// A Follower rechecks a log while it grows, as [Verify] does at once, and reads
// every full tile and entry bundle one time only. It keeps of the entries what
// tells which may come next, and holds one bundle at a time. It is not safe for
// concurrent use.
type Follower struct{ chain *chain }

// NewFollower returns a follower that has read nothing yet.
func NewFollower() *Follower { return &Follower{newChain()} }

// Size returns how many entries were read and found right.
func (f *Follower) Size() int64 { return f.chain.size }

// Corrections returns the corrections among the entries from number from on that
// were read, in their order.
func (f *Follower) Corrections(from int64) []Corrected {
	at, _ := slices.BinarySearchFunc(f.chain.corrections, from, func(c Corrected, n int64) int { return cmp.Compare(c.Number, n) })
	return slices.Clone(f.chain.corrections[at:])
}

// Follow reads what is new up to a checkpoint, which the caller has verified
// and of which it knows that it continues the one that was followed last
// ([Monitor]). Each file is checked against the checkpoint's root before its
// entries are read, and then handed to keep, unless that is nil. The error names
// the entry; after one, the follower is of no more use.
func (f *Follower) Follow(ctx context.Context, files Fetch, c Checkpoint, keep func(path string, data []byte) error) error {
	if err := checkSize(c.Size); err != nil {
		return err
	}
	if c.Size < f.Size() {
		return fmt.Errorf("%w: %d, it had %d", ErrShrunk, c.Size, f.Size())
	}
	if keep == nil {
		keep = func(string, []byte) error { return nil }
	}
	r := newRootedTiles(ctx, files, c, keep)
	for f.Size() < c.Size {
		if err := f.bundle(r, f.Size()/tileWidth); err != nil {
			return err
		}
	}
	return nil
}

func (f *Follower) bundle(r *rootedTiles, n int64) error {
	t, data, leaves, err := r.bundle(n)
	if err != nil {
		return err
	}
	if err := f.chain.bundle(t, data, leaves, func(Entry, tlog.Hash) {}); err != nil {
		return err
	}
	return r.keep(TilePath(t), data)
}

// Reread reads an entry bundle once more and checks that its texts are still
// those that are under the checkpoint.
func Reread(ctx context.Context, files Fetch, c Checkpoint, n int64) error {
	if n < 0 || n*tileWidth >= c.Size {
		return fmt.Errorf("%w: bundle %d of %d entries", ErrNotFound, n, c.Size)
	}
	r := newRootedTiles(ctx, files, c, func(string, []byte) error { return nil })
	t, data, leaves, err := r.bundle(n)
	if err != nil {
		return err
	}
	return newChain().bundle(t, data, leaves, func(Entry, tlog.Hash) {})
}

// rootedTiles reads tiles that are checked against the root of a checkpoint. It
// remembers those above the leaves and at the end: they are asked for again with
// every bundle, and are few.
type rootedTiles struct {
	tiles
	c     Checkpoint
	above map[string][]byte
	keep  func(path string, data []byte) error
	wrong error // of keep
}

func newRootedTiles(ctx context.Context, files Fetch, c Checkpoint, keep func(path string, data []byte) error) *rootedTiles {
	r := &rootedTiles{c: c, above: map[string][]byte{}, keep: keep}
	r.tiles = tiles{ctx, func(ctx context.Context, path string) ([]byte, error) {
		if data, found := r.above[path]; found {
			return data, nil
		}
		return files(ctx, path)
	}}
	return r
}

// SaveTiles implements [tlog.TileReader]: it is called with tiles that are right.
func (r *rootedTiles) SaveTiles(list []tlog.Tile, data [][]byte) {
	for i, t := range list {
		path := TilePath(t)
		if _, found := r.above[path]; found || r.wrong != nil {
			continue
		}
		if t.L > 0 || t.W < tileWidth {
			r.above[path] = data[i]
		}
		r.wrong = r.keep(path, data[i])
	}
}

// bundle reads an entry bundle, and the hashes that the tree has for its entries.
func (r *rootedTiles) bundle(n int64) (t tlog.Tile, data []byte, leaves []tlog.Hash, err error) {
	first := n * tileWidth
	t = tlog.Tile{H: tileHeight, L: -1, N: n, W: int(min(tileWidth, r.c.Size-first))}
	if data, err = fetchTile(r.ctx, r.files, t); err != nil {
		return t, nil, nil, err
	}
	indexes := make([]int64, t.W)
	for i := range indexes {
		indexes[i] = tlog.StoredHashIndex(0, first+int64(i))
	}
	leaves, err = tlog.TileHashReader(tlog.Tree{N: r.c.Size, Hash: r.c.Root}, r).ReadHashes(indexes)
	if err == nil {
		err = r.wrong
	}
	if err != nil {
		return t, nil, nil, fmt.Errorf("entry %d: tiles: %w", first, err)
	}
	return t, data, leaves, nil
}
