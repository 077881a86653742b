//go:build amd64 && !purego

package lanes

import (
	"math/big"

	"golang.org/x/sys/cpu"

	"github.com/homphieu/homphieu/crypto/group/point"
)

// Available reports whether this processor has what the kernel needs.
var Available = cpu.X86.HasAVX512F && cpu.X86.HasAVX512DQ && cpu.X86.HasAVX512BW && cpu.X86.HasAVX512VL && cpu.X86.HasAVX512IFMA

var (
	one = all(&[32]byte{1})
	// d2 is twice the d of the curve, d = -121665/121666 (RFC 8032 §5.1).
	d, d2, root, half = curve()
)

// curve returns d, 2d, a square root of -1, and 1/2.
func curve() (d, d2, root, half Field) {
	p := new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 255), big.NewInt(19))
	inverse := new(big.Int).ModInverse(big.NewInt(121666), p)
	v := new(big.Int).Mul(big.NewInt(-121665), inverse)
	v.Mod(v, p)
	twice := new(big.Int).Add(v, v)
	twice.Mod(twice, p)
	i := new(big.Int).Exp(big.NewInt(2), new(big.Int).Rsh(p, 2), p) // 2^((p-1)/4)
	h := new(big.Int).ModInverse(big.NewInt(2), p)
	return constant(v), constant(twice), constant(i), constant(h)
}

func constant(v *big.Int) Field {
	var be, le [32]byte
	v.FillBytes(be[:])
	for i := range le {
		le[i] = be[31-i]
	}
	return all(&le)
}

// buckets are eight for each lane, and one for the digit zero, which nobody reads.
// 24 words a bucket: 20 are used.
type buckets [Width][9][24]uint64

const (
	bucketBytes = 24 * 8
	laneBytes   = 9 * bucketBytes
)

// emptyBuckets are all the neutral point, for two exponents.
var emptyBuckets = func() (b [2]buckets) {
	for i := range b {
		for lane := range Width {
			for k := range b[i][lane] {
				b[i][lane][k] = [24]uint64{5: 1, 10: 1} // Y = Z = 1
			}
		}
	}
	return b
}()

// An Engine raises eight bases to two exponents each, again and again. It is some
// 130 kB; it is not safe for concurrent use. Memory of this size begins with a page, so
// that no register's worth of its fields lies across two cache lines, as it may on the
// stack: the kernels are a quarter slower there.
type Engine struct {
	links   [64]Cached // 16^j-th powers
	buckets [2]buckets
	common  [9]Points // buckets of digits that are the same in all lanes
	bucket  Points
	cached  Cached
	running Points
	digits  digits
	bytes   bytes
}

// SetBases begins with eight bases.
func (e *Engine) SetBases(bases *Points) {
	p := &e.running
	*p = *bases
	for j := range e.links {
		if j > 0 {
			double(p, 4)
		}
		cache(&e.links[j], p, &d2)
	}
}

// Exp sets first and second to the powers of the bases to two exponents each, below
// 2^253, little-endian.
func (e *Engine) Exp(first, second *Points, exponents *[2][Width][32]byte) {
	e.digits.set(0, &exponents[0])
	e.digits.set(1, &exponents[1])
	e.buckets = emptyBuckets
	accumulate(&e.buckets[0][0][0][0], &e.links[0], &e.digits[0][0], len(e.links))
	for i, out := range []*Points{first, second} {
		e.sum(out, func(k int) *Points { return e.fetched(i, k) })
	}
}

// fetched returns bucket k of each lane, for one of the exponents.
func (e *Engine) fetched(exponent, k int) *Points {
	var offsets [Width]uint64
	for lane := range offsets {
		offsets[lane] = uint64(lane*laneBytes + k*bucketBytes)
	}
	fetch(&e.bucket.X[0][0], &e.buckets[exponent][0][0][0], &offsets)
	return &e.bucket
}

// sum sets out = Σ k·bucket[k] = Σ_k (bucket[8] + … + bucket[k]).
func (e *Engine) sum(out *Points, bucket func(k int) *Points) {
	for k := 8; k >= 1; k-- {
		p := bucket(k)
		if k == 8 {
			e.running, *out = *p, *p
			continue
		}
		cache(&e.cached, p, &d2)
		addCached(&e.running, &e.cached, 0)
		cache(&e.cached, &e.running, &d2)
		addCached(out, &e.cached, 0)
	}
}

