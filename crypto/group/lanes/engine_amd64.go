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
	d, d2, root = curve()
)

// curve returns d, 2d, and a square root of -1.
func curve() (d, d2, root Field) {
	p := new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 255), big.NewInt(19))
	inverse := new(big.Int).ModInverse(big.NewInt(121666), p)
	v := new(big.Int).Mul(big.NewInt(-121665), inverse)
	v.Mod(v, p)
	twice := new(big.Int).Add(v, v)
	twice.Mod(twice, p)
	i := new(big.Int).Exp(big.NewInt(2), new(big.Int).Rsh(p, 2), p) // 2^((p-1)/4)
	return constant(v), constant(twice), constant(i)
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

// emptyBuckets are all the neutral point.
var emptyBuckets = func() (b buckets) {
	for lane := range b {
		for k := range b[lane] {
			b[lane][k] = [24]uint64{5: 1, 10: 1} // Y = Z = 1
		}
	}
	return b
}()

// A bucket is one of each lane, as gather brings them: points, and four words that
// nobody reads.
type bucket struct {
	Points
	_ [4][Width]uint64
}

// An entry is one of a table for each lane, and a word that nobody reads.
type entry struct {
	Niels
	_ [1][Width]uint64
}

// An Engine raises eight bases to one exponent each, again and again. It is some
// 100 kB; it is not safe for concurrent use.
type Engine struct {
	links   [64]Cached // 16^j-th powers
	buckets buckets
	common  [9]Points // buckets of digits that are the same in all lanes
	work    bucket
	entry   entry
	cached  Cached
	running Points
	digits  digits
	bytes   signedBytes
}

// SetBases begins with eight bases, which it overwrites.
func (e *Engine) SetBases(p *Points) {
	for j := range e.links {
		if j > 0 {
			double(p, 4)
		}
		cache(&e.links[j], p, &d2)
	}
}

// Exp sets out to the powers of the bases to exponents below 2^253, little-endian.
func (e *Engine) Exp(out *Points, exponents *[Width][32]byte) {
	for lane := range exponents {
		e.digits.set(lane, &exponents[lane])
	}
	e.buckets = emptyBuckets
	p := &e.work.Points
	for j := range e.digits {
		position := &e.digits[j]
		if isZero(position) {
			continue
		}
		var offsets [Width]uint64
		for lane, digit := range position {
			offsets[lane] = uint64(lane*laneBytes + abs(digit)*bucketBytes)
		}
		gather(&p.X[0][0], &e.buckets[0][0][0], &offsets, 3)
		addCached(p, &e.links[j], negatives(position))
		scatter(&e.buckets[0][0][0], &p.X[0][0], &offsets, 3)
	}
	e.sum(out, e.gathered)
}

// gathered returns bucket k of each lane.
func (e *Engine) gathered(k int) *Points {
	var offsets [Width]uint64
	for lane := range offsets {
		offsets[lane] = uint64(lane*laneBytes + k*bucketBytes)
	}
	gather(&e.work.X[0][0], &e.buckets[0][0][0], &offsets, 3)
	return &e.work.Points
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
var orderDigits = func() (d digits) {
	for lane := range Width {
		d.set(lane, &point.Order)
	}
	return d
}()

// Members returns, as bits, in which lanes the base lies in the prime-order subgroup:
// where its q-th power is the neutral point.
func (e *Engine) Members() (lanes uint8) {
	neutral := Identity()
	for k := range e.common {
		e.common[k] = neutral
	}
	for j := range orderDigits {
		if digit := orderDigits[j][0]; digit != 0 {
			addCached(&e.common[abs(digit)], &e.links[j], negatives(&orderDigits[j]))
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
	entries [point.Windows][point.Digits + 1][16]uint64 // y+x, y-x, 2dxy of base^(d·256^i)
}

const entryBytes = 16 * 8

// NewTable prepares a base, which is given in extended coordinates below 2^256,
// little-endian. The rows of eight windows are computed side by side.
func NewTable(x, y, z, t *[32]byte) *Table {
	table := new(Table)
	for i := range table.entries {
		table.entries[i][0] = [16]uint64{0: 1, 5: 1}
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
	for i := range p.X {
		p.X[i][lane], p.Y[i][lane] = from.X[i][lane], from.Y[i][lane]
		p.Z[i][lane], p.T[i][lane] = from.Z[i][lane], from.T[i][lane]
	}
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

// set puts in the entry for digit d of eight windows from one on, of points that
// Normalize has divided.
func (t *Table) set(from, d int, p *Points) {
	var n Niels
	add(&n.Plus, &p.Y, &p.X)
	sub(&n.Minus, &p.Y, &p.X)
	mul(&n.T2D, &p.X, &p.Y)
	mul(&n.T2D, &n.T2D, &d2)
	for lane := range Width {
		e := &t.entries[from+lane][d]
		for l := range 5 {
			e[l], e[5+l], e[10+l] = n.Plus[l][lane], n.Minus[l][lane], n.T2D[l][lane]
		}
	}
}

// signedBytes are the digits of eight exponents for tables: where their entries
// are, and which lanes are negative.
type signedBytes struct {
	offsets  [point.Windows][Width]uint64
	negative [point.Windows]uint64
}

func (s *signedBytes) set(exponents *[Width][32]byte) {
	s.negative = [point.Windows]uint64{}
	for lane := range exponents {
		for i, digit := range point.SignedBytes(&exponents[lane]) {
			sign := digit >> 15 // all ones, or zero
			s.offsets[i][lane] = uint64((digit^sign)-sign) * entryBytes
			s.negative[i] |= uint64(sign&1) << lane
		}
	}
}

// AddExp adds to each lane of p the power of the base to its exponent.
func (e *Engine) AddExp(p *Points, t *Table, exponents *[Width][32]byte) {
	e.bytes.set(exponents)
	for i := range t.entries {
		if next := i + 1; next < len(t.entries) {
			prefetch(&t.entries[next][0][0], &e.bytes.offsets[next])
		}
		gather(&e.entry.Plus[0][0], &t.entries[i][0][0], &e.bytes.offsets[i], 2)
		addNiels(p, &e.entry.Niels, e.bytes.negative[i])
	}
}
