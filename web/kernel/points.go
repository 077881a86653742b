package kernel

import "math/big"

// Bytes of a pair of points, and where its coordinates are.
const (
	atX, atY, atZ, atT = 0, number, 2 * number, 3 * number
	point              = 4 * number
)

// Of what is added to points: Y + X, Y − X, 2dT, and 2Z unless Z = 1 (an affine
// one).
const (
	atSum, atDifference, atT2, atZ2 = 0, number, 2 * number, 3 * number
	affine                          = 3 * number
)

// points is the arithmetic of pairs of points. Each function does what the one
// of its name in web/src/verify/points.ts does, by the same formulas.
type points struct {
	*field
	// double is r = a²: (r, a, withT).
	double *function
	// complete is the second half of a multiplication: (r, over).
	complete *function
	// multiply is r = r·b, or r/b: (r, b, over). Of multiplyAffine, b is affine.
	multiply, multiplyAffine *function
	// summandOf makes a summand of a: (s, a).
	summandOf *function
	// times is r = a·b: (r, a, b); r is not b.
	times *function
	// normalize replaces X and Y of n points, at least one, by x and y: (points, n,
	// room for n numbers).
	normalize *function

	one, d2, neutral    place
	a, b, c, e, f, g, h place // scratch of the formulas, by the names they have there
	summand, product    place
}

func newPoints(m *module) *points {
	p := &points{field: newField(m)}
	p.one = m.numbers(one)
	p.d2 = m.numbers(d2())
	p.neutral = m.numbers(zero, one, one, zero)
	for _, scratch := range []*place{&p.a, &p.b, &p.c, &p.e, &p.f, &p.g, &p.h, &p.product} {
		*scratch = m.room(number)
	}
	p.summand = m.room(point)
	p.double = p.doubled()
	p.complete = p.completed()
	p.multiply = p.multiplied(true)
	p.multiplyAffine = p.multiplied(false)
	p.summandOf = p.asSummand()
	p.times = p.multipliedInto()
	p.normalize = p.normalized()
	return p
}

// d2 is 2d of the curve, d = −121665/121666: RFC 8032 §5.1.
func d2() *big.Int {
	d := new(big.Int).ModInverse(big.NewInt(121666), prime)
	d.Mul(d, big.NewInt(-2*121665))
	return d.Mod(d, prime)
}

// finish is r = (E·F, G·H, F·G, E·H), where T is left out unless it is wanted.
func (p *points) finish(f *function, r place, withT value) {
	f.call(p.mul, r.at(atX), p.e, p.f)
	f.call(p.mul, r.at(atY), p.g, p.h)
	f.call(p.mul, r.at(atZ), p.f, p.g)
	f.when(withT, func() { f.call(p.mul, r.at(atT), p.e, p.h) })
}

func (p *points) doubled() *function {
	f := p.function(3)
	r, a, withT := f.param(0), f.param(1), local(2)
	f.call(p.square, p.a, a.at(atX))
	f.call(p.square, p.b, a.at(atY))
	f.call(p.square, p.c, a.at(atZ))
	f.call(p.add, p.c, p.c, p.c)
	f.call(p.add, p.e, a.at(atX), a.at(atY))
	f.call(p.square, p.e, p.e)
	f.call(p.add, p.h, p.a, p.b)
	f.call(p.sub, p.e, p.h, p.e)
	f.call(p.sub, p.g, p.a, p.b)
	f.call(p.add, p.f, p.c, p.g)
	p.finish(f, r, withT)
	return f
}

func (p *points) multiplied(withZ bool) *function {
	f := p.function(3)
	r, b, over := f.param(0), f.param(1), local(2)
	byA := element(b, compute(opSub, constant(1), over), atDifference) // Y − X, or Y + X to divide
	byB := element(b, over, atDifference)
	f.call(p.sub, p.a, r.at(atY), r.at(atX))
	f.call(p.mul, p.a, p.a, byA)
	f.call(p.add, p.b, r.at(atY), r.at(atX))
	f.call(p.mul, p.b, p.b, byB)
	f.call(p.mul, p.c, r.at(atT), b.at(atT2))
	if withZ {
		f.call(p.mul, p.g, r.at(atZ), b.at(atZ2))
	} else {
		f.call(p.add, p.g, r.at(atZ), r.at(atZ))
	}
	f.call(p.complete, r, over)
	return f
}

func (p *points) completed() *function {
	f := p.function(2)
	f.call(p.sub, p.e, p.b, p.a)
	f.call(p.add, p.h, p.b, p.a)
	f.either(local(1), func() {
		f.call(p.add, p.f, p.g, p.c)
		f.call(p.sub, p.g, p.g, p.c)
	}, func() {
		f.call(p.sub, p.f, p.g, p.c)
		f.call(p.add, p.g, p.g, p.c)
	})
	p.finish(f, f.param(0), constant(1))
	return f
}

func (p *points) asSummand() *function {
	f := p.function(2)
	s, a := f.param(0), f.param(1)
	f.call(p.add, s.at(atSum), a.at(atY), a.at(atX))
	f.call(p.sub, s.at(atDifference), a.at(atY), a.at(atX))
	f.call(p.add, s.at(atZ2), a.at(atZ), a.at(atZ))
	f.call(p.mul, s.at(atT2), a.at(atT), p.d2)
	return f
}

func (p *points) multipliedInto() *function {
	f := p.function(3)
	r, a, b := f.param(0), f.param(1), f.param(2)
	f.copyBytes(r, a, point)
	f.call(p.summandOf, p.summand, b)
	f.call(p.multiply, r, p.summand, constant(0))
	return f
}

// normalized uses one inversion for all (Montgomery 1987).
func (p *points) normalized() *function {
	f := p.function(3)
	all, n, before := f.param(0), local(1), f.param(2)
	i := f.number()
	at, its := element(all, i, point), element(before, i, number)
	f.copyBytes(p.product, p.one, number)
	f.count(i, n, func() {
		f.copyBytes(its, p.product, number)
		f.call(p.mul, p.product, p.product, at.at(atZ))
	})
	f.call(p.invert, p.a, p.product)
	f.countDown(i, n, func() {
		f.call(p.mul, p.b, p.a, its) // 1/Z
		f.call(p.mul, p.a, p.a, at.at(atZ))
		f.call(p.mul, at.at(atX), at.at(atX), p.b)
		f.call(p.mul, at.at(atY), at.at(atY), p.b)
	})
	return f
}
