package tally

import (
	"errors"
	"fmt"
	"slices"

	"github.com/homphieu/homphieu/ballot"
	"github.com/homphieu/homphieu/crypto/group"
	"github.com/homphieu/homphieu/crypto/wire"
	"github.com/homphieu/homphieu/crypto/zkp"
)

// Slips counts what became of the paper slips of a poll.
type Slips struct {
	Printed     int // all that were made
	Issued      int // handed to voters and not exchanged
	Exchanged   int // taken back after a mistake, another was issued
	Unissued    int // never handed out
	Returned    int // issued and given back unused
	NotReturned int // issued, neither cast nor given back
	Cast        int // ballots in the box
}

// A Closing is what the counting board states when the poll has closed: the
// file UUID.closing.json beside the archive. It names the event that ended the
// ballots, so that it cannot be put beside another box.
//
// Two board members sign, with the keys of their certificates, the text
// "homphieu-closing-v1|" followed by the canonical JSON without its signatures
// member (docs/PROTOCOL.md, closing file).
type Closing struct {
	Election   ballot.Fingerprint
	EndBallots [32]byte
	Slips      Slips
	Voided     []ballot.CredentialKey // ascending
	Signatures []ClosingSignature     // ascending by owner
}

// A ClosingSignature is one board member's signature.
type ClosingSignature struct {
	Owner     int
	Signature zkp.Proof
}

// Signers is how many board members must sign a closing file; a poll whose
// trustees are fewer needs all of them.
const Signers = 2

// ErrClosing is returned for a closing file that does not hold.
var ErrClosing = errors.New("closing file: does not hold")

// Sign adds the signature of the trustee owner with its signing key. Owners
// must sign in ascending order.
func (c *Closing) Sign(owner int, sk *group.Scalar) {
	c.Signatures = append(c.Signatures, ClosingSignature{owner, zkp.Sign(sk, c.message())})
}

// AddSignature verifies a signature that a trustee made elsewhere and puts it
// into its place. A second one of the same trustee is refused.
func (c *Closing) AddSignature(trustees *Trustees, s ClosingSignature) error {
	m, err := trustees.Trustee(s.Owner)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrClosing, err)
	}
	if err := zkp.VerifySignature(m.Signing, c.message(), s.Signature); err != nil {
		return fmt.Errorf("%w: signature of trustee %d: %w", ErrClosing, s.Owner, err)
	}
	i, signed := slices.BinarySearchFunc(c.Signatures, s.Owner, func(have ClosingSignature, owner int) int { return have.Owner - owner })
	if signed {
		return fmt.Errorf("%w: trustee %d has signed already", ErrClosing, s.Owner)
	}
	c.Signatures = slices.Insert(c.Signatures, i, s)
	return nil
}

// ParseClosingSignature reads {"owner","signature"}, as it stands in a closing
// file. Nothing is verified.
func ParseClosingSignature(text []byte) (ClosingSignature, error) {
	r := wire.NewReader(text)
	s := readClosingSignature(r)
	if err := r.End(); err != nil {
		return s, fmt.Errorf("%w: signature: %w", ErrClosing, err)
	}
	return s, nil
}

func readClosingSignature(r *wire.Reader) (s ClosingSignature) {
	r.Literal(`{"owner":`)
	s.Owner = r.Int()
	r.Literal(`,"signature":`)
	s.Signature = zkp.ReadProof(r)
	r.Literal(`}`)
	return s
}

func (c *Closing) message() string {
	return "homphieu-closing-v1|" + string(append(c.appendStatement(nil), '}'))
}

func (c *Closing) appendStatement(b []byte) []byte {
	b = wire.AppendText(append(b, `{"schema":1,"election":`...), string(c.Election))
	b = wire.AppendHash(append(b, `,"end_ballots":`...), c.EndBallots)
	s := c.Slips
	b = fmt.Appendf(b, `,"slips":{"printed":%d,"issued":%d,"exchanged":%d,"unissued":%d,"returned":%d,"not_returned":%d,"cast":%d},"voided":`,
		s.Printed, s.Issued, s.Exchanged, s.Unissued, s.Returned, s.NotReturned, s.Cast)
	return wire.AppendList(b, len(c.Voided), func(b []byte, i int) []byte { return wire.AppendHash(b, c.Voided[i]) })
}

