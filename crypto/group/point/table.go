package point

import fp "github.com/cloudflare/circl/math/fp25519"

// A Table raises one fixed base to many exponents: 32 windows of 8 bits, whose
// digits lie between -127 and 128. Two of them, 0.4 MB each and built in less than a
// millisecond, stay in the second cache of a processor, where tables twice as wide
// would not.
type Table struct {
	window [Windows][Digits]niels // window[i][d-1] = base^(d·256^i)
}

// The shape of tables: one digit for each byte of an exponent, and an entry for each
// magnitude but zero.
const (
	Windows = 32
	Digits  = 128
)

// NewTable prepares a base.
func NewTable(base *Extended) *Table {
	t := new(Table)
	multiples(base, func(i int, row []Affine) {
		for k := range row {
			t.window[i][k].set(&row[k])
		}
	})
	return t
}

// multiples calls use for each window i with base^(d·256^i), d from 1 to 128: what
// tables are made of.
func multiples(base *Extended, use func(i int, row []Affine)) {
	unit := *base
	row := make([]Extended, Digits)
	for i := range Windows {
		row[0] = unit
		for k := 1; k < len(row); k++ {
			row[k] = row[k-1].Add(&unit)
		}
		use(i, Normalize(row))
		unit.double(&row[Digits-1], true)
	}
}

// SignedBytes writes an exponent below 2^253, little-endian, to the base 256 in
// digits between -127 and 128.
func SignedBytes(exponent *[32]byte) (digits [Windows]int16) {
	if exponent[31] > 0x1f {
		panic("point: exponent of more than 253 bits")
	}
	carry := int16(0)
	for i, b := range exponent {
		digit := int16(b) + carry
		if carry = 0; digit > Digits {
			digit, carry = digit-256, 1
		}
		digits[i] = digit
	}
	return digits
}

func (n *niels) set(p *Affine) {
	n.plus, n.minus = p.Y, p.X
	fp.AddSub(&n.plus, &n.minus)
	fp.Mul(&n.plus, &n.plus, &half)
	fp.Mul(&n.minus, &n.minus, &half)
	fp.Mul(&n.td, &p.X, &p.Y)
	fp.Mul(&n.td, &n.td, &d)
}

// AddExp adds the power of the base to an exponent, little-endian, to e. Each entry
// is asked for while the one before is added: two tables are more than the first
// cache holds.
func (t *Table) AddExp(e *Extended, exponent *[32]byte) {
	digits := SignedBytes(exponent)
	for i, digit := range digits {
		if i+1 < len(digits) {
			prefetch(t.entry(i+1, digits[i+1])) //nolint:gosec // G602: just compared
		}
		switch n := t.entry(i, digit); {
		case digit > 0:
			e.addNiels(e, n)
		case digit < 0:
			e.subNiels(e, n)
		}
	}
}

// entry is that for the magnitude of a digit; for zero, any.
func (t *Table) entry(window int, digit int16) *niels {
	return &t.window[window][max(digit, -digit, 1)-1]
}

// Normalize returns points in affine coordinates. The inversions of all are one
// inversion and three products each (Montgomery 1987).
func Normalize(points []Extended) []Affine {
	affine := make([]Affine, len(points))
	product := one
	for i := range points {
		affine[i].X = product // of the Z before
		fp.Mul(&product, &product, &points[i].Z)
	}
	fp.Inv(&product, &product)
	for i := len(points) - 1; i >= 0; i-- {
		var inverse fp.Elt
		fp.Mul(&inverse, &affine[i].X, &product)
		fp.Mul(&product, &product, &points[i].Z)
		fp.Mul(&affine[i].X, &points[i].X, &inverse)
		fp.Mul(&affine[i].Y, &points[i].Y, &inverse)
	}
	return affine
}

// Encode returns the encoding of RFC 8032 §5.1.2.
func (p *Affine) Encode() [32]byte {
	x, y := p.X, p.Y
	fp.Modp(&x)
	fp.Modp(&y)
	y[31] |= x[0] & 1 << 7
	return y
}
