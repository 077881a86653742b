// Package grouptest has the numbers, points and texts by which the tests of package
// group and of its engines find what goes wrong at edges. All of it is computed
// by big numbers and by filippo.io/edwards25519, apart from the code under test.
package grouptest

import (
	"crypto/sha512"
	"encoding/binary"
	"math/big"

	"filippo.io/edwards25519"
	"pgregory.net/rapid"
)

// Order is q, Prime is p.
var (
	Order = func() *big.Int {
		low, _ := new(big.Int).SetString("27742317777372353535851937790883648493", 10)
		return low.Add(low, pow2(252))
	}()
	Prime = new(big.Int).Sub(pow2(255), big.NewInt(19))
)

func pow2(n uint) *big.Int { return new(big.Int).Lsh(big.NewInt(1), n) }

// Edges are exponents at which digits and windows are likely to go wrong, around q
// and up to 2^253 - 1, which the engines take although no scalar is so large.
var Edges = func() (edges []*big.Int) {
	limit := pow2(253)
	around := func(n *big.Int) {
		for d := int64(-2); d <= 2; d++ {
			if e := new(big.Int).Add(n, big.NewInt(d)); e.Sign() >= 0 && e.Cmp(limit) < 0 {
				edges = append(edges, e)
			}
		}
	}
	around(new(big.Int))
	around(Order)
	for _, n := range []uint{4, 5, 8, 16, 63, 64, 65, 127, 128, 192, 248, 251, 252, 253} {
		around(pow2(n))
	}
	return edges
}()

// Exponents draws numbers below 2^253, half of them of Edges.
func Exponents() *rapid.Generator[*big.Int] {
	uniform := rapid.Map(rapid.SliceOfN(rapid.Byte(), 32, 32), func(b []byte) *big.Int {
		n := new(big.Int).SetBytes(b)
		return n.Mod(n, pow2(253))
	})
	return rapid.OneOf(rapid.SampledFrom(Edges), uniform)
}

// LittleEndian writes a number below 2^256.
func LittleEndian(n *big.Int) (le [32]byte) {
	n.FillBytes(le[:])
	for i, j := 0, 31; i < j; i, j = i+1, j-1 {
		le[i], le[j] = le[j], le[i]
	}
	return le
}

// Number reads what LittleEndian writes.
func Number(le [32]byte) *big.Int {
	for i, j := 0, 31; i < j; i, j = i+1, j-1 {
		le[i], le[j] = le[j], le[i]
	}
	return new(big.Int).SetBytes(le[:])
}

// Exp returns p^n, of a point p of the subgroup, in constant time.
func Exp(p *edwards25519.Point, n *big.Int) *edwards25519.Point {
	le := LittleEndian(new(big.Int).Mod(n, Order))
	s, err := edwards25519.NewScalar().SetCanonicalBytes(le[:])
	if err != nil {
		panic("grouptest: " + err.Error())
	}
	return new(edwards25519.Point).ScalarMult(s, p)
}

// Sum returns the sum of two points.
func Sum(p, q *edwards25519.Point) *edwards25519.Point { return new(edwards25519.Point).Add(p, q) }

// Point returns the n-th of fixed points of the subgroup.
func Point(n int) *edwards25519.Point {
	wide := sha512.Sum512(binary.BigEndian.AppendUint64(nil, uint64(n)))
	return Exp(edwards25519.NewGeneratorPoint(), new(big.Int).SetBytes(wide[:]))
}

// Small are k·T for a point T of order 8, k = 0 … 7.
var Small = func() (points [8]*edwards25519.Point) {
	y, _ := new(big.Int).SetString("7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7", 16)
	le := LittleEndian(y)
	eighth, err := new(edwards25519.Point).SetBytes(le[:])
	if err != nil {
		panic("grouptest: " + err.Error())
	}
	points[0] = edwards25519.NewIdentityPoint()
	for k := 1; k < 8; k++ {
		points[k] = Sum(points[k-1], eighth)
		if points[k].Equal(points[0]) == 1 {
			panic("grouptest: T is not of order 8")
		}
	}
	if Sum(points[7], eighth).Equal(points[0]) != 1 {
		panic("grouptest: 8·T is not the identity")
	}
	return points
}()

// Points are of every kind: of the subgroup, of small order, and of neither; with
// opposite and equal ones, so that all pairs of them are all pairs that formulas
// may find hard.
func Points() (points []*edwards25519.Point) {
	for k := range Small {
		points = append(points, Small[k], Sum(Point(k), Small[k]))
	}
	g := edwards25519.NewGeneratorPoint()
	return append(points, g, new(edwards25519.Point).Negate(g))
}

// Encodings are thousands of texts of which about half are points, with all that
// the library takes and a strict reader must not.
func Encodings() (all [][32]byte) {
	bothSigns := func(y *big.Int) {
		for sign := range uint(2) {
			all = append(all, LittleEndian(new(big.Int).SetBit(y, 255, sign)))
		}
	}
	for n := range int64(300) {
		bothSigns(big.NewInt(n))
	}
	for n := int64(-300); n < 19; n++ { // up to 2^255 - 1
		bothSigns(new(big.Int).Add(Prime, big.NewInt(n)))
	}
	for _, p := range Points() {
		bothSigns(Number([32]byte(p.Bytes())))
	}
	for n := range uint64(4000) {
		sum := sha512.Sum512(binary.BigEndian.AppendUint64(nil, n))
		all = append(all, [32]byte(sum[:]))
	}
	return all
}

// Canonical returns the point that an encoding is, or nil: the encoding of RFC 8032
// §5.1.2 that the library writes again as it was.
func Canonical(encoding [32]byte) *edwards25519.Point {
	p, err := new(edwards25519.Point).SetBytes(encoding[:])
	if err != nil || [32]byte(p.Bytes()) != encoding {
		return nil
	}
	return p
}
