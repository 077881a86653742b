//go:build amd64 && !purego

package lanes

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"testing"

	"filippo.io/edwards25519"

	"github.com/homphieu/homphieu/crypto/group/grouptest"
)

// TestDecode takes exactly what the library takes and writes again as it was, in
// every lane, whatever the other lanes hold.
func TestDecode(t *testing.T) {
	need(t)
	all := grouptest.Encodings()
	for round := range 3 {
		random := rand.New(rand.NewPCG(1, uint64(round)))
		random.Shuffle(len(all), func(i, k int) { all[i], all[k] = all[k], all[i] })
		taken := 0
		for from := 0; from+Width <= len(all); from += Width {
			taken += checkDecode(t, [Width][32]byte(all[from:from+Width]))
		}
		if taken < len(all)/3 || taken > len(all)*2/3 {
			t.Errorf("%d of %d are points: this test does not test what it says", taken, len(all))
		}
	}
}

func checkDecode(t *testing.T, encodings [Width][32]byte) (taken int) {
	t.Helper()
	given := encodings
	var p Points
	accepted := p.Decode(&given)
	if given != encodings {
		t.Fatal("the encodings were changed")
	}
	for lane, encoding := range encodings {
		want := grouptest.Canonical(encoding)
		if got := accepted>>lane&1 == 1; got != (want != nil) {
			t.Fatalf("lane %d: %x: %v", lane, encoding, got)
		}
		if want == nil {
			setPoint(&p, lane, edwards25519.NewIdentityPoint())
			continue
		}
		taken++
		if got := p.Encode(lane); got != encoding {
			t.Fatalf("lane %d: %x came back as %x", lane, encoding, got)
		}
	}
	checkPoints(t, "decoded", &p, func(lane int) *edwards25519.Point {
		if want := grouptest.Canonical(encodings[lane]); want != nil {
			return want
		}
		return edwards25519.NewIdentityPoint()
	})
	return taken
}

// TestPointFormulas adds and takes off every pair, points of small order, equal and
// opposite ones among them, with each lane another pair: the formulas have no
// exception.
func TestPointFormulas(t *testing.T) {
	need(t)
	points := grouptest.Points()
	n := len(points)
	for i := range n {
		for k := range n {
			first := func(lane int) *edwards25519.Point { return points[(i+lane)%n] }
			second := func(lane int) *edwards25519.Point { return points[(k+3*lane)%n] }
			negative := uint64(i*37+k*11) & 255
			checkAdditions(t, fmt.Sprintf("points %d and %d, negative %08b", i, k, negative), first, second, negative)
		}
	}
}

func checkAdditions(t *testing.T, what string, first, second func(int) *edwards25519.Point, negative uint64) {
	t.Helper()
	p, q := eight(first), eight(second)
	var c Cached
	cache(&c, &q, &d2)
	sum := p
	want := func(lane int) *edwards25519.Point {
		if negative>>lane&1 == 1 {
			return new(edwards25519.Point).Subtract(first(lane), second(lane))
		}
		return grouptest.Sum(first(lane), second(lane))
	}
	addCached(&sum, &c, negative)
	checkPoints(t, what+": addCached", &sum, want)
	normal := []Points{q}
	Normalize(normal)
	var n Niels
	add(&n.Plus, &normal[0].Y, &normal[0].X)
	sub(&n.Minus, &normal[0].Y, &normal[0].X)
	mul(&n.T2D, &normal[0].X, &normal[0].Y)
	mul(&n.T2D, &n.T2D, &d2)
	sum = p
	addNiels(&sum, &n, negative)
	checkPoints(t, what+": addNiels", &sum, want)
}

func TestDouble(t *testing.T) {
	need(t)
	points := grouptest.Points()
	for i := range points {
		at := func(lane int) *edwards25519.Point { return points[(i+lane)%len(points)] }
		for n := 1; n <= 5; n++ {
			p := eight(at)
			double(&p, n)
			checkPoints(t, fmt.Sprintf("points from %d, doubled %d times", i, n), &p, func(lane int) *edwards25519.Point {
				w := at(lane)
				for range n {
					w = grouptest.Sum(w, w)
				}
				return w
			})
		}
	}
}

// TestIsIdentity: the neutral point and no other, whatever its Z; least of all
// (0, -1), whose x is 0 too.
func TestIsIdentity(t *testing.T) {
	need(t)
	points := grouptest.Points()
	for i := range points {
		at := func(lane int) *edwards25519.Point { return points[(i+lane)%len(points)] }
		p := eight(at)
		twice := p
		double(&twice, 1) // another Z
		for lane := range Width {
			w := at(lane)
			if got, want := p.IsIdentity(lane), w.Equal(grouptest.Small[0]) == 1; got != want {
				t.Errorf("point %d in lane %d: %v", i, lane, got)
			}
			if got, want := twice.IsIdentity(lane), grouptest.Sum(w, w).Equal(grouptest.Small[0]) == 1; got != want {
				t.Errorf("point %d doubled in lane %d: %v", i, lane, got)
			}
		}
	}
	p := Identity()
	checkPoints(t, "Identity", &p, func(int) *edwards25519.Point { return grouptest.Small[0] })
	for lane := range Width {
		if new(Points).IsIdentity(lane) {
			t.Errorf("zeros are the neutral point in lane %d", lane)
		}
		if !p.IsIdentity(lane) {
			t.Errorf("Identity is not, in lane %d", lane)
		}
	}
}

