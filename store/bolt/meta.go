package bolt

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"

	bolt "go.etcd.io/bbolt"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/ballot/box"
	"github.com/homphieu/homphieu/tally/archive"
)

var (
	bucketMeta        = []byte("meta")
	bucketFiles       = []byte("files")
	bucketBallots     = []byte("ballots")
	bucketWaiting     = []byte("waiting")
	bucketCredentials = []byte("credentials")
	bucketBeside      = []byte("beside")
	bucketAlphas      = []byte("alphas")

	keySetup       = []byte("setup")
	keyElection    = []byte("election")
	keyTrustees    = []byte("trustees")
	keyCredentials = []byte("credentials-hash")
	keyProgress    = []byte("progress")
	keyProduct     = []byte("product")
)

// setupRecord is what of a setup is not an object of the protocol.
type setupRecord struct {
	Timestamp int64        `json:"timestamp"`
	Settings  box.Settings `json:"settings"`
}

// progress is how far a box has come. It changes in one piece.
type progress struct {
	State      box.State  `json:"state"`
	Accepted   int        `json:"accepted"`
	Waiting    int        `json:"waiting"`
	Voided     int        `json:"voided"`
	Beside     int        `json:"beside"` // files beside the archive
	Head       [32]byte   `json:"head"`
	Events     int        `json:"events"`
	EndBallots [32]byte   `json:"end_ballots"`
	Published  bool       `json:"published"`
	Files      box.Extent `json:"files"`
	Ended      box.Extent `json:"ended"` // up to EndBallots
}

func (p *progress) status() box.Status {
	s := box.Status{
		State: p.State, Accepted: p.Accepted, Head: p.Head, EndBallots: p.EndBallots,
		Published: p.Published, Files: p.Files, Public: p.Files,
	}
	if !p.Published && p.State >= box.Closed {
		s.Public = p.Ended
	}
	return s
}

// boxTx is one election's buckets within a transaction, with its progress.
type boxTx struct {
	root *bolt.Bucket
	progress
	memory // what to know once the transaction is on disk; only in one that writes
}

func openBoxTx(tx *bolt.Tx, u ballot.UUID) (*boxTx, error) {
	root := tx.Bucket(bucketBoxes).Bucket([]byte(u))
	if root == nil {
		return nil, box.ErrNoBox
	}
	t := &boxTx{root: root}
	if err := json.Unmarshal(t.meta(keyProgress), &t.progress); err != nil {
		return nil, fmt.Errorf("%w: progress: %w", box.ErrCorrupt, err)
	}
	return t, nil
}

func (t *boxTx) bucket(name []byte) *bolt.Bucket { return t.root.Bucket(name) }

func (t *boxTx) meta(key []byte) []byte { return t.bucket(bucketMeta).Get(key) }

func (t *boxTx) putMeta(key, value []byte) error { return t.bucket(bucketMeta).Put(key, value) }

func (t *boxTx) saveProgress() error {
	text, err := json.Marshal(&t.progress)
	if err != nil {
		return err
	}
	return t.putMeta(keyProgress, text)
}

// createBox makes the buckets of an election and its Setup event, or checks
// that they are there already.
func createBox(boxes *bolt.Bucket, e *ballot.Election, setup box.Setup) error {
	root, err := boxes.CreateBucket([]byte(e.UUID))
	if err != nil {
		return sameSetup(boxes.Bucket([]byte(e.UUID)), setup, err)
	}
	t := &boxTx{root: root}
	for _, name := range [][]byte{bucketMeta, bucketFiles, bucketBallots, bucketWaiting, bucketCredentials, bucketBeside, bucketAlphas} {
		if _, err := root.CreateBucket(name); err != nil {
			return err
		}
	}
	record, err := json.Marshal(setupRecord{setup.Timestamp, setup.Settings})
	if err != nil {
		return err
	}
	hash := sha256.Sum256(setup.Credentials)
	for _, kv := range [][2][]byte{
		{keySetup, sealed(record)}, {keyElection, setup.Election}, {keyTrustees, setup.Trustees},
		{keyCredentials, hash[:]}, {keyProduct, e.NewProduct().AppendJSON(nil)},
	} {
		if err := t.putMeta(kv[0], kv[1]); err != nil {
			return err
		}
	}
	if err := t.putCredentials(setup.Credentials); err != nil {
		return err
	}
	payload := archive.SetupPayload{
		Election: e.Fingerprint().Hash(), Trustees: sha256.Sum256(setup.Trustees), Credentials: hash,
	}.AppendJSON(nil)
	if err := t.appendEvent(archive.Setup, setup.Election, setup.Trustees, setup.Credentials, payload); err != nil {
		return err
	}
	return t.saveProgress()
}

