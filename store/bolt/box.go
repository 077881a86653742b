package bolt

import (
	"bytes"
	"context"
	cryptorand "crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
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

	mu      sync.Mutex
	product ballot.Product              // of the ballots in the chain
	waiting map[[32]byte]*ballot.Ballot // those not yet in the chain
	stale   bool                        // the disk may be ahead of product and waiting
}

func loadBox(db database, u ballot.UUID) (*electionBox, error) {
	b := &electionBox{db: db}
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
func (b *electionBox) remember(t *boxTx) (err error) {
	if b.product, err = b.election.ParseProduct(t.meta(keyProduct)); err != nil {
		return err
	}
	b.waiting = map[[32]byte]*ballot.Ballot{}
	return t.bucket(bucketWaiting).ForEach(func(_, raw []byte) error {
		w, err := ballot.Verify(b.election, bytes.Clone(raw))
		if err != nil {
			return err
		}
		b.waiting[w.Hash()] = w
		return nil
	})
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
// returns errNoChange, nothing is written and there is no error. What f wants
// remembered it leaves in t.committed, which runs once the disk has it all.
func (b *electionBox) update(f func(t *boxTx) error) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := b.refresh(); err != nil {
		return err
	}
	var t *boxTx
	committing := false
	err := b.db.Update(func(tx *bolt.Tx) (err error) {
		if t, err = openBoxTx(tx, b.election.UUID); err != nil {
			return err
		}
		if err := f(t); err != nil {
			return err
		}
		committing = true
		return t.saveProgress()
	})
	switch {
	case err == nil && t.committed != nil:
		t.committed()
	case errors.Is(err, errNoChange):
		return nil
	case err != nil && committing:
		b.stale = true
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

// Accept implements box.Box.
func (b *electionBox) Accept(_ context.Context, v *ballot.Ballot) error {
	hash, key := v.Hash(), ballot.CredentialKey(v.Credential().Key())
	return b.update(func(t *boxTx) error {
		if t.bucket(bucketBallots).Get(hash[:]) != nil {
			return errNoChange
		}
		c, err := t.credential(key)
		if err != nil {
			return err
		}
		if err := box.Admit(t.State, c); err != nil {
			return err
		}
		if err := t.spend(key, v); err != nil {
			return err
		}
		if t.Waiting == box.BatchSize {
			return b.chainWaiting(t, v)
		}
		t.committed = func() { b.waiting[hash] = v }
		return nil
	})
}

// spend writes an accepted ballot among those that wait.
func (t *boxTx) spend(key ballot.CredentialKey, v *ballot.Ballot) error {
	hash, alpha := v.Hash(), v.FirstAlpha()
	if t.bucket(bucketAlphas).Get(alpha[:]) != nil {
		return ballot.ErrCiphertextTwice
	}
	t.Accepted++
	t.Waiting++
	return errors.Join(
		t.bucket(bucketAlphas).Put(alpha[:], []byte{}),
		t.bucket(bucketCredentials).Put(key[:], append([]byte{byte(box.Spent)}, hash[:]...)),
		t.bucket(bucketBallots).Put(hash[:], []byte{}),
		t.bucket(bucketWaiting).Put(hash[:], v.Raw()),
	)
}

// chainWaiting moves every waiting ballot, and those that have just come, into
// the chain in random order and multiplies them into the running product.
func (b *electionBox) chainWaiting(t *boxTx, come ...*ballot.Ballot) error {
	product := b.election.NewProduct()
	product.MulProduct(b.product)
	for _, v := range shuffled(append(slices.Collect(maps.Values(b.waiting)), come...)) {
		hash := v.Hash()
		if err := t.appendEvent(archive.Ballot, v.Raw()); err != nil {
			return err
		}
		product.Mul(v)
		event := t.Head // bbolt reads it at the commit, when t.Head has moved on
		err := errors.Join(
			t.bucket(bucketBallots).Put(hash[:], event[:]),
			t.bucket(bucketWaiting).Delete(hash[:]),
		)
		if err != nil {
			return err
		}
	}
	t.Waiting = 0
	t.committed = func() { b.product, b.waiting = product, map[[32]byte]*ballot.Ballot{} }
	return t.putMeta(keyProduct, product.AppendJSON(nil))
}

// shuffled puts the ballots in an order drawn from the system's random source.
func shuffled(list []*ballot.Ballot) []*ballot.Ballot {
	var seed [32]byte
	cryptorand.Read(seed[:])
	order := rand.New(rand.NewChaCha8(seed)) //nolint:gosec // G404: seeded with 256 bits from crypto/rand
	order.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return list
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
		if err := b.chainWaiting(t); err != nil {
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
	product.MulProduct(b.product)
	return product, nil
}