// TestNormalize: many at once are what each is alone.
func TestNormalize(t *testing.T) {
	need(t)
	Normalize(nil)
	for _, n := range []int{1, 2, 7, 30} {
		var list []Points
		for i := range n {
			p := eight(func(lane int) *edwards25519.Point { return grouptest.Point(8*i + lane) })
			double(&p, i%3+1)
			list = append(list, p)
		}
		Normalize(list)
		for i := range list {
			for lane := range Width {
				w := grouptest.Point(8*i + lane)
				for range i%3 + 1 {
					w = grouptest.Sum(w, w)
				}
				if got := list[i].Encode(lane); got != [32]byte(w.Bytes()) {
					t.Fatalf("%d of %d, lane %d: %x, want %x", i, n, lane, got, w.Bytes())
				}
			}
		}
	}
}

func BenchmarkDouble(b *testing.B) {
	need(b)
	p := eight(grouptest.Point)
	for b.Loop() {
		double(&p, 100)
	}
}

func BenchmarkAddCached(b *testing.B) {
	need(b)
	p, q := eight(grouptest.Point), eight(grouptest.Point)
	var c Cached
	cache(&c, &q, &d2)
	for b.Loop() {
		addCached(&p, &c, 5)
	}
}

func BenchmarkDecode(b *testing.B) {
	need(b)
	var encodings [Width][32]byte
	for lane := range encodings {
		encodings[lane] = [32]byte(grouptest.Point(lane).Bytes())
	}
	var p Points
	for b.Loop() {
		p.Decode(&encodings)
	}
}

// TestLargestPoints: the kernels of points, with every limb as large as it may be.
// The coordinates are of no point; the formulas do not ask.
func TestLargestPoints(t *testing.T) {
	need(t)
	full := Field{}
	for i := range full {
		for lane := range full[i] {
			full[i][lane] = 1<<52 - 1
		}
	}
	product := full // what mul gives is at most 2p, limb by limb
	for i := range product {
		for lane := range product[i] {
			product[i][lane] = 1<<52 - 2
			if i == 0 {
				product[i][lane] = 1<<52 - 38
			}
		}
	}
	n, m := full.number(0), product.number(0)
	mulN := func(a, b *big.Int) *big.Int { return new(big.Int).Mul(a, b) }
	addN := func(a, b *big.Int) *big.Int { return new(big.Int).Add(a, b) }
	subN := func(a, b *big.Int) *big.Int { return new(big.Int).Sub(a, b) }
	check := func(what string, p *Points, x, y, z, t4 *big.Int) {
		t.Helper()
		checkField(t, what+" x", &p.X, func(int) *big.Int { return new(big.Int).Set(x) })
		checkField(t, what+" y", &p.Y, func(int) *big.Int { return new(big.Int).Set(y) })
		checkField(t, what+" z", &p.Z, func(int) *big.Int { return new(big.Int).Set(z) })
		checkField(t, what+" t", &p.T, func(int) *big.Int { return new(big.Int).Set(t4) })
	}

	p := Points{full, full, full, full}
	double(&p, 1)
	a := mulN(n, n) // X² = Y² = Z²
	g, h := new(big.Int), addN(a, a)
	e, f := subN(mulN(addN(n, n), addN(n, n)), h), subN(addN(a, a), g)
	check("double", &p, mulN(e, f), mulN(g, h), mulN(g, f), mulN(e, h))

	sum := func(what string, p *Points, a, b, c, d *big.Int) {
		t.Helper()
		e, h, f, g := subN(b, a), addN(b, a), subN(d, c), addN(d, c)
		check(what, p, mulN(e, f), mulN(g, h), mulN(f, g), mulN(e, h))
	}
	cached := Cached{Plus: full, Minus: product, T2D: product, Z2: full}
	p = Points{full, full, full, full}
	addCached(&p, &cached, 0)
	sum("add", &p, new(big.Int), mulN(addN(n, n), n), mulN(n, m), mulN(n, n))
	p = Points{full, full, full, full}
	addCached(&p, &cached, 0xff)
	sum("subtract", &p, new(big.Int), mulN(addN(n, n), m), new(big.Int).Neg(mulN(n, m)), mulN(n, n))
	p = Points{full, full, full, full}
	niels := Niels{Plus: full, Minus: product, T2D: product}
	addNiels(&p, &niels, 0)
	sum("add niels", &p, new(big.Int), mulN(addN(n, n), n), mulN(n, m), addN(n, n))
	p = Points{full, full, full, full}
	addNiels(&p, &niels, 0xff)
	sum("subtract niels", &p, new(big.Int), mulN(addN(n, n), m), new(big.Int).Neg(mulN(n, m)), addN(n, n))

	p = Points{full, full, full, full}
	var c Cached
	cache(&c, &p, &full)
	checkField(t, "Y+X", &c.Plus, func(int) *big.Int { return addN(n, n) })
	checkField(t, "Y-X", &c.Minus, func(int) *big.Int { return new(big.Int) })
	checkField(t, "T·2d", &c.T2D, func(int) *big.Int { return mulN(n, n) })
	checkField(t, "2Z", &c.Z2, func(int) *big.Int { return addN(n, n) })
}

// TestExponentBound: an exponent whose digits would leave its lane is no exponent.
func TestExponentBound(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("taken")
		}
	}()
	new(digits).set(0, &[32]byte{31: 0x20})
}
