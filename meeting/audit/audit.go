// Package audit is the log of what people did who run meetings and accounts:
// who, when, what. Entries are only ever appended, and each names the hash of
// the one before it, so that nobody can change or remove one without changing
// the hash of the last. Who keeps that hash, or its digits on paper, can check
// a copy of the log with [Verify].
//
// Nothing about voters ever goes in: no credential, no ballot, no tracker, no
// name of somebody summoned, no address. What a log would tell of them, with
// its times, the ballot box takes care not to tell.
//
// An entry is canonical JSON: compact, its members in exactly this order, the
// members of detail in ascending order, UTF-8 not escaped, the time in UTC with
// seconds (RFC 3339):
//
//	{"number":0,"time":"2026-11-22T08:00:00Z","meeting":"","actor":{"role":"server","name":"","id":""},"action":"log.begin","detail":{},"parent":"00…00"}
//
// Its hash is the SHA-256 of these bytes; parent is the hash of the entry with
// the number before, or zeros for the first. An exported log is one entry a
// line, each line ended by a line feed.
package audit

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/crypto/wire"
)

var (
	// ErrDraft is returned, wrapped with the cause, for a draft that can be no
	// entry.
	ErrDraft = errors.New("audit: no entry")
	// ErrChain is returned, wrapped with the place, for a log that is not what
	// was written.
	ErrChain = errors.New("audit: chain broken")
)

// MaxEntry is the most bytes that an entry may have.
const MaxEntry = 8 << 10

// An Actor is who did something.
type Actor struct {
	Role string // a word, such as "secretary"; "server" for the program itself
	Name string // as shown to people
	ID   string // of the account or seat; empty for the program itself
}

// Server is the actor of what the program does by itself, or at the request of
// who sits at its disk.
var Server = Actor{Role: "server"}

// A Draft is an entry that is not in the log yet.
type Draft struct {
	Time    time.Time   // kept in whole seconds
	Meeting ballot.UUID // of the meeting that it is about, or empty
	Actor   Actor
	Action  string            // a stable word, such as "meeting.open"
	Detail  map[string]string // small: what the action was about
}

// An Entry is one entry of the log.
type Entry struct {
	Number int // from 0
	Draft
	Parent [32]byte // hash of the entry before, zeros for the first
}

// A Store keeps the log. It is safe for concurrent use; package audittest is
// the test that every one must pass.
type Store interface {
	// Append adds an entry; when it returns nil, the entry is durable. Each
	// call adds one. A draft that can be no entry is [ErrDraft].
	Append(ctx context.Context, d Draft) (Entry, error)
	// Entries returns at most limit entries in ascending order, beginning with
	// number from or the first after it. A negative from counts from the end:
	// -100 begins with the hundredth from the last. Unless meeting is empty,
	// the entries of other meetings, and of none, are left out, and not counted.
	Entries(ctx context.Context, meeting ballot.UUID, from, limit int) ([]Entry, error)
	// Head returns where the log ends.
	Head(ctx context.Context) (Head, error)
}

// A Head is where a log ends. The zero Head is that of an empty log.
type Head struct {
	Length int      // number of entries
	Hash   [32]byte // of the last entry
}

// Next makes a draft the entry that follows h, or returns [ErrDraft].
func (h Head) Next(d Draft) (Entry, error) {
	d.Time = d.Time.UTC().Truncate(time.Second)
	if len(d.Detail) == 0 {
		d.Detail = nil
	}
	d.Detail = maps.Clone(d.Detail)
	e := Entry{Number: h.Length, Draft: d, Parent: h.Hash}
	if err := d.check(); err != nil {
		return Entry{}, fmt.Errorf("%w: %w", ErrDraft, err)
	}
	if n := len(e.AppendJSON(nil)); n > MaxEntry {
		return Entry{}, fmt.Errorf("%w: %d bytes, more than %d", ErrDraft, n, MaxEntry)
	}
	return e, nil
}

// Follow returns the head after e, or [ErrChain] if e does not follow h.
func (h Head) Follow(e Entry) (Head, error) {
	if e.Number != h.Length {
		return h, fmt.Errorf("%w: entry %d: found number %d", ErrChain, h.Length, e.Number)
	}
	if e.Parent != h.Hash {
		return h, fmt.Errorf("%w: entry %d: does not name the one before", ErrChain, h.Length)
	}
	return Head{e.Number + 1, e.Hash()}, nil
}

