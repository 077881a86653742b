package group

import (
	"bytes"
	"crypto/rand"
	"errors"
	"math"
	"math/big"
	"strings"
	"testing"
	"testing/cryptotest"

	"pgregory.net/rapid"
)

func TestScalarArithmetic(t *testing.T) {
	operations := []struct {
		name string
		got  func(a, b *Scalar) *Scalar
		want func(z, a, b *big.Int) *big.Int
	}{
		{"Add", (*Scalar).Add, (*big.Int).Add},
		{"Sub", (*Scalar).Sub, (*big.Int).Sub},
		{"Mul", (*Scalar).Mul, (*big.Int).Mul},
		{"Neg", func(a, _ *Scalar) *Scalar { return a.Neg() }, func(z, a, _ *big.Int) *big.Int { return z.Neg(a) }},
		{"Inv", func(a, _ *Scalar) *Scalar { return a.Inv() }, inverseOrZero},
	}
	for _, op := range operations {
		t.Run(op.name, rapid.MakeCheck(func(t *rapid.T) {
			a, b := numbers().Draw(t, "a"), numbers().Draw(t, "b")
			x, y := scalarOf(a), scalarOf(b)
			got := op.got(x, y)
			want := op.want(new(big.Int), a, b)
			if numberOf(got).Cmp(want.Mod(want, order)) != 0 {
				t.Fatalf("%v, %v: got %v, want %v", a, b, got, want)
			}
			if x.String() != a.String() || y.String() != b.String() {
				t.Fatal("an argument was changed")
			}
		}))
	}
}

func inverseOrZero(z, a, _ *big.Int) *big.Int {
	if a.Sign() == 0 {
		return z
	}
	return z.ModInverse(a, order)
}

func TestScalarRingLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := scalars().Draw(t, "a"), scalars().Draw(t, "b"), scalars().Draw(t, "c")
		zero, one := new(Scalar), ScalarFromInt(1)
		laws := map[string][2]*Scalar{
			"a+b = b+a":         {a.Add(b), b.Add(a)},
			"(a+b)+c = a+(b+c)": {a.Add(b).Add(c), a.Add(b.Add(c))},
			"ab = ba":           {a.Mul(b), b.Mul(a)},
			"(ab)c = a(bc)":     {a.Mul(b).Mul(c), a.Mul(b.Mul(c))},
			"a(b+c) = ab+ac":    {a.Mul(b.Add(c)), a.Mul(b).Add(a.Mul(c))},
			"a+0 = a":           {a.Add(zero), a},
			"a*1 = a":           {a.Mul(one), a},
			"a-a = 0":           {a.Sub(a), zero},
			"a+(-a) = 0":        {a.Add(a.Neg()), zero},
			"a/a = 1, 0/0 = 0":  {a.Mul(a.Inv()), oneUnlessZero(a)},
		}
		for law, sides := range laws {
			if !sides[0].Equal(sides[1]) {
				t.Fatalf("%s: %v, %v", law, sides[0], sides[1])
			}
		}
	})
}

func oneUnlessZero(a *Scalar) *Scalar {
	if a.IsZero() {
		return new(Scalar)
	}
	return ScalarFromInt(1)
}

func TestScalarEqual(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := numbers().Draw(t, "a"), numbers().Draw(t, "b")
		if got, want := scalarOf(a).Equal(scalarOf(b)), a.Cmp(b) == 0; got != want {
			t.Fatalf("Equal(%v, %v) = %v", a, b, got)
		}
		if got, want := scalarOf(a).IsZero(), a.Sign() == 0; got != want {
			t.Fatalf("IsZero(%v) = %v", a, got)
		}
	})
}

func TestScalarDecimal(t *testing.T) {
	for _, n := range edges {
		checkDecimal(t, n)
	}
	rapid.Check(t, func(t *rapid.T) { checkDecimal(t, numbers().Draw(t, "n")) })
}

func checkDecimal(t rapid.TB, n *big.Int) {
	t.Helper()
	s, err := ParseScalar([]byte(n.String()))
	if err != nil {
		t.Fatalf("%v: %v", n, err)
	}
	if got := string(s.AppendDecimal([]byte("kept,"))); got != "kept,"+n.String() {
		t.Fatalf("AppendDecimal: %s, want %v", got, n)
	}
	key := s.Key()
	if new(big.Int).SetBytes(key[:]).Cmp(n) != 0 {
		t.Fatalf("Key: %x of %v", key, n)
	}
	if got, err := AppendScalar([]byte("kept,"), &key); err != nil || string(got) != "kept,"+n.String() {
		t.Fatalf("AppendScalar: %s, %v, want %v", got, err, n)
	}
	// The number itself, not only its spelling: the bytes of the library.
	if le := s.s.Bytes(); new(big.Int).SetBytes(reversed(le)).Cmp(n) != 0 {
		t.Fatalf("%v was read as %x", n, le)
	}
}

func reversed(b []byte) []byte {
	r := make([]byte, len(b))
	for i, c := range b {
		r[len(b)-1-i] = c
	}
	return r
}

