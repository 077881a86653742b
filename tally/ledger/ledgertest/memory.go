package ledgertest

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"sync"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/homphieu/homphieu/tally/ledger"
)

// A Memory is a store in memory. It refuses to write anything twice, and fails
// when it is told to.
type Memory struct {
	mu     sync.Mutex
	texts  [][]byte
	hashes []tlog.Hash
	heads  ledger.Heads
	fault  error // of the next write
	after  bool  // it happens after the write
}

// NewMemory returns an empty store.
func NewMemory() *Memory { return new(Memory) }

// Fail makes the next write return err: before it was applied, or after.
func (m *Memory) Fail(err error, applied bool) { m.fault, m.after = err, applied }

// Copy returns another store with the same content: a backup.
func (m *Memory) Copy() *Memory {
	m.mu.Lock()
	defer m.mu.Unlock()
	return &Memory{texts: slices.Clone(m.texts), hashes: slices.Clone(m.hashes), heads: m.heads}
}

// write runs a write with the fault that it is to have.
func (m *Memory) write(apply func() error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	fault := m.fault
	if m.fault = nil; fault != nil && !m.after {
		return fault
	}
	return errors.Join(apply(), fault)
}

// Size implements [ledger.Store].
func (m *Memory) Size(context.Context) (int64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return int64(len(m.texts)), nil
}

// Append implements [ledger.Store].
func (m *Memory) Append(_ context.Context, b ledger.Batch) error {
	return m.write(func() error {
		if b.Size != int64(len(m.texts)) {
			return ledger.ErrConflict
		}
		if want := tlog.StoredHashCount(b.Size + int64(len(b.Entries))); int64(len(m.hashes)+len(b.Hashes)) != want {
			return errors.New("memory: hashes do not fit the entries")
		}
		for _, text := range b.Entries {
			m.texts = append(m.texts, bytes.Clone(text))
		}
		m.hashes = append(m.hashes, b.Hashes...)
		return nil
	})
}

// Entries implements [ledger.Store].
func (m *Memory) Entries(_ context.Context, from, to int64) (list [][]byte, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if from < 0 || to < from || to > int64(len(m.texts)) {
		return nil, errors.New("memory: entries that are not there")
	}
	for _, text := range m.texts[from:to] {
		list = append(list, bytes.Clone(text))
	}
	return list, nil
}

// Hashes implements [ledger.Store].
func (m *Memory) Hashes(_ context.Context, indexes []int64) (list []tlog.Hash, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, at := range indexes {
		if at < 0 || at >= int64(len(m.hashes)) {
			return nil, errors.New("memory: a hash that is not there")
		}
		list = append(list, m.hashes[at])
	}
	return list, nil
}

// Heads implements [ledger.Store].
func (m *Memory) Heads(context.Context) (ledger.Heads, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.heads, nil
}

// SetHeads implements [ledger.Store].
func (m *Memory) SetHeads(_ context.Context, old, next ledger.Heads) error {
	return m.write(func() error {
		if !bytes.Equal(old.Signed, m.heads.Signed) || !bytes.Equal(old.Published, m.heads.Published) {
			return ledger.ErrConflict
		}
		m.heads = next
		return nil
	})
}

// A WitnessMemory is the store of a witness in memory.
type WitnessMemory struct {
	mu   sync.Mutex
	last map[string][]byte
}

// NewWitnessMemory returns an empty store.
func NewWitnessMemory() *WitnessMemory { return &WitnessMemory{last: map[string][]byte{}} }

// Last implements [ledger.WitnessStore].
func (m *WitnessMemory) Last(_ context.Context, origin string) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.last[origin], nil
}

// Swap implements [ledger.WitnessStore].
func (m *WitnessMemory) Swap(_ context.Context, origin string, old, next []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !bytes.Equal(m.last[origin], old) || (m.last[origin] == nil) != (old == nil) {
		return ledger.ErrConflict
	}
	m.last[origin] = bytes.Clone(next)
	return nil
}
