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
		table := NewTable(&e)
		for _, n := range grouptest.Edges {
			checkPower(t, &chain, table, p, n)
		}
		rapid.Check(t, func(t *rapid.T) { checkPower(t, &chain, table, p, grouptest.Exponents().Draw(t, "n")) })
	}
}

func checkPower(t rapid.TB, chain *Chain, table *Table, p *edwards25519.Point, n *big.Int) {
	t.Helper()
	le, e := grouptest.LittleEndian(n), extended(p)
	want := grouptest.Exp(p, n)
	check(t, fmt.Sprintf("chain, %v", n), chain.Raise(&e, &le)[0], want)
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
		table := NewTable(&e)
		for _, n := range grouptest.Edges {
			le := grouptest.LittleEndian(n)
			want := grouptest.Small[int(new(big.Int).Mod(n, big.NewInt(8)).Int64())*k%8]
			check(t, fmt.Sprintf("chain, %d·T to %v", k, n), chain.Raise(&e, &le)[0], want)
			sum := Identity()
			table.AddExp(&sum, &le)
			check(t, fmt.Sprintf("table, %d·T to %v", k, n), sum, want)
		}
	}
}

// TestRaiseTogether: powers of one base together are what they are one by one, and
// the chain keeps nothing of the base before.
func TestRaiseTogether(t *testing.T) {
	var chain Chain
	rapid.Check(t, func(t *rapid.T) {
		p := grouptest.Point(rapid.IntRange(0, 9).Draw(t, "base"))
		e := extended(p)
		numbers := rapid.SliceOfN(grouptest.Exponents(), 0, 6).Draw(t, "exponents")
		var exponents []*[32]byte
		for _, n := range numbers {
			le := grouptest.LittleEndian(n)
			exponents = append(exponents, &le)
		}
		powers, member := chain.RaiseMember(&e, exponents...)
		if len(powers) != len(numbers) || !member {
			t.Fatalf("%d powers of %d, member: %v", len(powers), len(numbers), member)
		}
		for i, n := range numbers {
			check(t, fmt.Sprintf("power %d of %d, %v", i, len(numbers), n), powers[i], grouptest.Exp(p, n))
		}
	})
}

func TestRaiseMember(t *testing.T) {
	var chain Chain
	for i := range 50 {
		for k := range grouptest.Small {
			e := extended(grouptest.Sum(grouptest.Point(i), grouptest.Small[k]))
			if _, got := chain.RaiseMember(&e); got != (k == 0) {
				t.Errorf("point %d + %d·T: %v", i, k, got)
			}
		}
	}
	for k := range grouptest.Small {
		e := extended(grouptest.Small[k])
		if _, got := chain.RaiseMember(&e); got != (k == 0) {
			t.Errorf("%d·T: %v", k, got)
		}
	}
}

// TestMultiples: row i holds base^(d·256^i).
func TestMultiples(t *testing.T) {
	base := grouptest.Point(4)
	e := extended(base)
	rows := 0
	multiples(&e, func(i int, row []Affine) {
		if rows++; i != rows-1 || len(row) != Digits {
			t.Fatalf("row %d has %d points", i, len(row))
		}
		for _, d := range []int{1, 2, 3, 63, 64, 127, 128} {
			n := new(big.Int).Lsh(big.NewInt(int64(d)), uint(8*i))
			want := grouptest.Exp(base, n)
			if got := row[d-1].Encode(); got != [32]byte(want.Bytes()) {
				t.Errorf("%d·256^%d: %x, want %x", d, i, got, want.Bytes())
			}
		}
	})
	if rows != Windows {
		t.Errorf("%d rows", rows)
	}
}

// TestSignedBytes: the digits stand for the number and have entries in a table.
func TestSignedBytes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { checkSignedBytes(t, grouptest.Exponents().Draw(t, "n")) })
	for _, n := range grouptest.Edges {
		checkSignedBytes(t, n)
	}
}

func checkSignedBytes(t rapid.TB, n *big.Int) {
	t.Helper()
	le := grouptest.LittleEndian(n)
	sum := new(big.Int)
	for i, d := range SignedBytes(&le) {
		if d < -127 || d > Digits {
			t.Fatalf("%v: digit %d", n, d)
		}
		sum.Add(sum, new(big.Int).Lsh(big.NewInt(int64(d)), uint(8*i)))
	}
	if sum.Cmp(n) != 0 {
		t.Fatalf("digits of %v stand for %v", n, sum)
	}
}

// TestWideDigits: the digits stand for the number, are odd, at most 15, and
// lie at least five apart.
func TestWideDigits(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { checkWideDigits(t, grouptest.Exponents().Draw(t, "n")) })
	for _, n := range grouptest.Edges {
		checkWideDigits(t, n)
	}
}

func checkWideDigits(t rapid.TB, n *big.Int) {
	t.Helper()
	le := grouptest.LittleEndian(n)
	digits, sum, last := wideDigits(&le), new(big.Int), -5
	for _, term := range digits.terms() {
		at, d := int(term.at), term.digit
		if d&1 == 0 || d > 15 || d < -15 || at-last < 5 {
			t.Fatalf("%v: digit %d at %d after one at %d", n, d, at, last)
		}
		last = at
		sum.Add(sum, new(big.Int).Lsh(big.NewInt(int64(d)), uint(at)))
	}
	if sum.Cmp(n) != 0 {
		t.Fatalf("digits of %v stand for %v", n, sum)
	}
}

// BenchmarkRaise raises as a ballot's choice does: two powers and membership.
func BenchmarkRaise(b *testing.B) {
	e := extended(grouptest.Point(0))
	var chain Chain
	n, m := grouptest.LittleEndian(new(big.Int).Rsh(grouptest.Order, 1)), grouptest.LittleEndian(new(big.Int).Div(grouptest.Order, big.NewInt(7)))
	for b.Loop() {
		chain.RaiseMember(&e, &n, &m)
	}
}

func BenchmarkTable(b *testing.B) {
	e := extended(grouptest.Point(0))
	table, sum, n := NewTable(&e), Identity(), grouptest.LittleEndian(new(big.Int).Rsh(grouptest.Order, 1))
	for b.Loop() {
		table.AddExp(&sum, &n)
	}
}
