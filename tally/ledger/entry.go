package ledger

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/crypto/wire"
)

// Version is that of the entries which this package writes and reads.
const Version = 1

// The limits of an entry.
const (
	MaxEntry = 16 << 10 // bytes of an entry's text
	MaxText  = 1 << 10  // bytes of a reason or of an agency's name
	MaxItems = 100      // files that a result commits to
	maxName  = 100      // bytes of an item's name
)

// The kinds of entries.
const (
	KindSealed     = "sealed"
	KindClosed     = "closed"
	KindResult     = "result"
	KindOpened     = "opened"
	KindCorrection = "correction"
	KindPackage    = "package"
)

// An Entry is one entry of the log.
type Entry struct {
	Number int64    // from 0
	Prev   [32]byte // SHA-256 of the text of the entry before, zeros in the first
	Body   Body
}

// A Body is what an entry says: [Sealed], [Closed], [Result], [Opened],
// [Correction] or [Package].
type Body interface {
	// Kind returns the word by which the entry tells what it is.
	Kind() string
	appendJSON(b []byte) []byte
	check() error
}

// Sealed says that a poll was sealed: its persons, rules, credentials and key
// are fixed.
type Sealed struct {
	Election    ballot.UUID
	Fingerprint ballot.Fingerprint
}

// Closed says how a poll ended. All of it can be computed from the archive and
// the closing file; see [ReadClosed].
type Closed struct {
	Election  ballot.UUID
	Ballots   int
	LastEvent [32]byte // hash of the archive's event EndBallots
	Closing   [32]byte // SHA-256 of UUID.closing.json
	Trackers  [32]byte // [Trackers.Root] of all ballots
}

// Result says that a poll was counted, without saying how. Commitments are in
// ascending order of their names.
type Result struct {
	Election    ballot.UUID
	Commitments []Item
}

// Opened publishes what a result entry commits to. Hashes have the names of
// its commitments.
type Opened struct {
	Election ballot.UUID
	Result   int64 // number of the result entry
	Salt     [32]byte
	Hashes   []Item
}

// A Correction takes an entry back. The reason is for everybody to read: it
// must name no voter.
type Correction struct {
	Of     int64 // number of the entry
	Reason string
}

// A Package says that the papers of a poll came in from an agency. The hash is
// bare: what it is of contains signatures, which nobody can guess.
type Package struct {
	Agency string
	Hash   [32]byte // SHA-256 of its package.json, which names every other file by its hash
}

// An Item is a name and a hash: of a file, or of something that has a hash of
// its own, such as "last_event".
type Item struct {
	Name string
	Hash [32]byte
}

// Kind implements [Body].
func (Sealed) Kind() string { return KindSealed }

// Kind implements [Body].
func (Closed) Kind() string { return KindClosed }

// Kind implements [Body].
func (Result) Kind() string { return KindResult }

// Kind implements [Body].
func (Opened) Kind() string { return KindOpened }

// Kind implements [Body].
func (Correction) Kind() string { return KindCorrection }

// Kind implements [Body].
func (Package) Kind() string { return KindPackage }

// AppendJSON appends the entry's canonical text.
func (e Entry) AppendJSON(b []byte) []byte {
	b = fmt.Appendf(b, `{"version":%d,"number":%d,"prev":`, Version, e.Number)
	b = wire.AppendText(append(wire.AppendHash(b, e.Prev), `,"kind":`...), e.Body.Kind())
	return append(e.Body.appendJSON(append(b, ',')), '}')
}

func (s Sealed) appendJSON(b []byte) []byte {
	b = wire.AppendText(append(b, `"election":`...), string(s.Election))
	return wire.AppendText(append(b, `,"fingerprint":`...), string(s.Fingerprint))
}

func (c Closed) appendJSON(b []byte) []byte {
	b = wire.AppendText(append(b, `"election":`...), string(c.Election))
	b = strconv.AppendInt(append(b, `,"ballots":`...), int64(c.Ballots), 10)
	b = wire.AppendHash(append(b, `,"last_event":`...), c.LastEvent)
	b = wire.AppendHash(append(b, `,"closing":`...), c.Closing)
	return wire.AppendHash(append(b, `,"trackers":`...), c.Trackers)
}

func (r Result) appendJSON(b []byte) []byte {
	b = wire.AppendText(append(b, `"election":`...), string(r.Election))
	return appendItems(append(b, `,"commitments":`...), r.Commitments)
}

func (o Opened) appendJSON(b []byte) []byte {
	b = wire.AppendText(append(b, `"election":`...), string(o.Election))
	b = strconv.AppendInt(append(b, `,"result":`...), o.Result, 10)
	b = wire.AppendHash(append(b, `,"salt":`...), o.Salt)
	return appendItems(append(b, `,"hashes":`...), o.Hashes)
}

func (c Correction) appendJSON(b []byte) []byte {
	b = strconv.AppendInt(append(b, `"of":`...), c.Of, 10)
	return wire.AppendText(append(b, `,"reason":`...), c.Reason)
}

func (p Package) appendJSON(b []byte) []byte {
	b = wire.AppendText(append(b, `"agency":`...), p.Agency)
	return wire.AppendHash(append(b, `,"hash":`...), p.Hash)
}

func appendItems(b []byte, list []Item) []byte {
	return wire.AppendList(b, len(list), func(b []byte, i int) []byte {
		b = wire.AppendText(append(b, `{"name":`...), list[i].Name)
		return append(wire.AppendHash(append(b, `,"hash":`...), list[i].Hash), '}')
	})
}

