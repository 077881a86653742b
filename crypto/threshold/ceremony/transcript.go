package ceremony

import (
	"bytes"
	"crypto/hpke"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"github.com/homphieu/homphieu/crypto/threshold"
	"github.com/homphieu/homphieu/crypto/wire"
)

// A Transcript is what has been sent in a ceremony, every message verified. It
// is not safe for concurrent use.
type Transcript struct {
	terms    Terms
	step     Step
	messages [Finished][]*Message // by step and index - 1; nil where none is in

	// What follows from the messages, by index - 1 where it is a member's.
	certificates []*threshold.Certificate
	transports   []hpke.PublicKey
	coefexps     []threshold.Coefexps

	// What follows from all messages of a step.
	view      string                // C, from the certificates
	sum       threshold.Coefexps    // from the reveals
	published *threshold.Parameters // Threshold and Certificates from the certificates on, all of it from the keys on
	trustees  []byte                // from the keys
}

// New returns the transcript of a ceremony that begins.
func New(terms Terms) (*Transcript, error) {
	if err := terms.Check(); err != nil {
		return nil, err
	}
	t := &Transcript{
		terms:        terms,
		certificates: make([]*threshold.Certificate, terms.Size),
		transports:   make([]hpke.PublicKey, terms.Size),
		coefexps:     make([]threshold.Coefexps, terms.Size),
	}
	for i := range t.messages {
		t.messages[i] = make([]*Message, terms.Size)
	}
	return t, nil
}

// Terms returns what the ceremony is about.
func (t *Transcript) Terms() Terms { return t.terms }

// Step returns the step whose messages are awaited, or how the ceremony ended.
func (t *Transcript) Step() Step { return t.step }

// Waiting returns the members, from 1, whose message of the present step is
// not in. It is empty when the ceremony has ended.
func (t *Transcript) Waiting() (indices []int) {
	if t.step >= Finished {
		return nil
	}
	for i, m := range t.messages[t.step] {
		if m == nil {
			indices = append(indices, i+1)
		}
	}
	return indices
}

// Sent reports whether the message of member index in a step is in. A complaint
// is a message of [StepKey].
func (t *Transcript) Sent(step Step, index int) bool { return t.messages[step][index-1] != nil }

// Complaint returns who has complained about whom, both from 1, and 0, 0 if
// nobody has.
func (t *Transcript) Complaint() (by, about int) {
	for _, m := range t.messages[StepKey] {
		if m == nil {
			continue
		}
		if c, complains := m.body.(*complaint); complains {
			return m.Index, c.about
		}
	}
	return 0, 0
}

// Digits returns the four digits of member index, which it reads aloud and the
// others compare: SHA-256 of "homphieu-digits-v1|" C "|" index, as a number, mod
// 10000. They are "" before all certificates are in, and nobody can know them:
// each certificate that is still to come changes the digits of all.
func (t *Transcript) Digits(index int) string {
	if t.view == "" {
		return ""
	}
	n := 0
	for _, b := range sha256.Sum256(fmt.Appendf(nil, "homphieu-digits-v1|%s|%d", t.view, index)) {
		n = (n<<8 | int(b)) % 10000
	}
	return fmt.Sprintf("%04d", n)
}

// Trustees returns the trustees object `[["Pedersen",…]]` that all members have
// confirmed, and [ErrUnfinished] before they have.
func (t *Transcript) Trustees() ([]byte, error) {
	if t.step != Finished {
		return nil, fmt.Errorf("%w: at the step %v", ErrUnfinished, t.step)
	}
	return t.trustees, nil
}

// Add verifies a message and takes it in. The same message again is taken
// without effect. The text is copied. A message that is refused changes nothing;
// see the errors of this package for the ways.
func (t *Transcript) Add(text []byte) error {
	m, err := ParseMessage(text)
	if err != nil {
		return err
	}
	return t.add(m)
}

func (t *Transcript) add(m *Message) error {
	if m.Ceremony != t.terms.Ceremony {
		return fmt.Errorf("%w: %v", ErrElsewhere, m)
	}
	if m.Index > t.terms.Size {
		return fmt.Errorf("%w: %v, there are %d", ErrFalse, m, t.terms.Size)
	}
	if sent := t.messages[m.Step][m.Index-1]; sent != nil {
		if bytes.Equal(sent.text, m.text) {
			return nil
		}
		return fmt.Errorf("%w: %v", ErrSecond, m)
	}
	if t.step == Failed {
		return fmt.Errorf("%w: %v", ErrFailed, m)
	}
	if m.Step != t.step {
		return fmt.Errorf("%w: %v, at the step %v", ErrOrder, m, t.step)
	}
	if err := m.body.verify(t, m); err != nil {
		return fmt.Errorf("%w: %v: %w", ErrFalse, m, err)
	}
	m.text = slices.Clone(m.text)
	t.messages[m.Step][m.Index-1] = m
	t.advance()
	return nil
}

