//go:build amd64 && !purego

package lanes

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"testing"

	"filippo.io/edwards25519"
	"pgregory.net/rapid"

	"github.com/homphieu/homphieu/crypto/group/grouptest"
	"github.com/homphieu/homphieu/crypto/group/point"
)

// tableOf prepares a base, with whatever Z it has.
func tableOf(base *edwards25519.Point) *Table {
	x, y, z, t := base.ExtendedCoordinates()
	return NewTable((*[32]byte)(x.Bytes()), (*[32]byte)(y.Bytes()), (*[32]byte)(z.Bytes()), (*[32]byte)(t.Bytes()))
}

// TestPowers: chain and table give the same powers as the library in constant time.
func TestPowers(t *testing.T) {
	need(t)
	var e Engine
	bases := eight(grouptest.Point)
	e.SetBases(&bases)
	base := grouptest.Point(100)
	table := tableOf(base)
	check := func(t rapid.TB, n [Width]*big.Int) {
		var exponents [Width][32]byte
		for lane := range exponents {
			exponents[lane] = grouptest.LittleEndian(n[lane])
		}
		both, other := [2][Width][32]byte{exponents}, func(lane int) int { return (lane + 3) % Width }
		for lane := range exponents {
			both[1][lane] = exponents[other(lane)]
		}
		var out, second Points
		e.Exp(&out, &second, &both)
		checkPoints(t, fmt.Sprintf("chain, %v", n), &out, func(lane int) *edwards25519.Point { return grouptest.Exp(grouptest.Point(lane), n[lane]) })
		checkPoints(t, fmt.Sprintf("second, %v", n), &second, func(lane int) *edwards25519.Point {
			return grouptest.Exp(grouptest.Point(lane), n[other(lane)])
		})
		e.AddExp(&out, table, &exponents)
		checkPoints(t, fmt.Sprintf("table, %v", n), &out, func(lane int) *edwards25519.Point {
			return grouptest.Sum(grouptest.Exp(grouptest.Point(lane), n[lane]), grouptest.Exp(base, n[lane]))
		})
	}
	for i := range grouptest.Edges {
		var apart, same [Width]*big.Int
		for lane := range apart {
			apart[lane], same[lane] = grouptest.Edges[(i+lane)%len(grouptest.Edges)], grouptest.Edges[i]
		}
		check(t, apart)
		check(t, same)
	}
	rapid.Check(t, func(t *rapid.T) {
		var n [Width]*big.Int
		for lane := range n {
			n[lane] = grouptest.Exponents().Draw(t, "n")
		}
		check(t, n)
	})
}

// TestPowersOfSmallOrder: a base outside the subgroup has powers like any other,
// which a scalar modulo q would not tell apart.
func TestPowersOfSmallOrder(t *testing.T) {
	need(t)
	var e Engine
	for _, n := range grouptest.Edges {
		bases := eight(func(lane int) *edwards25519.Point { return grouptest.Small[lane] })
		e.SetBases(&bases)
		exponents := sameExponents(n)
		out := exp(&e, exponents)
		eighth := int(new(big.Int).Mod(n, big.NewInt(8)).Int64())
		checkPoints(t, fmt.Sprintf("small order to %v", n), &out, func(lane int) *edwards25519.Point { return grouptest.Small[lane*eighth%8] })
	}
}

// TestMembers: a point is a member with the small point 0 and with no other, in
// whichever lane it stands.
func TestMembers(t *testing.T) {
	need(t)
	var e Engine
	for i := range 50 {
		bases := eight(func(lane int) *edwards25519.Point {
			return grouptest.Sum(grouptest.Point(i), grouptest.Small[(lane+i)%8])
		})
		e.SetBases(&bases)
		if got, want := e.Members(), uint8(1)<<((8-i%8)%8); got != want {
			t.Errorf("point %d: %08b, want %08b", i, got, want)
		}
	}
	bases := eight(func(lane int) *edwards25519.Point { return grouptest.Small[lane] })
	e.SetBases(&bases)
	if got := e.Members(); got != 1 {
		t.Errorf("small points: %08b", got)
	}
	bases = eight(grouptest.Point)
	e.SetBases(&bases)
	if got := e.Members(); got != 0xff {
		t.Errorf("elements: %08b", got)
	}
}

