package group

import (
	"math/big"
	"regexp"
	"strings"
	"testing"
)

var canonicalDecimal = regexp.MustCompile(`^(0|[1-9][0-9]*)$`)

// FuzzParseScalar: accepted are exactly the canonical decimals below q, and
// each is written again as it was read.
func FuzzParseScalar(f *testing.F) {
	for _, n := range edges {
		f.Add([]byte(n.String()))
	}
	for _, s := range []string{"", "00", "-1", "+1", order.String(), pow2(256).String(), strings.Repeat("9", 77), "1e3", " 1"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		want := false
		if canonicalDecimal.Match(text) {
			n, _ := new(big.Int).SetString(string(text), 10)
			want = n.Cmp(order) < 0
		}
		s, err := ParseScalar(text)
		if (err == nil) != want {
			t.Fatalf("ParseScalar(%q): %v, want accepted %v", text, err, want)
		}
		if err == nil && s.String() != string(text) {
			t.Fatalf("%q came back as %v", text, s)
		}
	})
}

// FuzzParseElement: what is accepted is written again as it was read, lies in
// the subgroup, and both checks of that agree.
func FuzzParseElement(f *testing.F) {
	for _, n := range edges {
		f.Add(BaseExp(scalarOf(n)).AppendHex(nil))
	}
	for n := range int64(19) {
		f.Add([]byte(wireOf(new(big.Int).Add(prime, big.NewInt(n)), 0)))
	}
	for _, s := range []string{"", strings.Repeat("0", 64), strings.Repeat("f", 64), strings.Repeat("F", 64), Generator().String()[1:]} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		e, err := ParseElement(text)
		u, uncheckedErr := ParseUnchecked(text)
		if err == nil && uncheckedErr != nil {
			t.Fatalf("%q: an element but no point", text)
		}
		if uncheckedErr != nil {
			return
		}
		raised, powers, powersErr := u.Powers()
		if (powersErr == nil) != (err == nil) {
			t.Fatalf("%q: ParseElement %v, Powers %v", text, err, powersErr)
		}
		if err != nil {
			return
		}
		powers.Release()
		if e.String() != string(text) || !raised.Equal(e) {
			t.Fatalf("%q came back as %v", text, e)
		}
		if !e.Exp(ScalarFromInt(-1)).Mul(e).IsIdentity() {
			t.Fatalf("%q: not of order q", text)
		}
	})
}
