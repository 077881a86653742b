package group

import (
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"filippo.io/edwards25519"
	"pgregory.net/rapid"

	"github.com/homphieu/homphieu/crypto/group/grouptest"
)

func TestParseElementRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := elements().Draw(t, "e")
		got, err := ParseElement(e.AppendHex(nil))
		if err != nil {
			t.Fatal(err)
		}
		if !got.Equal(e) || got.String() != e.String() || got.IsIdentity() != e.IsIdentity() {
			t.Fatalf("%v came back as %v", e, got)
		}
	})
}

func TestElementEqual(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := elements().Draw(t, "a"), elements().Draw(t, "b")
		if got, want := a.Equal(b), a.String() == b.String(); got != want {
			t.Fatalf("Equal(%v, %v) = %v", a, b, got)
		}
	})
}

func TestParseElementRefuses(t *testing.T) {
	g := Generator().String()
	some := BaseExp(ScalarFromInt(77)).String()
	if !strings.ContainsAny(some, "abcdef") {
		t.Fatalf("no letter in %s", some)
	}
	for why, texts := range map[string][]string{
		"length":          {"", "0", "01", g[:63], g + "0", g[:62], g + "00", g + g},
		"upper case":      {strings.ToUpper(some), oneUpper(some)},
		"not hexadecimal": {"g" + g[1:], g[:63] + "g", " " + g[1:], g[:63] + " ", "0x" + g[2:], "+" + g[1:], "-" + g[1:], g[:63] + "\x00", g[:62] + "é"},
	} {
		for _, text := range texts {
			checkNoDigits(t, why, text)
		}
	}
	for why, text := range noPoints() {
		checkRefused(t, why, text)
	}
}

// noPoints are texts of 64 digits that spell no point, by reason.
func noPoints() map[string]string {
	return map[string]string{
		"y = p":                        wireOf(prime, 0),
		"y = p + 1":                    wireOf(new(big.Int).Add(prime, big.NewInt(1)), 0),
		"y = 2^255 - 1":                wireOf(new(big.Int).Sub(pow2(255), big.NewInt(1)), 0),
		"off the curve":                wireOf(big.NewInt(2), 0),
		"off the curve, with a sign":   wireOf(big.NewInt(2), 1),
		"x = 0 with the sign bit":      wireOf(big.NewInt(1), 1),
		"x = 0, y = -1, with the sign": wireOf(new(big.Int).Sub(prime, big.NewInt(1)), 1),
		"all bits":                     strings.Repeat("f", 64),
	}
}

func oneUpper(s string) string {
	i := strings.IndexAny(s, "abcdef")
	return s[:i] + strings.ToUpper(s[i:i+1]) + s[i+1:]
}

// wireOf writes y and the sign of x, whatever they are.
func wireOf(y *big.Int, sign uint) string {
	return fmt.Sprintf("%064x", new(big.Int).SetBit(y, 255, sign))
}

// checkNoDigits expects text to be refused for not being 64 digits.
func checkNoDigits(t *testing.T, why, text string) {
	t.Helper()
	if e, err := ParseElement([]byte(text)); !errors.Is(err, ErrElement) || e != nil {
		t.Errorf("%s: ParseElement(%q) = %v, %v", why, text, e, err)
	}
	if u, err := ParseUnchecked([]byte(text)); !errors.Is(err, ErrElement) || u != nil {
		t.Errorf("%s: ParseUnchecked(%q) = %v, %v", why, text, u, err)
	}
}

// checkRefused expects 64 digits to be refused by everything that makes an
// element of them.
func checkRefused(t *testing.T, why, text string) {
	t.Helper()
	if e, err := ParseElement([]byte(text)); !errors.Is(err, ErrElement) || e != nil {
		t.Errorf("%s: ParseElement(%q) = %v, %v", why, text, e, err)
	}
	u, err := ParseUnchecked([]byte(text))
	if err != nil {
		t.Fatalf("%s: %q: %v", why, text, err)
	}
	if e, err := u.Check(); !errors.Is(err, ErrElement) || e != nil {
		t.Errorf("%s: Check of %q: %v, %v", why, text, e, err)
	}
	for name, run := range runs {
		if e, err := verdict(run, u); !errors.Is(err, ErrElement) {
			t.Errorf("%s: %s takes %q as %v: %v", why, name, text, e, err)
		}
	}
}

// verdict is what a batch makes of one point.
func verdict(run func(*Batch), u *Unchecked) (*Element, error) {
	b := NewBatch(nil)
	r := b.Point(u)
	run(b)
	if err := b.Err(r); err != nil {
		return nil, err
	}
	return b.Member(r), nil
}