// exp raises the bases to one exponent each.
func exp(e *Engine, exponents [Width][32]byte) (out Points) {
	var other Points
	e.Exp(&out, &other, &[2][Width][32]byte{exponents})
	return out
}

func sameExponents(n *big.Int) (exponents [Width][32]byte) {
	for lane := range exponents {
		exponents[lane] = grouptest.LittleEndian(n)
	}
	return exponents
}

// TestEngineKeepsNothing: one engine after another's bases and exponents gives what
// a new one gives.
func TestEngineKeepsNothing(t *testing.T) {
	need(t)
	var old Engine
	for i := range 20 {
		at := func(lane int) *edwards25519.Point { return grouptest.Point(i*lane + 1) }
		bases := eight(at)
		old.SetBases(&bases)
		n := grouptest.Edges[i*5%len(grouptest.Edges)]
		exponents := sameExponents(n)
		out := exp(&old, exponents)
		checkPoints(t, fmt.Sprintf("round %d", i), &out, func(lane int) *edwards25519.Point { return grouptest.Exp(at(lane), n) })
	}
}

// TestTableRows looks at every window and digit.
func TestTableRows(t *testing.T) {
	need(t)
	var e Engine
	base := grouptest.Point(7)
	table := tableOf(base)
	for i := range point.Windows {
		for from := 0; from < 256; from += Width {
			var exponents [Width][32]byte
			for lane := range exponents {
				exponents[lane][i] = byte(from + lane)
			}
			if i == point.Windows-1 && from > 0x1f {
				break // exponents have 253 bits
			}
			out := Identity()
			e.AddExp(&out, table, &exponents)
			checkPoints(t, fmt.Sprintf("window %d, digits from %d", i, from), &out, func(lane int) *edwards25519.Point {
				return grouptest.Exp(base, grouptest.Number(exponents[lane]))
			})
		}
	}
}

// TestDigits: the digits of a lane stand for its number and lie between -8 and 7, for
// which there are buckets; behind them are zeros.
func TestDigits(t *testing.T) {
	check := func(t rapid.TB, list []*big.Int) {
		var d digits
		for i := range 2 {
			var exponents [Width][32]byte
			for lane := range exponents {
				exponents[lane] = grouptest.LittleEndian(list[(i+lane)%len(list)])
			}
			d.set(i, &exponents)
		}
		for i := range 2 {
			for lane := range Width {
				sum := new(big.Int)
				for j := len(d) - 1; j >= 0; j-- {
					digit := int64(d[j][i]>>(8*lane)&255) - digitBias
					if digit < -8 || digit > 7 || j == len(d)-1 && digit != 0 {
						t.Fatalf("lane %d: digit %d is %d", lane, j, digit)
					}
					sum.Add(sum.Lsh(sum, 4), big.NewInt(digit))
				}
				if n := list[(i+lane)%len(list)]; sum.Cmp(n) != 0 {
					t.Fatalf("exponent %d, lane %d: digits of %v stand for %v", i, lane, n, sum)
				}
			}
		}
	}
	check(t, grouptest.Edges)
	for i := range grouptest.Edges {
		check(t, grouptest.Edges[i:])
	}
	for _, digit := range []byte{0x77, 0x78, 0x87, 0x88, 0x7f, 0xf7, 0xff} { // carries that run through
		var le [32]byte
		for i := range 31 {
			le[i] = digit
		}
		n := grouptest.Number(le)
		le[31] = 0x1f
		check(t, []*big.Int{n, grouptest.Number(le), new(big.Int)})
	}
	rapid.Check(t, func(t *rapid.T) { check(t, rapid.SliceOfN(grouptest.Exponents(), Width+1, Width+1).Draw(t, "n")) })
}

