// Package elgamal encrypts small numbers so that they can be added while they
// are encrypted (exponential ElGamal; Cramer, Gennaro, Schoenmakers 1997).
//
// Under the public key y a number m becomes (α, β) = (g^r, y^r·g^m). The
// product of two ciphertexts encrypts the sum of their numbers.
package elgamal

import (
	"errors"

	"github.com/homphieu/homphieu/crypto/group"
	"github.com/homphieu/homphieu/crypto/wire"
)

// A PublicKey is an election's key y with what makes public computations with
// it fast. It is safe for concurrent use.
type PublicKey struct {
	y     *group.Element
	table *group.Table
}

// ErrIdentity is returned for a key that would encrypt nothing.
var ErrIdentity = errors.New("public key: the identity")

// NewPublicKey prepares y, which must not be the identity.
func NewPublicKey(y *group.Element) (*PublicKey, error) {
	if y.IsIdentity() {
		return nil, ErrIdentity
	}
	return &PublicKey{y: y, table: group.NewTable(y)}, nil
}

// Element returns y.
func (k *PublicKey) Element() *group.Element { return k.y }

// Exp returns y^s in constant time.
func (k *PublicKey) Exp(s *group.Scalar) *group.Element { return k.y.Exp(s) }

// VarTimeExp returns y^s for a public s.
func (k *PublicKey) VarTimeExp(s *group.Scalar) *group.Element { return k.table.VarTimeExp(s) }

// A Ciphertext is the pair (α, β).
type Ciphertext struct{ Alpha, Beta *group.Element }

// Zero returns the ciphertext of 0 with randomness 0, the empty product.
func Zero() Ciphertext { return Ciphertext{group.Identity(), group.Identity()} }

// Encrypt returns the ciphertext of m with randomness r, which must be drawn
// anew for each ciphertext and kept secret. The time does not depend on m or r.
func (k *PublicKey) Encrypt(m int, r *group.Scalar) Ciphertext {
	return Ciphertext{group.BaseExp(r), k.Exp(r).Mul(group.BaseExp(group.ScalarFromInt(m)))}
}

// Mul returns the ciphertext of the sum of both numbers.
func (c Ciphertext) Mul(d Ciphertext) Ciphertext {
	return Ciphertext{c.Alpha.Mul(d.Alpha), c.Beta.Mul(d.Beta)}
}

// Equal reports whether c and d are the same pair.
func (c Ciphertext) Equal(d Ciphertext) bool {
	return c.Alpha.Equal(d.Alpha) && c.Beta.Equal(d.Beta)
}

// AppendJSON appends {"alpha","beta"}, the form in ballots and tallies.
func (c Ciphertext) AppendJSON(b []byte) []byte {
	b = wire.AppendElement(append(b, `{"alpha":`...), c.Alpha)
	b = wire.AppendElement(append(b, `,"beta":`...), c.Beta)
	return append(b, '}')
}

// ReadCiphertext reads what [Ciphertext.AppendJSON] appends, both points
// checked in full.
func ReadCiphertext(r *wire.Reader) (c Ciphertext) {
	r.Literal(`{"alpha":`)
	c.Alpha = r.Element()
	r.Literal(`,"beta":`)
	c.Beta = r.Element()
	r.Literal(`}`)
	return c
}

// Unchecked is a ciphertext of which it is not known yet whether its points
// lie in the subgroup.
type Unchecked struct{ Alpha, Beta *group.Unchecked }

// ReadUnchecked reads the form of [ReadCiphertext] without that check.
func ReadUnchecked(r *wire.Reader) (c Unchecked) {
	r.Literal(`{"alpha":`)
	c.Alpha = r.Unchecked()
	r.Literal(`,"beta":`)
	c.Beta = r.Unchecked()
	r.Literal(`}`)
	return c
}

// Powers is a ciphertext whose points are prepared for the exponentiations of
// a proof's verification. Release gives its memory back.
type Powers struct {
	Ciphertext  Ciphertext
	alpha, beta *group.Powers
}

// Powers checks that both points lie in the subgroup and prepares them.
func (c Unchecked) Powers() (*Powers, error) {
	alpha, alphaPowers, err := c.Alpha.Powers()
	if err != nil {
		return nil, err
	}
	beta, betaPowers, err := c.Beta.Powers()
	if err != nil {
		alphaPowers.Release()
		return nil, err
	}
	return &Powers{Ciphertext{alpha, beta}, alphaPowers, betaPowers}, nil
}

// Powers prepares a ciphertext that is known to be in the group.
func (c Ciphertext) Powers() *Powers {
	return &Powers{c, group.PowersOf(c.Alpha), group.PowersOf(c.Beta)}
}

// VarTimeExp returns (α^s, β^s).
func (p *Powers) VarTimeExp(s *group.Scalar) (alpha, beta *group.Element) {
	return p.alpha.VarTimeExp(s), p.beta.VarTimeExp(s)
}

// Release gives the memory of p back. Its ciphertext stays usable.
func (p *Powers) Release() {
	p.alpha.Release()
	p.beta.Release()
}
