package bolt

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	bolt "go.etcd.io/bbolt"

	"github.com/homphieu/homphieu/ballot"
)

// DumpRounds returns all that is kept of rounds, of which there is one.
func (s *Store) DumpRounds(t testing.TB, u ballot.UUID) (list []Entry) {
	t.Helper()
	err := s.db.View(func(tx *bolt.Tx) error {
		names := [][]byte{bucketRoundAgencies, bucketRounds, bucketRoundPackages, bucketRoundWaiting, bucketRoundFiles}
		for _, name := range slices.Concat(names, roundParts) {
			err := roundBucket(tx, u, name).ForEach(func(k, v []byte) error {
				list = append(list, Entry{string(name), string(k), string(v)})
				return nil
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func roundBucket(tx *bolt.Tx, u ballot.UUID, name []byte) *bolt.Bucket {
	if b := tx.Bucket(name); b != nil {
		return b
	}
	return tx.Bucket(bucketRoundParts).Bucket([]byte(u)).Bucket(name)
}

// ReplaceRounds is Replace for what is kept of rounds.
func (s *Store) ReplaceRounds(t testing.TB, u ballot.UUID, old, new Entry) {
	t.Helper()
	err := s.db.Update(func(tx *bolt.Tx) error {
		b := roundBucket(tx, u, []byte(old.Bucket))
		if old.Key != "" {
			if !bytes.Equal(b.Get([]byte(old.Key)), []byte(old.Value)) {
				return errors.New("test: nothing to replace")
			}
			if err := b.Delete([]byte(old.Key)); err != nil {
				return err
			}
		}
		if new.Key == "" {
			return nil
		}
		return b.Put([]byte(new.Key), []byte(new.Value))
	})
	if err != nil {
		t.Fatal(err)
	}
}