func TestParseScalarRefuses(t *testing.T) {
	plus := func(n int64) string { return new(big.Int).Add(order, big.NewInt(n)).String() }
	refused := map[string][]string{
		"empty":        {""},
		"sign":         {"-1", "+1", "-0", "+0", "-", "−1"},
		"leading zero": {"00", "01", "0" + plus(-1), strings.Repeat("0", 76)},
		"q or above": {
			plus(0), plus(1), plus(2), new(big.Int).Lsh(order, 1).String(), pow2(253).String(), pow2(255).String(),
			strings.Repeat("9", 76), new(big.Int).Sub(pow2(256), big.NewInt(1)).String(), pow2(256).String(),
		},
		"wraps at 2^256":  {new(big.Int).Add(pow2(256), big.NewInt(1)).String(), new(big.Int).Add(pow2(320), big.NewInt(7)).String()},
		"77 digits":       {strings.Repeat("1", 77), "1" + strings.Repeat("0", 76), "0" + strings.Repeat("1", 76)},
		"space":           {" 1", "1 ", "1 1", "\t1", "1\n", "\u00a01"},
		"not a digit":     {"a", "0x1", "1e3", "1.0", "1_000", "1,0", "1:", "1/", "1\x00", "\x001", "\xff", "１", "١", "½"},
		"hidden in chunk": {"1" + strings.Repeat("0", 18) + "a" + strings.Repeat("0", 19), strings.Repeat("1", 75) + "-"},
	}
	for why, texts := range refused {
		for _, text := range texts {
			if s, err := ParseScalar([]byte(text)); !errors.Is(err, ErrScalar) || s != nil {
				t.Errorf("%s: ParseScalar(%q) = %v, %v", why, text, s, err)
			}
		}
	}
}

func TestScalarFromWide(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		wide := [64]byte(rapid.SliceOfN(rapid.Byte(), 64, 64).Draw(t, "bytes"))
		want := new(big.Int).Mod(new(big.Int).SetBytes(wide[:]), order)
		if got := ScalarFromWide(&wide); numberOf(got).Cmp(want) != 0 {
			t.Fatalf("%x: got %v, want %v", wide, got, want)
		}
	})
	var highest [64]byte
	copy(highest[:], bytes.Repeat([]byte{0xff}, 64))
	want := new(big.Int).Mod(new(big.Int).SetBytes(highest[:]), order)
	if got := ScalarFromWide(&highest); numberOf(got).Cmp(want) != 0 {
		t.Errorf("2^512-1: got %v, want %v", got, want)
	}
}

func TestScalarFromHash(t *testing.T) {
	check := func(t rapid.TB, n *big.Int) {
		t.Helper()
		var sum [32]byte
		n.FillBytes(sum[:])
		if got, want := ScalarFromHash(sum), new(big.Int).Mod(n, order); numberOf(got).Cmp(want) != 0 {
			t.Errorf("%x: got %v, want %v", sum, got, want)
		}
	}
	end := new(big.Int).Lsh(big.NewInt(1), 256)
	for k := range int64(17) { // around the multiples of q, and of 2^252, by which the quotient is guessed
		for _, unit := range []*big.Int{order, new(big.Int).Lsh(big.NewInt(1), 252)} {
			for _, away := range []int64{-1, 0, 1} {
				n := new(big.Int).Mul(big.NewInt(k), unit)
				if n.Add(n, big.NewInt(away)); n.Sign() >= 0 && n.Cmp(end) < 0 {
					check(t, n)
				}
			}
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		check(t, new(big.Int).SetBytes(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "sum")))
	})
}

func TestScalarFromInt(t *testing.T) {
	for _, n := range []int{0, 1, -1, 2, -2, 255, 256, -256, math.MaxInt32, math.MinInt32, math.MaxInt64, math.MinInt64, math.MinInt64 + 1} {
		want := new(big.Int).Mod(big.NewInt(int64(n)), order)
		if got := ScalarFromInt(n); numberOf(got).Cmp(want) != 0 {
			t.Errorf("%d: got %v, want %v", n, got, want)
		}
	}
}

// TestRandomScalar: 64 bytes of the system's source, reduced. Fewer would make
// some scalars likelier than others.
func TestRandomScalar(t *testing.T) {
	cryptotest.SetGlobalRandom(t, 1)
	first, second := RandomScalar(), RandomScalar()
	if first.Equal(second) {
		t.Error("the same scalar twice")
	}
	cryptotest.SetGlobalRandom(t, 1)
	for i, s := range []*Scalar{first, second} {
		var wide [64]byte
		rand.Read(wide[:])
		if want := new(big.Int).Mod(new(big.Int).SetBytes(wide[:]), order); numberOf(s).Cmp(want) != 0 {
			t.Errorf("scalar %d is not the next 512 bits mod q", i)
		}
	}
}

// TestScalarZeroValue: the zero value is the number 0.
func TestScalarZeroValue(t *testing.T) {
	var s Scalar
	if !s.IsZero() || s.String() != "0" || !BaseExp(&s).IsIdentity() {
		t.Errorf("zero value: %v", &s)
	}
}
