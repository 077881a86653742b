package bolt

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"

	bolt "go.etcd.io/bbolt"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/meeting/audit"
	"github.com/homphieu/homphieu/meeting/round"
)

// Rounds of votes. Each value but those of indices is SHA-256 and JSON.
//
//	round-agencies   "agencies" → the directory
//	rounds           name → the round
//	round-packages   hash → number of the package, in the order of arrival, and name of its round
//	round-waiting    number → hash of a package that is to be checked
//	round-files      SHA-256 → content
//	round-parts      one bucket per round:
//	  progress       agency, 0, group → what was noted of an expected poll
//	  packages       number → package, which is small: its file lies in round-files
//	  agencies       agency, 0, number → nothing
//	  polls          hash of the package → poll
//	  links          name, poll, poll, post, post, with 0 between → link
//	  records        number → record
//
// So the page that follows a round reads no poll and no file.
var (
	bucketRoundAgencies = []byte("round-agencies")
	bucketRounds        = []byte("rounds")
	bucketRoundPackages = []byte("round-packages")
	bucketRoundWaiting  = []byte("round-waiting")
	bucketRoundFiles    = []byte("round-files")
	bucketRoundParts    = []byte("round-parts")

	partProgress = []byte("progress")
	partPackages = []byte("packages")
	partAgencies = []byte("agencies")
	partPolls    = []byte("polls")
	partLinks    = []byte("links")
	partRecords  = []byte("records")

	keyAgencies = []byte("agencies")
)

var roundParts = [][]byte{partProgress, partPackages, partAgencies, partPolls, partLinks, partRecords}

// Rounds is the part of a [Store] that keeps rounds of votes.
type Rounds struct{ db *bolt.DB }

var _ round.Store = Rounds{}

// Rounds returns the store of rounds.
func (s *Store) Rounds() Rounds { return Rounds{s.db} }

// putSealed keeps a value as JSON behind its SHA-256.
func putSealed(b *bolt.Bucket, key []byte, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return b.Put(key, sealed(text))
}

// readRecord reads what putSealed keeps.
func readSealed[T any](value []byte) (*T, error) {
	text, err := unsealed(value)
	if err != nil {
		return nil, err
	}
	v := new(T)
	if err := json.Unmarshal(text, v); err != nil {
		return nil, fmt.Errorf("%w: %w", box.ErrCorrupt, err)
	}
	return v, nil
}

// readAll reads the values of a bucket in the order of their keys.
func readAll[T any](b *bolt.Bucket) (list []*T, err error) {
	err = b.ForEach(func(_, value []byte) error {
		v, err := readSealed[T](value)
		list = append(list, v)
		return err
	})
	return list, err
}

// part returns a bucket of a round, or round.ErrNoRound.
func part(tx *bolt.Tx, u ballot.UUID, name []byte) (*bolt.Bucket, error) {
	parts := tx.Bucket(bucketRoundParts).Bucket([]byte(u))
	if parts == nil {
		return nil, round.ErrNoRound
	}
	return parts.Bucket(name), nil
}

