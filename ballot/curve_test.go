package ballot

import (
	"fmt"
	"math/big"
)

// The curve once more, in affine coordinates and math/big, sharing nothing
// with crypto/group: a test that spoils a point must not depend on the code
// that should notice it.

// fieldPrime is p = 2^255 - 19.
var fieldPrime = new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 255), big.NewInt(19))

// torsion holds the wire form of the seven points of small order other than
// the identity: order 8, 4, 8, 2, 8, 4, 8 (k·T for k = 1 … 7, RFC 7748 §7).
var torsion = func() (t [7]string) {
	const generator = "7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7"
	t[0] = generator
	for k := 1; k < len(t); k++ {
		t[k] = addPoints(t[k-1], generator)
	}
	return t
}()

// addPoints adds two points in wire form.
func addPoints(a, b string) string {
	x1, y1 := affine(a)
	x2, y2 := affine(b)
	xx, yy := mulMod(x1, x2), mulMod(y1, y2)
	k := mulMod(curveD(), mulMod(xx, yy))
	one := big.NewInt(1)
	x := mulMod(new(big.Int).Add(mulMod(x1, y2), mulMod(x2, y1)), inverse(new(big.Int).Add(one, k)))
	y := mulMod(new(big.Int).Add(yy, xx), inverse(new(big.Int).Sub(one, k)))
	return wirePoint(x, y)
}

// negatePoint returns -a.
func negatePoint(a string) string {
	x, y := affine(a)
	return wirePoint(new(big.Int).Mod(new(big.Int).Neg(x), fieldPrime), y)
}

func wirePoint(x, y *big.Int) string {
	sign := new(big.Int).Lsh(big.NewInt(int64(x.Bit(0))), 255)
	return fmt.Sprintf("%064x", sign.Xor(sign, y))
}

// affine solves -x² + y² = 1 + d·x²·y² for the x of the right sign.
func affine(wire string) (x, y *big.Int) {
	n, _ := new(big.Int).SetString(wire, 16)
	sign := n.Bit(255)
	y = new(big.Int).SetBit(n, 255, 0)
	yy, one := mulMod(y, y), big.NewInt(1)
	over := new(big.Int).Sub(yy, one)
	under := new(big.Int).Add(mulMod(curveD(), yy), one)
	square := mulMod(over, inverse(under))
	x = new(big.Int).ModSqrt(square, fieldPrime)
	if x == nil {
		panic("test: not a point of the curve: " + wire)
	}
	if x.Bit(0) != sign && x.Sign() != 0 {
		x.Sub(fieldPrime, x)
	}
	return x, y
}

// curveD is d = -121665/121666.
func curveD() *big.Int {
	return mulMod(new(big.Int).Sub(fieldPrime, big.NewInt(121665)), inverse(big.NewInt(121666)))
}

func mulMod(a, b *big.Int) *big.Int {
	return new(big.Int).Mod(new(big.Int).Mul(a, b), fieldPrime)
}

func inverse(a *big.Int) *big.Int {
	return new(big.Int).ModInverse(new(big.Int).Mod(a, fieldPrime), fieldPrime)
}
