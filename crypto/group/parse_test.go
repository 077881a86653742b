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
	refused := map[string][]string{
		"length":                  {"", "0", "01", g[:63], g + "0", g[:62], g + "00", g + g},
		"upper case":              {strings.ToUpper(some), oneUpper(some)},
		"not hexadecimal":         {"g" + g[1:], g[:63] + "g", " " + g[1:], g[:63] + " ", "0x" + g[2:], "+" + g[1:], "-" + g[1:], g[:63] + "\x00", g[:62] + "é"},
		"y = p + 1":               {wireOf(new(big.Int).Add(prime, big.NewInt(1)), 0)},
		"x = 0 with the sign bit": {wireOf(big.NewInt(1), 1), wireOf(new(big.Int).Sub(prime, big.NewInt(1)), 1)},
		"all bits":                {strings.Repeat("f", 64)},
	}
	for why, texts := range refused {
		for _, text := range texts {
			checkRefused(t, why, text)
		}
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

// checkRefused expects text to be refused by every parser of untrusted points.
func checkRefused(t *testing.T, why, text string) {
	t.Helper()
	if e, err := ParseElement([]byte(text)); !errors.Is(err, ErrElement) || e != nil {
		t.Errorf("%s: ParseElement(%q) = %v, %v", why, text, e, err)
	}
	if u, err := ParseUnchecked([]byte(text)); !errors.Is(err, ErrElement) || u != nil {
		t.Errorf("%s: ParseUnchecked(%q) = %v, %v", why, text, u, err)
	}
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

// torsion returns k·T for a point T of order 8, k = 0 … 7.
func torsion(t *testing.T) (points [8]*edwards25519.Point) {
	t.Helper()
	eighth, err := libraryPoint(t, "7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7")
	if err != nil {
		t.Fatal(err)
	}
	points[0] = edwards25519.NewIdentityPoint()
	for k := 1; k < 8; k++ {
		points[k] = new(edwards25519.Point).Add(points[k-1], eighth)
		if points[k].Equal(points[0]) == 1 {
			t.Fatalf("%d·T is the identity: T is not of order 8", k)
		}
	}
	if last := new(edwards25519.Point).Add(points[7], eighth); last.Equal(points[0]) != 1 {
		t.Fatal("8·T is not the identity")
	}
	return points
}

// TestTorsionCosets: of the eight points that differ from an element by a
// point of small order, exactly the element itself is taken.
func TestTorsionCosets(t *testing.T) {
	small := torsion(t)
	bases := []*Element{Identity(), Generator(), BaseExp(ScalarFromInt(-1)), BaseExp(ScalarFromInt(8))}
	for range 200 {
		bases = append(bases, BaseExp(RandomScalar()))
	}
	for _, e := range bases {
		for k, s := range small {
			checkCoset(t, e, new(edwards25519.Point).Add(&e.p, s), k)
		}
	}
}

func checkCoset(t *testing.T, e *Element, p *edwards25519.Point, k int) {
	t.Helper()
	text := appendHex(nil, p)
	u, err := ParseUnchecked(text)
	if err != nil {
		t.Fatalf("%v + %d·T is a canonical point, yet: %v", e, k, err)
	}
	parsed, parseErr := ParseElement(text)
	checked, checkErr := u.Check()
	raised, powers, powersErr := u.Powers()
	if k != 0 {
		for by, err := range map[string]error{"ParseElement": parseErr, "Check": checkErr, "Powers": powersErr} {
			if !errors.Is(err, ErrElement) {
				t.Errorf("%s took %v + %d·T: %v", by, e, k, err)
			}
		}
		if parsed != nil || checked != nil || raised != nil || powers != nil {
			t.Errorf("%v + %d·T was returned beside its error", e, k)
		}
		return
	}
	if err := errors.Join(parseErr, checkErr, powersErr); err != nil {
		t.Fatalf("%v: %v", e, err)
	}
	defer powers.Release()
	s := RandomScalar()
	if !parsed.Equal(e) || !checked.Equal(e) || !raised.Equal(e) || !powers.VarTimeExp(s).Equal(e.Exp(s)) {
		t.Errorf("%v changed while it was read", e)
	}
}
