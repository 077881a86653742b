package kernel

// Digits of exponents, as web/src/verify/points.ts makes them. A row of them
// has one byte for each place of an exponent, and at least one 0 behind.
const (
	row     = 256
	digits  = 254
	windows = 32
	entries = 128 // of each window
)

// The buckets of one power: eight points, and a bit for each that is not empty.
const (
	buckets = 8
	filled  = buckets * point
	block   = filled + 16
)

// powers are those of bases, one or fixed.
type powers struct {
	*points
	// put puts the link of the chain into the bucket of a digit: (block, digit).
	put *function
	// bucket is r = r·bucket, unless that is empty: (r, block, number).
	bucket *function
	// amount is r = what the buckets of a block amount to: (r, block).
	amount *function
	// powers are the n powers of a base, n rows of digits, behind which a row is 0
	// where all of them are: (r, base, n, rows, n blocks).
	powers *function
	// table makes the table of a base: (table, base, room for as many points and
	// numbers as a window has entries).
	table *function
	// tablePower multiplies r by a power of the base of a table, of the exponent with
	// these digits: (r, table, digits of two bytes). tableFirst multiplies only the
	// seconds of r, by the power of the base's first.
	tablePower, tableFirst *function

	chain, link, running place // of powers
	unit, multiple       place // of a table
	entry, beside        place
}

func newPowers(m *module) *powers {
	p := &powers{points: newPoints(m)}
	for _, scratch := range []*place{&p.chain, &p.link, &p.running, &p.unit, &p.multiple, &p.entry} {
		*scratch = m.room(point)
	}
	p.beside = m.numbers(one, one, zero)
	p.put = p.sorted()
	p.bucket = p.bucketed()
	p.amount = p.amounted()
	p.powers = p.raised()
	p.table = p.tabled()
	p.tablePower = p.looked(false)
	p.tableFirst = p.looked(true)
	return p
}

// isBelow is 1 for a digit below 0, else 0.
func isBelow(digit value) value { return compute(opLess, digit, constant(0)) }

// size is a digit without its sign.
func size(digit value) value {
	sign := compute(opSub, constant(1), compute(opMul, constant(2), isBelow(digit)))
	return compute(opMul, digit, sign)
}

func (p *powers) sorted() *function {
	f := p.function(2)
	digit := local(1)
	k := f.number()
	in := element(f.param(0), k, point)
	mask := f.param(0).at(filled)
	bit := compute(opShiftLeft, constant(1), k)
	f.let(k, compute(opShiftRight, compute(opSub, size(digit), constant(1)), constant(1)))
	f.either(compute(opAnd, read(opLoad, mask), bit), func() {
		f.call(p.multiply, in, p.link, isBelow(digit))
	}, func() {
		f.write(mask, compute(opOr, read(opLoad, mask), bit))
		f.copyBytes(in, p.chain, point)
		f.when(isBelow(digit), func() {
			f.call(p.sub, in.at(atX), p.neutral.at(atX), in.at(atX))
			f.call(p.sub, in.at(atT), p.neutral.at(atT), in.at(atT))
		})
	})
	return f
}

func (p *powers) bucketed() *function {
	f := p.function(3)
	k := local(2)
	bit := compute(opShiftLeft, constant(1), k)
	f.when(compute(opAnd, read(opLoad, f.param(1).at(filled)), bit), func() {
		f.call(p.times, f.param(0), f.param(0), element(f.param(1), k, point))
	})
	return f
}

func (p *powers) amounted() *function {
	f := p.function(2)
	r := f.param(0)
	k := f.number()
	f.copyBytes(p.running, p.neutral, point)
	f.copyBytes(r, p.neutral, point)
	f.countDown(k, constant(buckets-1), func() {
		f.call(p.bucket, p.running, f.param(1), compute(opAdd, k, constant(1)))
		f.call(p.times, r, r, p.running)
	})
	f.call(p.double, r, r, constant(1))
	f.call(p.bucket, p.running, f.param(1), constant(0))
	f.call(p.times, r, r, p.running)
	return f
}

func (p *powers) raised() *function {
	f := p.function(5)
	n, rows, blocks := local(2), f.param(3), f.param(4)
	i, k := f.number(), f.number()
	any := element(element(rows, n, row), i, 1)
	digit := element(element(rows, k, row), i, 1)
	its := element(blocks, k, block)
	f.count(k, n, func() { f.write(its.at(filled), constant(0)) })
	f.copyBytes(p.chain, f.param(1), point)
	f.count(i, constant(digits), func() {
		f.when(read(opLoad8, any), func() {
			f.call(p.summandOf, p.link, p.chain)
			f.count(k, n, func() {
				f.when(read(opLoad8, digit), func() { f.call(p.put, its, read(opLoad8, digit)) })
			})
		})
		f.call(p.double, p.chain, p.chain, read(opLoad8, any.at(1)))
	})
	f.count(k, n, func() { f.call(p.amount, element(f.param(0), k, point), its) })
	return f
}

func (p *powers) tabled() *function {
	f := p.function(3)
	window, i := f.number(), f.number()
	room := f.param(2)
	in := element(element(f.param(0), window, entries*affine), i, affine)
	its := element(room, i, point)
	f.copyBytes(p.unit, f.param(1), point)
	f.count(window, constant(windows), func() {
		f.copyBytes(p.multiple, p.unit, point)
		f.count(i, constant(entries), func() {
			f.copyBytes(its, p.multiple, point)
			f.call(p.times, p.multiple, p.multiple, p.unit)
		})
		last := room.at((entries - 1) * point)
		f.call(p.times, p.unit, last, last) // 256 = 2·128
		f.call(p.normalize, room, constant(entries), room.at(entries*point))
		f.count(i, constant(entries), func() { p.asAffine(f, in, its) })
	})
	return f
}

// asAffine makes a summand of a point that is normalized.
func (p *powers) asAffine(f *function, s, a place) {
	f.call(p.add, s.at(atSum), a.at(atY), a.at(atX))
	f.call(p.mul, s.at(atSum), s.at(atSum), p.one)
	f.call(p.sub, s.at(atDifference), a.at(atY), a.at(atX))
	f.call(p.mul, s.at(atDifference), s.at(atDifference), p.one)
	f.call(p.mul, s.at(atT2), a.at(atX), a.at(atY))
	f.call(p.mul, s.at(atT2), s.at(atT2), p.d2)
}

func (p *powers) looked(first bool) *function {
	f := p.function(3)
	i, digit := f.number(), f.number()
	at := compute(opSub, compute(opAdd, compute(opMul, i, constant(entries)), size(digit)), constant(1))
	entry := element(f.param(1), at, affine)
	f.count(i, constant(windows), func() {
		f.let(digit, read(opLoad16, element(f.param(2), i, 2)))
		f.when(digit, func() {
			from := entry
			if first {
				for j := range 3 * limbs {
					f.store(limb(p.entry, j), firsts(loaded(limb(p.beside, j)), loaded(limb(entry, j))))
				}
				from = p.entry
			}
			f.call(p.multiplyAffine, f.param(0), from, isBelow(digit))
		})
	})
	return f
}
