//go:build amd64 && !purego

package lanes

import (
	"fmt"
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
	addCached(&sum, &c, negative)
	checkPoints(t, what+": addCached", &sum, func(lane int) *edwards25519.Point {
		if negative>>lane&1 == 1 {
			return new(edwards25519.Point).Subtract(first(lane), second(lane))
		}
		return grouptest.Sum(first(lane), second(lane))
	})
	normal := []Points{q}
	Normalize(normal)
	var n Niels
	add(&n.Plus, &normal[0].Y, &normal[0].X)
	sub(&n.Minus, &normal[0].Y, &normal[0].X)
	mul(&n.T2D, &normal[0].X, &normal[0].Y)
	mul(&n.T2D, &n.T2D, &d2)
	sum = p
	addNiels(&sum, &n)
	checkPoints(t, what+": addNiels", &sum, func(lane int) *edwards25519.Point { return grouptest.Sum(first(lane), second(lane)) })
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
