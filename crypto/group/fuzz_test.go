package group

import (
	"encoding/hex"
	"errors"
	"math/big"
	"regexp"
	"strings"
	"testing"
)

var (
	canonicalDecimal = regexp.MustCompile(`^(0|[1-9][0-9]*)$`)
	hexDigits64      = regexp.MustCompile(`^[0-9a-f]{64}$`)
)

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

// FuzzAppendScalar: accepted are exactly the numbers below q, and each is written
// as big numbers write it.
func FuzzAppendScalar(f *testing.F) {
	for _, n := range append(edges, order, new(big.Int).Add(order, big.NewInt(1)), pow2(253), pow2(255), new(big.Int).Sub(pow2(256), big.NewInt(1))) {
		f.Add(n.FillBytes(make([]byte, 32)))
	}
	f.Fuzz(func(t *testing.T, number []byte) {
		if len(number) != 32 {
			return
		}
		n, key := new(big.Int).SetBytes(number), [32]byte(number)
		text, err := AppendScalar([]byte("kept,"), &key)
		if n.Cmp(order) >= 0 {
			if !errors.Is(err, ErrScalar) || string(text) != "kept," {
				t.Fatalf("%v: %q, %v", n, text, err)
			}
			return
		}
		if err != nil || string(text) != "kept,"+n.String() {
			t.Fatalf("%v came as %q, %v", n, text, err)
		}
		if s, err := ParseScalar(text[len("kept,"):]); err != nil || s.Key() != key {
			t.Fatalf("%v: key %x, %v", n, s.Key(), err)
		}
	})
}

// FuzzParseElement: what is accepted is written again as it was read, lies in
// the subgroup, and all checks of that agree.
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
		if (uncheckedErr == nil) != hexDigits64.Match(text) {
			t.Fatalf("%q: %v", text, uncheckedErr)
		}
		if uncheckedErr != nil {
			if err == nil {
				t.Fatalf("%q: an element but no 64 digits", text)
			}
			return
		}
		if key := u.Key(); hex.EncodeToString(key[:]) != string(text) {
			t.Fatalf("%q: key %x", text, key)
		}
		for name, run := range runs {
			member, memberErr := verdict(run, u)
			if (memberErr == nil) != (err == nil) {
				t.Fatalf("%q: ParseElement %v, %s %v", text, err, name, memberErr)
			}
			if err == nil && (!member.Equal(e) || member.String() != string(text)) {
				t.Fatalf("%s: %q came back as %v", name, text, member)
			}
		}
		if err != nil {
			return
		}
		if e.String() != string(text) {
			t.Fatalf("%q came back as %v", text, e)
		}
		if !e.Exp(ScalarFromInt(-1)).Mul(e).IsIdentity() {
			t.Fatalf("%q: not of order q", text)
		}
	})
}
