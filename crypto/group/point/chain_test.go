package point

import (
	"fmt"
	"math/big"
	"testing"

	"filippo.io/edwards25519"
	"pgregory.net/rapid"

	"github.com/homphieu/homphieu/crypto/group/grouptest"
)

// TestPowers: chain and table give the same power as the library in constant time.
func TestPowers(t *testing.T) {
	var chain Chain
	for i := range 3 {
		p := grouptest.Point(i)
		e := extended(p)
		chain.Set(&e)
		table := NewTable(&e)
		for _, n := range grouptest.Edges {
			checkPower(t, &chain, table, p, n)
		}
		rapid.Check(t, func(t *rapid.T) { checkPower(t, &chain, table, p, grouptest.Exponents().Draw(t, "n")) })
	}
}

func checkPower(t rapid.TB, chain *Chain, table *Table, p *edwards25519.Point, n *big.Int) {
	t.Helper()
	le := grouptest.LittleEndian(n)
	want := grouptest.Exp(p, n)
	check(t, fmt.Sprintf("chain, %v", n), chain.Exp(&le), want)
	sum := extended(grouptest.Point(9))
	table.AddExp(&sum, &le)
	check(t, fmt.Sprintf("table, %v", n), sum, want.Add(want, grouptest.Point(9)))
}

// TestPowersOfSmallOrder: a base outside the subgroup has powers like any other,
// which a scalar modulo q would not tell apart.
func TestPowersOfSmallOrder(t *testing.T) {
	var chain Chain
	for k := range grouptest.Small {
		e := extended(grouptest.Small[k])
		chain.Set(&e)
		table := NewTable(&e)
		for _, n := range grouptest.Edges {
			le := grouptest.LittleEndian(n)
			want := grouptest.Small[int(new(big.Int).Mod(n, big.NewInt(8)).Int64())*k%8]
			check(t, fmt.Sprintf("chain, %d·T to %v", k, n), chain.Exp(&le), want)
			sum := Identity()
			table.AddExp(&sum, &le)
			check(t, fmt.Sprintf("table, %d·T to %v", k, n), sum, want)
		}
	}
}

func TestInSubgroup(t *testing.T) {
	var chain Chain
	for i := range 50 {
		for k := range grouptest.Small {
			e := extended(grouptest.Sum(grouptest.Point(i), grouptest.Small[k]))
			chain.Set(&e)
			if got := chain.InSubgroup(); got != (k == 0) {
				t.Errorf("point %d + %d·T: %v", i, k, got)
			}
		}
	}
	for k := range grouptest.Small {
		e := extended(grouptest.Small[k])
		chain.Set(&e)
		if got := chain.InSubgroup(); got != (k == 0) {
			t.Errorf("%d·T: %v", k, got)
		}
	}
}

// TestWindows: row i holds base^(d·256^i).
func TestWindows(t *testing.T) {
	base := grouptest.Point(4)
	e := extended(base)
	rows := 0
	Windows(&e, func(i int, row []Affine) {
		if rows++; i != rows-1 || len(row) != 255 {
			t.Fatalf("row %d has %d points", i, len(row))
		}
		for _, d := range []int{1, 2, 3, 127, 128, 129, 254, 255} {
			n := new(big.Int).Lsh(big.NewInt(int64(d)), uint(8*i))
			want := grouptest.Exp(base, n)
			if got := row[d-1].Encode(); got != [32]byte(want.Bytes()) {
				t.Errorf("%d·256^%d: %x, want %x", d, i, got, want.Bytes())
			}
		}
	})
	if rows != 32 {
		t.Errorf("%d rows", rows)
	}
}

// TestWideDigits: the digits stand for the number, are odd, at most 15, and
// lie at least five apart.
func TestWideDigits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { checkWideDigits(t, grouptest.Exponents().Draw(t, "n")) })
	for _, n := range grouptest.Edges {
		checkWideDigits(t, n)
	}
	if le := grouptest.LittleEndian(grouptest.Order); orderDigits != wideDigits(&le) {
		t.Error("orderDigits are not those of q")
	}
}

func checkWideDigits(t rapid.TB, n *big.Int) {
	t.Helper()
	le := grouptest.LittleEndian(n)
	sum, last := new(big.Int), -5
	for i, d := range wideDigits(&le) {
		if d == 0 {
			continue
		}
		if d&1 == 0 || d > 15 || d < -15 || i-last < 5 {
			t.Fatalf("%v: digit %d at %d after one at %d", n, d, i, last)
		}
		last = i
		sum.Add(sum, new(big.Int).Lsh(big.NewInt(int64(d)), uint(i)))
	}
	if sum.Cmp(n) != 0 {
		t.Fatalf("digits of %v stand for %v", n, sum)
	}
}

func BenchmarkChain(b *testing.B) {
	e := extended(grouptest.Point(0))
	var chain Chain
	for b.Loop() {
		chain.Set(&e)
	}
}

func BenchmarkExp(b *testing.B) {
	e := extended(grouptest.Point(0))
	var chain Chain
	chain.Set(&e)
	n := grouptest.LittleEndian(new(big.Int).Rsh(grouptest.Order, 1))
	for b.Loop() {
		chain.Exp(&n)
	}
}

func BenchmarkTable(b *testing.B) {
	e := extended(grouptest.Point(0))
	table, sum, n := NewTable(&e), Identity(), grouptest.LittleEndian(new(big.Int).Rsh(grouptest.Order, 1))
	for b.Loop() {
		table.AddExp(&sum, &n)
	}
}
