package bolt

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"

	bolt "go.etcd.io/bbolt"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/meeting/audit"
	"github.com/homphieu/homphieu/meeting/round"
)

// A packagePlace is where a package is kept.
type packagePlace struct {
	number []byte
	round  ballot.UUID
}

// findPackage looks a package up by its hash, or is round.ErrNoPackage.
func findPackage(tx *bolt.Tx, hash string) (p packagePlace, err error) {
	sum, err := hex.DecodeString(hash)
	if err != nil || len(sum) == 0 {
		return p, round.ErrNoPackage
	}
	v := tx.Bucket(bucketRoundPackages).Get(sum)
	switch {
	case v == nil:
		return p, round.ErrNoPackage
	case len(v) <= 8:
		return p, fmt.Errorf("package %s: %w: index", hash, box.ErrCorrupt)
	}
	return packagePlace{v[:8], ballot.UUID(v[8:])}, nil
}

// packageAt reads the package of a number in a round.
func packageAt(tx *bolt.Tx, place packagePlace) (*round.Package, error) {
	b, err := part(tx, place.round, partPackages)
	if err != nil {
		return nil, fmt.Errorf("%w: package %x: %w", box.ErrCorrupt, place.number, err)
	}
	p, err := readSealed[round.Package](b.Get(place.number))
	if err != nil {
		return nil, fmt.Errorf("package %x: %w", place.number, err)
	}
	return p, nil
}

// Package implements round.Store.
func (r Rounds) Package(_ context.Context, hash string) (p *round.Package, err error) {
	err = r.db.View(func(tx *bolt.Tx) error {
		p, err = readPackage(tx, hash)
		return err
	})
	return p, err
}

func readPackage(tx *bolt.Tx, hash string) (*round.Package, error) {
	place, err := findPackage(tx, hash)
	if err != nil {
		return nil, err
	}
	p, err := packageAt(tx, place)
	if err == nil && p.Hash != hash {
		return nil, fmt.Errorf("package %s: %w: another's record", hash, box.ErrCorrupt)
	}
	return p, err
}

// Packages implements round.Store.
func (r Rounds) Packages(_ context.Context, u ballot.UUID) ([]*round.Package, error) {
	return viewPart[round.Package](r, u, partPackages)
}

// PackagesOf implements round.Store.
func (r Rounds) PackagesOf(_ context.Context, u ballot.UUID, agency string) (list []*round.Package, err error) {
	err = r.db.View(func(tx *bolt.Tx) error {
		index, err := part(tx, u, partAgencies)
		if err != nil {
			return err
		}
		cursor, prefix := index.Cursor(), []byte(agency+"\x00")
		for key, _ := cursor.Seek(prefix); bytes.HasPrefix(key, prefix); key, _ = cursor.Next() {
			p, err := packageAt(tx, packagePlace{key[len(prefix):], u})
			if err != nil {
				return err
			}
			list = append(list, p)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("round %s: packages: %w", u, err)
	}
	return list, nil
}

// Waiting implements round.Store.
func (r Rounds) Waiting(context.Context) (list []*round.Package, err error) {
	err = r.db.View(func(tx *bolt.Tx) error {
		return tx.Bucket(bucketRoundWaiting).ForEach(func(_, sum []byte) error {
			p, err := readPackage(tx, hex.EncodeToString(sum))
			list = append(list, p)
			return err
		})
	})
	if err != nil {
		return nil, fmt.Errorf("waiting: %w", err)
	}
	return list, nil
}

// SavePackages implements round.Store.
func (r Rounds) SavePackages(_ context.Context, changed []*round.Package, poll *round.Poll, done audit.Draft) error {
	return r.db.Update(func(tx *bolt.Tx) error {
		for _, p := range changed {
			if err := putPackage(tx, p); err != nil {
				return fmt.Errorf("package %s: %w", p.Hash, err)
			}
			if poll != nil && poll.Package == p.Hash {
				if err := putPoll(tx, p.Round, poll); err != nil {
					return err
				}
			}
		}
		return appendAudit(tx, done)
	})
}

// putPackage keeps a package where all that look for it find it.
func putPackage(tx *bolt.Tx, p *round.Package) error {
	packages, err := part(tx, p.Round, partPackages)
	if err != nil {
		return err
	}
	sum, err := hex.DecodeString(p.Hash)
	if err != nil {
		return err
	}
	place, err := findPackage(tx, p.Hash)
	if err != nil {
		if place, err = addPackage(tx, p, sum); err != nil {
			return err
		}
	}
	if err := putSealed(packages, place.number, p); err != nil {
		return err
	}
	if p.Status != round.Accepted {
		polls, err := part(tx, p.Round, partPolls)
		if err != nil {
			return err
		}
		if err := polls.Delete(sum); err != nil {
			return err
		}
	}
	waiting := tx.Bucket(bucketRoundWaiting)
	if p.Status == round.Checking {
		return waiting.Put(place.number, sum)
	}
	return waiting.Delete(place.number)
}

// addPackage gives a new package its number and puts it into the indices.
func addPackage(tx *bolt.Tx, p *round.Package, sum []byte) (place packagePlace, err error) {
	index := tx.Bucket(bucketRoundPackages)
	n, err := index.NextSequence()
	if err != nil {
		return place, err
	}
	place = packagePlace{number(int(n)), p.Round}
	if err := index.Put(sum, append(number(int(n)), p.Round...)); err != nil {
		return place, err
	}
	agencies, err := part(tx, p.Round, partAgencies)
	if err != nil {
		return place, err
	}
	return place, agencies.Put(agencyKey(p.Agency, place.number), []byte{})
}

func agencyKey(agency string, number []byte) []byte {
	return append([]byte(agency+"\x00"), number...)
}

func putPoll(tx *bolt.Tx, u ballot.UUID, poll *round.Poll) error {
	polls, err := part(tx, u, partPolls)
	if err != nil {
		return err
	}
	sum, err := hex.DecodeString(poll.Package)
	if err != nil {
		return err
	}
	return putSealed(polls, sum, poll)
}

// Poll implements round.Store.
func (r Rounds) Poll(_ context.Context, hash string) (poll *round.Poll, err error) {
	err = r.db.View(func(tx *bolt.Tx) error {
		place, err := findPackage(tx, hash)
		if err != nil {
			return err
		}
		polls, err := part(tx, place.round, partPolls)
		if err != nil {
			return err
		}
		sum, err := hex.DecodeString(hash)
		if err != nil {
			return err
		}
		value := polls.Get(sum)
		if value == nil {
			return round.ErrNoPackage
		}
		poll, err = readSealed[round.Poll](value)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("poll of package %s: %w", hash, err)
	}
	return poll, nil
}

// Polls implements round.Store.
func (r Rounds) Polls(_ context.Context, u ballot.UUID) ([]*round.Poll, error) {
	return viewPart[round.Poll](r, u, partPolls)
}
