package group

import (
	"crypto/ed25519"
	"crypto/sha512"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestGroupLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := elements().Draw(t, "a"), elements().Draw(t, "b"), elements().Draw(t, "c")
		before := a.String() + b.String() + c.String()
		one := Identity()
		laws := map[string][2]*Element{
			"ab = ba":       {a.Mul(b), b.Mul(a)},
			"(ab)c = a(bc)": {a.Mul(b).Mul(c), a.Mul(b.Mul(c))},
			"a*1 = a":       {a.Mul(one), a},
			"a/a = 1":       {a.Div(a), one},
			"a/b*b = a":     {a.Div(b).Mul(b), a},
			"a/b = a*(1/b)": {a.Div(b), a.Mul(one.Div(b))},
			"aa = a^2":      {a.Mul(a), a.Exp(ScalarFromInt(2))},
			"1/a = a^-1":    {one.Div(a), a.Exp(ScalarFromInt(-1))},
		}
		for law, sides := range laws {
			if !sides[0].Equal(sides[1]) || sides[0].String() != sides[1].String() {
				t.Fatalf("%s: %v, %v", law, sides[0], sides[1])
			}
		}
		if a.String()+b.String()+c.String() != before {
			t.Fatal("an argument was changed")
		}
	})
}

func TestExponentLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e, f := elements().Draw(t, "e"), elements().Draw(t, "f")
		a, b := scalars().Draw(t, "a"), scalars().Draw(t, "b")
		laws := map[string][2]*Element{
			"e^a*e^b = e^(a+b)": {e.Exp(a).Mul(e.Exp(b)), e.Exp(a.Add(b))},
			"e^a/e^b = e^(a-b)": {e.Exp(a).Div(e.Exp(b)), e.Exp(a.Sub(b))},
			"(e^a)^b = e^(ab)":  {e.Exp(a).Exp(b), e.Exp(a.Mul(b))},
			"(ef)^a = e^a*f^a":  {e.Mul(f).Exp(a), e.Exp(a).Mul(f.Exp(a))},
		}
		for law, sides := range laws {
			if !sides[0].Equal(sides[1]) {
				t.Fatalf("%s: %v, %v", law, sides[0], sides[1])
			}
		}
	})
}

// TestExponentiations: every way to raise to a power gives the same power.
func TestExponentiations(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e, s := elements().Draw(t, "e"), scalars().Draw(t, "s")
		checkExponentiations(t, e, NewTable(e), s)
	})
}

// TestExponentiationsAtEdges goes through all edge values, for g and another.
func TestExponentiationsAtEdges(t *testing.T) {
	for _, e := range []*Element{Generator(), BaseExp(ScalarFromInt(-5)), Identity()} {
		table := NewTable(e)
		for _, n := range edges {
			checkExponentiations(t, e, table, scalarOf(n))
		}
	}
}

func checkExponentiations(t rapid.TB, e *Element, table *Table, s *Scalar) {
	t.Helper()
	want := e.Exp(s)
	for name, run := range runs {
		if chain, ofTable, _ := batchPowers(run, e, table, s); chain != want.String() || ofTable != want.String() {
			t.Fatalf("%s: %v^%v = %s by its chain, %s by its table, want %v", name, e, s, chain, ofTable, want)
		}
	}
	if got := VarTimeProduct([]*Element{e}, []*Scalar{s}); !got.Equal(want) {
		t.Fatalf("VarTimeProduct: %v^%v = %v, want %v", e, s, got, want)
	}
	ofG := Generator().Exp(s)
	if got := BaseExp(s); !got.Equal(ofG) {
		t.Fatalf("BaseExp(%v) = %v, want %v", s, got, ofG)
	}
	for name, run := range runs {
		if _, _, got := batchPowers(run, e, table, s); got != ofG.String() {
			t.Fatalf("%s: g^%v = %s, want %v", name, s, got, ofG)
		}
	}
}

// batchPowers raises e, the base of a table, and g in a batch: e by its chain of
// squarings and by its table.
func batchPowers(run func(*Batch), e *Element, table *Table, s *Scalar) (chain, ofTable, ofG string) {
	b := NewBatch(table)
	r, zero := b.Element(e), new(Scalar)
	powers := []Power{b.Power(r, s, nil, nil), b.Power(r, zero, nil, s), b.Power(r, zero, s, nil)}
	run(b)
	return string(b.AppendPower(nil, powers[0])), string(b.AppendPower(nil, powers[1])), string(b.AppendPower(nil, powers[2]))
}

