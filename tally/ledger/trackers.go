package ledger

import (
	"archive/tar"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/tally/archive"
)

// Trackers are those of all ballots of a poll, as leaves of a tree of their
// own: in ascending order of their texts, which is not that in which they came.
// A leaf is the tracker's text, 43 characters of Base64; the tree is that of
// RFC 6962 §2.1, and without ballots its root is the SHA-256 of nothing.
type Trackers struct {
	list   []string
	hashes hashList
}

// NewTrackers makes the tree of trackers that come in any order. A text that is
// no tracker, or one that comes twice, is an error.
func NewTrackers(list []string) (*Trackers, error) {
	t := &Trackers{list: slices.Sorted(slices.Values(list))}
	for i, tracker := range t.list {
		if err := checkTracker(tracker); err != nil {
			return nil, err
		}
		if i > 0 && tracker == t.list[i-1] {
			return nil, fmt.Errorf("tracker %s: twice", tracker)
		}
		t.hashes.add(int64(i), tlog.RecordHash([]byte(tracker)))
	}
	return t, nil
}

func checkTracker(s string) error {
	sum, err := base64.RawStdEncoding.DecodeString(s)
	if err != nil || len(sum) != sha256.Size || ballot.Tracker([32]byte(sum)) != s {
		return errors.New("tracker: not one of a ballot")
	}
	return nil
}

// TrackersRoot returns the root over the trackers of a poll, in whatever order
// they come, or the error of [NewTrackers].
func TrackersRoot(list []string) ([32]byte, error) {
	t, err := NewTrackers(list)
	if err != nil {
		return [32]byte{}, err
	}
	return t.Root(), nil
}

// Len returns how many trackers there are.
func (t *Trackers) Len() int { return len(t.list) }

// Root returns the root of the tree.
func (t *Trackers) Root() [32]byte { return t.hashes.root(int64(len(t.list))) }

// Prove returns the proof that a tracker is one of them (RFC 6962 §2.1.1), and
// its place, or [ErrNotFound].
func (t *Trackers) Prove(tracker string) (place int64, proof tlog.RecordProof, err error) {
	i, found := slices.BinarySearch(t.list, tracker)
	if !found {
		return 0, nil, fmt.Errorf("%w: no such tracker in this poll", ErrNotFound)
	}
	proof, err = tlog.ProveRecord(int64(len(t.list)), int64(i), t.hashes)
	return int64(i), proof, err
}

// ReadClosed computes the closed entry of a poll from its archive and closing
// file. The archive must have been verified with them ([archive.Verify]): this
// only reads the names of things. An archive whose poll has not ended is an
// error.
func ReadClosed(bel io.Reader, election ballot.UUID, closing []byte) (Closed, error) {
	c := Closed{Election: election, Closing: sha256.Sum256(closing)}
	var list []string
	err := eachEvent(bel, func(hash [32]byte, e archive.Event) error {
		switch e.Type {
		case archive.Ballot:
			if e.Payload == nil {
				return errors.New("a ballot without payload")
			}
			list = append(list, ballot.Tracker(*e.Payload))
		case archive.EndBallots:
			c.LastEvent = hash
		}
		return nil
	})
	if err == nil && c.LastEvent == [32]byte{} {
		err = errors.New("the poll has not ended")
	}
	if err != nil {
		return Closed{}, fmt.Errorf("archive: %w", err)
	}
	c.Ballots = len(list)
	c.Trackers, err = TrackersRoot(list)
	return c, err
}

// eachEvent calls do for every event of an archive, in order.
func eachEvent(bel io.Reader, do func(hash [32]byte, e archive.Event) error) error {
	files := tar.NewReader(bel)
	for {
		head, err := files.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if !strings.HasSuffix(head.Name, ".event.json") {
			continue
		}
		text, err := io.ReadAll(io.LimitReader(files, MaxEntry))
		if err != nil {
			return err
		}
		e, err := archive.ParseEvent(text)
		if err != nil {
			return err
		}
		if err := do(sha256.Sum256(text), e); err != nil {
			return err
		}
	}
}