// orderDigits are those of q, the order of the subgroup.
var orderDigits = func() (list [64]int) {
	var d digits
	d.set(0, &[Width][32]byte{point.Order})
	for j := range list {
		list[j] = int(d[j][0]&15) - digitBias
	}
	return list
}()

// Members returns, as bits, in which lanes the base lies in the prime-order subgroup:
// where its q-th power is the neutral point.
func (e *Engine) Members() (lanes uint8) {
	neutral := Identity()
	for k := range e.common {
		e.common[k] = neutral
	}
	for j, digit := range orderDigits {
		switch {
		case digit > 0:
			addCached(&e.common[digit], &e.links[j], 0)
		case digit < 0:
			addCached(&e.common[-digit], &e.links[j], allLanes)
		}
	}
	var power Points
	e.sum(&power, func(k int) *Points { return &e.common[k] })
	for lane := range Width {
		if power.IsIdentity(lane) {
			lanes |= 1 << lane
		}
	}
	return lanes
}

// A Table raises one fixed base to many exponents: 32 windows of 8 bits, half a
// megabyte. The entry for the digit 0 is the neutral point.
type Table struct {
	entries [point.Windows][point.Digits + 1][16]uint64 // halves of y+x, y-x, 2dxy of base^(d·256^i)
}

// NewTable prepares a base, which is given in extended coordinates below 2^256,
// little-endian. The rows of eight windows are computed side by side.
func NewTable(x, y, z, t *[32]byte) *Table {
	table := new(Table)
	for i := range table.entries {
		for l := range half {
			table.entries[i][0][l], table.entries[i][0][5+l] = half[l][0], half[l][0]
		}
	}
	unit := Identity()
	for lane := range Width {
		unit.Set(lane, x, y, z, t)
	}
	row := make([]Points, point.Digits)
	for from := 0; from < point.Windows; from += Width {
		units := unit
		for lane := 1; lane < Width; lane++ { // what is 256 times as much in each next lane
			double(&unit, 8)
			units.take(lane, &unit)
		}
		double(&unit, 8)
		multiples(row, &units)
		Normalize(row)
		for d := range row {
			table.set(from, d+1, &row[d])
		}
	}
	return table
}

// take copies a lane.
func (p *Points) take(lane int, from *Points) {
	p.X.take(lane, &from.X)
	p.Y.take(lane, &from.Y)
	p.Z.take(lane, &from.Z)
	p.T.take(lane, &from.T)
}

// multiples sets row[d-1] to d times the unit.
func multiples(row []Points, unit *Points) {
	var c Cached
	cache(&c, unit, &d2)
	row[0] = *unit
	for d := 1; d < len(row); d++ {
		row[d] = row[d-1]
		addCached(&row[d], &c, 0)
	}
}

// set puts in the entry for a digit of eight windows from one on, of points that
// Normalize has divided.
func (t *Table) set(from, digit int, p *Points) {
	n := newNiels(p)
	for lane := range Width {
		e := &t.entries[from+lane][digit]
		for l := range 5 {
			e[l], e[5+l], e[10+l] = n.Plus[l][lane], n.Minus[l][lane], n.TD[l][lane]
		}
	}
}

// newNiels takes points that Normalize has divided.
func newNiels(p *Points) (n Niels) {
	add(&n.Plus, &p.Y, &p.X)
	sub(&n.Minus, &p.Y, &p.X)
	mul(&n.Plus, &n.Plus, &half)
	mul(&n.Minus, &n.Minus, &half)
	mul(&n.TD, &p.X, &p.Y)
	mul(&n.TD, &n.TD, &d)
	return n
}

// AddExp adds to each lane of p the power of the base to its exponent.
func (e *Engine) AddExp(p *Points, t *Table, exponents *[Width][32]byte) {
	e.bytes.set(exponents)
	addEntries(p, &t.entries[0][0][0], &e.bytes[0], len(t.entries))
}
