package point

import fp "github.com/cloudflare/circl/math/fp25519"

// A Table raises one fixed base to many exponents: 32 windows of 8 bits, 0.8 MB,
// built in about a millisecond.
type Table struct {
	window [32][255]niels // window[i][d-1] = base^(d·256^i)
}

// NewTable prepares a base.
func NewTable(base *Extended) *Table {
	t := new(Table)
	Windows(base, func(i int, row []Affine) {
		for k := range row {
			t.window[i][k].set(&row[k])
		}
	})
	return t
}

// Windows calls use for i from 0 to 31 with base^(d·256^i), d from 1 to 255: what
// tables are made of.
func Windows(base *Extended, use func(i int, row []Affine)) {
	unit := *base
	row := make([]Extended, 256)
	for i := range 32 {
		row[0] = unit
		for k := 1; k < len(row); k++ {
			row[k] = row[k-1].Add(&unit)
		}
		use(i, Normalize(row[:255]))
		unit = row[255]
	}
}

func (n *niels) set(p *Affine) {
	n.plus, n.minus = p.Y, p.X
	fp.AddSub(&n.plus, &n.minus)
	fp.Mul(&n.t2d, &p.X, &p.Y)
	fp.Mul(&n.t2d, &n.t2d, &d2)
}

// AddExp adds the power of the base to an exponent, little-endian, to e.
func (t *Table) AddExp(e *Extended, exponent *[32]byte) {
	for i, digit := range exponent {
		if digit != 0 {
			e.addNiels(e, &t.window[i][digit-1])
		}
	}
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