// check reports why a draft can be no entry.
func (d Draft) check() error {
	switch {
	case d.Time.Year() < 1970 || d.Time.Year() > 9999:
		return errors.New("time: none")
	case d.Meeting != "" && !d.Meeting.Valid():
		return errors.New("meeting: no name of one")
	case !isWord(d.Action):
		return errors.New("action: no word")
	case !isWord(d.Actor.Role):
		return errors.New("role: no word")
	}
	texts := []string{d.Actor.Name, d.Actor.ID}
	for key, value := range d.Detail {
		if !isWord(key) {
			return errors.New("detail: no word")
		}
		texts = append(texts, value)
	}
	if !utf8.ValidString(strings.Join(texts, " ")) {
		return errors.New("text: not UTF-8")
	}
	return nil
}

// isWord reports whether s is made of a to z, digits, dots, dashes and
// underscores.
func isWord(s string) bool {
	return s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789.-_") == ""
}

// Hash returns the SHA-256 of the entry's canonical text.
func (e Entry) Hash() [32]byte { return sha256.Sum256(e.AppendJSON(nil)) }

// AppendJSON appends the entry's canonical text.
func (e Entry) AppendJSON(b []byte) []byte {
	b = strconv.AppendInt(append(b, `{"number":`...), int64(e.Number), 10)
	b = wire.AppendText(append(b, `,"time":`...), e.Time.Format(time.RFC3339))
	b = wire.AppendText(append(b, `,"meeting":`...), string(e.Meeting))
	b = wire.AppendText(append(b, `,"actor":{"role":`...), e.Actor.Role)
	b = wire.AppendText(append(b, `,"name":`...), e.Actor.Name)
	b = wire.AppendText(append(b, `,"id":`...), e.Actor.ID)
	b = wire.AppendText(append(b, `},"action":`...), e.Action)
	b = append(b, `,"detail":{`...)
	for i, key := range slices.Sorted(maps.Keys(e.Detail)) {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(wire.AppendText(b, key), ':')
		b = wire.AppendText(b, e.Detail[key])
	}
	b = wire.AppendHash(append(b, `},"parent":`...), e.Parent)
	return append(b, '}')
}

// Parse reads what [Entry.AppendJSON] appends, and nothing else: any other
// spelling is [ErrChain].
func Parse(text []byte) (Entry, error) {
	e, err := parse(text)
	if err == nil {
		err = e.check()
	}
	if err == nil && (len(text) > MaxEntry || !bytes.Equal(e.AppendJSON(nil), text)) {
		err = wire.ErrCanonical
	}
	if err != nil {
		return Entry{}, fmt.Errorf("%w: %w", ErrChain, err)
	}
	return e, nil
}

func parse(text []byte) (e Entry, err error) {
	r := wire.NewReader(text)
	r.Literal(`{"number":`)
	e.Number = r.Int()
	r.Literal(`,"time":`)
	clock := r.Word()
	r.Literal(`,"meeting":`)
	e.Meeting = ballot.UUID(r.Word())
	r.Literal(`,"actor":{"role":`)
	e.Actor.Role = r.Word()
	r.Literal(`,"name":`)
	e.Actor.Name = r.Message()
	r.Literal(`,"id":`)
	e.Actor.ID = r.Message()
	r.Literal(`},"action":`)
	e.Action = r.Word()
	r.Literal(`,"detail":{`)
	e.Detail = readDetail(r)
	r.Literal(`,"parent":`)
	e.Parent = r.Hash()
	r.Literal(`}`)
	if err := r.End(); err != nil {
		return Entry{}, err
	}
	e.Time, err = time.Parse(time.RFC3339, clock)
	e.Time = e.Time.UTC()
	return e, err
}

// readDetail reads the members of an object up to its end.
func readDetail(r *wire.Reader) map[string]string {
	if r.Optional(`}`) {
		return nil
	}
	detail := map[string]string{}
	for r.Err() == nil {
		key := r.Word()
		r.Literal(`:`)
		detail[key] = r.Message()
		if r.Optional(`}`) {
			break
		}
		r.Literal(`,`)
	}
	return detail
}
