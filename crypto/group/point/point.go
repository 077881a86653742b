// Package point computes with public points of edwards25519 as fast as one
// lane allows: for the verification of proofs, and for nothing that is secret.
// Everything here takes time that depends on its arguments.
//
// The field is that of github.com/cloudflare/circl/math/fp25519, which uses
// MULX and ADX where there are any and plain Go elsewhere. Above it stand the
// formulas of Hisil, Wong, Carter and Dawson ("Twisted Edwards Curves Revisited",
// 2008, §3) in three forms of a point:
//
//	Extended  X Y Z T   x = X/Z, y = Y/Z, T = XY/Z    what is computed
//	cached    Y±X 2Z 2dT                              what is added often
//	niels     (y±x)/2 dxy                             half of the same with Z = 1, in tables
//
// Package lanes does the same eight times at once. Both are compared with the
// plain arithmetic of package group in its tests.
package point

import (
	"encoding/binary"

	fp "github.com/cloudflare/circl/math/fp25519"
)

// An Affine is a point (x, y) of the curve.
type Affine struct{ X, Y fp.Elt }

// An Extended is a point with x = X/Z, y = Y/Z and T = XY/Z.
type Extended struct{ X, Y, Z, T fp.Elt }

type cached struct{ plus, minus, z2, t2d fp.Elt }

type niels struct{ plus, minus, td fp.Elt }

var (
	one = fp.Elt{1}
	// d of the curve -x² + y² = 1 + d·x²·y², d = -121665/121666 (RFC 8032 §5.1).
	d    = quotient(121665, 121666)
	d2   = func() (z fp.Elt) { fp.Add(&z, &d, &d); return z }()
	half = func() (z fp.Elt) { fp.Add(&z, &one, &one); fp.Inv(&z, &z); return z }()
)

// quotient returns -a/b.
func quotient(a, b uint64) (z fp.Elt) {
	var n, m fp.Elt
	binary.LittleEndian.PutUint64(n[:], a)
	binary.LittleEndian.PutUint64(m[:], b)
	fp.Inv(&m, &m)
	fp.Mul(&z, &n, &m)
	fp.Neg(&z, &z)
	return z
}

// Decode reads the encoding of RFC 8032 §5.1.2: y in little-endian order, the
// lowest bit of x in the highest bit. It accepts exactly one encoding of each
// point, and none of what is not on the curve; the point may lie outside of the
// prime-order subgroup.
func (p *Affine) Decode(encoding *[32]byte) bool {
	p.Y = fp.Elt(*encoding)
	odd := p.Y[31] >> 7
	p.Y[31] &= 127
	reduced := p.Y
	if fp.Modp(&reduced); reduced != p.Y {
		return false
	}
	// x² = (y² - 1) / (d·y² + 1)
	var yy, num, den fp.Elt
	fp.Sqr(&yy, &p.Y)
	fp.Sub(&num, &yy, &one)
	fp.Mul(&den, &yy, &d)
	fp.Add(&den, &den, &one)
	if !fp.InvSqrt(&p.X, &num, &den) {
		return false
	}
	fp.Modp(&p.X)
	if p.X[0]&1 != odd {
		if fp.IsZero(&p.X) {
			return false // the other encoding of x = 0
		}
		fp.Neg(&p.X, &p.X)
		fp.Modp(&p.X)
	}
	return true
}

// Extended returns p in extended coordinates.
func (p *Affine) Extended() (e Extended) {
	e.X, e.Y, e.Z = p.X, p.Y, one
	fp.Mul(&e.T, &p.X, &p.Y)
	return e
}

// Identity returns the neutral point.
func Identity() Extended { return Extended{Y: one, Z: one} }

// IsIdentity reports whether e is the neutral point. Memory that nothing was written
// to is no point, and not this one.
func (e *Extended) IsIdentity() bool {
	var difference fp.Elt
	fp.Sub(&difference, &e.Y, &e.Z)
	x, z := e.X, e.Z
	return fp.IsZero(&x) && fp.IsZero(&difference) && !fp.IsZero(&z)
}

// Add returns e + f.
func (e *Extended) Add(f *Extended) (sum Extended) {
	var c cached
	c.set(f)
	sum.add(e, &c)
	return sum
}

func (c *cached) set(e *Extended) {
	c.plus, c.minus = e.Y, e.X
	fp.AddSub(&c.plus, &c.minus) // Y+X, Y-X
	fp.Add(&c.z2, &e.Z, &e.Z)
	fp.Mul(&c.t2d, &e.T, &d2)
}

// add sets e = f + c.
func (e *Extended) add(f *Extended, c *cached) {
	var z fp.Elt
	fp.Mul(&z, &f.Z, &c.z2)
	e.finish(f, &c.plus, &c.minus, &c.t2d, &z, false)
}

// sub sets e = f - c.
func (e *Extended) sub(f *Extended, c *cached) {
	var z fp.Elt
	fp.Mul(&z, &f.Z, &c.z2)
	e.finish(f, &c.minus, &c.plus, &c.t2d, &z, true)
}

// addNiels sets e = f + n.
func (e *Extended) addNiels(f *Extended, n *niels) {
	z := f.Z
	e.finish(f, &n.plus, &n.minus, &n.td, &z, false)
}

// subNiels sets e = f - n.
func (e *Extended) subNiels(f *Extended, n *niels) {
	z := f.Z
	e.finish(f, &n.minus, &n.plus, &n.td, &z, true)
}

// finish completes an addition (add-2008-hwcd-3) from Y+X, Y-X and 2dT of the
// second point and z, twice the product of both Z, which it overwrites, or from halves of
// all four. For a difference the first two are exchanged by the caller, and 2dT counts
// negatively.
func (e *Extended) finish(f *Extended, plus, minus, t2d, z *fp.Elt, negative bool) {
	var a, b, c fp.Elt
	b, a = f.Y, f.X
	fp.AddSub(&b, &a) // Y+X, Y-X
	fp.Mul(&a, &a, minus)
	fp.Mul(&b, &b, plus)
	fp.Mul(&c, &f.T, t2d)
	fp.AddSub(&b, &a) // H = B+A, E = B-A
	fp.AddSub(z, &c)
	sum, difference := z, &c // G = D+C, F = D-C
	if negative {
		sum, difference = difference, sum
	}
	fp.Mul(&e.X, &a, difference)
	fp.Mul(&e.Y, sum, &b)
	fp.Mul(&e.T, &a, &b)
	fp.Mul(&e.Z, difference, sum)
}

// double sets e = 2f (dbl-2008-hwcd for a = -1). Without withT it leaves the T of e
// undefined, which another doubling does not read.
func (e *Extended) double(f *Extended, withT bool) {
	var a, b, c, s fp.Elt
	fp.Sqr(&a, &f.X)
	fp.Sqr(&b, &f.Y)
	fp.Sqr(&c, &f.Z)
	fp.Mul(&s, &f.X, &f.Y)
	fp.Add(&c, &c, &c) // C = 2Z²
	fp.Add(&s, &s, &s) // E = 2XY
	fp.AddSub(&b, &a)  // -H = B+A, G = B-A
	fp.Sub(&c, &c, &a) // -F = C - G
	fp.Mul(&e.X, &s, &c)
	fp.Mul(&e.Y, &a, &b)
	if withT {
		fp.Mul(&e.T, &s, &b)
	}
	fp.Mul(&e.Z, &c, &a) // all four with the sign changed, which is the same point
}