// advance goes on to the next step if this one is complete.
func (t *Transcript) advance() {
	if by, _ := t.Complaint(); by != 0 {
		t.step = Failed
		return
	}
	if len(t.Waiting()) > 0 {
		return
	}
	switch t.step {
	case StepCertificate:
		t.closeCertificates()
	case StepReveal:
		t.sum = threshold.SumCoefexps(t.coefexps)
	case StepKey:
		t.closeKeys()
	}
	t.step++
}

// closeCertificates computes C: the hash of the list of all certificate
// messages.
func (t *Transcript) closeCertificates() {
	t.published = &threshold.Parameters{Threshold: t.terms.Threshold}
	list := wire.AppendList(nil, t.terms.Size, func(b []byte, i int) []byte {
		m := t.messages[StepCertificate][i]
		t.published.Certificates = append(t.published.Certificates, m.body.(*certificate).certificate)
		return append(b, m.text...)
	})
	t.view = hashOf(list)
}

// closeKeys makes the trustees object.
func (t *Transcript) closeKeys() {
	p := t.published
	for i := range t.terms.Size {
		r := t.reveal(i + 1)
		p.Coefexps, p.Signatures = append(p.Coefexps, r.coefexps), append(p.Signatures, r.signature)
		p.VerificationKeys = append(p.VerificationKeys, t.messages[StepKey][i].body.(*key).key)
	}
	t.trustees = append(p.AppendJSON([]byte(`[["Pedersen",`)), `]]`...)
}

func (t *Transcript) commit(index int) *commit {
	return t.messages[StepCommit][index-1].body.(*commit)
}

func (t *Transcript) reveal(index int) *reveal {
	return t.messages[StepReveal][index-1].body.(*reveal)
}

// hashOf is SHA-256 in hexadecimal.
func hashOf(text []byte) string {
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// AppendJSON appends {"meeting","ceremony","threshold","size","messages"}, the
// messages by step, and within a step by index, a complaint after all keys.
func (t *Transcript) AppendJSON(b []byte) []byte {
	b = fmt.Appendf(b, `{"meeting":"%s","ceremony":"%s","threshold":%d,"size":%d,"messages":`,
		t.terms.Meeting, t.terms.Ceremony, t.terms.Threshold, t.terms.Size)
	list := t.inOrder()
	b = wire.AppendList(b, len(list), func(b []byte, i int) []byte { return append(b, list[i].text...) })
	return append(b, '}')
}

func (t *Transcript) inOrder() (list []*Message) {
	var complaints []*Message
	for _, step := range t.messages {
		for _, m := range step {
			if m == nil {
				continue
			}
			if _, complains := m.body.(*complaint); complains {
				complaints = append(complaints, m)
			} else {
				list = append(list, m)
			}
		}
	}
	return append(list, complaints...) // which nothing comes after
}

// ParseTranscript reads what [Transcript.AppendJSON] appends and verifies
// everything in it again.
func ParseTranscript(text []byte) (*Transcript, error) {
	r, terms := wire.NewReader(text), Terms{}
	r.Literal(`{"meeting":`)
	terms.Meeting = r.Word()
	r.Literal(`,"ceremony":`)
	terms.Ceremony = r.Word()
	r.Literal(`,"threshold":`)
	terms.Threshold = r.Int()
	r.Literal(`,"size":`)
	terms.Size = r.Int()
	r.Literal(`,"messages":`)
	var messages []*Message
	r.List(func() { messages = append(messages, readMessage(r, text)) })
	r.Literal(`}`)
	if err := r.End(); err != nil {
		return nil, fmt.Errorf("%w: transcript: %w", ErrMalformed, err)
	}
	t, err := New(terms)
	if err != nil {
		return nil, err
	}
	for _, m := range messages {
		if err := checkLength(m.text); err != nil {
			return nil, err
		}
		if err := t.add(m); err != nil {
			return nil, err
		}
	}
	if !bytes.Equal(t.AppendJSON(nil), text) {
		return nil, fmt.Errorf("%w: transcript: messages not in order, or twice", ErrMalformed)
	}
	return t, nil
}
