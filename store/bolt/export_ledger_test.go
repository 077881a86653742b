package bolt

import (
	"testing"

	bolt "go.etcd.io/bbolt"
)

// DumpLedger returns all that is kept of the public log and of a witness.
func (s *Store) DumpLedger(t testing.TB) (list []Entry) {
	t.Helper()
	err := s.db.View(func(tx *bolt.Tx) error {
		for name, b := range ledgerBuckets(tx) {
			err := b.ForEach(func(k, v []byte) error {
				list = append(list, Entry{name, string(k), string(v)})
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

// ReplaceLedger puts another value in the place of one, as a broken disk might.
// An empty value removes it.
func (s *Store) ReplaceLedger(t testing.TB, e Entry) {
	t.Helper()
	err := s.db.Update(func(tx *bolt.Tx) error {
		b := ledgerBuckets(tx)[e.Bucket]
		if e.Value == "" {
			return b.Delete([]byte(e.Key))
		}
		return b.Put([]byte(e.Key), []byte(e.Value))
	})
	if err != nil {
		t.Fatal(err)
	}
}

func ledgerBuckets(tx *bolt.Tx) map[string]*bolt.Bucket {
	t := openLedger(tx)
	return map[string]*bolt.Bucket{"entries": t.entries, "hashes": t.hashes, "heads": t.heads, "witness": tx.Bucket(bucketWitness)}
}
