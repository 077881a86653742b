package ledger

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// A Log writes the public log and serves its files. It is safe for concurrent
// use. There must be one for a store; a second one is found out by the store
// ([ErrConflict]) before it does harm.
type Log struct {
	store  Store
	signer note.Signer
	key    *Key
	policy *Policy

	mu      sync.Mutex // owns what follows, and all writing
	history *history
	known   []Checkpoint // what witnesses have seen, of trees larger than ours or other ones
	guarded bool
}

// NewLog opens the log that a store keeps: it reads and checks all entries. If
// they are not those that were signed last, the log can be read, and everything
// that would write or sign is [ErrRolledBack]. The policy may be nil.
func NewLog(ctx context.Context, store Store, signer note.Signer, key *Key, policy *Policy) (*Log, error) {
	if signer.Name() != key.Name() || signer.KeyHash() != key.KeyHash() {
		return nil, errors.New("log key: the secret and the public half do not belong together")
	}
	l := &Log{store: store, signer: signer, key: key, policy: policy, history: newHistory()}
	l.guarded = policy == nil || len(policy.Witnesses) == 0
	if err := l.catchUp(ctx); err != nil {
		return nil, err
	}
	heads, err := store.Heads(ctx)
	if err != nil || heads.Signed == nil {
		return l, err
	}
	last, err := OpenCheckpoint(heads.Signed, key)
	if err != nil {
		return nil, err
	}
	l.known = append(l.known, last)
	return l, nil
}

// Key returns the log's public key.
func (l *Log) Key() *Key { return l.key }

func (l *Log) reader(ctx context.Context) storeReader { return storeReader{ctx, l.store} }

// batchSize is how many entries are read at once.
const batchSize = 1024

// catchUp reads the entries that were written since: all of them at first, and
// those of a write whose answer got lost.
func (l *Log) catchUp(ctx context.Context) error {
	size, err := l.store.Size(ctx)
	if err != nil {
		return err
	}
	if size < l.history.size {
		return fmt.Errorf("%w: it has %d entries and had %d", ErrRolledBack, size, l.history.size)
	}
	for l.history.size < size {
		texts, err := l.store.Entries(ctx, l.history.size, min(size, l.history.size+batchSize))
		if err != nil {
			return err
		}
		for _, text := range texts {
			e, err := ParseEntry(text)
			if err != nil {
				return fmt.Errorf("entry %d: %w", l.history.size, err)
			}
			if err := l.history.follow(e, text); err != nil {
				return err
			}
		}
	}
	return nil
}

// Append adds entries, in one piece, and returns their numbers. What an entry
// says already that stands is not said again; its number is returned, so that
// a call can be repeated. What may not follow is [ErrOrder], [ErrOpening] or
// [ErrEntry], and nothing is written.
func (l *Log) Append(ctx context.Context, bodies ...Body) (numbers []int64, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.ready(ctx); err != nil {
		return nil, err
	}
	batch := Batch{Size: l.history.size}
	defer func() {
		if err != nil { // what was not written is not history
			err = errors.Join(err, l.reload(ctx, batch.Size))
		}
	}()
	tree := l.grow(ctx)
	for _, b := range bodies {
		number, found := l.history.find(b)
		if !found {
			e, err := l.history.next(b)
			if err != nil {
				return nil, err
			}
			number = e.Number
			if err := batch.add(tree, e); err != nil {
				return nil, err
			}
		}
		numbers = append(numbers, number)
	}
	if len(batch.Entries) == 0 {
		return numbers, nil
	}
	batch.Hashes = tree.above
	return numbers, l.store.Append(ctx, batch)
}

// grow returns the tree as stored, to which leaves can be added.
func (l *Log) grow(ctx context.Context) *overlay {
	return &overlay{below: l.reader(ctx), from: tlog.StoredHashCount(l.history.size)}
}

func (b *Batch) add(tree *overlay, e Entry) error {
	text := e.AppendJSON(nil)
	b.Entries = append(b.Entries, text)
	return tree.add(e.Number, tlog.RecordHash(text))
}

// reload reads the history anew if it went ahead of what was stored.
func (l *Log) reload(ctx context.Context, size int64) error {
	if l.history.size == size {
		return nil
	}
	l.history = newHistory()
	return l.catchUp(context.WithoutCancel(ctx))
}

// ready prepares a write.
func (l *Log) ready(ctx context.Context) error {
	if !l.guarded {
		return ErrUnguarded
	}
	if err := l.catchUp(ctx); err != nil {
		return err
	}
	return l.rolledBack(ctx)
}

// holds returns [ErrRolledBack] unless the stored tree has the given one as its
// beginning.
func (l *Log) holds(ctx context.Context, c Checkpoint) error {
	if c.Size > l.history.size {
		return fmt.Errorf("%w: it has %d entries, %d were signed. Restore a newer backup, or the missing entries "+
			"from a copy of the log; if there is none, begin a log under a new name", ErrRolledBack, l.history.size, c.Size)
	}
	root, err := treeRoot(c.Size, l.reader(ctx))
	if err != nil {
		return err
	}
	if root != c.Root {
		return fmt.Errorf("%w: its first %d entries are not those that were signed. Restore the backup that has them; "+
			"if there is none, begin a log under a new name", ErrRolledBack, c.Size)
	}
	return nil
}