// TestParseElementRefusesWideY: 255 bits can hold p … p+18, second spellings
// of 0 … 18. The library below takes those that are on the curve.
func TestParseElementRefusesWideY(t *testing.T) {
	taken := 0
	for n := range int64(19) {
		for sign := range uint(2) {
			text := wireOf(new(big.Int).Add(prime, big.NewInt(n)), sign)
			checkRefused(t, "y >= p", text)
			if _, err := libraryPoint(t, text); err == nil {
				taken++
			}
		}
	}
	if taken < 10 {
		t.Errorf("only %d of the texts are points to the library: this test does not test what it says", taken)
	}
}

// libraryPoint is what edwards25519 makes of a wire form.
func libraryPoint(t *testing.T, text string) (*edwards25519.Point, error) {
	t.Helper()
	be, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return new(edwards25519.Point).SetBytes(reversed(be))
}

// TestParseElementOffCurve refuses exactly the y for which x² has no root.
func TestParseElementOffCurve(t *testing.T) {
	off := 0
	for n := range int64(60) {
		y := big.NewInt(n)
		text := wireOf(y, 0)
		if onCurve(y) {
			continue
		}
		off++
		checkRefused(t, "off the curve", text)
	}
	if off < 20 {
		t.Errorf("only %d of 60 are off the curve", off)
	}
}

// onCurve reports whether (y²-1)/(d·y²+1) is a square, d = -121665/121666.
func onCurve(y *big.Int) bool {
	d := new(big.Int).ModInverse(big.NewInt(121666), prime)
	d.Mul(d, big.NewInt(-121665))
	yy := new(big.Int).Mul(y, y)
	under := new(big.Int).Add(new(big.Int).Mul(d, yy), big.NewInt(1))
	under.ModInverse(under.Mod(under, prime), prime)
	xx := yy.Sub(yy, big.NewInt(1))
	return new(big.Int).ModSqrt(xx.Mod(xx.Mul(xx, under), prime), prime) != nil
}

// TestTorsionCosets: of the eight points that differ from an element by a
// point of small order, exactly the element itself is taken.
func TestTorsionCosets(t *testing.T) {
	bases := []*Element{Identity(), Generator(), BaseExp(ScalarFromInt(-1)), BaseExp(ScalarFromInt(8))}
	for range 200 {
		bases = append(bases, BaseExp(RandomScalar()))
	}
	for _, e := range bases {
		for k := range grouptest.Small {
			checkCoset(t, e, k)
		}
		for name, run := range runs {
			checkCosets(t, name, run, e)
		}
	}
}

func checkCoset(t *testing.T, e *Element, k int) {
	t.Helper()
	text := appendHexReversed(nil, shifted(e, k).encoding[:])
	u, err := ParseUnchecked(text)
	if err != nil {
		t.Fatalf("%v + %d·T: %v", e, k, err)
	}
	parsed, parseErr := ParseElement(text)
	checked, checkErr := u.Check()
	if k != 0 {
		for by, err := range map[string]error{"ParseElement": parseErr, "Check": checkErr} {
			if !errors.Is(err, ErrElement) {
				t.Errorf("%s took %v + %d·T: %v", by, e, k, err)
			}
		}
		if parsed != nil || checked != nil {
			t.Errorf("%v + %d·T was returned beside its error", e, k)
		}
		return
	}
	if err := errors.Join(parseErr, checkErr); err != nil {
		t.Fatalf("%v: %v", e, err)
	}
	if !parsed.Equal(e) || !checked.Equal(e) {
		t.Errorf("%v changed while it was read", e)
	}
}

// checkCosets asks one batch for all eight, and for a power of each.
func checkCosets(t *testing.T, name string, run func(*Batch), e *Element) {
	t.Helper()
	b, s := NewBatch(nil), RandomScalar()
	var refs [8]Ref
	var powers [8]Power
	for k := range refs {
		refs[k] = b.Point(shifted(e, k))
		powers[k] = b.Power(refs[k], s, nil, nil)
	}
	run(b)
	for k, r := range refs {
		if err := b.Err(r); k != 0 && !errors.Is(err, ErrElement) {
			t.Errorf("%s took %v + %d·T: %v", name, e, k, err)
		}
	}
	checkPoint(t, name, b, refs[0], e)
	if got := string(b.AppendPower(nil, powers[0])); got != e.Exp(s).String() {
		t.Errorf("%s: %v^%v = %s, want %v", name, e, s, got, e.Exp(s))
	}
}
