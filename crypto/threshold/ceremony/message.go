package ceremony

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"github.com/homphieu/homphieu/crypto/threshold"
	"github.com/homphieu/homphieu/crypto/wire"
	"github.com/homphieu/homphieu/crypto/zkp"
)

// MaxMessage is the number of bytes that no message exceeds.
const MaxMessage = 64 << 10

// A Message is one message of a member, well-formed but not verified.
type Message struct {
	Ceremony string
	Index    int // the sender's, from 1
	Step     Step
	text     []byte
	body     body
}

// A body is what a message of one kind says after its head.
type body interface {
	kind() string
	// appendJSON and read know the members of the object after "index".
	appendJSON(b []byte) []byte
	read(r *wire.Reader)
	// verify checks the message against what was sent before, and leaves in the
	// transcript what later messages are checked against.
	verify(t *Transcript, m *Message) error
}

// newMessage writes a message.
func newMessage(terms Terms, index int, content body) *Message {
	b := fmt.Appendf(nil, `{"type":"homphieu-%s-v1","ceremony":"%s","index":%d`, content.kind(), terms.Ceremony, index)
	return &Message{terms.Ceremony, index, stepOf(content), append(content.appendJSON(b), '}'), content}
}

// Text returns the message's exact bytes, which must not be changed.
func (m *Message) Text() []byte { return m.text }

// String names the message.
func (m *Message) String() string { return fmt.Sprintf("%s of member %d", m.body.kind(), m.Index) }

func stepOf(content body) Step {
	if _, complains := content.(*complaint); complains {
		return StepKey
	}
	return Step(slices.IndexFunc(bodies(), func(b body) bool { return b.kind() == content.kind() }))
}

// bodies returns an empty body of each kind, in the order of the steps, and at
// the end a complaint.
func bodies() []body {
	return []body{new(hello), new(certificate), new(commit), new(reveal), new(key), new(done), new(complaint)}
}

// ParseMessage reads a message. Nothing of what it says is verified.
func ParseMessage(text []byte) (*Message, error) {
	if err := checkLength(text); err != nil {
		return nil, err
	}
	r := wire.NewReader(text)
	m := readMessage(r, text)
	if err := r.End(); err != nil {
		return nil, fmt.Errorf("%w: message: %w", ErrMalformed, err)
	}
	return m, nil
}

func checkLength(text []byte) error {
	if len(text) > MaxMessage {
		return fmt.Errorf("%w: message of %d bytes, at most %d", ErrMalformed, len(text), MaxMessage)
	}
	return nil
}

// readMessage reads the message that stands next in text, whose reader r is. It
// may be used only if the reader has not failed.
func readMessage(r *wire.Reader, text []byte) *Message {
	m, start := new(Message), r.Offset()
	r.Literal(`{"type":"homphieu-`)
	for _, b := range bodies() {
		if m.body == nil && r.Optional(b.kind()+`-v1","ceremony":`) {
			m.body, m.Step = b, stepOf(b)
		}
	}
	if m.body == nil {
		r.Fail(wire.ErrCanonical)
		return m
	}
	m.Ceremony = r.Word()
	r.Literal(`,"index":`)
	if m.Index = r.Int(); m.Index < 1 || m.Index > MaxSize {
		r.Fail(wire.ErrCanonical)
	}
	m.body.read(r)
	r.Literal(`}`)
	m.text = text[start:r.Offset()]
	return m
}

type hello struct{ hash [32]byte } // of the certificate message

func (*hello) kind() string { return "hello" }
func (h *hello) appendJSON(b []byte) []byte {
	return wire.AppendHash(append(b, `,"hash":`...), h.hash)
}

func (h *hello) read(r *wire.Reader) {
	r.Literal(`,"hash":`)
	h.hash = r.Hash()
}

type certificate struct{ certificate, transport threshold.Signed }

func (*certificate) kind() string { return "certificate" }
func (c *certificate) appendJSON(b []byte) []byte {
	b = c.certificate.AppendJSON(append(b, `,"certificate":`...))
	return c.transport.AppendJSON(append(b, `,"transport":`...))
}