// rolledBack compares the tree with what witnesses have seen.
func (l *Log) rolledBack(ctx context.Context) error {
	for len(l.known) > 0 {
		if err := l.holds(ctx, l.known[0]); err != nil {
			return err
		}
		l.known = l.known[1:]
	}
	return nil
}

// Seen tells the log which of its own signed checkpoints witnesses have seen.
// If one of them is larger than the stored tree, or another, the store was
// rolled back: Seen and everything that would write or sign return
// [ErrRolledBack], which says what to do.
func (l *Log) Seen(ctx context.Context, list ...[]byte) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, signed := range list {
		c, err := OpenCheckpoint(signed, l.key)
		if err != nil {
			return err
		}
		l.known = append(l.known, c)
	}
	if err := l.catchUp(ctx); err != nil {
		return err
	}
	return l.rolledBack(ctx)
}

// Guard is Seen, after which the log may write and sign: one that has witnesses
// does neither before. It protects when every witness that can have seen a
// checkpoint was asked; one that k of n must have seen is not enough, for a
// checkpoint that one alone has cosigned was signed all the same.
func (l *Log) Guard(ctx context.Context, seen ...[]byte) error {
	l.mu.Lock()
	l.guarded = true
	l.mu.Unlock()
	return l.Seen(ctx, seen...)
}

// Recover adds the entries that the store lacks from a copy of the log, whose
// checkpoint the log itself has signed: after a restore from an old backup. A
// copy that does not continue what is stored is [ErrFork], and nothing is
// written.
func (l *Log) Recover(ctx context.Context, copied Fetch) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.catchUp(ctx); err != nil {
		return err
	}
	report, err := Verify(ctx, copied, l.key, nil)
	if err == nil {
		err = report.Reason
	}
	if err != nil {
		return fmt.Errorf("copy: %w", err)
	}
	batch, tree := Batch{Size: l.history.size}, l.grow(ctx)
	err = eachEntry(ctx, copied, batch.Size, report.Size, report.Size, func(number int64, text []byte) error {
		batch.Entries = append(batch.Entries, text)
		return tree.add(number, tlog.RecordHash(text))
	})
	if err != nil {
		return err
	}
	root, err := treeRoot(report.Size, tree)
	if err != nil {
		return err
	}
	if root != report.Root {
		return fmt.Errorf("%w: the copy does not continue what is stored", ErrFork)
	}
	if batch.Hashes = tree.above; len(batch.Entries) == 0 {
		return nil
	}
	if err := l.store.Append(ctx, batch); err != nil {
		return err
	}
	return l.catchUp(ctx)
}

// Sign signs the present tree, if it is not signed yet, and returns the
// checkpoint with the cosignatures so far.
func (l *Log) Sign(ctx context.Context) ([]byte, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.ready(ctx); err != nil {
		return nil, err
	}
	old, err := l.store.Heads(ctx)
	if err != nil {
		return nil, err
	}
	now := Checkpoint{Origin: l.key.Origin(), Size: l.history.size}
	if now.Root, err = treeRoot(now.Size, l.reader(ctx)); err != nil {
		return nil, err
	}
	if old.Signed != nil {
		last, err := OpenCheckpoint(old.Signed, l.key)
		if err != nil {
			return nil, err
		}
		if err := l.holds(ctx, last); err != nil {
			return nil, err
		}
		if last == now { // the policy may be another than it was
			return old.Signed, l.setSigned(ctx, old, old.Signed)
		}
	}
	signed, err := now.Sign(l.signer)
	if err != nil {
		return nil, err
	}
	return signed, l.setSigned(ctx, old, signed)
}

// setSigned stores a checkpoint, as published if it has enough cosignatures.
func (l *Log) setSigned(ctx context.Context, old Heads, signed []byte) error {
	next := Heads{Signed: signed, Published: old.Published}
	_, _, err := l.policy.Check(signed, l.key)
	if err == nil {
		next.Published = signed
	} else if !errors.Is(err, ErrQuorum) {
		return err
	}
	if bytes.Equal(next.Signed, old.Signed) && bytes.Equal(next.Published, old.Published) {
		return nil
	}
	return l.store.SetHeads(ctx, old, next)
}

// AddCosignatures adds the lines with which a witness answered to the last
// signed checkpoint. Those of keys that the policy does not know are left out;
// a false one of a witness is [ErrCheckpoint], and nothing is changed.
func (l *Log) AddCosignatures(ctx context.Context, lines []byte) (Quorum, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	old, err := l.store.Heads(ctx)
	if err != nil {
		return Quorum{}, err
	}
	if bytes.Contains(old.Signed, lines) {
		lines = nil // said again within the second
	}
	_, q, n, err := l.policy.open(append(bytes.Clone(old.Signed), lines...), l.key)
	if err != nil && !errors.Is(err, ErrQuorum) {
		return Quorum{}, err
	}
	signed, err := note.Sign(&note.Note{Text: n.Text, Sigs: n.Sigs})
	if err != nil {
		return q, err
	}
	return q, l.setSigned(ctx, old, signed)
}
