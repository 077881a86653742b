//go:build amd64 && !purego

package lanes

import (
	"fmt"
	"math/big"
	"testing"

	"pgregory.net/rapid"

	"github.com/homphieu/homphieu/crypto/group/grouptest"
)

// TestArithmetic compares with big numbers, for all limbs that may come, and with
// the result in place of an argument.
func TestArithmetic(t *testing.T) {
	need(t)
	for name, op := range map[string]struct {
		lanes func(z, x, y *Field)
		plain func(z, x, y *big.Int) *big.Int
	}{
		"mul": {mul, (*big.Int).Mul},
		"add": {add, (*big.Int).Add},
		"sub": {sub, (*big.Int).Sub},
	} {
		t.Run(name, rapid.MakeCheck(func(t *rapid.T) {
			x, y := loose().Draw(t, "x"), loose().Draw(t, "y")
			want := func(x, y Field) func(int) *big.Int {
				return func(lane int) *big.Int { return op.plain(new(big.Int), x.number(lane), y.number(lane)) }
			}
			var z Field
			a, b := x, y
			op.lanes(&z, &a, &b)
			checkField(t, "z", &z, want(x, y))
			if a != x || b != y {
				t.Fatal("an argument was changed")
			}
			op.lanes(&a, &a, &b)
			checkField(t, "z is x", &a, want(x, y))
			a = x
			op.lanes(&b, &a, &b)
			checkField(t, "z is y", &b, want(x, y))
			op.lanes(&a, &a, &a)
			checkField(t, "all one", &a, want(x, x))
		}))
	}
}

// TestLargest: every limb of every lane as large as it may be.
func TestLargest(t *testing.T) {
	need(t)
	var zero, z Field
	f := largest(1<<52, 1<<52)
	n := f.number(0)
	mul(&z, &f, &f)
	checkField(t, "mul", &z, func(int) *big.Int { return new(big.Int).Mul(n, n) })
	add(&z, &f, &f)
	checkField(t, "add", &z, func(int) *big.Int { return new(big.Int).Add(n, n) })
	sub(&z, &zero, &f)
	checkField(t, "0 - x", &z, func(int) *big.Int { return new(big.Int).Neg(n) })
	sub(&z, &f, &zero)
	checkField(t, "x - 0", &z, func(int) *big.Int { return new(big.Int).Set(n) })
	f = largest(1<<51+excess, 1<<51)
	square(&z, &f, 1)
	checkField(t, "square", &z, func(int) *big.Int { return new(big.Int).Mul(f.number(0), f.number(0)) })
}

func TestSquare(t *testing.T) {
	need(t)
	rapid.Check(t, func(t *rapid.T) {
		x, n := tight().Draw(t, "x"), rapid.SampledFrom([]int{1, 2, 3, 5, 10, 50}).Draw(t, "n")
		exponent := new(big.Int).Lsh(big.NewInt(1), uint(n))
		want := func(lane int) *big.Int { return new(big.Int).Exp(x.number(lane), exponent, grouptest.Prime) }
		a := x
		var z Field
		square(&z, &a, n)
		checkField(t, "z", &z, want)
		if a != x {
			t.Fatal("the argument was changed")
		}
		square(&a, &a, n)
		checkField(t, "in place", &a, want)
	})
}

// TestInvert: 1/x, and 0 for what is 0 modulo p.
func TestInvert(t *testing.T) {
	need(t)
	check := func(t rapid.TB, x Field) {
		var z Field
		invert(&z, &x)
		checkField(t, "invert", &z, func(lane int) *big.Int {
			n := x.number(lane)
			if n.Mod(n, grouptest.Prime).Sign() == 0 {
				return n
			}
			return n.ModInverse(n, grouptest.Prime)
		})
	}
	rapid.Check(t, func(t *rapid.T) { check(t, tight().Draw(t, "x")) })
	le := grouptest.LittleEndian(grouptest.Prime)
	check(t, all(&le))
	check(t, Field{})
}

