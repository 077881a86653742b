package bolt

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"

	bolt "go.etcd.io/bbolt"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/meeting/audit"
)

// The audit log: number (8 bytes) → canonical text of the entry, and an index
// by meeting: one bucket per meeting, number → nothing.
var (
	bucketAudit         = []byte("audit")
	bucketAuditMeetings = []byte("audit-meetings")
)

var _ audit.Store = (*Store)(nil)

// Append implements audit.Store.
func (s *Store) Append(_ context.Context, d audit.Draft) (e audit.Entry, err error) {
	err = s.db.Update(func(tx *bolt.Tx) error {
		e, err = appendEntry(tx, d)
		return err
	})
	return e, err
}

// appendAudit adds an entry to the log within the transaction of what it is
// about: both are on the disk or neither.
func appendAudit(tx *bolt.Tx, d audit.Draft) error {
	_, err := appendEntry(tx, d)
	return err
}

func appendEntry(tx *bolt.Tx, d audit.Draft) (audit.Entry, error) {
	head, err := auditHead(tx)
	if err != nil {
		return audit.Entry{}, err
	}
	e, err := head.Next(d)
	if err != nil {
		return audit.Entry{}, err
	}
	if err := tx.Bucket(bucketAudit).Put(number(e.Number), e.AppendJSON(nil)); err != nil || e.Meeting == "" {
		return e, err
	}
	index, err := tx.Bucket(bucketAuditMeetings).CreateBucketIfNotExists([]byte(e.Meeting))
	if err != nil {
		return e, err
	}
	return e, index.Put(number(e.Number), []byte{})
}

// auditHead is computed from the last entry, so that nothing is kept twice.
func auditHead(tx *bolt.Tx) (audit.Head, error) {
	key, text := tx.Bucket(bucketAudit).Cursor().Last()
	if key == nil {
		return audit.Head{}, nil
	}
	n, err := numberOf(key)
	return audit.Head{Length: n + 1, Hash: sha256.Sum256(text)}, err
}

// numberOf reads what number writes.
func numberOf(key []byte) (int, error) {
	if len(key) != 8 {
		return 0, fmt.Errorf("%w: a number of %d bytes", box.ErrCorrupt, len(key))
	}
	return int(binary.BigEndian.Uint64(key)), nil
}

// Head implements audit.Store.
func (s *Store) Head(context.Context) (head audit.Head, err error) {
	err = s.db.View(func(tx *bolt.Tx) error {
		head, err = auditHead(tx)
		return err
	})
	return head, err
}

// Entries implements audit.Store.
func (s *Store) Entries(_ context.Context, meeting ballot.UUID, from, limit int) (list []audit.Entry, err error) {
	err = s.db.View(func(tx *bolt.Tx) error {
		log := tx.Bucket(bucketAudit)
		index := log
		if meeting != "" {
			index = tx.Bucket(bucketAuditMeetings).Bucket([]byte(meeting))
		}
		if index == nil {
			return nil
		}
		cursor := index.Cursor()
		for key := seek(cursor, from); key != nil && len(list) < limit; key, _ = cursor.Next() {
			e, err := audit.Parse(log.Get(key))
			if err != nil {
				return fmt.Errorf("%w: %w", box.ErrCorrupt, err)
			}
			list = append(list, e)
		}
		return nil
	})
	return list, err
}

// seek moves to number from or the first after it, or to the -from-th from the
// end.
func seek(cursor *bolt.Cursor, from int) (key []byte) {
	if from >= 0 {
		key, _ = cursor.Seek(number(from))
		return key
	}
	key, _ = cursor.Last()
	for from++; from < 0 && key != nil; from++ {
		if key, _ = cursor.Prev(); key == nil {
			key, _ = cursor.First()
			return key
		}
	}
	return key
}

// checkAudit follows the chain of the log and compares the index with it.
func checkAudit(tx *bolt.Tx) error {
	var head audit.Head
	meetings, indexed := tx.Bucket(bucketAuditMeetings), 0
	err := tx.Bucket(bucketAudit).ForEach(func(key, text []byte) error {
		e, err := audit.Parse(text)
		if err != nil {
			return err
		}
		if n, err := numberOf(key); err != nil || n != e.Number {
			return fmt.Errorf("entry %d: under number %x", e.Number, key)
		}
		if e.Meeting != "" {
			indexed++
			index := meetings.Bucket([]byte(e.Meeting))
			if index == nil || index.Get(key) == nil {
				return fmt.Errorf("entry %d: not in the index of its meeting", e.Number)
			}
		}
		head, err = head.Follow(e)
		return err
	})
	if err != nil {
		return err
	}
	err = meetings.ForEachBucket(func(name []byte) error {
		return meetings.Bucket(name).ForEach(func(_, _ []byte) error {
			indexed--
			return nil
		})
	})
	if err == nil && indexed != 0 {
		err = errors.New("index: names entries that are not there")
	}
	return err
}
