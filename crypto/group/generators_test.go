package group

import (
	"fmt"
	"math/big"

	"pgregory.net/rapid"
)

// order is q, computed apart from the code under test.
var order = func() *big.Int {
	low, _ := new(big.Int).SetString("27742317777372353535851937790883648493", 10)
	return low.Add(low, pow2(252))
}()

// prime is p, the modulus of the coordinates.
var prime = new(big.Int).Sub(pow2(255), big.NewInt(19))

func pow2(n uint) *big.Int { return new(big.Int).Lsh(big.NewInt(1), n) }

// edges are the numbers at which scalar arithmetic is likely to go wrong:
// around 0, q/2, 2^252, q, limbs, and the windows of the exponentiations.
var edges = func() []*big.Int {
	var edges []*big.Int
	around := func(n *big.Int) {
		for d := int64(-2); d <= 2; d++ {
			edges = append(edges, new(big.Int).Mod(new(big.Int).Add(n, big.NewInt(d)), order))
		}
	}
	around(new(big.Int))
	around(new(big.Int).Rsh(order, 1))
	for _, n := range []uint{4, 5, 8, 16, 32, 63, 64, 65, 127, 128, 192, 248, 251, 252} {
		around(pow2(n))
	}
	return edges
}()

// numbers draws numbers below q, two thirds of them edge values, very low or
// very high.
func numbers() *rapid.Generator[*big.Int] {
	uniform := rapid.Map(rapid.SliceOfN(rapid.Byte(), 64, 64), func(b []byte) *big.Int {
		return new(big.Int).Mod(new(big.Int).SetBytes(b), order)
	})
	low := rapid.Map(rapid.Uint64(), func(n uint64) *big.Int { return new(big.Int).SetUint64(n) })
	high := rapid.Map(low, func(n *big.Int) *big.Int { return new(big.Int).Sub(new(big.Int).Sub(order, big.NewInt(1)), n) })
	return rapid.OneOf(rapid.SampledFrom(edges), rapid.SampledFrom(edges), low, high, uniform, uniform)
}

func scalars() *rapid.Generator[*Scalar] { return rapid.Map(numbers(), scalarOf) }

// elements draws elements of which some are the identity and small powers.
func elements() *rapid.Generator[*Element] { return rapid.Map(scalars(), BaseExp) }

// scalarOf makes a scalar through its wire form.
func scalarOf(n *big.Int) *Scalar {
	s, err := ParseScalar([]byte(n.String()))
	if err != nil {
		panic(fmt.Sprintf("test: %v: %v", n, err))
	}
	return s
}

// numberOf reads a scalar through its wire form.
func numberOf(s *Scalar) *big.Int {
	n, ok := new(big.Int).SetString(s.String(), 10)
	if !ok {
		panic("test: not a number: " + s.String())
	}
	return n
}