func (c *certificate) read(r *wire.Reader) {
	r.Literal(`,"certificate":`)
	c.certificate = threshold.ReadSigned(r)
	r.Literal(`,"transport":`)
	c.transport = threshold.ReadSigned(r)
}

type commit struct {
	polynomial sealed // to the sender itself
	statement  threshold.Signed
}

func (*commit) kind() string { return "commit" }
func (c *commit) appendJSON(b []byte) []byte {
	b = wire.AppendText(append(b, `,"polynomial":`...), string(c.polynomial))
	return appendStatement(b, c.statement)
}

func (c *commit) read(r *wire.Reader) {
	r.Literal(`,"polynomial":`)
	c.polynomial = readSealed(r)
	c.statement = readStatement(r)
}

type reveal struct {
	coefexps  threshold.Signed
	signature zkp.Proof // of the certificates
	shares    []sealed  // one for each member
	statement threshold.Signed
}

func (*reveal) kind() string { return "reveal" }
func (v *reveal) appendJSON(b []byte) []byte {
	b = v.coefexps.AppendJSON(append(b, `,"coefexps":`...))
	b = v.signature.AppendJSON(append(b, `,"signature":`...))
	b = appendShares(append(b, `,"shares":`...), v.shares)
	return appendStatement(b, v.statement)
}

func appendShares(b []byte, shares []sealed) []byte {
	return wire.AppendList(b, len(shares), func(b []byte, i int) []byte { return wire.AppendText(b, string(shares[i])) })
}

func (v *reveal) read(r *wire.Reader) {
	r.Literal(`,"coefexps":`)
	v.coefexps = threshold.ReadSigned(r)
	r.Literal(`,"signature":`)
	v.signature = zkp.ReadProof(r)
	r.Literal(`,"shares":`)
	r.List(func() { v.shares = append(v.shares, readSealed(r)) })
	v.statement = readStatement(r)
}

type key struct{ key threshold.Key }

func (*key) kind() string                 { return "key" }
func (k *key) appendJSON(b []byte) []byte { return k.key.AppendJSON(append(b, `,"key":`...)) }

func (k *key) read(r *wire.Reader) {
	r.Literal(`,"key":`)
	k.key = threshold.ReadKey(r)
}

type complaint struct {
	about     int
	statement threshold.Signed
}

func (*complaint) kind() string { return "complaint" }
func (c *complaint) appendJSON(b []byte) []byte {
	return appendStatement(fmt.Appendf(b, `,"about":%d`, c.about), c.statement)
}

func (c *complaint) read(r *wire.Reader) {
	r.Literal(`,"about":`)
	c.about = r.Int()
	c.statement = readStatement(r)
}

type done struct{ statement threshold.Signed }

func (*done) kind() string                 { return "done" }
func (d *done) appendJSON(b []byte) []byte { return appendStatement(b, d.statement) }
func (d *done) read(r *wire.Reader)        { d.statement = readStatement(r) }

func appendStatement(b []byte, s threshold.Signed) []byte {
	return s.AppendJSON(append(b, `,"statement":`...))
}

func readStatement(r *wire.Reader) threshold.Signed {
	r.Literal(`,"statement":`)
	return threshold.ReadSigned(r)
}

// readSealed reads a ciphertext, whose form alone can be judged.
func readSealed(r *wire.Reader) sealed {
	s := r.Word()
	if r.Err() == nil && (len(s) <= 2*overhead || len(s)%2 != 0 || strings.Trim(s, "0123456789abcdef") != "") {
		r.Fail(wire.ErrCanonical)
	}
	return sealed(s)
}

// readHash reads 64 lower-case hexadecimal digits.
func readHash(s string) (sum [32]byte, ok bool) {
	n, err := hex.Decode(sum[:], []byte(s[:min(len(s), 64)]))
	return sum, err == nil && n == 32 && hex.EncodeToString(sum[:]) == s
}
