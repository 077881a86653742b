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

// NewBatch begins a batch of powers of public points, in which y is a fixed base.
func (k *PublicKey) NewBatch() *group.Batch { return group.NewBatch(k.table) }

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

// A Ref is a ciphertext in a batch.
type Ref struct{ Alpha, Beta group.Ref }

// In takes the points of a ciphertext into a batch, to be checked.
func (c Unchecked) In(b *group.Batch) Ref { return Ref{b.Point(c.Alpha), b.Point(c.Beta)} }

// In takes a ciphertext into a batch.
func (c Ciphertext) In(b *group.Batch) Ref { return Ref{b.Element(c.Alpha), b.Element(c.Beta)} }

// Product takes in the product of ciphertexts of a batch, which encrypts the sum of
// their numbers.
func Product(b *group.Batch, factors ...Ref) Ref {
	alphas, betas := make([]group.Ref, len(factors)), make([]group.Ref, len(factors))
	for i, f := range factors {
		alphas[i], betas[i] = f.Alpha, f.Beta
	}
	return Ref{b.Product(alphas...), b.Product(betas...)}
}

// Err returns [group.ErrElement] if a point of the ciphertext is no element, once
// the batch has run.
func (r Ref) Err(b *group.Batch) error {
	if err := b.Err(r.Alpha); err != nil {
		return err
	}
	return b.Err(r.Beta)
}

// VarTime returns a ciphertext without error.
func (r Ref) VarTime(b *group.Batch) VarTimeCiphertext {
	return VarTimeCiphertext{b.VarTime(r.Alpha), b.VarTime(r.Beta)}
}

// A VarTimeCiphertext is a ciphertext whose arithmetic leaks it through time. All of a
// ballot or tally is public.
type VarTimeCiphertext struct{ Alpha, Beta group.VarTimeElement }

// VarTime returns c for arithmetic in variable time.
func (c Ciphertext) VarTime() VarTimeCiphertext {
	return VarTimeCiphertext{c.Alpha.VarTime(), c.Beta.VarTime()}
}

// Mul sets c to the product of both, which encrypts the sum of their numbers.
func (c *VarTimeCiphertext) Mul(d *VarTimeCiphertext) {
	c.Alpha.Mul(&d.Alpha)
	c.Beta.Mul(&d.Beta)
}

// Ciphertext returns c as it is now.
func (c *VarTimeCiphertext) Ciphertext() Ciphertext {
	return Ciphertext{c.Alpha.Element(), c.Beta.Element()}
}

// AppendList appends α "," β of a ciphertext without error.
func (r Ref) AppendList(b *group.Batch, text []byte) []byte {
	return b.AppendPoint(append(b.AppendPoint(text, r.Alpha), ','), r.Beta)
}
