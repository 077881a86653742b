package bolt

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	bolt "go.etcd.io/bbolt"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/meeting"
	"github.com/homphieu/homphieu/meeting/audit"
)

// Meetings: name → SHA-256 and JSON of the record. Their papers: election →
// SHA-256, and name and state of the meeting with a space between. Their files:
// one bucket per meeting, SHA-256 → content. Those of which the public log may not
// say everything: name → nothing.
var (
	bucketMeetings      = []byte("meetings")
	bucketMeetingPapers = []byte("meeting-papers")
	bucketMeetingFiles  = []byte("meeting-files")
	bucketUnlogged      = []byte("meeting-unlogged")
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

// MeetingOf implements meeting.Store.
func (s *Store) MeetingOf(_ context.Context, paper ballot.UUID) (u ballot.UUID, state meeting.State, err error) {
	err = s.db.View(func(tx *bolt.Tx) error {
		v := tx.Bucket(bucketMeetingPapers).Get([]byte(paper))
		if v == nil {
			return meeting.ErrNoMeeting
		}
		text, err := unsealed(v)
		if err != nil {
			return fmt.Errorf("paper %s: %w", paper, err)
		}
		name, of, _ := strings.Cut(string(text), " ")
		u, state = ballot.UUID(name), meeting.State(of)
		return nil
	})
	return u, state, err
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
		old, err := readMeeting(m.UUID, bucket.Get([]byte(m.UUID)))
		switch {
		case errors.Is(err, meeting.ErrNoMeeting) && m.Revision == 0:
			old = new(meeting.Meeting)
		case errors.Is(err, meeting.ErrNoMeeting):
			return meeting.ErrRevision
		case err != nil:
			return err
		case old.Revision != m.Revision:
			return meeting.ErrRevision
		}
		return errors.Join(
			bucket.Put([]byte(m.UUID), sealed(text)), replacePapers(tx, old, m),
			putUnlogged(tx, m), appendAudit(tx, done),
		)
	})
	if err == nil {
		m.Revision = next.Revision
	}
	return err
}

// replacePapers puts the papers of a meeting where MeetingOf finds them, in the
// place of those that it had before.
func replacePapers(tx *bolt.Tx, old, m *meeting.Meeting) error {
	papers := tx.Bucket(bucketMeetingPapers)
	for _, u := range drawnUp(old) {
		if err := papers.Delete([]byte(u)); err != nil {
			return err
		}
	}
	for _, u := range drawnUp(m) {
		if err := papers.Put([]byte(u), paperEntry(m)); err != nil {
			return err
		}
	}
	return nil
}

// drawnUp are the papers of a meeting that have a name.
func drawnUp(m *meeting.Meeting) (list []ballot.UUID) {
	for _, p := range m.Papers {
		if p.UUID != "" {
			list = append(list, p.UUID)
		}
	}
	return list
}

func paperEntry(m *meeting.Meeting) []byte {
	return sealed([]byte(string(m.UUID) + " " + string(m.State)))
}

// putUnlogged puts a meeting with boxes among those that the public log is to be
// told of.
func putUnlogged(tx *bolt.Tx, m *meeting.Meeting) error {
	if !m.HasBoxes() {
		return nil
	}
	return tx.Bucket(bucketUnlogged).Put([]byte(m.UUID), []byte{})
}

// Unlogged implements meeting.Store.
func (s *Store) Unlogged(context.Context) (list []ballot.UUID, err error) {
	err = s.db.View(func(tx *bolt.Tx) error {
		return tx.Bucket(bucketUnlogged).ForEach(func(u, _ []byte) error {
			list = append(list, ballot.UUID(u))
			return nil
		})
	})
	return list, err
}

// Logged implements meeting.Store.
func (s *Store) Logged(_ context.Context, said map[ballot.UUID]uint64) error {
	return s.db.Update(func(tx *bolt.Tx) error {
		for u, revision := range said {
			m, err := readMeeting(u, tx.Bucket(bucketMeetings).Get([]byte(u)))
			if err != nil {
				return err
			}
			if m.Revision != revision {
				continue
			}
			if err := tx.Bucket(bucketUnlogged).Delete([]byte(u)); err != nil {
				return err
			}
		}
		return nil
	})
}

