package bolt

import (
	"bytes"
	"errors"
	"testing"

	bolt "go.etcd.io/bbolt"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
)

// A Fault is how a write to the disk goes wrong.
type Fault string

// The faults.
const (
	NotApplied Fault = "failed and not applied"
	Applied    Fault = "failed and applied"
	Unreadable Fault = "failed and applied, and the next read fails too"
	Panic      Fault = "panicked"
	LatePanic  Fault = "applied, and panicked then"
)

// ErrFault is the error of every fault.
var ErrFault = errors.New("test: fault")

// faulty is a database whose next write goes wrong.
type faulty struct {
	database
	fault      Fault
	unreadable bool
}

// Break makes the next write of b go wrong.
func Break(b box.Box, fault Fault) {
	e := b.(*electionBox)
	real := e.db
	if f, ok := real.(*faulty); ok {
		real = f.database
	}
	e.db = &faulty{database: real, fault: fault}
}

func (f *faulty) Update(fn func(*bolt.Tx) error) error {
	fault := f.fault
	f.fault = ""
	switch fault {
	case NotApplied:
		return f.database.Update(func(tx *bolt.Tx) error { return errors.Join(fn(tx), ErrFault) })
	case Panic:
		return f.database.Update(func(tx *bolt.Tx) error { panic(errors.Join(fn(tx), ErrFault)) })
	case LatePanic:
		panic(errors.Join(f.database.Update(fn), ErrFault))
	case Applied, Unreadable:
		f.unreadable = fault == Unreadable
		return errors.Join(f.database.Update(fn), ErrFault)
	}
	return f.database.Update(fn)
}

func (f *faulty) View(fn func(*bolt.Tx) error) error {
	if f.unreadable {
		f.unreadable = false
		return ErrFault
	}
	return f.database.View(fn)
}

// How long ballots are a stream, and how long one then waits for company.
const (
	Stream  = stream
	Company = company
)

// Occupy takes the turn to write ballots, as an acceptance does that is under way,
// and returns what gives it up.
func Occupy(b box.Box) (release func()) {
	turn := b.(*electionBox).coming.turn
	turn <- struct{}{}
	return func() { <-turn }
}

// Writes returns the number of transactions that were written.
func (s *Store) Writes(t testing.TB) (n int) {
	t.Helper()
	err := s.db.View(func(tx *bolt.Tx) error {
		n = tx.ID()
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// An Entry is one key and value of a bucket.
type Entry struct{ Bucket, Key, Value string }

// Dump returns all that is kept of an election.
func (s *Store) Dump(t testing.TB, u ballot.UUID) (list []Entry) {
	t.Helper()
	err := s.db.View(func(tx *bolt.Tx) error {
		root := tx.Bucket(bucketBoxes).Bucket([]byte(u))
		return root.ForEachBucket(func(name []byte) error {
			return root.Bucket(name).ForEach(func(k, v []byte) error {
				list = append(list, Entry{string(name), string(k), string(v)})
				return nil
			})
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// Replace puts another entry in the place of one, as a broken disk might. An
// empty key removes it.
func (s *Store) Replace(t testing.TB, u ballot.UUID, old, new Entry) {
	t.Helper()
	err := s.db.Update(func(tx *bolt.Tx) error {
		bucket := tx.Bucket(bucketBoxes).Bucket([]byte(u)).Bucket([]byte(old.Bucket))
		if old.Key != "" && !bytes.Equal(bucket.Get([]byte(old.Key)), []byte(old.Value)) {
			return errors.New("test: nothing to replace")
		}
		if old.Key != "" {
			if err := bucket.Delete([]byte(old.Key)); err != nil {
				return err
			}
		}
		if new.Key == "" {
			return nil
		}
		return bucket.Put([]byte(new.Key), []byte(new.Value))
	})
	if err != nil {
		t.Fatal(err)
	}
}

// DumpRoot returns all that is kept in one of the file's own buckets.
func (s *Store) DumpRoot(t testing.TB, bucket string) (list []Entry) {
	t.Helper()
	err := s.db.View(func(tx *bolt.Tx) error {
		return tx.Bucket([]byte(bucket)).ForEach(func(k, v []byte) error {
			list = append(list, Entry{bucket, string(k), string(v)})
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// ReplaceRoot is Replace for one of the file's own buckets.
func (s *Store) ReplaceRoot(t testing.TB, old, new Entry) {
	t.Helper()
	err := s.db.Update(func(tx *bolt.Tx) error {
		bucket := tx.Bucket([]byte(old.Bucket))
		if old.Key != "" {
			if err := bucket.Delete([]byte(old.Key)); err != nil {
				return err
			}
		}
		if new.Key == "" {
			return nil
		}
		return bucket.Put([]byte(new.Key), []byte(new.Value))
	})
	if err != nil {
		t.Fatal(err)
	}
}

// DropRoot removes one of the file's own buckets.
func (s *Store) DropRoot(t testing.TB, bucket string) {
	t.Helper()
	if err := s.db.Update(func(tx *bolt.Tx) error { return tx.DeleteBucket([]byte(bucket)) }); err != nil {
		t.Fatal(err)
	}
}

// DumpFiles returns the files of a meeting.
func (s *Store) DumpFiles(t testing.TB, u ballot.UUID) (list []Entry) {
	t.Helper()
	err := s.db.View(func(tx *bolt.Tx) error {
		return tx.Bucket(bucketMeetingFiles).Bucket([]byte(u)).ForEach(func(k, v []byte) error {
			list = append(list, Entry{Key: string(k), Value: string(v)})
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// ReplaceFile is Replace for the files of a meeting.
func (s *Store) ReplaceFile(t testing.TB, u ballot.UUID, old, new Entry) {
	t.Helper()
	err := s.db.Update(func(tx *bolt.Tx) error {
		files := tx.Bucket(bucketMeetingFiles).Bucket([]byte(u))
		if old.Key != "" {
			if err := files.Delete([]byte(old.Key)); err != nil {
				return err
			}
		}
		if new.Key == "" {
			return nil
		}
		return files.Put([]byte(new.Key), []byte(new.Value))
	})
	if err != nil {
		t.Fatal(err)
	}
}
