package kernel

import (
	"math"
	"math/big"
)

// A pair of numbers mod p stands side by side in twelve vectors: the limbs i of
// both are vector i.
const (
	limbs  = 12
	number = 16 * limbs // bytes of a pair of numbers
)

// begins is the exponent of the unit of limb i: ⌈21.25 i⌉.
func begins(i int) int { return (85*i + 3) / 4 }

// limb is the place of limbs i.
func limb(p place, i int) place { return p.at(16 * i) }

// numbers takes room for pairs of two equal numbers in 0 … p − 1, which stand there
// from the beginning, reduced.
func (m *module) numbers(all ...*big.Int) place {
	var x []float64
	for _, n := range all {
		rest := new(big.Int).Set(n)
		for i := range limbs {
			width := uint(begins(i+1) - begins(i))
			half := new(big.Int).Lsh(one, width-1)
			low := new(big.Int).Add(rest, half)
			rest.Rsh(low, width)
			low.Sub(low, half).Sub(low, new(big.Int).Lsh(rest, width))
			x = append(x, math.Ldexp(float64(low.Int64()), begins(i)))
		}
		x[len(x)-limbs] += 19 * float64(rest.Int64())
	}
	return m.floats(x...)
}

// prime is 2^255 − 19.
var (
	zero  = new(big.Int)
	one   = big.NewInt(1)
	prime = new(big.Int).Sub(new(big.Int).Lsh(one, 255), big.NewInt(19))
)

// A field is the arithmetic of pairs of numbers. Each function does what the
// one of its name in web/src/verify/field.ts does, limb for limb.
type field struct {
	*module
	// (r, a, b) and (r, a); r may be one of the others.
	mul, add, sub, square *function
	// squareTimes is r = r^(2^n): (r, n).
	squareTimes *function
	// rootPower and invert: (r, a); r is not a.
	rootPower, invert *function

	k        place // 19·2^−255
	rounders place
	half     place
}

func newField(m *module) *field {
	a := &field{module: m, k: m.floats(math.Ldexp(19, -255))}
	rounders := make([]float64, limbs)
	for i := range rounders {
		rounders[i] = math.Ldexp(3, begins(i+1)+51)
	}
	a.rounders = m.floats(rounders...)
	a.half = m.room(number)
	a.mul = a.product()
	a.square = a.squared()
	a.add = a.linear(f64Add)
	a.sub = a.linear(f64Sub)
	a.squareTimes = a.squares()
	a.rootPower = a.root()
	a.invert = a.inverse()
	return a
}

// A number that is read: its limbs, and 19·2^−255 times them.
type operand [limbs]struct{ limb, scaled vector }

func (a *field) operand(f *function, p place, k vector) (x operand) {
	for i := range x {
		x[i].limb, x[i].scaled = f.vector(), f.vector()
		f.let(x[i].limb, loaded(limb(p, i)))
		f.let(x[i].scaled, vectors(f64Mul, x[i].limb, k))
	}
	return x
}

// sums are the columns of a product, which wraps around at 2^255.
type sums struct {
	f     *function
	of    [limbs]vector
	begun [limbs]bool
}

func newSums(f *function) *sums {
	s := &sums{f: f}
	for i := range s.of {
		s.of[i] = f.vector()
	}
	return s
}

// add adds x, of the weight of limb i, times limb j of y.
func (s *sums) add(x vector, i, j int, y operand) {
	to, by := i+j, y[j].limb
	if to >= limbs {
		to, by = to-limbs, y[j].scaled
	}
	v := vectors(f64Mul, x, by)
	if s.begun[to] {
		v = vectors(f64Add, s.of[to], v)
	}
	s.f.let(s.of[to], v)
	s.begun[to] = true
}

func (a *field) product() *function {
	f := a.function(3)
	k, x := f.vector(), f.vector()
	f.let(k, loaded(a.k))
	y := a.operand(f, f.param(2), k)
	s := newSums(f)
	for i := range limbs {
		f.let(x, loaded(limb(f.param(1), i)))
		for j := range limbs {
			s.add(x, i, j, y)
		}
	}
	a.reduce(s, k, f.param(0))
	return f
}

func (a *field) squared() *function {
	f := a.function(2)
	k, twice := f.vector(), f.vector()
	f.let(k, loaded(a.k))
	x := a.operand(f, f.param(1), k)
	s := newSums(f)
	for i := range limbs {
		s.add(x[i].limb, i, i, x)
		f.let(twice, vectors(f64Add, x[i].limb, x[i].limb))
		for j := i + 1; j < limbs; j++ {
			s.add(twice, i, j, x)
		}
	}
	a.reduce(s, k, f.param(0))
	return f
}

// reduce carries, in two chains that do not wait for each other, and stores.
func (a *field) reduce(s *sums, k vector, r place) {
	f, over := s.f, s.f.vector()
	carry := func(i int) {
		rounder := loaded(limb(a.rounders, i))
		f.let(over, vectors(f64Sub, vectors(f64Add, s.of[i], rounder), rounder))
		f.let(s.of[i], vectors(f64Sub, s.of[i], over))
		if i == limbs-1 {
			f.let(over, vectors(f64Mul, over, k))
		}
		next := s.of[(i+1)%limbs]
		f.let(next, vectors(f64Add, next, over))
	}
	for i := range 8 {
		carry((11 + i) % limbs)
		carry((5 + i) % limbs)
	}
	for i, v := range s.of {
		f.store(limb(r, i), v)
	}
}

// linear is a sum or a difference.
func (a *field) linear(op uint32) *function {
	f := a.function(3)
	r, x, y := f.param(0), f.param(1), f.param(2)
	for i := range limbs {
		f.store(limb(r, i), vectors(op, loaded(limb(x, i)), loaded(limb(y, i))))
	}
	return f
}

func (a *field) squares() *function {
	f := a.function(2)
	i := f.number()
	f.count(i, local(1), func() { f.call(a.square, f.param(0), f.param(0)) })
	return f
}

// ones250 leaves x^(2^250 − 1) in r.
func (a *field) ones250(f *function, r, x place) {
	f.copyBytes(r, x, number)
	ones := 1
	for _, more := range []bool{true, true, true, true, false, true, false} {
		f.copyBytes(a.half, r, number)
		f.call(a.squareTimes, r, constant(ones))
		f.call(a.mul, r, r, a.half)
		ones *= 2
		if more {
			f.call(a.square, r, r)
			f.call(a.mul, r, r, x)
			ones++
		}
	}
}

func (a *field) root() *function {
	f := a.function(2)
	r, x := f.param(0), f.param(1)
	a.ones250(f, r, x)
	f.call(a.squareTimes, r, constant(2))
	f.call(a.mul, r, r, x)
	return f
}

func (a *field) inverse() *function {
	f := a.function(2)
	r, x := f.param(0), f.param(1)
	a.ones250(f, r, x)
	f.call(a.square, a.half, x)
	f.call(a.squareTimes, a.half, constant(2)) // x^8
	for range 3 {
		f.call(a.mul, a.half, a.half, x)
	}
	f.call(a.squareTimes, r, constant(5))
	f.call(a.mul, r, r, a.half)
	return f
}