// indexUnlogged makes the bucket of meetings that the public log is to be told of
// in a file that was written before there was one: all that have boxes.
func indexUnlogged(tx *bolt.Tx) error {
	if tx.Bucket(bucketUnlogged) != nil {
		return nil
	}
	if _, err := tx.CreateBucket(bucketUnlogged); err != nil {
		return err
	}
	return tx.Bucket(bucketMeetings).ForEach(func(u, record []byte) error {
		m, err := readMeeting(ballot.UUID(u), record)
		if err != nil {
			return err
		}
		return putUnlogged(tx, m)
	})
}

// indexPapers makes the bucket of papers in a file that was written before there
// was one.
func indexPapers(tx *bolt.Tx) error {
	if tx.Bucket(bucketMeetingPapers) != nil {
		return nil
	}
	if _, err := tx.CreateBucket(bucketMeetingPapers); err != nil {
		return err
	}
	return tx.Bucket(bucketMeetings).ForEach(func(u, record []byte) error {
		m, err := readMeeting(ballot.UUID(u), record)
		if err != nil {
			return err
		}
		return replacePapers(tx, new(meeting.Meeting), m)
	})
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

// checkMeetings reads every meeting, whose files must be there and whose papers
// must be found, and every file.
func checkMeetings(tx *bolt.Tx) error {
	all, papers := tx.Bucket(bucketMeetingFiles), 0
	err := tx.Bucket(bucketMeetings).ForEach(func(u, record []byte) error {
		m, err := readMeeting(ballot.UUID(u), record)
		if err == nil && m.UUID != ballot.UUID(u) {
			err = fmt.Errorf("meeting %s: under the name %s", m.UUID, u)
		}
		if err != nil {
			return err
		}
		papers += len(drawnUp(m))
		return errors.Join(checkPapers(m, tx.Bucket(bucketMeetingPapers)), checkNamed(m, all.Bucket(u)))
	})
	if err != nil {
		return err
	}
	if err := checkUnlogged(tx); err != nil {
		return err
	}
	if n := tx.Bucket(bucketMeetingPapers).Stats().KeyN; n != papers {
		return fmt.Errorf("meetings: %d papers, %d are listed", papers, n)
	}
	return all.ForEachBucket(func(u []byte) error { return all.Bucket(u).ForEach(checkFile) })
}

// checkUnlogged looks for the meetings that the public log is to be told of.
func checkUnlogged(tx *bolt.Tx) error {
	return tx.Bucket(bucketUnlogged).ForEach(func(u, _ []byte) error {
		m, err := readMeeting(ballot.UUID(u), tx.Bucket(bucketMeetings).Get(u))
		if err == nil && !m.HasBoxes() {
			err = fmt.Errorf("meeting %s: to be told to the public log, without boxes", u)
		}
		return err
	})
}

// checkPapers looks for the papers of a meeting where MeetingOf finds them.
func checkPapers(m *meeting.Meeting, papers *bolt.Bucket) error {
	for _, u := range drawnUp(m) {
		if !bytes.Equal(papers.Get([]byte(u)), paperEntry(m)) {
			return fmt.Errorf("meeting %s: paper %s is not listed as its own", m.UUID, u)
		}
	}
	return nil
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
	for _, r := range m.Records {
		for _, f := range r.Files {
			names = append(names, f.Hash)
		}
		for _, f := range r.Returned {
			names = append(names, f.Hash)
		}
	}
	for _, made := range m.Sendings {
		for _, sending := range made {
			names = append(names, sending.File)
		}
	}
	for _, notice := range m.Notices {
		names = append(names, notice.File)
	}
	for _, name := range names {
		sum, err := hex.DecodeString(name)
		if err != nil || files == nil || files.Get(sum) == nil {
			return fmt.Errorf("meeting %s: file %s is missing", m.UUID, name)
		}
	}
	return nil
}
