// Package wire is the canonical JSON of the protocol: the only place where the
// bytes of a message become fields, and fields bytes.
//
// The protocol hashes and signs JSON texts, so a text has one spelling only
// (docs/PROTOCOL.md §2): compact, members in a fixed order, UTF-8 not escaped,
// points and scalars in their one wire form. A parser therefore spells out the
// text that it expects and fails at the first other byte:
//
//	r := wire.NewReader(text)
//	r.Literal(`{"alpha":`)
//	alpha := r.Element()
//	r.Literal(`,"beta":`)
//	beta := r.Element()
//	r.Literal(`}`)
//	err := r.End()
//
// After the first failure every further call returns a zero value that is safe
// to use, and [Reader.Err] tells the byte where it happened.
package wire

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/homphieu/homphieu/crypto/group"
)

// ErrCanonical is returned, wrapped with the place, for a text that is not in
// the canonical form of what it should be.
var ErrCanonical = errors.New("not in canonical form")

// MaxCount bounds the number of items of any list, and MaxInt any number.
const (
	MaxCount = 1 << 24
	MaxInt   = 1 << 53
)

// A Reader takes a canonical text apart from front to back.
type Reader struct {
	text []byte
	pos  int
	err  error
}

// NewReader returns a reader of text, which must not change while it is read.
func NewReader(text []byte) *Reader { return &Reader{text: text} }

// Err returns the first failure, or nil.
func (r *Reader) Err() error { return r.err }

// End requires that all was read and returns the first failure, or nil.
func (r *Reader) End() error {
	if r.err == nil && r.pos != len(r.text) {
		r.fail(ErrCanonical)
	}
	return r.err
}

// Fail records cause as the failure at the present place, unless there was one.
func (r *Reader) Fail(cause error) { r.fail(cause) }

func (r *Reader) fail(cause error) {
	if r.err == nil {
		r.err = fmt.Errorf("byte %d: %w", r.pos, cause)
	}
}

// Offset returns how many bytes were read.
func (r *Reader) Offset() int { return r.pos }

// Literal requires s.
func (r *Reader) Literal(s string) {
	if !r.Optional(s) {
		r.fail(ErrCanonical)
	}
}

// Optional reads s if it stands here, and reports whether it did.
func (r *Reader) Optional(s string) bool {
	if r.err != nil || len(r.text)-r.pos < len(s) || string(r.text[r.pos:r.pos+len(s)]) != s {
		return false
	}
	r.pos += len(s)
	return true
}

// List reads a JSON list, calling item for each of its values, and returns how
// many there were.
func (r *Reader) List(item func()) (n int) {
	r.Literal("[")
	if r.Optional("]") {
		return 0
	}
	for r.err == nil {
		item()
		if n++; n > MaxCount {
			r.fail(ErrCanonical)
		}
		if r.Optional("]") {
			return n
		}
		r.Literal(",")
	}
	return n
}

// Tuple reads a JSON list of exactly n values.
func (r *Reader) Tuple(n int, item func(i int)) {
	r.Literal("[")
	for i := range n {
		if i > 0 {
			r.Literal(",")
		}
		if r.err != nil {
			return
		}
		item(i)
	}
	r.Literal("]")
}

// quoted returns what stands between two quotation marks, without any escape.
func (r *Reader) quoted() []byte {
	if r.Literal(`"`); r.err != nil {
		return nil
	}
	n := bytes.IndexByte(r.text[r.pos:], '"')
	if n < 0 {
		r.fail(ErrCanonical)
		return nil
	}
	s := r.text[r.pos : r.pos+n]
	r.pos += n + 1
	return s
}

// Element reads a member of the group, checked in full. After a failure it
// returns the identity.
func (r *Reader) Element() *group.Element {
	at := r.pos
	e, err := group.ParseElement(r.quoted())
	if err != nil {
		r.failAt(at, err)
		return group.Identity()
	}
	return e
}

// Unchecked reads a point whose membership the caller must check. After a
// failure it returns nil.
func (r *Reader) Unchecked() *group.Unchecked {
	at := r.pos
	u, err := group.ParseUnchecked(r.quoted())
	if err != nil {
		r.failAt(at, err)
		return nil
	}
	return u
}

// Scalar reads a scalar. After a failure it returns 0.
func (r *Reader) Scalar() *group.Scalar {
	at := r.pos
	s, err := group.ParseScalar(r.quoted())
	if err != nil {
		r.failAt(at, err)
		return new(group.Scalar)
	}
	return s
}

