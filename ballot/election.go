package ballot

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/homphieu/homphieu/crypto/elgamal"
	"github.com/homphieu/homphieu/crypto/group"
	"github.com/homphieu/homphieu/crypto/wire"
)

// The ways in which an election is outside the profile of docs/PROTOCOL.md.
var (
	// ErrVersion is returned for another version of the protocol than 1.
	ErrVersion = errors.New("election: protocol version is not 1")
	// ErrGroup is returned for another group than Ed25519.
	ErrGroup = errors.New("election: group is not Ed25519")
	// ErrText is returned for a name or text with characters that cannot be
	// seen.
	ErrText = errors.New("election: invisible or invalid character")
	// ErrQuestion is returned for a question that is not homomorphic or whose
	// bounds cannot be met.
	ErrQuestion = errors.New("election: question outside the profile")
)

// A Question is one person voted on.
type Question struct {
	Text     string   // name, and after a line feed the post
	Answers  []string // the levels, in ballot order
	Blank    bool     // whether the line may be left empty
	Min, Max int      // how many levels are marked unless the line is empty
}

// Choices returns the number of choices: the answers, and the blank if allowed.
func (q *Question) Choices() int {
	if q.Blank {
		return len(q.Answers) + 1
	}
	return len(q.Answers)
}

// Mark returns the choices that mark one level (from 0), or none for -1.
func (q *Question) Mark(level int) []int {
	choices := make([]int, q.Choices())
	if q.Blank {
		level++
	}
	if level >= 0 {
		choices[level] = 1
	}
	return choices
}

// Draft is what an election is made of.
type Draft struct {
	Name        string // the meeting's title, and after a line feed that of this paper among several
	Description string // its place and date, one a line
	PublicKey   *group.Element
	Questions   []Question
	UUID        UUID
}

// An Election is the exact text of an election object and what it says. It is
// safe for concurrent use and is never changed.
type Election struct {
	Draft
	raw         []byte
	fingerprint Fingerprint
	key         *elgamal.PublicKey
}

// NewElection writes d as an election object.
func NewElection(d Draft) (*Election, error) {
	b := wire.AppendText([]byte(`{"version":1,"description":`), d.Description)
	b = wire.AppendText(append(b, `,"name":`...), d.Name)
	b = wire.AppendElement(append(b, `,"group":"Ed25519","public_key":`...), d.PublicKey)
	b = wire.AppendList(append(b, `,"questions":`...), len(d.Questions), func(b []byte, i int) []byte {
		return d.Questions[i].appendJSON(b)
	})
	b = wire.AppendText(append(b, `,"uuid":`...), string(d.UUID))
	return ParseElection(append(b, '}'))
}

func (q *Question) appendJSON(b []byte) []byte {
	b = wire.AppendList(append(b, `{"answers":`...), len(q.Answers), func(b []byte, i int) []byte {
		return wire.AppendText(b, q.Answers[i])
	})
	if q.Blank {
		b = append(b, `,"blank":true`...)
	}
	b = strconv.AppendInt(append(b, `,"min":`...), int64(q.Min), 10)
	b = strconv.AppendInt(append(b, `,"max":`...), int64(q.Max), 10)
	return append(wire.AppendText(append(b, `,"question":`...), q.Text), '}')
}

// ParseElection reads an election object and checks that it is within the
// profile of docs/PROTOCOL.md: version 1, Ed25519, homomorphic questions, a
// public key of the group other than the identity. The text is kept.
func ParseElection(text []byte) (*Election, error) {
	e := &Election{raw: text}
	r := wire.NewReader(text)
	e.read(r)
	if err := r.End(); err != nil {
		return nil, fmt.Errorf("election: %w", err)
	}
	key, err := elgamal.NewPublicKey(e.PublicKey)
	if err != nil {
		return nil, fmt.Errorf("election: %w", err)
	}
	e.key, e.fingerprint = key, NewFingerprint(text)
	return e, nil
}

func (e *Election) read(r *wire.Reader) {
	r.Literal(`{"version":`)
	if r.Int() != 1 && r.Err() == nil {
		r.Fail(ErrVersion)
	}
	r.Literal(`,"description":`)
	e.Description = r.Text()
	r.Literal(`,"name":`)
	e.Name = r.Text()
	r.Literal(`,"group":`)
	if g := r.Word(); g != "Ed25519" && r.Err() == nil {
		r.Fail(fmt.Errorf("%w: %q", ErrGroup, g))
	}
	r.Literal(`,"public_key":`)
	e.PublicKey = r.Element()
	r.Literal(`,"questions":`)
	if r.List(func() { e.Questions = append(e.Questions, readQuestion(r)) }) == 0 {
		r.Fail(ErrQuestion)
	}
	r.Literal(`,"uuid":`)
	e.UUID = readUUID(r)
	for _, member := range []string{`,"administrator":`, `,"credential_authority":`} {
		if r.Optional(member) {
			r.Text()
		}
	}
	r.Literal(`}`)
}

func readQuestion(r *wire.Reader) (q Question) {
	r.Literal(`{`)
	if !r.Optional(`"answers":`) {
		r.Fail(ErrQuestion)
	}
	r.List(func() { q.Answers = append(q.Answers, r.Text()) })
	if r.Optional(`,"blank":`) {
		q.Blank = r.Optional(`true`)
		if !q.Blank {
			r.Literal(`false`)
		}
	}
	r.Literal(`,"min":`)
	q.Min = r.Int()
	r.Literal(`,"max":`)
	q.Max = r.Int()
	r.Literal(`,"question":`)
	q.Text = r.Text()
	r.Literal(`}`)
	if q.Min > q.Max || q.Max > len(q.Answers) || len(q.Answers) == 0 {
		r.Fail(ErrQuestion)
	}
	return q
}

// Raw returns the election's exact bytes, which must not be changed.
func (e *Election) Raw() []byte { return e.raw }

// Fingerprint returns φ.
func (e *Election) Fingerprint() Fingerprint { return e.fingerprint }

// MaxBallotSize returns the length in bytes of the longest ballot that can be
// in canonical form for this election.
func (e *Election) MaxBallotSize() int {
	const element, proof = 64 + 2, 2*(76+2) + len(`{"challenge":,"response":},`)
	const choice = 2*element + len(`{"alpha":,"beta":},`) + 2*proof + len(`[],`)
	size := 1024 + len(e.UUID)
	for i := range e.Questions {
		q := &e.Questions[i]
		size += 256 + q.Choices()*choice + (q.Max-q.Min+1+3)*proof
	}
	return size
}

// checkText refuses a text that people could not read as it stands: invalid
// UTF-8, control characters but line feed and tab, and invisible ones such as those
// that turn the direction of writing.
func checkText(s string) error {
	const harmless = "\n\t\u200d" // the last joins several pictures into one
	for _, c := range s {
		invisible := unicode.In(c, unicode.C, unicode.Zl, unicode.Zp) && !strings.ContainsRune(harmless, c)
		if invisible || c == utf8.RuneError {
			return fmt.Errorf("%w: %+q", ErrText, s)
		}
	}
	return nil
}

// CheckTexts refuses names and texts with characters that people cannot see,
// with [ErrText]. An election of ours is checked before it is sealed; archives
// from elsewhere may say what they like.
func (d *Draft) CheckTexts() error {
	texts := []string{d.Name, d.Description}
	for _, q := range d.Questions {
		texts = append(append(texts, q.Text), q.Answers...)
	}
	for _, s := range texts {
		if err := checkText(s); err != nil {
			return err
		}
	}
	return nil
}
