package threshold

import (
	"slices"

	"github.com/homphieu/homphieu/crypto/group"
	"github.com/homphieu/homphieu/crypto/wire"
)

// A Polynomial is a trustee's secret f, by its coefficients from a0 on.
type Polynomial []*group.Scalar

// NewPolynomial draws a polynomial of degree threshold-1.
func NewPolynomial(threshold int) Polynomial {
	p := make(Polynomial, threshold)
	for i := range p {
		p[i] = group.RandomScalar()
	}
	return p
}

// Share returns f(index), which is for trustee index (from 1) alone.
func (p Polynomial) Share(index int) *group.Scalar {
	x, y := group.ScalarFromInt(index), new(group.Scalar)
	for i := len(p) - 1; i >= 0; i-- {
		y = y.Mul(x).Add(p[i])
	}
	return y
}

// Coefexps returns g^a for each coefficient a.
func (p Polynomial) Coefexps() Coefexps {
	c := make(Coefexps, len(p))
	for i, a := range p {
		c[i] = group.BaseExp(a)
	}
	return c
}

// Coefexps are the public images g^a of a polynomial's coefficients.
type Coefexps []*group.Element

// AppendJSON appends the list of elements.
func (c Coefexps) AppendJSON(b []byte) []byte {
	return wire.AppendList(b, len(c), func(b []byte, i int) []byte { return wire.AppendElement(b, c[i]) })
}

// message is the text that a trustee signs to publish its coefexps.
func (c Coefexps) message() []byte {
	return append(c.AppendJSON([]byte(`{"coefexps":`)), '}')
}

// SignCoefexps signs c with the signing key sk.
func SignCoefexps(sk *group.Scalar, c Coefexps) Signed { return Sign(sk, c.message()) }

// parseCoefexps reads the text of signed coefexps.
func parseCoefexps(message string) (c Coefexps, err error) {
	r := wire.NewReader([]byte(message))
	r.Literal(`{"coefexps":`)
	r.List(func() { c = append(c, r.Element()) })
	r.Literal(`}`)
	return c, r.End()
}

// SumCoefexps returns the coefexps of the sum of all trustees' polynomials,
// Π_i A_ik for each k. Each of the lists has the length of the first; there is
// at least one. The first element of the sum is the board's public key, and its
// image of j is g^S_j.
func SumCoefexps(polynomials []Coefexps) Coefexps {
	sum := slices.Clone(polynomials[0])
	for _, c := range polynomials[1:] {
		for k := range sum {
			sum[k] = sum[k].Mul(c[k])
		}
	}
	return sum
}

// Image returns g^f(index) = Π_k A_k^(index^k).
func (c Coefexps) Image(index int) *group.Element {
	x, power := group.ScalarFromInt(index), group.ScalarFromInt(1)
	exponents := make([]*group.Scalar, len(c))
	for k := range c {
		exponents[k], power = power, power.Mul(x)
	}
	return group.VarTimeProduct(c, exponents)
}

// VerifyShare checks that share is f(index) for the polynomial behind c.
func (c Coefexps) VerifyShare(index int, share *group.Scalar) error {
	if !group.BaseExp(share).Equal(c.Image(index)) {
		return ErrShare
	}
	return nil
}

// DecryptionKey adds up the shares that all trustees gave to one: its S_j.
func DecryptionKey(shares []*group.Scalar) *group.Scalar {
	sum := new(group.Scalar)
	for _, s := range shares {
		sum = sum.Add(s)
	}
	return sum
}

// Lagrange returns the coefficients λ with f(0) = Σ λ_i · f(indices[i]) for
// every polynomial of degree below len(indices). The indices must be distinct
// and not 0.
func Lagrange(indices []int) []*group.Scalar {
	coefficients := make([]*group.Scalar, len(indices))
	for i, xi := range indices {
		over, under := group.ScalarFromInt(1), group.ScalarFromInt(1)
		for j, xj := range indices {
			if j != i {
				over = over.Mul(group.ScalarFromInt(xj))
				under = under.Mul(group.ScalarFromInt(xj - xi))
			}
		}
		coefficients[i] = over.Mul(under.Inv())
	}
	return coefficients
}
