// Package archive reads, writes and verifies the public record of an election:
// the file UUID.bel, in which everything stands that is needed to check the
// result, in the order in which it happened.
//
// The file is an old-style tar that only ever grows (docs/PROTOCOL.md §4):
// 512-byte blocks, every header with the election's own timestamp so that no
// ballot has a time, and no closing blocks. Its first file is
//
//	BELENIOS            {"version":1,"timestamp":"SECONDS"}
//
// and then come data and events, each named by the SHA-256 of its content:
//
//	HEX.data.json       an election, a ballot, a factor …
//	HEX.event.json      {"parent"?:hash,"height":n,"type":…,"payload"?:hash}
//
// Each event names the one before it, so that the hash of the last commits to
// everything before. In order:
//
//	Setup               election, trustees, credentials, and the setup naming them
//	Ballot              one for each ballot
//	EndBallots
//	EncryptedTally      the product of the ballots, and its announcement
//	PartialDecryption   one for each contributing trustee
//	Result
//
// [Verify] checks all of it (docs/PROTOCOL.md §9) and says what is wrong first,
// and where. It never trusts who wrote the file.
package archive

import (
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/homphieu/homphieu/crypto/group"
	"github.com/homphieu/homphieu/crypto/wire"
)

// The types of events, in the order of an archive.
const (
	Setup             = "Setup"
	Ballot            = "Ballot"
	EndBallots        = "EndBallots"
	EncryptedTally    = "EncryptedTally"
	PartialDecryption = "PartialDecryption"
	Result            = "Result"
)

// An Event is a link of the chain.
type Event struct {
	Parent  *[32]byte // hash of the event before, nil in the first
	Height  int       // 0 in the first
	Type    string
	Payload *[32]byte // hash of the data that the event is about, nil for EndBallots
}

// AppendJSON appends the canonical text of the event.
func (e Event) AppendJSON(b []byte) []byte {
	b = append(b, '{')
	if e.Parent != nil {
		b = append(wire.AppendHash(append(b, `"parent":`...), *e.Parent), ',')
	}
	b = fmt.Appendf(b, `"height":%d,"type":"%s"`, e.Height, e.Type)
	if e.Payload != nil {
		b = wire.AppendHash(append(b, `,"payload":`...), *e.Payload)
	}
	return append(b, '}')
}

// ParseEvent reads what [Event.AppendJSON] appends.
func ParseEvent(text []byte) (e Event, err error) {
	r := wire.NewReader(text)
	r.Literal(`{`)
	if r.Optional(`"parent":`) {
		hash := r.Hash()
		e.Parent = &hash
		r.Literal(`,`)
	}
	r.Literal(`"height":`)
	e.Height = r.Int()
	r.Literal(`,"type":`)
	e.Type = r.Word()
	if r.Optional(`,"payload":`) {
		hash := r.Hash()
		e.Payload = &hash
	}
	r.Literal(`}`)
	return e, r.End()
}

// A Chain is the end of a chain of events, to which the next is added.
type Chain struct {
	Head   [32]byte // hash of the last event
	Length int      // number of events
}

// Next returns the text of the event of the given type after c, and the chain
// that ends with it.
func (c Chain) Next(kind string, payload *[32]byte) (text []byte, next Chain) {
	e := Event{Height: c.Length, Type: kind, Payload: payload}
	if c.Length > 0 {
		e.Parent = &c.Head
	}
	text = e.AppendJSON(nil)
	return text, Chain{sha256.Sum256(text), c.Length + 1}
}

// Hash returns the SHA-256 of an object, by which the archive names it.
func Hash(content []byte) [32]byte { return sha256.Sum256(content) }

// A SetupPayload names the three objects that an election is set up with.
type SetupPayload struct{ Election, Trustees, Credentials [32]byte }

// AppendJSON appends {"election","trustees","credentials"}.
func (s SetupPayload) AppendJSON(b []byte) []byte {
	b = wire.AppendHash(append(b, `{"election":`...), s.Election)
	b = wire.AppendHash(append(b, `,"trustees":`...), s.Trustees)
	return append(wire.AppendHash(append(b, `,"credentials":`...), s.Credentials), '}')
}

// ParseSetupPayload reads what [SetupPayload.AppendJSON] appends.
func ParseSetupPayload(text []byte) (s SetupPayload, err error) {
	r := wire.NewReader(text)
	r.Literal(`{"election":`)
	s.Election = r.Hash()
	r.Literal(`,"trustees":`)
	s.Trustees = r.Hash()
	r.Literal(`,"credentials":`)
	s.Credentials = r.Hash()
	r.Literal(`}`)
	return s, r.End()
}

// CountCredentials returns how many credentials stand in an object that [ReadRoll]
// has read before. Each takes the same space, so that none is looked at: to read a
// hundred thousand of them takes seconds.
func CountCredentials(text []byte) int { return len(text) / (group.ElementSize + len(`"",`)) }

// The ways in which the file itself is broken.
var (
	// ErrNotArchive is returned for a file that does not begin as an archive.
	ErrNotArchive = errors.New("archive: does not begin with the header BELENIOS")
	// ErrVersion is returned for another version of the format than 1.
	ErrVersion = errors.New("archive: version is not 1")
	// ErrTruncated is returned for a file that ends in the middle.
	ErrTruncated = errors.New("archive: ends in the middle of a file")
	// ErrName is returned for content that is not what its name says.
	ErrName = errors.New("archive: content does not match its name")
	// ErrHeader is returned for a tar header that is not canonical.
	ErrHeader = errors.New("archive: header not in canonical form")
)