// TestSmallExponents compares with products counted out.
func TestSmallExponents(t *testing.T) {
	g, product := Generator(), Identity()
	for n := range 600 {
		s := ScalarFromInt(n)
		for way, got := range map[string]*Element{"Exp": g.Exp(s), "BaseExp": BaseExp(s)} {
			if !got.Equal(product) {
				t.Fatalf("%s: g^%d = %v, want %v", way, n, got, product)
			}
		}
		for name, run := range runs {
			chain, ofTable, ofG := batchPowers(run, g, GeneratorTable(), s)
			if want := product.String(); chain != want || ofTable != want || ofG != want {
				t.Fatalf("%s: g^%d = %s, %s, %s, want %s", name, n, chain, ofTable, ofG, want)
			}
		}
		product = product.Mul(g)
	}
}

// TestBaseExpAgainstStandardLibrary: the public key of Ed25519 is g to its
// clamped secret (RFC 8032 §5.1.5).
func TestBaseExpAgainstStandardLibrary(t *testing.T) {
	for i := range 50 {
		seed := make([]byte, ed25519.SeedSize)
		seed[0] = byte(i)
		h := sha512.Sum512(seed)
		h[0] &= 248
		h[31] = h[31]&127 | 64
		secret := new(big.Int).SetBytes(reversed(h[:32]))
		public, _ := ed25519.NewKeyFromSeed(seed).Public().(ed25519.PublicKey)
		want := fmt.Sprintf("%x", reversed(public))
		if got := BaseExp(scalarOf(secret.Mod(secret, order))).String(); got != want {
			t.Errorf("key %d: %s, want %s", i, got, want)
		}
	}
}

func TestVarTimeProduct(t *testing.T) {
	if p := VarTimeProduct(nil, nil); !p.IsIdentity() {
		t.Errorf("the empty product is %v", p)
	}
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 5).Draw(t, "n")
		bases, exponents := make([]*Element, n), make([]*Scalar, n)
		want := Identity()
		for i := range n {
			bases[i], exponents[i] = elements().Draw(t, "base"), scalars().Draw(t, "exponent")
			want = want.Mul(bases[i].Exp(exponents[i]))
		}
		if got := VarTimeProduct(bases, exponents); !got.Equal(want) {
			t.Fatalf("got %v, want %v", got, want)
		}
	})
}

// TestConstants: q is the order of g, and g is the point with y = 4/5 and x
// even, in the wire form of docs/PROTOCOL.md §2.
func TestConstants(t *testing.T) {
	fifth := new(big.Int).ModInverse(big.NewInt(5), prime)
	y := new(big.Int).Mod(fifth.Mul(fifth, big.NewInt(4)), prime)
	want := fmt.Sprintf("%064x", y) // x is even: nothing to XOR
	if want != strings.Repeat("6", 62)+"58" {
		t.Fatalf("4/5 = %s", want)
	}
	if got := Generator().String(); got != want {
		t.Errorf("g = %s, want %s", got, want)
	}
	if got := Identity().String(); got != fmt.Sprintf("%064x", 1) {
		t.Errorf("identity = %s", got)
	}
	minusOne := scalarOf(new(big.Int).Sub(order, big.NewInt(1)))
	if e := Generator().Exp(minusOne).Mul(Generator()); !e.IsIdentity() {
		t.Errorf("g^q = %v", e)
	}
	if got := len(order.String()); got != maxScalarDigits {
		t.Errorf("q has %d digits", got)
	}
}

func TestKeyIsTheWireForm(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := elements().Draw(t, "e")
		if got := fmt.Sprintf("%x", e.Key()); got != e.String() {
			t.Fatalf("Key %s, String %s", got, e)
		}
		if got := string(e.AppendHex([]byte("kept,"))); got != "kept,"+e.String() {
			t.Fatalf("AppendHex: %s", got)
		}
	})
}

// TestAppendHexList: many at once are written as each by itself, whatever their
// coordinates, and none is changed by it.
func TestAppendHexList(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOfN(elements(), 0, 12).Draw(t, "list")
		if n := len(list); n > 1 && rapid.Bool().Draw(t, "repeated") {
			list[n-1] = list[0]
		}
		single := make([]string, len(list))
		for i, e := range list {
			single[i] = e.String()
		}
		want := "kept|" + strings.Join(single, ",")
		for range 2 {
			if got := string(AppendHexList([]byte("kept|"), ',', list...)); got != want {
				t.Fatalf("%s, want %s", got, want)
			}
		}
		for i, e := range list {
			if e.String() != single[i] || !e.Div(list[0]).Mul(list[0]).Equal(e) {
				t.Fatalf("element %d was changed", i)
			}
		}
	})
	all := []*Element{Identity(), Generator(), Identity(), BaseExp(ScalarFromInt(-1)), Generator().Mul(Generator()), Identity().Div(Generator())}
	for i, text := range strings.Split(string(AppendHexList(nil, ' ', all...)), " ") {
		if e, err := ParseElement([]byte(text)); err != nil || !e.Equal(all[i]) {
			t.Errorf("element %d: %s, %v", i, text, err)
		}
	}
}
