package ceremony

import (
	"bytes"
	"crypto/hpke"
	"crypto/sha256"
	"fmt"

	"github.com/homphieu/homphieu/crypto/group"
	"github.com/homphieu/homphieu/crypto/threshold"
	"github.com/homphieu/homphieu/crypto/wire"
)

// A Member is one person's side of a ceremony. All secrets come from its seed
// and the transcript, which holds the rest sealed to it; what it remembers
// besides is what it was shown, and is public. It is not safe for concurrent
// use.
type Member struct {
	terms     Terms
	seed      string
	index     int // from 1
	transport hpke.PrivateKey
	memory    memory
}

// NewMember returns member index, from 1, with a seed of [threshold.NewSeed]
// that was never used before. It returns [ErrTerms] for terms, an index or a
// seed that cannot be.
func NewMember(terms Terms, seed string, index int) (*Member, error) {
	m, err := ResumeMember(terms, seed, index, "")
	if err != nil {
		return nil, err
	}
	m.memory.began = true
	return m, nil
}

// ResumeMember returns a member that goes on after its program has ended, and
// the errors of [NewMember]. Hellos is what [Member.Hellos] has returned last,
// and "" where that is not known: then the member goes on only if its commit is
// in the transcript, and [Member.Next] returns [ErrForgotten] otherwise.
func ResumeMember(terms Terms, seed string, index int, hellos string) (*Member, error) {
	if err := terms.Check(); err != nil {
		return nil, err
	}
	if index < 1 || index > terms.Size {
		return nil, fmt.Errorf("%w: member %d of %d", ErrTerms, index, terms.Size)
	}
	if len(seed) != threshold.SeedSize || !wire.IsBase58(seed) {
		return nil, fmt.Errorf("%w: seed is not of %d Base58 characters", ErrTerms, threshold.SeedSize)
	}
	return &Member{terms, seed, index, transportKey(terms.Ceremony, seed), memory{hellos: hellos}}, nil
}

// Hellos returns what the member must know to go on after its program has ended:
// the SHA-256, in hexadecimal, of the list of hellos for which it has given its
// certificate. It is "" before, and where it is not known. It is no secret, and
// must be kept before the certificate is sent.
func (m *Member) Hellos() string { return m.memory.hellos }

// Next returns the member's next message, or nil when it is for others to send
// theirs, and when the ceremony has finished. It checks first that the
// transcript goes on from the one before, that nobody else has spoken in the
// member's name, and that the certificates are those that were announced when
// the member gave its own; and then what only this member can check.
//
// It returns [ErrElsewhere], [ErrChanged], [ErrFailed], [ErrImpostor] or
// [ErrForgotten] for a transcript to which the member says nothing.
//
// Before a commit is asked for, people must have compared the digits of all
// members: with it the member agrees to all certificates.
//
// Some messages are drawn at random: the first one that is sent counts, and
// another one for the same step will be refused.
func (m *Member) Next(t *Transcript) ([]byte, error) {
	if err := m.follow(t); err != nil {
		return nil, err
	}
	if by, about := t.Complaint(); by != 0 {
		return nil, fmt.Errorf("%w: member %d about member %d", ErrFailed, by, about)
	}
	if err := m.checkOwn(t); err != nil {
		return nil, err
	}
	if err := m.memory.check(t, m.index); err != nil {
		return nil, err
	}
	if t.step == Finished || t.Sent(t.step, m.index) {
		return nil, nil
	}
	content, err := m.body(t)
	if err != nil {
		return nil, err
	}
	if t.step == StepCertificate {
		m.memory.hellos = t.hellos()
	}
	return newMessage(m.terms, m.index, content).Text(), nil
}

// follow takes a transcript as what the one before has become.
func (m *Member) follow(t *Transcript) error {
	if t.terms != m.terms {
		return fmt.Errorf("%w: transcript", ErrElsewhere)
	}
	return m.memory.see(t)
}

// checkOwn compares what the member has sent with what its seed gives. From the
// certificate on, messages are signed with its key, so that two are enough.
func (m *Member) checkOwn(t *Transcript) error {
	for _, own := range []*Message{m.hello(), m.certificate()} {
		if sent := t.messages[own.Step][m.index-1]; sent != nil && !bytes.Equal(sent.text, own.text) {
			return fmt.Errorf("%w: %v", ErrImpostor, sent)
		}
	}
	return nil
}

func (m *Member) hello() *Message {
	return newMessage(m.terms, m.index, &hello{sha256.Sum256(m.certificate().text)})
}

func (m *Member) certificate() *Message {
	return newMessage(m.terms, m.index, &certificate{
		threshold.NewCertificate(m.seed, m.terms.Size, m.terms.Threshold, m.index),
		threshold.SignAgain(m.seed, []byte(m.terms.transportMessage(m.index, m.transport.PublicKey()))),
	})
}

func (m *Member) body(t *Transcript) (body, error) {
	switch t.step {
	case StepHello:
		return m.hello().body, nil
	case StepCertificate:
		return m.certificate().body, nil
	case StepCommit:
		return m.commit(t)
	case StepReveal:
		return m.reveal(t)
	case StepKey:
		return m.key(t)
	default:
		return m.done(t)
	}
}

func (m *Member) sign(message string) threshold.Signed {
	return threshold.Sign(threshold.SigningKey(m.seed), []byte(message))
}

// commit draws the polynomial.
func (m *Member) commit(t *Transcript) (body, error) {
	p := threshold.NewPolynomial(m.terms.Threshold)
	own := secret{p, threshold.SignCoefexps(threshold.SigningKey(m.seed), p.Coefexps())}
	ciphertext, err := sealFor(m.transport.PublicKey(), t.polynomialInfo(m.index), string(own.appendJSON(nil)))
	if err != nil {
		return nil, err
	}
	hash := hashOf(own.coefexps.AppendJSON(nil))
	return &commit{ciphertext, m.sign(t.commitMessage(m.index, hash, ciphertext))}, nil
}

