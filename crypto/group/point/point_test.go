package point

import (
	"fmt"
	"math/big"
	"testing"

	"filippo.io/edwards25519"
	fp "github.com/cloudflare/circl/math/fp25519"
	"pgregory.net/rapid"

	"github.com/homphieu/homphieu/crypto/group/grouptest"
)

// extended takes a point of the library over, with whatever Z it has.
func extended(p *edwards25519.Point) Extended {
	x, y, z, t := p.ExtendedCoordinates()
	return Extended{fp.Elt(x.Bytes()), fp.Elt(y.Bytes()), fp.Elt(z.Bytes()), fp.Elt(t.Bytes())}
}

// check compares a result with what the library has, and its T with its X and Y.
func check(t rapid.TB, what string, got Extended, want *edwards25519.Point) {
	t.Helper()
	if encoding := Normalize([]Extended{got})[0].Encode(); encoding != [32]byte(want.Bytes()) {
		t.Fatalf("%s: %x, want %x", what, encoding, want.Bytes())
	}
	var xy, zt fp.Elt
	fp.Mul(&xy, &got.X, &got.Y)
	fp.Mul(&zt, &got.Z, &got.T)
	fp.Modp(&xy)
	if fp.Modp(&zt); xy != zt {
		t.Fatalf("%s: XY is not ZT", what)
	}
}

func TestConstants(t *testing.T) {
	number := big.NewInt(121666)
	number.Mul(number.ModInverse(number, grouptest.Prime), big.NewInt(-121665))
	reduced := d
	if fp.Modp(&reduced); reduced != grouptest.LittleEndian(number.Mod(number, grouptest.Prime)) {
		t.Errorf("d = %x", d)
	}
	reduced = d2
	if fp.Modp(&reduced); reduced != grouptest.LittleEndian(number.Mod(number.Add(number, number), grouptest.Prime)) {
		t.Errorf("2d = %x", d2)
	}
	if Order != grouptest.LittleEndian(grouptest.Order) {
		t.Errorf("q = %x", Order)
	}
}

// TestDecode takes exactly what the library takes and writes again as it was.
func TestDecode(t *testing.T) {
	taken := 0
	for _, encoding := range grouptest.Encodings() {
		want, given := grouptest.Canonical(encoding), encoding
		var p Affine
		if ok := p.Decode(&given); ok != (want != nil) || given != encoding {
			t.Fatalf("%x: %v", encoding, ok)
		}
		if want == nil {
			continue
		}
		taken++
		if got := p.Encode(); got != encoding {
			t.Fatalf("%x came back as %x", encoding, got)
		}
		check(t, fmt.Sprintf("%x", encoding), p.Extended(), want)
	}
	if all := len(grouptest.Encodings()); taken < all/3 || taken > all*2/3 {
		t.Errorf("%d of %d are points: this test does not test what it says", taken, all)
	}
}

// TestFormulas adds and doubles every pair, points of small order, equal and
// opposite ones among them: the formulas have no exception.
func TestFormulas(t *testing.T) {
	for i, p := range grouptest.Points() {
		a := extended(p)
		var twice Extended
		twice.double(&a, true)
		check(t, "double", twice, grouptest.Sum(p, p))
		for k, q := range grouptest.Points() {
			what := fmt.Sprintf("points %d and %d", i, k)
			b := extended(q)
			sum, difference := grouptest.Sum(p, q), new(edwards25519.Point).Subtract(p, q)
			check(t, what+": Add", a.Add(&b), sum)
			var c cached
			c.set(&b)
			r := a
			r.sub(&r, &c)
			check(t, what+": sub", r, difference)
			var n niels
			n.set(&Normalize([]Extended{b})[0])
			r = a
			r.addNiels(&r, &n)
			check(t, what+": addNiels", r, sum)
			r = a
			r.subNiels(&r, &n)
			check(t, what+": subNiels", r, difference)
		}
		check(t, "afterwards", a, p)
	}
}

func TestDoubleInPlace(t *testing.T) {
	p, r := grouptest.Point(1), extended(grouptest.Point(1))
	for range 5 {
		r.double(&r, true)
		p = grouptest.Sum(p, p)
		check(t, "double", r, p)
	}
}

// TestIsIdentity: the neutral point and no other, whatever its Z; least of all
// (0, -1), whose x is 0 too.
func TestIsIdentity(t *testing.T) {
	for i, p := range grouptest.Points() {
		e := extended(p)
		e = e.Add(&e) // another Z
		half := grouptest.Sum(p, p)
		if got, want := e.IsIdentity(), half.Equal(grouptest.Small[0]) == 1; got != want {
			t.Errorf("point %d doubled: %v, want %v", i, got, want)
		}
		e = extended(p)
		if got, want := e.IsIdentity(), p.Equal(grouptest.Small[0]) == 1; got != want {
			t.Errorf("point %d: %v, want %v", i, got, want)
		}
	}
	if new(Extended).IsIdentity() {
		t.Error("zeros are the neutral point")
	}
	if _, member := new(Chain).RaiseMember(new(Extended)); member {
		t.Error("zeros are a member")
	}
	if e := Identity(); !e.IsIdentity() {
		t.Error("Identity is not")
	}
}

func TestNormalize(t *testing.T) {
	if got := Normalize(nil); len(got) != 0 {
		t.Errorf("nothing became %v", got)
	}
	var points []Extended
	var want []*edwards25519.Point
	for _, p := range grouptest.Points() {
		e := extended(p)
		points, want = append(points, e, e.Add(&e)), append(want, p, grouptest.Sum(p, p))
	}
	for i, a := range Normalize(points) {
		if got := a.Encode(); got != [32]byte(want[i].Bytes()) {
			t.Errorf("point %d: %x, want %x", i, got, want[i].Bytes())
		}
	}
}