// ParseEntry reads what [Entry.AppendJSON] appends, and nothing else: any other
// spelling is [ErrEntry].
func ParseEntry(text []byte) (Entry, error) {
	e, err := readEntry(text)
	if err == nil {
		err = e.check()
	}
	if err == nil && !bytes.Equal(e.AppendJSON(nil), text) {
		err = wire.ErrCanonical
	}
	if err != nil {
		return Entry{}, fmt.Errorf("%w: %w", ErrEntry, err)
	}
	return e, nil
}

func readEntry(text []byte) (e Entry, err error) {
	r := wire.NewReader(text)
	r.Literal(`{"version":`)
	if version := r.Int(); version != Version && r.Err() == nil {
		return e, fmt.Errorf("version %d, this program knows %d", version, Version)
	}
	r.Literal(`,"number":`)
	e.Number = int64(r.Int())
	r.Literal(`,"prev":`)
	e.Prev = r.Hash()
	r.Literal(`,"kind":`)
	kind := r.Word()
	r.Literal(`,`)
	read, known := bodies[kind]
	if !known {
		return e, errors.Join(r.Err(), fmt.Errorf("kind %q: unknown", kind))
	}
	e.Body = read(r)
	r.Literal(`}`)
	return e, r.End()
}

// bodies reads each kind.
var bodies = map[string]func(r *wire.Reader) Body{
	KindSealed:     readSealed,
	KindClosed:     readClosed,
	KindResult:     readResult,
	KindOpened:     readOpened,
	KindCorrection: readCorrection,
	KindPackage:    readPackage,
}

func readElection(r *wire.Reader) ballot.UUID {
	r.Literal(`"election":`)
	return ballot.UUID(r.Word())
}

func readSealed(r *wire.Reader) Body {
	s := Sealed{Election: readElection(r)}
	r.Literal(`,"fingerprint":`)
	s.Fingerprint = ballot.Fingerprint(r.Word())
	return s
}

func readClosed(r *wire.Reader) Body {
	c := Closed{Election: readElection(r)}
	r.Literal(`,"ballots":`)
	c.Ballots = r.Int()
	r.Literal(`,"last_event":`)
	c.LastEvent = r.Hash()
	r.Literal(`,"closing":`)
	c.Closing = r.Hash()
	r.Literal(`,"trackers":`)
	c.Trackers = r.Hash()
	return c
}

func readResult(r *wire.Reader) Body {
	x := Result{Election: readElection(r)}
	r.Literal(`,"commitments":`)
	x.Commitments = readItems(r)
	return x
}

func readOpened(r *wire.Reader) Body {
	o := Opened{Election: readElection(r)}
	r.Literal(`,"result":`)
	o.Result = int64(r.Int())
	r.Literal(`,"salt":`)
	o.Salt = r.Hash()
	r.Literal(`,"hashes":`)
	o.Hashes = readItems(r)
	return o
}

func readCorrection(r *wire.Reader) (c Body) {
	r.Literal(`"of":`)
	of := int64(r.Int())
	r.Literal(`,"reason":`)
	return Correction{of, r.Message()}
}

func readPackage(r *wire.Reader) Body {
	r.Literal(`"agency":`)
	agency := r.Message()
	r.Literal(`,"hash":`)
	return Package{agency, r.Hash()}
}

func readItems(r *wire.Reader) (list []Item) {
	r.List(func() {
		r.Literal(`{"name":`)
		name := r.Word()
		r.Literal(`,"hash":`)
		list = append(list, Item{name, r.Hash()})
		r.Literal(`}`)
	})
	return list
}

// Hash returns the SHA-256 of the entry's text, which the next entry names.
func (e Entry) Hash() [32]byte { return sha256.Sum256(e.AppendJSON(nil)) }

func (e Entry) check() error {
	if e.Number < 0 || e.Number > wire.MaxInt {
		return errors.New("number: out of range")
	}
	if err := e.Body.check(); err != nil {
		return err
	}
	if n := len(e.AppendJSON(nil)); n > MaxEntry {
		return fmt.Errorf("%d bytes, more than %d", n, MaxEntry)
	}
	return nil
}

func checkElection(u ballot.UUID) error {
	if !u.Valid() {
		return errors.New("election: no name of one")
	}
	return nil
}

func (s Sealed) check() error {
	sum, err := base64.RawStdEncoding.DecodeString(string(s.Fingerprint))
	if err != nil || len(sum) != sha256.Size || base64.RawStdEncoding.EncodeToString(sum) != string(s.Fingerprint) {
		return errors.New("fingerprint: none")
	}
	return checkElection(s.Election)
}

func (c Closed) check() error {
	if c.Ballots < 0 || c.Ballots > wire.MaxCount {
		return errors.New("ballots: out of range")
	}
	return checkElection(c.Election)
}

func (r Result) check() error {
	return errors.Join(checkElection(r.Election), checkItems(r.Commitments))
}

func (o Opened) check() error {
	if o.Result < 0 || o.Result > wire.MaxInt {
		return errors.New("result: out of range")
	}
	return errors.Join(checkElection(o.Election), checkItems(o.Hashes))
}

func (c Correction) check() error {
	if c.Of < 0 || c.Of > wire.MaxInt {
		return errors.New("of: out of range")
	}
	return checkText("reason", c.Reason)
}

func (p Package) check() error { return checkText("agency", p.Agency) }

// checkItems requires names of files without folders, ascending, each once.
func checkItems(list []Item) error {
	if len(list) == 0 || len(list) > MaxItems {
		return fmt.Errorf("items: %d, want 1 to %d", len(list), MaxItems)
	}
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"
	for i, item := range list {
		if item.Name == "" || len(item.Name) > maxName || strings.Trim(item.Name, letters) != "" {
			return fmt.Errorf("name %q: not of letters, digits, dots, dashes and underscores", item.Name)
		}
		if i > 0 && item.Name <= list[i-1].Name {
			return fmt.Errorf("name %q: not in ascending order", item.Name)
		}
	}
	return nil
}