// sameSetup returns nil if the box that is in the way was made from setup.
func sameSetup(root *bolt.Bucket, setup box.Setup, cause error) error {
	if root == nil {
		return cause
	}
	t, record := &boxTx{root: root}, setupRecord{}
	text, err := unsealed(t.meta(keySetup))
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, &record); err != nil {
		return err
	}
	hash := sha256.Sum256(setup.Credentials)
	same := record == setupRecord{setup.Timestamp, setup.Settings} &&
		bytes.Equal(t.meta(keyElection), setup.Election) &&
		bytes.Equal(t.meta(keyTrustees), setup.Trustees) &&
		bytes.Equal(t.meta(keyCredentials), hash[:])
	if !same {
		return box.ErrExists
	}
	return nil
}

func (t *boxTx) putCredentials(text []byte) error {
	roll, err := archive.ReadRoll(bytes.NewReader(text))
	if err != nil {
		return err
	}
	bucket := t.bucket(bucketCredentials)
	for _, key := range roll.Keys() {
		if err := bucket.Put(key[:], []byte{byte(box.Unused)}); err != nil {
			return err
		}
	}
	return nil
}

// appendEvent adds data, of which the last is the payload, and the event about
// it. The caller saves the progress.
func (t *boxTx) appendEvent(kind string, data ...[]byte) error {
	var payload *[32]byte
	for _, d := range data {
		if err := t.appendFile(archive.KindData, d); err != nil {
			return err
		}
		hash := sha256.Sum256(d)
		payload = &hash
	}
	text, next := archive.Chain{Head: t.Head, Length: t.Events}.Next(kind, payload)
	if err := t.appendFile(archive.KindEvent, text); err != nil {
		return err
	}
	t.Head, t.Events = next.Head, next.Length
	return nil
}

func (t *boxTx) appendFile(kind archive.Kind, content []byte) error {
	value := append([]byte{byte(kind)}, content...)
	if err := t.bucket(bucketFiles).Put(number(t.Files.Files), value); err != nil {
		return err
	}
	t.Files.Files++
	t.Files.Bytes += int64(len(content))
	return nil
}

// number is the key of a file: its place in the archive.
func number(n int) []byte { return binary.BigEndian.AppendUint64(nil, uint64(n)) }

func (t *boxTx) credential(key ballot.CredentialKey) (c box.Credential, err error) {
	v := t.bucket(bucketCredentials).Get(key[:])
	switch {
	case v == nil:
		return c, nil
	case len(v) == 1 && (box.Use(v[0]) == box.Unused || box.Use(v[0]) == box.Voided):
		return box.Credential{Use: box.Use(v[0])}, nil
	case len(v) == 33 && box.Use(v[0]) == box.Spent:
		return box.Credential{Use: box.Spent, Ballot: [32]byte(v[1:])}, nil
	}
	return c, fmt.Errorf("%w: credential %s", box.ErrCorrupt, key)
}

// sealed puts its SHA-256 before a content of which nothing else tells whether
// it is what it was.
func sealed(content []byte) []byte {
	hash := sha256.Sum256(content)
	return append(hash[:], content...)
}

// putBeside keeps a file beside the archive.
func (t *boxTx) putBeside(name box.Beside, content []byte) error {
	t.Beside++
	return t.bucket(bucketBeside).Put([]byte(name), sealed(content))
}

// unsealed returns a copy of what was sealed.
func unsealed(v []byte) ([]byte, error) {
	if len(v) < sha256.Size || sha256.Sum256(v[sha256.Size:]) != [32]byte(v[:sha256.Size]) {
		return nil, fmt.Errorf("%w: content does not match its hash", box.ErrCorrupt)
	}
	return bytes.Clone(v[sha256.Size:]), nil
}

// errNoChange rolls a transaction back that has nothing to write.
var errNoChange = errors.New("no change")
