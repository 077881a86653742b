// Package bolt keeps ballot boxes in one bbolt file. It is the only importer of
// bbolt, and no type of bbolt leaves it.
//
// Layout, under the root bucket "boxes", one bucket per election:
//
//	meta          setup objects and settings, state, and the ends of the chain
//	files         number (8 bytes, from 0) → kind, content: the archive in order,
//	              the ballots of a batch in one entry (batch.go)
//	ballots       hash → hash of its event, empty while it waits
//	waiting       hash → compact form of an accepted ballot not yet in the chain
//	credentials   public credential → what became of it, and the ballot's hash
//	alphas        first alpha of each accepted ballot, so that none comes twice
//	beside        name → SHA-256 and content of a file beside the archive
//
// and under "trials" the secrets of sample meetings, under "audit" and
// "audit-meetings" the log (audit.go), under "accounts", "claims", "sessions"
// and "seats" who may work here (staff.go), under "meetings", "meeting-papers",
// "meeting-files" and "meeting-unlogged" the meetings (meetings.go), and under names that begin
// with "round" those of votes (rounds.go). Every write is one transaction, which
// ballots that come at once share (accept.go); bbolt syncs it to disk before it
// returns.
//
// Ballots are kept in the compact form of package ballot, and leave it here: what
// is asked for is the text, bit for bit. Files of versions that kept texts are read
// as they are, and what comes is added in the new form.
//
// BUG(privacy): bbolt leaves old pages in the file until it needs their space.
// Who takes the disk out of a running server could tell from them in which
// order the last few ballots came. docs/THREATS.md says what follows.
package bolt

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	bolt "go.etcd.io/bbolt"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
)

var (
	bucketBoxes  = []byte("boxes")
	bucketTrials = []byte("trials")
)

// roots are the buckets that every file has, and beside them those of
// [indexPapers] and [indexUnlogged].
var roots = [][]byte{
	bucketBoxes, bucketTrials,
	bucketAudit, bucketAuditMeetings,
	bucketAccounts, bucketClaims, bucketSessions, bucketSeats,
	bucketMeetings, bucketMeetingFiles,
	bucketRoundAgencies, bucketRounds, bucketRoundPackages, bucketRoundWaiting, bucketRoundFiles, bucketRoundParts,
}

// A Store is a bbolt file. It implements box.Store, meeting.TrialStore,
// meeting.Store, audit.Store and staff.Store.
type Store struct {
	db    *bolt.DB
	mu    sync.Mutex
	boxes map[ballot.UUID]*electionBox // opened so far
}

var _ box.Store = (*Store)(nil)

// lockTimeout is how long to wait for another process to let the file go.
const lockTimeout = time.Second

// Open opens or makes the file. Only one process can have it open; a second
// gets an error after a second.
func Open(path string) (*Store, error) {
	db, err := bolt.Open(path, 0o600, &bolt.Options{Timeout: lockTimeout})
	if err != nil {
		return nil, fmt.Errorf("store %s: %w", path, err)
	}
	err = db.Update(func(tx *bolt.Tx) error {
		for _, name := range roots {
			if _, err := tx.CreateBucketIfNotExists(name); err != nil {
				return err
			}
		}
		return errors.Join(indexPapers(tx), indexUnlogged(tx))
	})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("store %s: %w", path, err), db.Close())
	}
	if err := syncFolder(filepath.Dir(path)); err != nil {
		return nil, errors.Join(fmt.Errorf("store %s: %w", path, err), db.Close())
	}
	return &Store{db: db, boxes: map[ballot.UUID]*electionBox{}}, nil
}

// syncFolder makes sure that a new file is found again after a loss of power.
func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

// Close lets the file go. Boxes of the store must not be used afterwards.
func (s *Store) Close() error { return s.db.Close() }

// Box implements box.Store.
func (s *Store) Box(_ context.Context, u ballot.UUID) (box.Box, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if b := s.boxes[u]; b != nil {
		return b, nil
	}
	b, err := loadBox(s.db, u)
	if err != nil {
		return nil, err
	}
	s.boxes[u] = b
	return b, nil
}

// List implements box.Store.
func (s *Store) List(context.Context) (list []ballot.UUID, err error) {
	err = s.db.View(func(tx *bolt.Tx) error {
		return tx.Bucket(bucketBoxes).ForEachBucket(func(name []byte) error {
			list = append(list, ballot.UUID(name))
			return nil
		})
	})
	return list, err
}

// Create implements box.Store.
func (s *Store) Create(ctx context.Context, setup box.Setup) (box.Box, error) {
	e, err := ballot.ParseElection(setup.Election)
	if err != nil {
		return nil, err
	}
	err = s.db.Update(func(tx *bolt.Tx) error { return createBox(tx.Bucket(bucketBoxes), e, setup) })
	if err != nil {
		return nil, fmt.Errorf("create: %w", err)
	}
	return s.Box(ctx, e.UUID)
}

// PutTrial keeps the secrets of a sample meeting.
func (s *Store) PutTrial(_ context.Context, u ballot.UUID, secrets []byte) error {
	return s.db.Update(func(tx *bolt.Tx) error { return tx.Bucket(bucketTrials).Put([]byte(u), secrets) })
}

// Trial returns the secrets of a sample meeting, or box.ErrNotFound.
func (s *Store) Trial(_ context.Context, u ballot.UUID) (secrets []byte, err error) {
	err = s.db.View(func(tx *bolt.Tx) error {
		v := tx.Bucket(bucketTrials).Get([]byte(u))
		if v == nil {
			return box.ErrNotFound
		}
		secrets = append([]byte(nil), v...)
		return nil
	})
	return secrets, err
}
