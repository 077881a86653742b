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
		var out Points
		e.Exp(&out, &exponents)
		checkPoints(t, fmt.Sprintf("chain, %v", n), &out, func(lane int) *edwards25519.Point { return grouptest.Exp(grouptest.Point(lane), n[lane]) })
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
		var out Points
		e.Exp(&out, &exponents)
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
		var out Points
		old.Exp(&out, &exponents)
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

// TestDigits: the digits of a lane stand for its number and lie between -8 and 8,
// for which there are buckets.
func TestDigits(t *testing.T) {
	check := func(t rapid.TB, lane int, n *big.Int) {
		var d digits
		for i := range d {
			d[i] = [Width]int8{9, 9, 9, 9, 9, 9, 9, 9}
		}
		le := grouptest.LittleEndian(n)
		d.set(lane, &le)
		sum := new(big.Int)
		for i := len(d) - 1; i >= 0; i-- {
			if d[i][lane] < -8 || d[i][lane] > 8 || abs(d[i][lane]) >= len(buckets{}[lane]) {
				t.Fatalf("%v: digit %d is %d", n, i, d[i][lane])
			}
			sum.Add(sum.Lsh(sum, 4), big.NewInt(int64(d[i][lane])))
			for other := range Width {
				if other != lane && d[i][other] != 9 {
					t.Fatalf("lane %d was changed with lane %d", other, lane)
				}
			}
		}
		if sum.Cmp(n) != 0 {
			t.Fatalf("digits of %v stand for %v", n, sum)
		}
	}
	for i, n := range grouptest.Edges {
		check(t, i%Width, n)
	}
	for _, digit := range []byte{0x77, 0x78, 0x87, 0x88, 0x7f, 0xf7, 0xff} { // carries that run through
		var le [32]byte
		for i := range 31 {
			le[i] = digit
		}
		check(t, 3, grouptest.Number(le))
		le[31] = 0x1f
		check(t, 4, grouptest.Number(le))
	}
	rapid.Check(t, func(t *rapid.T) {
		check(t, rapid.IntRange(0, Width-1).Draw(t, "lane"), grouptest.Exponents().Draw(t, "n"))
	})
}

func TestSigns(t *testing.T) {
	position := [Width]int8{0, -1, 1, -8, 8, 7, -7, 0}
	if got := negatives(&position); got != 0b01001010 {
		t.Errorf("negatives: %08b", got)
	}
	if isZero(&position) || !isZero(&[Width]int8{}) || isZero(&[Width]int8{7: 1}) || isZero(&[Width]int8{0: -1}) {
		t.Error("isZero")
	}
}

// TestGatherAndScatter: words come from each lane's offset, go back to it, and
// nothing else is touched.
func TestGatherAndScatter(t *testing.T) {
	need(t)
	random := rand.New(rand.NewPCG(3, 4))
	for blocks := 1; blocks <= 4; blocks++ {
		for range 50 {
			checkMoves(t, blocks, random)
		}
	}
}

func checkMoves(t *testing.T, blocks int, random *rand.Rand) {
	t.Helper()
	const slot = 48 // words between what two lanes may touch
	var memory [Width * slot]uint64
	for i := range memory {
		memory[i] = random.Uint64()
	}
	var offsets [Width]uint64
	for lane, at := range random.Perm(Width) {
		offsets[lane] = 8 * uint64(slot*at+random.IntN(slot-8*blocks+1))
	}
	var to [33][Width]uint64 // a row more than four blocks
	guard := random.Uint64()
	for i := range to {
		for lane := range to[i] {
			to[i][lane] = guard
		}
	}
	before := memory
	gather(&to[0][0], &memory[0], &offsets, blocks)
	for i := range to {
		for lane := range Width {
			want := guard
			if i < 8*blocks {
				want = memory[int(offsets[lane]/8)+i]
			}
			if to[i][lane] != want {
				t.Fatalf("%d blocks: word %d of lane %d is %x, want %x", blocks, i, lane, to[i][lane], want)
			}
		}
	}
	if memory != before {
		t.Fatal("gather wrote where it reads")
	}
	want := memory
	for i := range 8 * blocks {
		for lane := range Width {
			to[i][lane] = random.Uint64()
			want[int(offsets[lane]/8)+i] = to[i][lane]
		}
	}
	scatter(&memory[0], &to[0][0], &offsets, blocks)
	if memory != want {
		t.Fatalf("%d blocks: scatter", blocks)
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
	var out Points
	bases, exponents := eight(grouptest.Point), sameExponents(new(big.Int).Rsh(grouptest.Order, 1))
	e.SetBases(&bases)
	for b.Loop() {
		e.Exp(&out, &exponents)
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