// viewPart reads all of a part of a round.
func viewPart[T any](r Rounds, u ballot.UUID, name []byte) (list []*T, err error) {
	err = r.db.View(func(tx *bolt.Tx) error {
		b, err := part(tx, u, name)
		if err == nil {
			list, err = readAll[T](b)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("round %s: %s: %w", u, name, err)
	}
	return list, nil
}

// values are the values of a list of pointers.
func values[T any](pointers []*T) (list []T) {
	for _, p := range pointers {
		list = append(list, *p)
	}
	return list
}

// Directory implements round.Store.
func (r Rounds) Directory(context.Context) (d *round.Directory, err error) {
	err = r.db.View(func(tx *bolt.Tx) error {
		d, err = readDirectory(tx)
		return err
	})
	return d, err
}

func readDirectory(tx *bolt.Tx) (*round.Directory, error) {
	value := tx.Bucket(bucketRoundAgencies).Get(keyAgencies)
	if value == nil {
		return new(round.Directory), nil
	}
	d, err := readSealed[round.Directory](value)
	if err != nil {
		return nil, fmt.Errorf("agencies: %w", err)
	}
	return d, nil
}

// SaveDirectory implements round.Store.
func (r Rounds) SaveDirectory(_ context.Context, d *round.Directory, done audit.Draft) error {
	next := *d
	next.Revision++
	err := r.db.Update(func(tx *bolt.Tx) error {
		old, err := readDirectory(tx)
		if err != nil {
			return err
		}
		if old.Revision != d.Revision {
			return round.ErrRevision
		}
		if err := putSealed(tx.Bucket(bucketRoundAgencies), keyAgencies, &next); err != nil {
			return err
		}
		return appendAudit(tx, done)
	})
	if err == nil {
		d.Revision = next.Revision
	}
	return err
}

// Round implements round.Store.
func (r Rounds) Round(_ context.Context, u ballot.UUID) (v *round.Round, err error) {
	err = r.db.View(func(tx *bolt.Tx) error {
		v, err = readRound(tx, u)
		return err
	})
	return v, err
}

func readRound(tx *bolt.Tx, u ballot.UUID) (*round.Round, error) {
	value := tx.Bucket(bucketRounds).Get([]byte(u))
	if value == nil {
		return nil, round.ErrNoRound
	}
	v, err := readSealed[round.Round](value)
	if err != nil {
		return nil, fmt.Errorf("round %s: %w", u, err)
	}
	return v, nil
}

// Rounds implements round.Store.
func (r Rounds) Rounds(context.Context) (list []*round.Round, err error) {
	err = r.db.View(func(tx *bolt.Tx) error {
		list, err = readAll[round.Round](tx.Bucket(bucketRounds))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("rounds: %w", err)
	}
	return list, nil
}

// SaveRound implements round.Store.
func (r Rounds) SaveRound(_ context.Context, v *round.Round, done audit.Draft) error {
	next := *v
	next.Revision++
	err := r.db.Update(func(tx *bolt.Tx) error {
		if err := expectRevision(tx, v); err != nil {
			return err
		}
		if err := makeParts(tx, v.UUID); err != nil {
			return err
		}
		if err := putSealed(tx.Bucket(bucketRounds), []byte(v.UUID), &next); err != nil {
			return err
		}
		return appendAudit(tx, done)
	})
	if err == nil {
		v.Revision = next.Revision
	}
	return err
}

// expectRevision is round.ErrRevision unless v was made from what is kept.
func expectRevision(tx *bolt.Tx, v *round.Round) error {
	revision := uint64(0)
	if tx.Bucket(bucketRounds).Get([]byte(v.UUID)) != nil {
		old, err := readRound(tx, v.UUID)
		if err != nil {
			return err
		}
		revision = old.Revision
	}
	if revision != v.Revision {
		return round.ErrRevision
	}
	return nil
}

func makeParts(tx *bolt.Tx, u ballot.UUID) error {
	parts, err := tx.Bucket(bucketRoundParts).CreateBucketIfNotExists([]byte(u))
	if err != nil {
		return err
	}
	for _, name := range roundParts {
		if _, err := parts.CreateBucketIfNotExists(name); err != nil {
			return err
		}
	}
	return nil
}

// Progress implements round.Store.
func (r Rounds) Progress(_ context.Context, u ballot.UUID) ([]round.Progress, error) {
	list, err := viewPart[round.Progress](r, u, partProgress)
	return values(list), err
}

// SaveProgress implements round.Store.
func (r Rounds) SaveProgress(_ context.Context, u ballot.UUID, changed []round.Progress, done audit.Draft) error {
	return r.db.Update(func(tx *bolt.Tx) error {
		b, err := part(tx, u, partProgress)
		if err != nil {
			return err
		}
		for _, p := range changed {
			if err := putSealed(b, expectedKey(p.Expected), p); err != nil {
				return err
			}
		}
		return appendAudit(tx, done)
	})
}

func expectedKey(e round.Expected) []byte { return []byte(e.Agency + "\x00" + e.Group) }

// Links implements round.Store.
func (r Rounds) Links(_ context.Context, u ballot.UUID) ([]round.Link, error) {
	list, err := viewPart[round.Link](r, u, partLinks)
	return values(list), err
}

// SaveLink implements round.Store.
func (r Rounds) SaveLink(_ context.Context, u ballot.UUID, l round.Link, done audit.Draft) error {
	return r.putPart(u, partLinks, linkKey(l), l, done)
}

func linkKey(l round.Link) []byte {
	return []byte(strings.Join([]string{l.Name, string(l.A), string(l.B), l.PostA, l.PostB}, "\x00"))
}

// putPart keeps one value of a round with its entry in the audit log.
func (r Rounds) putPart(u ballot.UUID, name, key []byte, v any, done audit.Draft) error {
	return r.db.Update(func(tx *bolt.Tx) error {
		b, err := part(tx, u, name)
		if err != nil {
			return err
		}
		if err := putSealed(b, key, v); err != nil {
			return err
		}
		return appendAudit(tx, done)
	})
}

// Records implements round.Store.
func (r Rounds) Records(_ context.Context, u ballot.UUID) ([]round.Record, error) {
	list, err := viewPart[round.Record](r, u, partRecords)
	return values(list), err
}

// SaveRecord implements round.Store.
func (r Rounds) SaveRecord(_ context.Context, u ballot.UUID, v round.Record, done audit.Draft) error {
	return r.putPart(u, partRecords, number(v.Number), v, done)
}

// PutFile implements round.Store.
func (r Rounds) PutFile(_ context.Context, content []byte) (string, error) {
	sum := sha256.Sum256(content)
	err := r.db.Update(func(tx *bolt.Tx) error { return tx.Bucket(bucketRoundFiles).Put(sum[:], content) })
	return hex.EncodeToString(sum[:]), err
}

// File implements round.Store.
func (r Rounds) File(_ context.Context, hash string) (content []byte, err error) {
	sum, err := hex.DecodeString(hash)
	if err != nil {
		return nil, box.ErrNotFound
	}
	err = r.db.View(func(tx *bolt.Tx) error {
		if content = bytes.Clone(tx.Bucket(bucketRoundFiles).Get(sum)); content == nil {
			return box.ErrNotFound
		}
		return checkFile(sum, content)
	})
	if err != nil {
		return nil, err
	}
	return content, nil
}
