package bolt

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	bolt "go.etcd.io/bbolt"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/audit"
)

// Meetings: name → SHA-256 and JSON of the record. Their files: one bucket per
// meeting, SHA-256 → content.
var (
	bucketMeetings     = []byte("meetings")
	bucketMeetingFiles = []byte("meeting-files")
)

var _ meeting.Store = (*Store)(nil)

// Meeting implements meeting.Store.
func (s *Store) Meeting(_ context.Context, u ballot.UUID) (m *meeting.Meeting, err error) {
	err = s.db.View(func(tx *bolt.Tx) error {
		m, err = readMeeting(u, tx.Bucket(bucketMeetings).Get([]byte(u)))
		return err
	})
	return m, err
}

// readMeeting reads the record of a meeting, or is meeting.ErrNoMeeting for
// none.
func readMeeting(u ballot.UUID, record []byte) (*meeting.Meeting, error) {
	if record == nil {
		return nil, meeting.ErrNoMeeting
	}
	text, err := unsealed(record)
	if err != nil {
		return nil, fmt.Errorf("meeting %s: %w", u, err)
	}
	m := new(meeting.Meeting)
	if err := json.Unmarshal(text, m); err != nil {
		return nil, fmt.Errorf("meeting %s: %w: %w", u, box.ErrCorrupt, err)
	}
	return m, nil
}

// Meetings implements meeting.Store.
func (s *Store) Meetings(context.Context) (list []*meeting.Meeting, err error) {
	err = s.db.View(func(tx *bolt.Tx) error {
		return tx.Bucket(bucketMeetings).ForEach(func(u, record []byte) error {
			m, err := readMeeting(ballot.UUID(u), record)
			list = append(list, m)
			return err
		})
	})
	return list, err
}

// Save implements meeting.Store.
func (s *Store) Save(_ context.Context, m *meeting.Meeting, done audit.Draft) error {
	next := *m
	next.Revision++
	text, err := json.Marshal(&next)
	if err != nil {
		return err
	}
	err = s.db.Update(func(tx *bolt.Tx) error {
		bucket := tx.Bucket(bucketMeetings)
		switch old, err := readMeeting(m.UUID, bucket.Get([]byte(m.UUID))); {
		case errors.Is(err, meeting.ErrNoMeeting) && m.Revision == 0:
		case errors.Is(err, meeting.ErrNoMeeting):
			return meeting.ErrRevision
		case err != nil:
			return err
		case old.Revision != m.Revision:
			return meeting.ErrRevision
		}
		return errors.Join(bucket.Put([]byte(m.UUID), sealed(text)), appendAudit(tx, done))
	})
	if err == nil {
		m.Revision = next.Revision
	}
	return err
}

// PutFile implements meeting.Store.
func (s *Store) PutFile(_ context.Context, u ballot.UUID, content []byte) (string, error) {
	sum := sha256.Sum256(content)
	err := s.db.Update(func(tx *bolt.Tx) error {
		files, err := tx.Bucket(bucketMeetingFiles).CreateBucketIfNotExists([]byte(u))
		if err != nil {
			return err
		}
		return files.Put(sum[:], content)
	})
	return hex.EncodeToString(sum[:]), err
}

// File implements meeting.Store.
func (s *Store) File(_ context.Context, u ballot.UUID, hash string) (content []byte, err error) {
	err = s.db.View(func(tx *bolt.Tx) error {
		files, sum := tx.Bucket(bucketMeetingFiles).Bucket([]byte(u)), []byte(nil)
		if sum, err = hex.DecodeString(hash); err != nil || files == nil {
			return box.ErrNotFound
		}
		if content = bytes.Clone(files.Get(sum)); content == nil {
			return box.ErrNotFound
		}
		return checkFile(sum, content)
	})
	return content, err
}

// checkFile is box.ErrCorrupt for a file that is not what its name says.
func checkFile(sum, content []byte) error {
	if got := sha256.Sum256(content); !bytes.Equal(got[:], sum) {
		return fmt.Errorf("file %x: %w: content does not match its hash", sum, box.ErrCorrupt)
	}
	return nil
}

// checkMeetings reads every meeting, whose files must be there, and every file.
func checkMeetings(tx *bolt.Tx) error {
	all := tx.Bucket(bucketMeetingFiles)
	err := tx.Bucket(bucketMeetings).ForEach(func(u, record []byte) error {
		m, err := readMeeting(ballot.UUID(u), record)
		if err == nil && m.UUID != ballot.UUID(u) {
			err = fmt.Errorf("meeting %s: under the name %s", m.UUID, u)
		}
		if err != nil {
			return err
		}
		return checkNamed(m, all.Bucket(u))
	})
	if err != nil {
		return err
	}
	return all.ForEachBucket(func(u []byte) error { return all.Bucket(u).ForEach(checkFile) })
}

// checkNamed looks for the files that a meeting names.
func checkNamed(m *meeting.Meeting, files *bolt.Bucket) error {
	var names []string
	for _, p := range m.Papers {
		if p.Credentials != "" {
			names = append(names, p.Credentials)
		}
	}
	for _, p := range m.People {
		for _, d := range p.Documents {
			names = append(names, d.Hash)
		}
	}
	for _, name := range names {
		sum, err := hex.DecodeString(name)
		if err != nil || files == nil || files.Get(sum) == nil {
			return fmt.Errorf("meeting %s: file %s is missing", m.UUID, name)
		}
	}
	return nil
}