// reveal opens what commit has sealed, and seals a share to everybody.
func (m *Member) reveal(t *Transcript) (body, error) {
	own, err := m.openOwn(t)
	if err != nil {
		return nil, err
	}
	v := &reveal{coefexps: own.coefexps, shares: make([]sealed, m.terms.Size)}
	v.signature = threshold.SignCertificates(threshold.SigningKey(m.seed), t.published.Certificates, own.polynomial.Coefexps())
	for i := range v.shares {
		share := own.polynomial.Share(i + 1).String()
		if v.shares[i], err = sealFor(t.transports[i], t.shareInfo(m.index, i+1), share); err != nil {
			return nil, err
		}
	}
	v.statement = m.sign(t.revealMessage(m.index, v.shares))
	return v, nil
}

// openOwn opens the polynomial of the member's commit.
func (m *Member) openOwn(t *Transcript) (*secret, error) {
	text, err := t.commit(m.index).polynomial.open(m.transport, t.polynomialInfo(m.index))
	if err != nil {
		return nil, fmt.Errorf("%w: own polynomial: %w", ErrImpostor, err)
	}
	own, err := parseSecret(text)
	if err != nil {
		return nil, fmt.Errorf("%w: own polynomial: %w", ErrImpostor, err)
	}
	return own, nil
}

// key makes the member's key of all shares, or a complaint about the first that
// is bad.
func (m *Member) key(t *Transcript) (body, error) {
	s, bad, err := m.receive(t)
	if bad == m.index {
		return nil, fmt.Errorf("%w: own share: %w", ErrImpostor, err)
	}
	if err != nil {
		return &complaint{bad, m.sign(t.complaintMessage(m.index, bad))}, nil
	}
	return &key{threshold.NewVerificationKey(threshold.SigningKey(m.seed), s)}, nil
}

// receive opens and checks every share for the member and adds them up. After
// an error it names whose share is bad.
func (m *Member) receive(t *Transcript) (sum *group.Scalar, bad int, err error) {
	shares := make([]*group.Scalar, m.terms.Size)
	for i := range shares {
		if shares[i], err = m.open(t, i+1); err != nil {
			return nil, i + 1, err
		}
	}
	return threshold.DecryptionKey(shares), 0, nil
}

// open opens the share of member from, and checks it against its coefexps.
func (m *Member) open(t *Transcript, from int) (*group.Scalar, error) {
	text, err := t.reveal(from).shares[m.index-1].open(m.transport, t.shareInfo(from, m.index))
	if err != nil {
		return nil, err
	}
	share, err := group.ParseScalar([]byte(text))
	if err != nil {
		return nil, err
	}
	return share, t.coefexps[from-1].VerifyShare(m.index, share)
}

// done checks the member's share again, and the whole trustees object, before
// it confirms it: the reveals may have changed since the key was made, if that
// was in a program that has ended.
func (m *Member) done(t *Transcript) (body, error) {
	if _, err := m.Share(t); err != nil {
		return nil, err
	}
	if _, _, err := t.published.Verify(); err != nil {
		return nil, err
	}
	return &done{m.sign(t.doneMessage(m.index))}, nil
}

// Share returns S_j, what the member decrypts with, once all keys are in, and
// [ErrUnfinished] before. Its own key in the transcript is the image of it. It
// returns [ErrElsewhere], [ErrChanged] or [ErrImpostor] as [Member.Next] does.
func (m *Member) Share(t *Transcript) (*group.Scalar, error) {
	if err := m.follow(t); err != nil {
		return nil, err
	}
	if err := m.checkOwn(t); err != nil {
		return nil, err
	}
	if t.trustees == nil {
		return nil, fmt.Errorf("%w: at the step %v", ErrUnfinished, t.step)
	}
	s, bad, err := m.receive(t)
	if err != nil {
		return nil, fmt.Errorf("share of member %d: %w", bad, err)
	}
	return s, nil
}

// polynomialInfo is what binds a sealed polynomial to its place.
func (t *Transcript) polynomialInfo(index int) string { return t.info("polynomial", index, index) }

// shareInfo is what binds a sealed share to its place.
func (t *Transcript) shareInfo(from, to int) string { return t.info("share", from, to) }

func (t *Transcript) info(kind string, from, to int) string {
	return fmt.Sprintf("homphieu-%s-v1|%s|%s|%s|%d|%d", kind, t.terms.Meeting, t.terms.Ceremony, t.view, from, to)
}

// A secret is what a member seals to itself.
type secret struct {
	polynomial threshold.Polynomial
	coefexps   threshold.Signed
}

// appendJSON appends {"polynomial","coefexps"}.
func (s *secret) appendJSON(b []byte) []byte {
	b = wire.AppendList(append(b, `{"polynomial":`...), len(s.polynomial), func(b []byte, i int) []byte {
		return wire.AppendScalar(b, s.polynomial[i])
	})
	return append(s.coefexps.AppendJSON(append(b, `,"coefexps":`...)), '}')
}

func parseSecret(text string) (*secret, error) {
	r, s := wire.NewReader([]byte(text)), new(secret)
	r.Literal(`{"polynomial":`)
	r.List(func() { s.polynomial = append(s.polynomial, r.Scalar()) })
	r.Literal(`,"coefexps":`)
	s.coefexps = threshold.ReadSigned(r)
	r.Literal(`}`)
	return s, r.End()
}