func (r *Reader) failAt(pos int, cause error) {
	if r.err == nil {
		r.pos = pos
		r.fail(cause)
	}
}

// Hash reads a SHA-256 sum in 64 lower-case hexadecimal digits.
func (r *Reader) Hash() (sum [32]byte) {
	at := r.pos
	s := r.quoted()
	if n, err := hex.Decode(sum[:], head(s, 64)); err != nil || n != 32 || len(s) != 64 || bytes.ContainsAny(s, "ABCDEF") {
		r.failAt(at, ErrCanonical)
		return [32]byte{}
	}
	return sum
}

func head(s []byte, n int) []byte { return s[:min(len(s), n)] }

// Word reads a string of printable ASCII without any escape, such as a name of
// the protocol or a Base58 or Base64 text.
func (r *Reader) Word() string {
	at := r.pos
	s := r.quoted()
	for _, c := range s {
		if c < ' ' || c > '~' || c == '\\' {
			r.failAt(at, ErrCanonical)
			return ""
		}
	}
	return string(s)
}

// Text reads any JSON string. Its spelling is not judged beyond RFC 8259 and
// valid UTF-8: the exact bytes are what is hashed.
func (r *Reader) Text() string {
	at := r.pos
	if r.Literal(`"`); r.err != nil {
		return ""
	}
	for r.pos < len(r.text) && r.text[r.pos] != '"' {
		if r.text[r.pos] == '\\' {
			r.pos++
		}
		r.pos++
	}
	r.pos = min(r.pos, len(r.text)) // a backslash may have been the last byte
	if r.Literal(`"`); r.err != nil {
		return ""
	}
	var s string
	raw := r.text[at:r.pos]
	if !utf8.Valid(raw) || json.Unmarshal(raw, &s) != nil {
		r.failAt(at, ErrCanonical)
		return ""
	}
	return s
}

// Message reads a string in the one spelling that [AppendText] gives it, as a
// text inside a text must have that is hashed in both forms.
func (r *Reader) Message() string {
	at := r.pos
	s := r.Text()
	if r.err == nil && !bytes.Equal(AppendText(nil, s), r.text[at:r.pos]) {
		r.failAt(at, ErrCanonical)
		return ""
	}
	return s
}

// Int reads a number that is not negative and at most [MaxInt].
func (r *Reader) Int() int {
	if r.err != nil {
		return 0
	}
	at, n := r.pos, 0
	for r.pos < len(r.text) && r.text[r.pos] >= '0' && r.text[r.pos] <= '9' && n <= MaxInt {
		n = 10*n + int(r.text[r.pos]-'0')
		r.pos++
	}
	digits := r.text[at:r.pos]
	if len(digits) == 0 || n > MaxInt || (digits[0] == '0' && len(digits) > 1) {
		r.failAt(at, ErrCanonical)
		return 0
	}
	return n
}

// AppendText appends s as a JSON string in canonical form: only the quotation
// mark, the backslash and control characters are escaped.
func AppendText(b []byte, s string) []byte {
	const hexDigits = "0123456789abcdef"
	b = append(b, '"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c >= ' ':
			b = append(b, c)
		case shortEscape[c] != 0:
			b = append(b, '\\', shortEscape[c])
		default:
			b = append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
	}
	return append(b, '"')
}

var shortEscape = [256]byte{'\b': 'b', '\f': 'f', '\n': 'n', '\r': 'r', '\t': 't'}

// AppendElement appends e as a JSON string.
func AppendElement(b []byte, e *group.Element) []byte {
	return append(e.AppendHex(append(b, '"')), '"')
}

// AppendScalar appends s as a JSON string.
func AppendScalar(b []byte, s *group.Scalar) []byte {
	return append(s.AppendDecimal(append(b, '"')), '"')
}

// AppendHash appends a SHA-256 sum as a JSON string.
func AppendHash(b []byte, sum [32]byte) []byte {
	return append(hex.AppendEncode(append(b, '"'), sum[:]), '"')
}

// AppendList appends the JSON list of n values that item appends one by one.
func AppendList(b []byte, n int, item func(b []byte, i int) []byte) []byte {
	b = append(b, '[')
	for i := range n {
		if i > 0 {
			b = append(b, ',')
		}
		b = item(b, i)
	}
	return append(b, ']')
}
