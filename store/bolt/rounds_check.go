package bolt

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"

	bolt "go.etcd.io/bbolt"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/meeting/round"
)

// A roundsCheck counts what indices and waiting packages must come to.
type roundsCheck struct {
	tx                *bolt.Tx
	packages, waiting int
}

// checkRounds reads everything of rounds: each value must stand under the key
// that it gives, each index name what there is, and every file that is named
// must be there.
func checkRounds(tx *bolt.Tx) error {
	if d, err := readDirectory(tx); err != nil {
		return err
	} else if n := tx.Bucket(bucketRoundAgencies).Stats().KeyN; n > 1 || (n == 1) != (d.Revision > 0) {
		return errors.New("agencies: more than one directory, or none of this revision")
	}
	c := &roundsCheck{tx: tx}
	parts := tx.Bucket(bucketRoundParts)
	err := tx.Bucket(bucketRounds).ForEach(func(u, value []byte) error {
		r, err := readSealed[round.Round](value)
		if err == nil && (r.UUID != ballot.UUID(u) || parts.Bucket(u) == nil) {
			err = errors.New("under another name, or without its parts")
		}
		if err == nil {
			err = c.parts(r.UUID)
		}
		if err != nil {
			return fmt.Errorf("round %s: %w", u, err)
		}
		return nil
	})
	if err != nil {
		return err
	}
	if n := parts.Stats().BucketN - 1; n != tx.Bucket(bucketRounds).Stats().KeyN*(1+len(roundParts)) {
		return errors.New("rounds: parts of none")
	}
	if tx.Bucket(bucketRoundPackages).Stats().KeyN != c.packages || tx.Bucket(bucketRoundWaiting).Stats().KeyN != c.waiting {
		return errors.New("rounds: an index names packages that are not there")
	}
	return tx.Bucket(bucketRoundFiles).ForEach(checkFile)
}

func (c *roundsCheck) parts(u ballot.UUID) error {
	polls, err := checkKeys(c.tx, u, partPolls, func(p *round.Poll) []byte { return unhex(p.Package) })
	if err != nil {
		return err
	}
	if err := c.packagesOf(u, len(polls)); err != nil {
		return err
	}
	if _, err := checkKeys(c.tx, u, partProgress, func(p *round.Progress) []byte { return expectedKey(p.Expected) }); err != nil {
		return err
	}
	if _, err := checkKeys(c.tx, u, partLinks, func(l *round.Link) []byte { return linkKey(*l) }); err != nil {
		return err
	}
	records, err := checkKeys(c.tx, u, partRecords, func(r *round.Record) []byte { return number(r.Number) })
	if err != nil {
		return err
	}
	for _, r := range records {
		for _, f := range r.Names() {
			if err := c.file(f); err != nil {
				return fmt.Errorf("record %d: %w", r.Number, err)
			}
		}
	}
	return nil
}

func (c *roundsCheck) file(hash string) error {
	if sum := unhex(hash); sum == nil || c.tx.Bucket(bucketRoundFiles).Get(sum) == nil {
		return fmt.Errorf("file %s is missing", hash)
	}
	return nil
}

// packagesOf compares the packages of a round with the indices and with the
// polls, of which there are so many.
func (c *roundsCheck) packagesOf(u ballot.UUID, polls int) error {
	index := c.tx.Bucket(bucketRoundPackages)
	list, err := checkKeys(c.tx, u, partPackages, func(p *round.Package) []byte {
		if v := index.Get(unhex(p.Hash)); len(v) > 8 && ballot.UUID(v[8:]) == p.Round {
			return v[:8]
		}
		return nil
	})
	if err != nil {
		return err
	}
	agencies, err := part(c.tx, u, partAgencies)
	if err != nil {
		return err
	}
	if agencies.Stats().KeyN != len(list) {
		return errors.New("agencies: not as many entries as packages")
	}
	counting := 0
	for _, p := range list {
		c.packages++
		if err := c.one(u, p, agencies); err != nil {
			return fmt.Errorf("package %s: %w", p.Hash, err)
		}
		if p.Status == round.Accepted && p.Kind == round.KindResult {
			counting++
		}
	}
	if counting != polls {
		return fmt.Errorf("%d polls of %d packages that count", polls, counting)
	}
	return nil
}

func (c *roundsCheck) one(u ballot.UUID, p *round.Package, agencies *bolt.Bucket) error {
	sum := unhex(p.Hash)
	place := c.tx.Bucket(bucketRoundPackages).Get(sum)[:8]
	if p.Round != u || agencies.Get(agencyKey(p.Agency, place)) == nil {
		return errors.New("not in the index of its agency")
	}
	waits := c.tx.Bucket(bucketRoundWaiting).Get(place)
	if p.Status == round.Checking {
		c.waiting++
	}
	if (p.Status == round.Checking) != bytes.Equal(waits, sum) {
		return fmt.Errorf("%s, and among those that wait it is %x", p.Status, waits)
	}
	if p.Status == round.Accepted && p.Kind == round.KindResult {
		polls, err := part(c.tx, u, partPolls)
		if err != nil || polls.Get(sum) == nil {
			return errors.New("counts, and has no poll")
		}
	}
	for _, hash := range append(p.Earlier, p.File) {
		if err := c.file(hash); err != nil {
			return err
		}
	}
	return nil
}

// checkKeys reads a part of a round, each value of which must stand under the
// key that it gives.
func checkKeys[T any](tx *bolt.Tx, u ballot.UUID, name []byte, keyOf func(*T) []byte) (list []*T, err error) {
	b, err := part(tx, u, name)
	if err != nil {
		return nil, err
	}
	err = b.ForEach(func(key, value []byte) error {
		v, err := readSealed[T](value)
		if err == nil && !bytes.Equal(keyOf(v), key) {
			err = errors.New("under another's key")
		}
		if err != nil {
			return fmt.Errorf("%s %q: %w", name, key, err)
		}
		list = append(list, v)
		return nil
	})
	return list, err
}

// unhex reads hexadecimal, or returns nil.
func unhex(s string) []byte {
	b, err := hex.DecodeString(s)
	if err != nil {
		return nil
	}
	return b
}