// AppendJSON appends the closing file's canonical text.
func (c *Closing) AppendJSON(b []byte) []byte {
	b = append(c.appendStatement(b), `,"signatures":`...)
	b = wire.AppendList(b, len(c.Signatures), func(b []byte, i int) []byte {
		b = fmt.Appendf(b, `{"owner":%d,"signature":`, c.Signatures[i].Owner)
		return append(c.Signatures[i].Signature.AppendJSON(b), '}')
	})
	return append(b, '}')
}

// ParseClosing reads what [Closing.AppendJSON] appends.
func ParseClosing(text []byte) (*Closing, error) {
	r, c := wire.NewReader(text), new(Closing)
	r.Literal(`{"schema":1,"election":`)
	c.Election = ballot.Fingerprint(r.Word())
	r.Literal(`,"end_ballots":`)
	c.EndBallots = r.Hash()
	readSlips(r, &c.Slips)
	r.Literal(`,"voided":`)
	r.List(func() { c.Voided = append(c.Voided, r.Hash()) })
	r.Literal(`,"signatures":`)
	r.List(func() { c.Signatures = append(c.Signatures, readClosingSignature(r)) })
	r.Literal(`}`)
	if err := r.End(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrClosing, err)
	}
	return c, nil
}

func readSlips(r *wire.Reader, s *Slips) {
	r.Literal(`,"slips":`)
	for _, f := range []struct {
		name  string
		value *int
	}{
		{`{"printed":`, &s.Printed}, {`,"issued":`, &s.Issued}, {`,"exchanged":`, &s.Exchanged}, {`,"unissued":`, &s.Unissued},
		{`,"returned":`, &s.Returned}, {`,"not_returned":`, &s.NotReturned}, {`,"cast":`, &s.Cast},
	} {
		r.Literal(f.name)
		*f.value = r.Int()
	}
	r.Literal(`}`)
}

// Verify checks the file against the election, its trustees and the archive:
// the hash of its EndBallots event and the number of its ballots. That the
// voided credentials are listed and unused is for who has the lists.
func (c *Closing) Verify(e *ballot.Election, trustees *Trustees, endBallots [32]byte, ballots int) error {
	if c.Election != e.Fingerprint() || c.EndBallots != endBallots {
		return fmt.Errorf("%w: made for another ballot box", ErrClosing)
	}
	if c.Slips.Cast != ballots {
		return fmt.Errorf("%w: %d cast, the box holds %d", ErrClosing, c.Slips.Cast, ballots)
	}
	if err := c.Slips.Reconcile(len(c.Voided)); err != nil {
		return fmt.Errorf("%w: %w", ErrClosing, err)
	}
	for i := 1; i < len(c.Voided); i++ {
		if string(c.Voided[i-1][:]) >= string(c.Voided[i][:]) {
			return fmt.Errorf("%w: voided credentials: not in ascending order", ErrClosing)
		}
	}
	return c.verifySignatures(trustees)
}

// Reconcile checks the identities that the counts of slips must meet, given
// how many were voided. It names the first that fails, with both sides.
func (s Slips) Reconcile(voided int) error {
	switch {
	case s.Printed != s.Issued+s.Exchanged+s.Unissued:
		return fmt.Errorf("slips: printed %d, issued + exchanged + unissued %d", s.Printed, s.Issued+s.Exchanged+s.Unissued)
	case s.Issued != s.Cast+s.Returned+s.NotReturned:
		return fmt.Errorf("slips: issued %d, cast + returned + not returned %d", s.Issued, s.Cast+s.Returned+s.NotReturned)
	case voided > s.Exchanged+s.Returned+s.Unissued:
		return fmt.Errorf("slips: voided %d, exchanged + returned + unissued %d", voided, s.Exchanged+s.Returned+s.Unissued)
	}
	return nil
}

// verifySignatures counts one person once, even if the trustees list has the
// same key under two numbers.
func (c *Closing) verifySignatures(trustees *Trustees) error {
	if want := min(Signers, trustees.Len()); len(c.Signatures) < want {
		return fmt.Errorf("%w: %d signatures, want %d", ErrClosing, len(c.Signatures), want)
	}
	message := c.message()
	for i, s := range c.Signatures {
		m, err := trustees.Trustee(s.Owner)
		if err != nil {
			return fmt.Errorf("%w: %w", ErrClosing, err)
		}
		if i > 0 && s.Owner <= c.Signatures[i-1].Owner {
			return fmt.Errorf("%w: signatures: not in ascending order", ErrClosing)
		}
		if err := zkp.VerifySignature(m.Signing, message, s.Signature); err != nil {
			return fmt.Errorf("%w: signature of trustee %d: %w", ErrClosing, s.Owner, err)
		}
	}
	return nil
}
