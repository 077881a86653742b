package bolt

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"

	bolt "go.etcd.io/bbolt"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/tally/ledger"
)

// The public log, under "ledger": entries by number, hashes by the index that
// tlog gives them, and the last checkpoints, each behind its SHA-256. Under
// "witness" the last checkpoint of each log that this server is a witness of.
var (
	bucketLedger  = []byte("ledger")
	bucketEntries = []byte("entries")
	bucketHashes  = []byte("hashes")
	bucketHeads   = []byte("heads")
	bucketWitness = []byte("witness")

	keySigned    = []byte("signed")
	keyPublished = []byte("published")
)

// A Ledger is the part of a [Store] that keeps the public log.
type Ledger struct{ db *bolt.DB }

// A Witness is the part of a [Store] that keeps what a witness has seen.
type Witness struct{ db *bolt.DB }

var (
	_ ledger.Store        = Ledger{}
	_ ledger.WitnessStore = Witness{}
)

// Ledger returns the store of the public log.
func (s *Store) Ledger() Ledger { return Ledger{s.db} }

// Witness returns the store of a witness.
func (s *Store) Witness() Witness { return Witness{s.db} }

// ledgerTx is the log within a transaction. Its buckets are nil until something
// was written.
type ledgerTx struct{ entries, hashes, heads *bolt.Bucket }

func (l Ledger) view(do func(ledgerTx) error) error {
	return l.db.View(func(tx *bolt.Tx) error { return do(openLedger(tx)) })
}

func openLedger(tx *bolt.Tx) (t ledgerTx) {
	if root := tx.Bucket(bucketLedger); root != nil {
		t = ledgerTx{root.Bucket(bucketEntries), root.Bucket(bucketHashes), root.Bucket(bucketHeads)}
	}
	return t
}

func (l Ledger) update(do func(ledgerTx) error) error {
	return l.db.Update(func(tx *bolt.Tx) error {
		root, err := tx.CreateBucketIfNotExists(bucketLedger)
		if err != nil {
			return err
		}
		for _, name := range [][]byte{bucketEntries, bucketHashes, bucketHeads} {
			if _, err := root.CreateBucketIfNotExists(name); err != nil {
				return err
			}
		}
		return do(openLedger(tx))
	})
}

// size is computed from the last entry, so that nothing is kept twice.
func (t ledgerTx) size() (int64, error) { return countOf(t.entries) }

// countOf returns how many numbered values a bucket has.
func countOf(b *bolt.Bucket) (int64, error) {
	if b == nil {
		return 0, nil
	}
	key, _ := b.Cursor().Last()
	if key == nil {
		return 0, nil
	}
	if len(key) != 8 {
		return 0, fmt.Errorf("%w: ledger: a number of %d bytes", box.ErrCorrupt, len(key))
	}
	return int64(binary.BigEndian.Uint64(key)) + 1, nil
}

// Size implements ledger.Store.
func (l Ledger) Size(context.Context) (size int64, err error) {
	err = l.view(func(t ledgerTx) error {
		size, err = t.size()
		return err
	})
	return size, err
}

// Append implements ledger.Store.
func (l Ledger) Append(_ context.Context, b ledger.Batch) error {
	return l.update(func(t ledgerTx) error {
		size, err := t.size()
		if err != nil {
			return err
		}
		if size != b.Size {
			return fmt.Errorf("%w: %d entries, not %d", ledger.ErrConflict, size, b.Size)
		}
		from, to := tlog.StoredHashCount(size), tlog.StoredHashCount(size+int64(len(b.Entries)))
		if int64(len(b.Hashes)) != to-from {
			return fmt.Errorf("ledger: %d hashes for %d entries, want %d", len(b.Hashes), len(b.Entries), to-from)
		}
		for i, text := range b.Entries {
			if err := t.entries.Put(number(int(size)+i), text); err != nil {
				return err
			}
		}
		for i, h := range b.Hashes {
			if err := t.hashes.Put(number(int(from)+i), h[:]); err != nil {
				return err
			}
		}
		return nil
	})
}

// Entries implements ledger.Store.
func (l Ledger) Entries(_ context.Context, from, to int64) (list [][]byte, err error) {
	err = l.view(func(t ledgerTx) error {
		size, err := t.size()
		if err != nil {
			return err
		}
		if from < 0 || to < from || to > size {
			return fmt.Errorf("ledger: entries %d to %d of %d", from, to, size)
		}
		for n := from; n < to; n++ {
			text := t.entries.Get(number(int(n)))
			if text == nil {
				return fmt.Errorf("%w: ledger: entry %d missing", box.ErrCorrupt, n)
			}
			list = append(list, bytes.Clone(text))
		}
		return nil
	})
	return list, err
}

// Hashes implements ledger.Store.
func (l Ledger) Hashes(_ context.Context, indexes []int64) (list []tlog.Hash, err error) {
	err = l.view(func(t ledgerTx) error {
		for _, at := range indexes {
			h, err := t.hash(at)
			if err != nil {
				return err
			}
			list = append(list, h)
		}
		return nil
	})
	return list, err
}

