//go:build amd64 && !purego

package lanes

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"filippo.io/edwards25519"
	"pgregory.net/rapid"

	"github.com/homphieu/homphieu/crypto/group/grouptest"
	"github.com/homphieu/homphieu/crypto/group/point"
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
	n := newNiels(&normal[0])
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

// TestKernels: the kernels of points take whatever is tight, and loose where they say
// so. The coordinates are of no point; the formulas do not ask. Sums and differences of
// first limbs that do not fit, which are rare, come often here.
func TestKernels(t *testing.T) {
	need(t)
	small, large := Field{}, largest(1<<51+excess, 1<<51)
	full := largest(1<<52, 1<<52)
	for _, x := range []Field{small, large} {
		for _, y := range []Field{small, large} {
			for _, z := range []Field{small, large} {
				for _, q := range []Field{small, full} {
					p, c := Points{x, y, z, large}, Cached{q, full, large, q}
					checkKernels(t, &p, &c, 0x5a)
				}
			}
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		f := func() Field { return tight().Draw(t, "tight") }
		l := func() Field { return loose().Draw(t, "loose") }
		p, c := Points{f(), f(), f(), f()}, Cached{l(), l(), f(), l()}
		checkKernels(t, &p, &c, uint64(rapid.Byte().Draw(t, "negative")))
	})
}

func checkKernels(t rapid.TB, p *Points, c *Cached, negative uint64) {
	t.Helper()
	doubled, added, mixed := *p, *p, *p
	double(&doubled, 1)
	addCached(&added, c, negative)
	addNiels(&mixed, &Niels{c.Plus, c.Minus, c.T2D}, negative)
	checkCoordinates(t, "double", &doubled, func(lane int) formula {
		x, y, z := p.X.number(lane), p.Y.number(lane), p.Z.number(lane)
		a, b := product(x, x), product(y, y)
		g := difference(b, a)
		return formula{e: product(big.NewInt(2), x, y), f: difference(product(big.NewInt(2), z, z), g), g: g, h: new(big.Int).Add(a, b)}
	})
	sum := func(z func(lane int) *big.Int) func(lane int) formula {
		return func(lane int) formula {
			plus, minus, t2d := c.Plus.number(lane), c.Minus.number(lane), c.T2D.number(lane)
			if negative>>lane&1 == 1 {
				plus, minus, t2d = minus, plus, new(big.Int).Neg(t2d)
			}
			x, y := p.X.number(lane), p.Y.number(lane)
			a, b := product(difference(y, x), minus), product(new(big.Int).Add(y, x), plus)
			c, d := product(p.T.number(lane), t2d), z(lane)
			return formula{e: difference(b, a), f: difference(d, c), g: new(big.Int).Add(d, c), h: new(big.Int).Add(b, a)}
		}
	}
	checkCoordinates(t, "addCached", &added, sum(func(lane int) *big.Int { return product(p.Z.number(lane), c.Z2.number(lane)) }))
	checkCoordinates(t, "addNiels", &mixed, sum(func(lane int) *big.Int { return p.Z.number(lane) }))
	checkCache(t, p)
}

// addNiels adds n to p, or takes it off in the lanes of negative: from a table of one
// window, in which each lane finds its entry under the digit 1, 2, 3 and so on.
func addNiels(p *Points, n *Niels, negative uint64) {
	var window [point.Digits + 1][16]uint64
	digits := [2]uint64{0, 128 * ones}
	for lane := range Width {
		for l := range n.Plus {
			e := &window[lane+1]
			e[l], e[5+l], e[10+l] = n.Plus[l][lane], n.Minus[l][lane], n.TD[l][lane]
		}
		digit := 128 + lane + 1
		if negative>>lane&1 == 1 {
			digit = 128 - (lane + 1)
		}
		digits[0] |= uint64(digit) << (8 * lane)
	}
	addEntries(p, &window[0][0], &digits[0], 1)
}

// checkCache: of what is added often, all but the product may be loose.
func checkCache(t rapid.TB, p *Points) {
	t.Helper()
	var c Cached
	cache(&c, p, &p.T)
	for what, f := range map[string]struct {
		got  *Field
		want func(lane int) *big.Int
	}{
		"Y+X": {&c.Plus, func(lane int) *big.Int { return new(big.Int).Add(p.Y.number(lane), p.X.number(lane)) }},
		"Y-X": {&c.Minus, func(lane int) *big.Int { return difference(p.Y.number(lane), p.X.number(lane)) }},
		"2Z":  {&c.Z2, func(lane int) *big.Int { return new(big.Int).Lsh(p.Z.number(lane), 1) }},
	} {
		for i := range f.got {
			if slices.Max(f.got[i][:]) >= 1<<52 {
				t.Fatalf("%s: limb %d is %x", what, i, f.got[i])
			}
		}
		mul(f.got, f.got, &one)
		checkField(t, what, f.got, f.want)
	}
	checkField(t, "T·2d", &c.T2D, func(lane int) *big.Int { return product(p.T.number(lane), p.T.number(lane)) })
}

// A formula has the four numbers whose products are the coordinates of a point.
type formula struct{ e, f, g, h *big.Int }

func checkCoordinates(t rapid.TB, what string, p *Points, want func(lane int) formula) {
	t.Helper()
	checkField(t, what+": X", &p.X, func(lane int) *big.Int { return product(want(lane).e, want(lane).f) })
	checkField(t, what+": Y", &p.Y, func(lane int) *big.Int { return product(want(lane).g, want(lane).h) })
	checkField(t, what+": Z", &p.Z, func(lane int) *big.Int { return product(want(lane).f, want(lane).g) })
	checkField(t, what+": T", &p.T, func(lane int) *big.Int { return product(want(lane).e, want(lane).h) })
}

func product(factors ...*big.Int) *big.Int {
	p := big.NewInt(1)
	for _, f := range factors {
		p.Mul(p, f)
	}
	return p
}

func difference(a, b *big.Int) *big.Int { return new(big.Int).Sub(a, b) }

// TestExponentBound: an exponent whose digits would leave its lane is no exponent.
func TestExponentBound(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("taken")
		}
	}()
	new(digits).set(0, &[Width][32]byte{5: {31: 0x20}})
}