// TestFetch: words come from each lane's offset, and nothing else is written.
func TestFetch(t *testing.T) {
	need(t)
	random := rand.New(rand.NewPCG(3, 4))
	for range 50 {
		checkFetch(t, random)
	}
}

func checkFetch(t *testing.T, random *rand.Rand) {
	t.Helper()
	const words, slot = 20, 48 // of a bucket, and between what two lanes may touch
	var memory [Width * slot]uint64
	for i := range memory {
		memory[i] = random.Uint64()
	}
	var offsets [Width]uint64
	for lane, at := range random.Perm(Width) {
		offsets[lane] = 8 * uint64(slot*at+random.IntN(slot-words+1))
	}
	var to [25][Width]uint64
	guard := random.Uint64()
	for i := range to {
		for lane := range to[i] {
			to[i][lane] = guard
		}
	}
	before := memory
	fetch(&to[0][0], &memory[0], &offsets)
	for i := range to {
		for lane := range Width {
			want := guard
			if i < words {
				want = memory[int(offsets[lane]/8)+i]
			}
			if to[i][lane] != want {
				t.Fatalf("word %d of lane %d is %x, want %x", i, lane, to[i][lane], want)
			}
		}
	}
	if memory != before {
		t.Fatal("memory was changed")
	}
}

// TestAccumulate writes to the 20 words of buckets, and nowhere else: what lies behind
// in each bucket, and beside all of them, stays.
func TestAccumulate(t *testing.T) {
	need(t)
	const guard = 0xfedcba9876543210
	var memory struct {
		before  [Width]uint64
		buckets [2]buckets
		after   [Width]uint64
	}
	for lane := range Width {
		memory.before[lane], memory.after[lane] = guard, guard
	}
	memory.buckets = emptyBuckets
	each := func(do func(bucket *[24]uint64)) {
		for i := range memory.buckets {
			for lane := range Width {
				for k := range memory.buckets[i][lane] {
					do(&memory.buckets[i][lane][k])
				}
			}
		}
	}
	each(func(bucket *[24]uint64) { copy(bucket[20:], []uint64{guard, guard, guard, guard}) })
	var e Engine
	bases := eight(grouptest.Point)
	e.SetBases(&bases)
	links := e.links
	var d digits
	random := rand.New(rand.NewPCG(5, 6))
	for j := range d {
		for i := range d[j] {
			d[j][i] = random.Uint64() & 0x0f0f0f0f0f0f0f0f
		}
	}
	given := d
	accumulate(&memory.buckets[0][0][0][0], &links[0], &d[0][0], len(links))
	for lane := range Width {
		if memory.before[lane] != guard || memory.after[lane] != guard {
			t.Fatal("something beside the buckets was written")
		}
	}
	each(func(bucket *[24]uint64) {
		if [4]uint64(bucket[20:]) != [4]uint64{guard, guard, guard, guard} {
			t.Fatal("something behind a bucket was written")
		}
	})
	if d != given || links != e.links {
		t.Fatal("an argument was changed")
	}
}

func BenchmarkSetBases(b *testing.B) {
	need(b)
	var e Engine
	for b.Loop() {
		bases := Identity()
		e.SetBases(&bases)
	}
}

func BenchmarkExp(b *testing.B) {
	need(b)
	var e Engine
	var first, second Points
	bases, exponents := eight(grouptest.Point), sameExponents(new(big.Int).Rsh(grouptest.Order, 1))
	e.SetBases(&bases)
	for b.Loop() {
		e.Exp(&first, &second, &[2][Width][32]byte{exponents, exponents})
	}
}

func BenchmarkNewTable(b *testing.B) {
	need(b)
	for b.Loop() {
		tableOf(grouptest.Point(0))
	}
}

func BenchmarkAddExp(b *testing.B) {
	need(b)
	var e Engine
	out, exponents := Identity(), sameExponents(new(big.Int).Rsh(grouptest.Order, 1))
	table := tableOf(grouptest.Point(0))
	for b.Loop() {
		e.AddExp(&out, table, &exponents)
	}
}