func (t ledgerTx) hash(at int64) (h tlog.Hash, err error) {
	var v []byte
	if t.hashes != nil && at >= 0 {
		v = t.hashes.Get(number(int(at)))
	}
	if len(v) != tlog.HashSize {
		return h, fmt.Errorf("ledger: hash %d: not there", at)
	}
	return tlog.Hash(v), nil
}

// Heads implements ledger.Store.
func (l Ledger) Heads(context.Context) (heads ledger.Heads, err error) {
	err = l.view(func(t ledgerTx) error {
		heads, err = t.load()
		return err
	})
	return heads, err
}

func (t ledgerTx) load() (heads ledger.Heads, err error) {
	signed, err := optionalSealed(t.heads, keySigned)
	if err != nil {
		return heads, fmt.Errorf("ledger: %w", err)
	}
	published, err := optionalSealed(t.heads, keyPublished)
	if err != nil {
		return heads, fmt.Errorf("ledger: %w", err)
	}
	return ledger.Heads{Signed: signed, Published: published}, nil
}

// optionalSealed returns what was sealed under a key, or nil.
func optionalSealed(b *bolt.Bucket, key []byte) ([]byte, error) {
	if b == nil {
		return nil, nil
	}
	v := b.Get(key)
	if v == nil {
		return nil, nil
	}
	return unsealed(v)
}

// SetHeads implements ledger.Store.
func (l Ledger) SetHeads(_ context.Context, old, next ledger.Heads) error {
	return l.update(func(t ledgerTx) error {
		heads, err := t.load()
		if err != nil {
			return err
		}
		if !bytes.Equal(heads.Signed, old.Signed) || !bytes.Equal(heads.Published, old.Published) {
			return fmt.Errorf("%w: checkpoint", ledger.ErrConflict)
		}
		for key, content := range map[string][]byte{string(keySigned): next.Signed, string(keyPublished): next.Published} {
			if err := putOptional(t.heads, []byte(key), content); err != nil {
				return err
			}
		}
		return nil
	})
}

func putOptional(b *bolt.Bucket, key, content []byte) error {
	if content == nil {
		return b.Delete(key)
	}
	return b.Put(key, sealed(content))
}

// checkLedger recomputes the hashes, and reads the checkpoints.
func checkLedger(tx *bolt.Tx) error {
	t := openLedger(tx)
	size, err := t.size()
	if err != nil {
		return err
	}
	hashes, err := countOf(t.hashes)
	if err != nil {
		return err
	}
	if want := tlog.StoredHashCount(size); hashes != want {
		return fmt.Errorf("ledger: %d hashes for %d entries, want %d", hashes, size, want)
	}
	for n := range size {
		if err := t.checkEntry(n); err != nil {
			return fmt.Errorf("ledger: entry %d: %w", n, err)
		}
	}
	_, err = t.load()
	return errors.Join(err, checkWitness(tx))
}

// checkEntry compares the hashes that an entry added with what is kept.
func (t ledgerTx) checkEntry(n int64) error {
	text := t.entries.Get(number(int(n)))
	if text == nil {
		return errors.New("missing")
	}
	list, err := tlog.StoredHashes(n, text, tlog.HashReaderFunc(func(indexes []int64) (list []tlog.Hash, err error) {
		for _, at := range indexes {
			h, err := t.hash(at)
			if err != nil {
				return nil, err
			}
			list = append(list, h)
		}
		return list, nil
	}))
	if err != nil {
		return err
	}
	for i, want := range list {
		if h, err := t.hash(tlog.StoredHashCount(n) + int64(i)); err != nil || h != want {
			return fmt.Errorf("hash %d: not that of the entries", tlog.StoredHashCount(n)+int64(i))
		}
	}
	return nil
}

func checkWitness(tx *bolt.Tx) error {
	root := tx.Bucket(bucketWitness)
	if root == nil {
		return nil
	}
	return root.ForEach(func(origin, v []byte) error {
		if _, err := unsealed(v); err != nil {
			return fmt.Errorf("witness of a log: %w", err)
		}
		return nil
	})
}

// originKey is the key of a log: bbolt has no empty keys and limits their
// length, and an origin may be any text.
func originKey(origin string) []byte {
	sum := sha256.Sum256([]byte(origin))
	return sum[:]
}

// Last implements ledger.WitnessStore.
func (w Witness) Last(_ context.Context, origin string) (last []byte, err error) {
	err = w.db.View(func(tx *bolt.Tx) error {
		last, err = optionalSealed(tx.Bucket(bucketWitness), originKey(origin))
		return err
	})
	return last, err
}

// Swap implements ledger.WitnessStore.
func (w Witness) Swap(_ context.Context, origin string, old, next []byte) error {
	return w.db.Update(func(tx *bolt.Tx) error {
		b, err := tx.CreateBucketIfNotExists(bucketWitness)
		if err != nil {
			return err
		}
		kept, err := optionalSealed(b, originKey(origin))
		if err != nil {
			return err
		}
		if !bytes.Equal(kept, old) || (kept == nil) != (old == nil) {
			return fmt.Errorf("%w: checkpoint", ledger.ErrConflict)
		}
		return b.Put(originKey(origin), sealed(next))
	})
}
