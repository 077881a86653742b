package bolt

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	bolt "go.etcd.io/bbolt"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/tally/archive"
)

// database is what a box needs of bbolt. Tests put faults between.
type database interface {
	View(f func(*bolt.Tx) error) error
	Update(f func(*bolt.Tx) error) error
}

// electionBox implements box.Box. bbolt runs one writing transaction at a time;
// mu guards what is remembered between them.
type electionBox struct {
	db       database
	election *ballot.Election
	setup    box.Setup
	coming   queue

	mu    sync.Mutex
	known memory
	stale bool // the disk may be ahead of what is known
}

// A memory is what a box remembers between transactions. It is replaced when one
// is on disk, and never changed.
type memory struct {
	product ballot.Product        // of the ballots in the chain
	waiting map[[32]byte]accepted // those not yet in the chain
}

func loadBox(db database, u ballot.UUID) (*electionBox, error) {
	b := &electionBox{db: db, coming: newQueue()}
	err := db.View(func(tx *bolt.Tx) error {
		t, err := openBoxTx(tx, u)
		if err != nil {
			return err
		}
		if err := b.load(t); err != nil {
			return fmt.Errorf("%w: %w", box.ErrCorrupt, err)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("box %s: %w", u, err)
	}
	return b, nil
}

// load reads what never changes, and what is remembered.
func (b *electionBox) load(t *boxTx) error {
	var record setupRecord
	text, err := unsealed(t.meta(keySetup))
	if err != nil {
		return fmt.Errorf("setup: %w", err)
	}
	if err := json.Unmarshal(text, &record); err != nil {
		return fmt.Errorf("setup: %w", err)
	}
	b.setup = box.Setup{
		Election: bytes.Clone(t.meta(keyElection)), Trustees: bytes.Clone(t.meta(keyTrustees)),
		Timestamp: record.Timestamp, Settings: record.Settings,
	}
	if b.election, err = ballot.ParseElection(b.setup.Election); err != nil {
		return err
	}
	return b.remember(t)
}

// refresh reads again what is remembered if a commit that reported an error
// may have reached the disk. mu is held.
func (b *electionBox) refresh() error {
	if !b.stale {
		return nil
	}
	if err := b.view(b.remember); err != nil {
		return err
	}
	b.stale = false
	return nil
}

// remember reads the running product and the waiting ballots.
func (b *electionBox) remember(t *boxTx) error {
	product, err := b.election.ParseProduct(t.meta(keyProduct))
	if err != nil {
		return err
	}
	known := memory{product, map[[32]byte]accepted{}}
	err = t.bucket(bucketWaiting).ForEach(func(_, kept []byte) error {
		raw, err := restored(b.election, kept)
		if err != nil {
			return err
		}
		v, err := ballot.Verify(b.election, raw)
		if err != nil {
			return err
		}
		known.waiting[v.Hash()] = accepted{v, b.election.AppendCompact(nil, v)}
		return nil
	})
	if err == nil {
		b.known = known
	}
	return err
}

// Election implements box.Box.
func (b *electionBox) Election() *ballot.Election { return b.election }

// Setup implements box.Box.
func (b *electionBox) Setup() box.Setup { return b.setup }

func (b *electionBox) view(f func(t *boxTx) error) error {
	return b.db.View(func(tx *bolt.Tx) error {
		t, err := openBoxTx(tx, b.election.UUID)
		if err != nil {
			return err
		}
		return f(t)
	})
}

// update runs f in a writing transaction and saves the progress. When f
// returns errNoChange, nothing is written and there is no error. What f leaves in
// t.memory is what is known once the disk has it all.
func (b *electionBox) update(f func(t *boxTx) error) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.refresh(); err != nil {
		return err
	}
	var t *boxTx
	committing := false
	b.stale = true // until the outcome is known: a panic leaves it so
	err := b.db.Update(func(tx *bolt.Tx) (err error) {
		if t, err = openBoxTx(tx, b.election.UUID); err != nil {
			return err
		}
		t.memory = b.known
		if err := f(t); err != nil {
			return err
		}
		committing = true
		return t.saveProgress()
	})
	b.stale = err != nil && committing
	switch {
	case err == nil:
		b.known = t.memory
	case errors.Is(err, errNoChange):
		return nil
	}
	return err
}

// Status implements box.Box.
func (b *electionBox) Status(context.Context) (s box.Status, err error) {
	err = b.view(func(t *boxTx) error {
		s = t.status()
		return nil
	})
	return s, err
}

// Open implements box.Box.
func (b *electionBox) Open(context.Context) error {
	return b.update(func(t *boxTx) error {
		if t.State > box.Open {
			return fmt.Errorf("open: %w: %s", box.ErrState, t.State)
		}
		t.State = box.Open
		return nil
	})
}

// Lookup implements box.Box.
func (b *electionBox) Lookup(_ context.Context, hash [32]byte) (r box.Record, err error) {
	err = b.view(func(t *boxTx) error {
		switch v := t.bucket(bucketBallots).Get(hash[:]); {
		case v == nil:
			return box.ErrNotFound
		case len(v) == 32:
			event := [32]byte(v)
			r.Event = &event
		}
		return nil
	})
	return r, err
}

// Credential implements box.Box.
func (b *electionBox) Credential(_ context.Context, key ballot.CredentialKey) (c box.Credential, err error) {
	err = b.view(func(t *boxTx) (err error) {
		c, err = t.credential(key)
		return err
	})
	return c, err
}

// Void implements box.Box.
func (b *electionBox) Void(_ context.Context, key ballot.CredentialKey) error {
	return b.update(func(t *boxTx) error {
		c, err := t.credential(key)
		if err != nil {
			return err
		}
		switch c.Use {
		case box.Voided:
			return errNoChange
		case box.Unused:
		default:
			return box.Admit(t.State, c)
		}
		if t.bucket(bucketBeside).Get([]byte(box.Closing)) != nil {
			return fmt.Errorf("void: %w: the closing file is signed", box.ErrState)
		}
		t.Voided++
		return t.bucket(bucketCredentials).Put(key[:], []byte{byte(box.Voided)})
	})
}

// Voided implements box.Box.
func (b *electionBox) Voided(context.Context) (keys []ballot.CredentialKey, err error) {
	err = b.view(func(t *boxTx) error {
		return t.bucket(bucketCredentials).ForEach(func(k, v []byte) error {
			if len(v) == 1 && box.Use(v[0]) == box.Voided {
				keys = append(keys, ballot.CredentialKey(k))
			}
			return nil
		})
	})
	return keys, err
}

// Hashes implements box.Box.
func (b *electionBox) Hashes(context.Context) (hashes [][32]byte, err error) {
	err = b.view(func(t *boxTx) error {
		if t.State < box.Closed {
			return fmt.Errorf("hashes: %w: %s", box.ErrState, t.State)
		}
		return t.bucket(bucketBallots).ForEach(func(k, _ []byte) error {
			hashes = append(hashes, [32]byte(k))
			return nil
		})
	})
	return hashes, err
}

// Close implements box.Box.
func (b *electionBox) Close(context.Context) error {
	return b.update(func(t *boxTx) error {
		switch t.State {
		case box.Sealed:
			return fmt.Errorf("close: %w: %s", box.ErrState, t.State)
		case box.Open:
		default:
			return errNoChange
		}
		if err := t.chainWaiting(b.election); err != nil {
			return err
		}
		if err := t.appendEvent(archive.EndBallots); err != nil {
			return err
		}
		t.State, t.EndBallots, t.Ended = box.Closed, t.Head, t.Files
		return nil
	})
}

// Product implements box.Box.
func (b *electionBox) Product(context.Context) (ballot.Product, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.refresh(); err != nil {
		return nil, err
	}
	product := b.election.NewProduct()
	product.MulProduct(b.known.product)
	return product, nil
}