func TestFieldConstants(t *testing.T) {
	need(t)
	number := big.NewInt(121666)
	number.Mul(number.ModInverse(number, grouptest.Prime), big.NewInt(-121665))
	checkField(t, "1", &one, func(int) *big.Int { return big.NewInt(1) })
	checkField(t, "d", &d, func(int) *big.Int { return new(big.Int).Set(number) })
	checkField(t, "1/2", &half, func(int) *big.Int { return new(big.Int).ModInverse(big.NewInt(2), grouptest.Prime) })
	checkField(t, "2d", &d2, func(int) *big.Int { return new(big.Int).Add(number, number) })
	var z Field
	square(&z, &root, 1)
	checkField(t, "root²", &z, func(int) *big.Int { return big.NewInt(-1) })
}

// byteEdges are numbers at which reading and writing may go wrong.
func byteEdges() (edges []*big.Int) {
	for _, middle := range []*big.Int{new(big.Int), grouptest.Prime, new(big.Int).Lsh(grouptest.Prime, 1), new(big.Int).Lsh(big.NewInt(1), 255), new(big.Int).Lsh(big.NewInt(1), 256)} {
		for n := int64(-40); n <= 40; n++ {
			if e := new(big.Int).Add(middle, big.NewInt(n)); e.Sign() >= 0 && e.BitLen() <= 256 {
				edges = append(edges, e)
			}
		}
	}
	for bit := range uint(256) {
		edges = append(edges, new(big.Int).Lsh(big.NewInt(1), bit))
	}
	return edges
}

// TestSetAndBytes: a lane takes any 32 bytes as the number that they are, and gives
// the one canonical spelling back.
func TestSetAndBytes(t *testing.T) {
	check := func(t rapid.TB, lane int, le [32]byte) {
		f := all(&[32]byte{7})
		given := le
		f.Set(lane, &given)
		n := grouptest.Number(le)
		if new(big.Int).Mod(new(big.Int).Sub(f.number(lane), n), grouptest.Prime).Sign() != 0 || given != le {
			t.Fatalf("lane %d: %x became %x", lane, le, f.number(lane))
		}
		checkLimbs(t, fmt.Sprintf("%x", le), &f)
		if got, want := f.Bytes(lane), grouptest.LittleEndian(n.Mod(n, grouptest.Prime)); got != want {
			t.Fatalf("lane %d: %x is written %x, want %x", lane, le, got, want)
		}
		for other := range Width {
			if other != lane && f.Bytes(other) != [32]byte{7} {
				t.Fatalf("lane %d was changed with lane %d", other, lane)
			}
		}
	}
	for i, n := range byteEdges() {
		check(t, i%Width, grouptest.LittleEndian(n))
	}
	rapid.Check(t, func(t *rapid.T) {
		check(t, rapid.IntRange(0, Width-1).Draw(t, "lane"), [32]byte(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "bytes")))
	})
}

// TestBytes writes limbs of 52 bits, as they come between operations.
func TestBytes(t *testing.T) {
	check := func(t rapid.TB, f Field) {
		before := f
		for lane := range Width {
			n := f.number(lane)
			if got, want := f.Bytes(lane), grouptest.LittleEndian(n.Mod(n, grouptest.Prime)); got != want {
				t.Fatalf("%x is written %x, want %x", f.number(lane), got, want)
			}
		}
		if f != before {
			t.Fatal("the field was changed")
		}
	}
	rapid.Check(t, func(t *rapid.T) { check(t, loose().Draw(t, "f")) })
	// p - 1 to p + 19, 2p - 1 …, also spelled with a limb too large and the next too small.
	for _, n := range byteEdges() {
		le := grouptest.LittleEndian(n)
		f := all(&le)
		check(t, f)
		for i := range len(f) - 1 {
			if f[i+1][0] > 0 && f[i][0] < 1<<51 {
				f[i+1][i]--
				f[i][i] += 1 << 51
			}
		}
		check(t, f)
	}
}

func BenchmarkMul(b *testing.B) {
	need(b)
	x, y := d, d2
	for b.Loop() {
		mul(&x, &x, &y)
	}
}

func BenchmarkSquare(b *testing.B) {
	need(b)
	x := d
	for b.Loop() {
		square(&x, &x, 100)
	}
}
