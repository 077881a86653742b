// Command gen writes the assembly of package lanes: go generate ./crypto/group/lanes.
//
// It is a module of its own, so that the generator is no dependency of the
// program.
package main

import (
	"fmt"

	"github.com/mmcloughlin/avo/attr"
	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	. "github.com/mmcloughlin/avo/reg"
)

const (
	limbs   = 5
	vector  = 64             // bytes of eight lanes
	field   = limbs * vector // bytes of a Field
	x, y    = 0, field       // of Points
	z, t    = 2 * field, 3 * field
	plus    = 0 // of Cached and Niels
	minus   = field
	t2d     = 2 * field
	z2      = 3 * field
	radix   = 51
	maskAll = 1<<radix - 1
)

func main() {
	ConstraintExpr("amd64,!purego")
	genConstants()
	genBinary("mul", "x·y", constants.mul)
	genSquare()
	genBinary("add", "x + y", constants.add)
	genBinary("sub", "x - y", constants.sub)
	genDouble()
	genCache()
	genAddCached()
	genFetch()
	genAccumulate()
	genAddEntries()
	Generate()
}

// A place is a Field in memory.
type place struct {
	base Register
	off  int
}

func (p place) limb(i int) Mem { return Mem{Base: p.base, Disp: p.off + i*vector} }

func (p place) at(off int) place { return place{p.base, p.off + off} }

func (p place) load(i int) VecVirtual {
	r := ZMM()
	VMOVDQU64(p.limb(i), r)
	return r
}

// rareCode is what a function jumps to once in a blue moon.
var rareCode []func()

// end ends a function, and writes its rare code behind.
func end() {
	VZEROUPPER()
	RET()
	for _, write := range rareCode {
		write()
	}
	rareCode = nil
}

func pointer(name string) Register { return Load(Param(name), GP64()) }

// constants keeps what every operation needs in registers.
type constants struct{ mask, zero, nineteen VecVirtual }

func newConstants() (c constants) {
	c.mask, c.zero, c.nineteen = broadcast(maskAll), broadcast(0), broadcast(19)
	return c
}

func broadcast(v uint64) VecVirtual {
	g, r := GP64(), ZMM()
	MOVQ(U64(v), g)
	VPBROADCASTQ(g, r)
	return r
}

func load(p place) (f [limbs]VecVirtual) {
	for i := range f {
		f[i] = p.load(i)
	}
	return f
}

func store(f [limbs]VecVirtual, p place) {
	for i := range f {
		VMOVDQU64(f[i], p.limb(i))
	}
}

// carry makes limbs below 2^63 tight: from the first to the last and, 19 times, to
// the first again, so that only that one may reach 2^51.
func (c constants) carry(f [limbs]VecVirtual) {
	over := ZMM()
	for i := range f {
		VPSRLQ(U8(radix), f[i], over)
		VPANDQ(c.mask, f[i], f[i])
		if i < limbs-1 {
			VPADDQ(over, f[i+1], f[i+1])
		}
	}
	VPMADD52LUQ(c.nineteen, over, f[0]) // below 2^13, so that no high half is lost
}

// A pair is two factors whose product weighs 2^(51·weight).
type pair struct {
	a, b   VecVirtual
	weight int
}

// sum adds up products, in limbs below 2^61. The high halves come first: they weigh
// 2^52 = 2·2^51, so that twice each is what the low halves one limb further up begin
// with.
func (c constants) sum(products []pair) (f [limbs]VecVirtual) {
	var hi, lo [2 * limbs]VecVirtual
	for k := range 2*limbs - 1 {
		hi[k] = ZMM()
		VMOVDQA64(c.zero, hi[k])
	}
	for _, p := range products {
		VPMADD52HUQ(p.a, p.b, hi[p.weight])
	}
	lo[0] = ZMM()
	VMOVDQA64(c.zero, lo[0])
	for k := 1; k < len(lo); k++ {
		lo[k] = hi[k-1]
		VPADDQ(lo[k], lo[k], lo[k])
	}
	for _, p := range products {
		VPMADD52LUQ(p.a, p.b, lo[p.weight])
	}
	for i := range f {
		f[i] = lo[i]
		high := lo[i+limbs]
		VPMULLQ(c.nineteen, high, high)
		VPADDQ(high, f[i], f[i])
	}
	return f
}

func (c constants) mul(a, b place, out place) {
	c.mulBy(a, b.load, out)
}

// mulBy multiplies by what limb loads.
func (c constants) mulBy(a place, limb func(j int) VecVirtual, out place) {
	f := c.products(a, limb)
	c.carry(f)
	store(f, out)
}

// mulTwice sets out to 2ab.
func (c constants) mulTwice(a, b place, out place) {
	f := c.products(a, b.load)
	for i := range f {
		VPADDQ(f[i], f[i], f[i])
	}
	c.carry(f)
	store(f, out)
}

// products multiplies by what limb loads, and does not carry.
func (c constants) products(a place, limb func(j int) VecVirtual) [limbs]VecVirtual {
	f := load(a)
	var products []pair
	for j := range limbs {
		g := limb(j)
		for i := range limbs {
			products = append(products, pair{f[i], g, i + j})
		}
	}
	return c.sum(products)
}

// square squares what is tight: twice a limb but the first is then below 2^52.
func (c constants) square(a place, out place) {
	f := load(a)
	var products []pair
	for i := range limbs {
		products = append(products, pair{f[i], f[i], 2 * i})
	}
	for j := 1; j < limbs; j++ {
		twice := ZMM()
		VPADDQ(f[j], f[j], twice)
		for i := range j {
			products = append(products, pair{f[i], twice, i + j})
		}
	}
	sum := c.sum(products)
	c.carry(sum)
	store(sum, out)
}

func (c constants) add(a, b place, out place) {
	f := load(a)
	for i := range f {
		VPADDQ(b.limb(i), f[i], f[i])
	}
	c.carry(f)
	store(f, out)
}

// plus is add of what is tight, for what is multiplied next: limbs below 2^52 do.
// Only the sum of the first limbs can be larger, once in 2^33 times if at all.
func (c constants) plus(a, b place, out place) {
	f := load(a)
	for i := range f {
		VPADDQ(b.limb(i), f[i], f[i])
	}
	c.carryIfNeeded(f, func() {})
	store(f, out)
}

// minus is sub of what is tight, for what is multiplied next. With p added, only the
// difference of the first limbs can be negative or too large, just as rarely.
func (c constants) minus(a, b place, out place) {
	f := load(a)
	for i := range f {
		VPADDQ_BCST(multiple(1, i), f[i], f[i])
		VPSUBQ(b.limb(i), f[i], f[i])
	}
	c.carryIfNeeded(f, func() {
		for i := range f {
			VPADDQ_BCST(multiple(3, i), f[i], f[i])
		}
	})
	store(f, out)
}

// carryIfNeeded carries, after what prepare does, where a first limb is negative or
// not below 2^52. That code lies behind the function's end, out of the way.
func (c constants) carryIfNeeded(f [limbs]VecVirtual, prepare func()) {
	rare, done := fmt.Sprintf("rare%d", len(rareCode)), fmt.Sprintf("done%d", len(rareCode))
	large := K()
	VPTESTMQ_BCST(constant(above52), f[0], large)
	KORTESTB(large, large)
	JNZ(LabelRef(rare))
	Label(done)
	rareCode = append(rareCode, func() {
		Label(rare)
		prepare()
		c.carry(f)
		JMP(LabelRef(done))
	})
}

// twiceMinus sets out to 2a - b, where b may be what plus or minus give.
func (c constants) twiceMinus(a, b place, out place) {
	f := load(a)
	for i := range f {
		VPADDQ(f[i], f[i], f[i])
		VPADDQ_BCST(multiple(4, i), f[i], f[i])
		VPSUBQ(b.limb(i), f[i], f[i])
	}
	c.carry(f)
	store(f, out)
}

// What the functions keep in memory, by offset.
const (
	multiples = 0                   // p to 4p, the first limb and any other
	above52   = multiples + 16*most // every bit that a multiplier ignores
	byteBias  = above52 + 8         // of a digit of eight bits
	bias      = byteBias + 8        // of a digit
	starts    = bias + 8            // of the lanes' buckets, for two exponents
	pairs     = starts + 2*vector   // words for scatterRest
	most      = 4
)

func constant(off int) Mem { return NewDataAddr(Symbol{Name: "constants", Static: true}, off) }

// multiple is k·p, limb by limb: it keeps differences positive.
func multiple(k, i int) Mem { return constant(multiples + 16*(k-1) + 8*min(i, 1)) }

func genConstants() {
	GLOBL("constants", attr.RODATA|attr.NOPTR)
	word := func(off, i int, v uint64) { DATA(off+8*i, U64(v)) }
	for k := range most {
		word(multiples, 2*k, uint64(k+1)*(1<<radix-19))
		word(multiples, 2*k+1, uint64(k+1)*(1<<radix-1))
	}
	word(above52, 0, 1<<64-1<<52)
	word(byteBias, 0, 128)
	word(bias, 0, 8)
	for i := range 16 {
		word(starts, i, uint64(i*laneBytes))
	}
	for i, from := range []uint64{0, 1, 8, 9, 2, 3, 10, 11, 4, 5, 12, 13, 6, 7, 14, 15} {
		word(pairs, i, from)
	}
}

func (c constants) sub(a, b place, out place) {
	f := load(a)
	for i := range f {
		VPADDQ_BCST(multiple(4, i), f[i], f[i])
		VPSUBQ(b.limb(i), f[i], f[i])
	}
	c.carry(f)
	store(f, out)
}

// genBinary writes the function that sets z to an operation of x and y.
func genBinary(name, result string, operation func(c constants, x, y, z place)) {
	TEXT(name, NOSPLIT, "func(z, x, y *uint64)")
	Doc(name + " sets z = " + result + ".")
	out, a, b := place{pointer("z"), 0}, place{pointer("x"), 0}, place{pointer("y"), 0}
	operation(newConstants(), a, b, out)
	end()
}

func genSquare() {
	TEXT("square", NOSPLIT, "func(z, x *uint64, n int)")
	Doc("square sets z = x^(2^n); n is at least 1, and x is tight: of what is not, bits would be lost.")
	out, a := place{pointer("z"), 0}, place{pointer("x"), 0}
	n := Load(Param("n"), GP64())
	c := newConstants()
	c.square(a, out)
	Label("again")
	DECQ(n)
	JZ(LabelRef("done"))
	c.square(out, out)
	JMP(LabelRef("again"))
	Label("done")
	end()
}

// frame reserves bytes on the stack that begin with a cache line: what lies across
// two takes twice as long.
func frame(bytes int) place {
	m := AllocLocal(bytes + vector)
	base := GP64()
	LEAQ(m.Offset(vector-1), base)
	ANDQ(I8(-vector), base)
	return place{base, 0}
}

// fields divides memory into Fields.
func fields(p place, n int) (places []place) {
	for i := range n {
		places = append(places, p.at(i*field))
	}
	return places
}

func genDouble() {
	TEXT("double", 0, "func(p *uint64, n int)")
	Doc("double sets p = 2^n·p; n is at least 1 (dbl-2008-hwcd for a = -1).")
	p := pointer("p")
	n := Load(Param("n"), GP64())
	at := func(off int) place { return place{p, off} }
	tmp := fields(frame(4*field), 4)
	a, b, e, s := tmp[0], tmp[1], tmp[2], tmp[3]
	c := newConstants()
	Label("next")
	c.square(at(y), b)
	c.square(at(z), e)
	c.square(at(x), a)
	c.mulTwice(at(x), at(y), s) // E = 2XY
	c.minus(b, a, at(x))        // G = B - A
	c.plus(a, b, at(t))         // -H = A + B
	c.mul(at(x), at(t), at(y))  // -Y = G·(-H)
	c.twiceMinus(e, at(x), e)   // -F = 2Z² - G
	c.mul(at(x), e, at(z))      // -Z = (-F)·G
	c.mul(s, e, at(x))          // -X = E·(-F)
	DECQ(n)
	JNZ(LabelRef("next"))  // doubling reads no T
	c.mul(s, at(t), at(t)) // -T = E·(-H)
	end()
}

func genCache() {
	TEXT("cache", NOSPLIT, "func(c, p, d2 *uint64)")
	Doc("cache sets c = p, to be added often; d2 is 2d.")
	out, p, d := pointer("c"), pointer("p"), pointer("d2")
	c := newConstants()
	c.plus(place{p, y}, place{p, x}, place{out, plus})
	c.minus(place{p, y}, place{p, x}, place{out, minus})
	c.mul(place{p, t}, place{d, 0}, place{out, t2d})
	c.plus(place{p, z}, place{p, z}, place{out, z2})
	end()
}

func genAddCached() {
	TEXT("addCached", 0, "func(p, c *uint64, negative uint64)")
	Doc("addCached sets p = p + c, and p - c in the lanes of negative.")
	p, q := pointer("p"), pointer("c")
	m := Load(Param("negative"), GP64())
	sign := K()
	KMOVB(m.(GPVirtual).As32(), sign)
	newConstants().addCached(place{p, 0}, place{q, 0}, sign, fields(frame(4*field), 4), func(int) {})
	end()
}

// addCached adds q to p, or takes it off in the lanes of sign. After each of the
// products but the last, 0 to 6, between may do something else: it keeps other parts
// of the processor busy.
func (c constants) addCached(p, q place, sign Register, tmp []place, between func(i int)) {
	c.mulBy(p.at(t), c.negated(q.at(t2d), sign), p.at(t)) // C
	between(0)
	c.mul(p.at(z), q.at(z2), p.at(z)) // D
	between(1)
	c.finish(p, q, sign, tmp, between)
}

// addNiels is addCached of halves, whose Z is 1: D is Z.
func (c constants) addNiels(p, q place, sign Register, tmp []place, between func(i int)) {
	c.mulBy(p.at(t), c.negated(q.at(t2d), sign), p.at(t)) // C
	between(0)
	c.finish(p, q, sign, tmp, between)
}

// finish ends an addition whose C and D are in T and Z of p. What takes long to be
// ready is asked for late.
func (c constants) finish(p, q place, sign Register, tmp []place, between func(i int)) {
	a, b, f, g := tmp[0], tmp[1], tmp[2], tmp[3]
	c.minus(p.at(y), p.at(x), a)
	c.plus(p.at(y), p.at(x), b)
	c.mulBy(a, either(q.at(minus), q.at(plus), sign), a) // A
	between(2)
	c.mulBy(b, either(q.at(plus), q.at(minus), sign), b) // B
	between(3)
	c.minus(p.at(z), p.at(t), f) // F = D - C
	c.plus(p.at(z), p.at(t), g)  // G = D + C
	c.mul(f, g, p.at(z))
	between(4)
	e := p.at(x)
	c.minus(b, a, e) // E = B - A
	c.plus(b, a, b)  // H = B + A
	c.mul(e, b, p.at(t))
	between(5)
	c.mul(e, f, p.at(x))
	between(6)
	c.mul(g, b, p.at(y))
}

// either loads a, and b in the lanes of sign.
func either(a, b place, sign Register) func(j int) VecVirtual {
	return func(j int) VecVirtual {
		g := ZMM()
		VMOVDQU64(a.limb(j), g)
		VMOVDQU64(b.limb(j), sign, g)
		return g
	}
}

// negated loads a, which is tight, and 2p - a in the lanes of sign.
func (c constants) negated(a place, sign Register) func(j int) VecVirtual {
	return func(j int) VecVirtual {
		g, opposite := ZMM(), ZMM()
		VMOVDQU64(a.limb(j), g)
		VPSUBQ(g, c.zero, opposite)
		VPADDQ_BCST(multiple(2, j), opposite, sign, g)
		return g
	}
}

// transpose exchanges lanes and limbs of eight vectors.
func transpose(r [8]VecVirtual) (out [8]VecVirtual) {
	var a, b [8]VecVirtual
	for i := 0; i < 8; i += 2 { // pairs of qwords
		a[i], a[i+1] = ZMM(), ZMM()
		VPUNPCKLQDQ(r[i+1], r[i], a[i])
		VPUNPCKHQDQ(r[i+1], r[i], a[i+1])
	}
	for i := range 2 { // 128-bit blocks within halves of rows
		for k := range 2 {
			lo, hi := a[4*i+k], a[4*i+2+k]
			b[4*i+k], b[4*i+2+k] = ZMM(), ZMM()
			VSHUFI64X2(U8(0x88), hi, lo, b[4*i+k])
			VSHUFI64X2(U8(0xdd), hi, lo, b[4*i+2+k])
		}
	}
	for k := range 4 {
		lo, hi := b[k], b[4+k]
		even, odd := ZMM(), ZMM()
		VSHUFI64X2(U8(0x88), hi, lo, even)
		VSHUFI64X2(U8(0xdd), hi, lo, odd)
		out[k], out[k+4] = even, odd
	}
	return out
}

func genFetch() {
	TEXT("fetch", NOSPLIT, "func(to, from, offsets *uint64)")
	Doc("fetch reads 20 words from each lane's offset in bytes, and writes them word by word.")
	to, from, offsets := place{pointer("to"), 0}, pointer("from"), place{pointer("offsets"), 0}
	fetch(to, rows(from, offsets))
	VZEROUPPER()
	RET()
}

func fetch(to place, at [8]Register) {
	gatherBlock(to, at, 0)
	gatherBlock(to, at, 1)
	gatherRest(to, at)
}

// rows returns where each lane's bytes are, from their offsets.
func rows(from Register, offsets place) (at [8]Register) {
	for i := range at {
		at[i] = GP64()
		MOVQ(Mem{Base: offsets.base, Disp: offsets.off + 8*i}, at[i])
		ADDQ(from, at[i])
	}
	return at
}

// gatherBlock reads a block of eight words from each row, and writes them word by
// word.
func gatherBlock(to place, at [8]Register, block int) {
	var r [8]VecVirtual
	for i := range r {
		r[i] = place{at[i], 0}.load(block)
	}
	for i, v := range transpose(r) {
		VMOVDQU64(v, to.limb(8*block+i))
	}
}

// scatterBlock is the inverse of gatherBlock.
func scatterBlock(from place, at [8]Register, block int) {
	var r [8]VecVirtual
	for i := range r {
		r[i] = from.load(8*block + i)
	}
	for i, v := range transpose(r) {
		VMOVDQU64(v, place{at[i], 0}.limb(block))
	}
}

// gatherRest is gatherBlock for the four words after two blocks: two lanes in each
// register.
func gatherRest(to place, at [8]Register) {
	var r [4]VecVirtual
	for i, lane := range [4]int{0, 1, 4, 5} {
		r[i] = ZMM()
		VMOVDQU64(place{at[lane], 0}.limb(2), r[i].AsY())
		VINSERTI64X4(U8(1), place{at[lane+2], 0}.limb(2), r[i], r[i])
	}
	for odd, unpack := range []func(...Op){unpackLow, unpackHigh} {
		low, high, first, second := ZMM(), ZMM(), ZMM(), ZMM()
		unpack(r[1], r[0], low)
		unpack(r[3], r[2], high)
		VSHUFI64X2(U8(0x88), high, low, first)
		VSHUFI64X2(U8(0xdd), high, low, second)
		VMOVDQU64(first, to.limb(16+odd))
		VMOVDQU64(second, to.limb(18+odd))
	}
}

// scatterRest is the inverse of gatherRest.
func scatterRest(from place, at [8]Register) {
	var word [4]VecVirtual
	for i := range word {
		word[i] = from.load(16 + i)
	}
	for odd, unpack := range []func(...Op){unpackLow, unpackHigh} {
		low, high := ZMM(), ZMM() // words 0 and 1, 2 and 3, of every second lane
		unpack(word[1], word[0], low)
		unpack(word[3], word[2], high)
		for half := range 2 {
			both := ZMM()
			VMOVDQU64(constant(pairs+vector*half), both)
			VPERMI2Q(high, low, both)
			lane := 4*half + odd
			VMOVDQU64(both.AsY(), place{at[lane], 0}.limb(2))
			VEXTRACTI64X4(U8(1), both, place{at[lane+2], 0}.limb(2))
		}
	}
}

func unpackLow(o ...Op)  { VPUNPCKLQDQ(o...) }
func unpackHigh(o ...Op) { VPUNPCKHQDQ(o...) }

// The shape of buckets: those of a lane lie together, and those of all lanes of an
// exponent.
const (
	bucketBytes = 24 * 8
	laneBytes   = 9 * bucketBytes
	pointsBytes = 4 * field
)

// genAccumulate writes the loop of two exponents. While an addition of one multiplies,
// the sums of the other before go back to their buckets and the next are fetched.
func genAccumulate() {
	TEXT("accumulate", 0, "func(buckets, links, digits *uint64, positions int)")
	Doc("accumulate adds each link to the buckets that the digits of two exponents name.")
	buckets, links, digits := pointer("buckets"), pointer("links"), pointer("digits")
	n := Load(Param("positions"), GP64())
	base := frame(2*pointsBytes + 4*field + 2*vector)
	tmp := fields(base.at(2*pointsBytes), 4)
	var streams [2]stream
	for i := range streams {
		streams[i] = stream{
			sum: base.at(i * pointsBytes), offsets: base.at(2*pointsBytes + 4*field + i*vector),
			digit: Mem{Base: digits, Disp: 8 * i}, buckets: buckets, starts: constant(starts + vector*i), sign: K(),
		}
	}
	c := newConstants()
	for _, s := range streams {
		s.locate()
		fetch(s.sum, s.rows())
	}
	Label("next")
	for i := range streams {
		other := streams[1-i]
		if i == 1 {
			ADDQ(U8(16), digits) // the first one's next
		}
		var at [8]Register
		c.addCached(streams[i].sum, place{links, 0}, streams[i].sign, tmp, func(k int) {
			switch k {
			case 0:
				at = other.rows()
				scatterBlock(other.sum, at, 0)
			case 1:
				scatterBlock(other.sum, at, 1)
			case 2:
				scatterRest(other.sum, at)
				other.locate()
			case 4:
				at = other.rows()
				gatherBlock(other.sum, at, 0)
			case 5:
				gatherBlock(other.sum, at, 1)
			case 6:
				gatherRest(other.sum, at)
			}
		})
	}
	ADDQ(U32(pointsBytes), links)
	DECQ(n)
	JNZ(LabelRef("next"))
	at := streams[1].rows()
	scatterBlock(streams[1].sum, at, 0)
	scatterBlock(streams[1].sum, at, 1)
	scatterRest(streams[1].sum, at)
	end()
}

// A stream is one of the exponents that accumulate works on.
type stream struct {
	sum     place // what is fetched of its buckets
	offsets place // where from
	digit   Mem
	buckets Register
	starts  Mem // of the lanes' buckets
	sign    Register
}

func (s stream) rows() [8]Register { return rows(s.buckets, s.offsets) }

// locate finds the buckets of eight digits, each given with the bias added: where
// they are, and in which lanes the link is taken off.
func (s stream) locate() {
	digit, twice := ZMM(), ZMM()
	VPMOVZXBQ(s.digit, digit)
	VPCMPUQ_BCST(U8(less), constant(bias), digit, s.sign)
	VPSUBQ_BCST(constant(bias), digit, digit)
	VPABSQ(digit, digit)
	VPSLLQ(U8(6), digit, twice)
	VPSLLQ(U8(7), digit, digit)
	VPADDQ(twice, digit, digit) // 192 bytes a bucket
	VPADDQ(s.starts, digit, digit)
	VMOVDQU64(digit, s.offsets.limb(0))
}

const less = 1 // of comparisons
// genAddEntries writes the loop of a table. While one entry is added, the next is
// fetched, and the one after that is asked for.
func genAddEntries() {
	TEXT("addEntries", 0, "func(p, table, digits *uint64, n int)")
	Doc("addEntries adds to p, or takes off, the entries of n windows that the digits name.",
		"Behind the last digits, those of one more are read.")
	p, window, digits := pointer("p"), pointer("table"), pointer("digits")
	n := Load(Param("n"), GP64())
	base := frame(4*field + 16*vector + vector)
	tmp, entry, offsets := fields(base, 4), base.at(4*field), base.at(4*field+16*vector)
	c := newConstants()
	locateEntries(digits, 0, offsets)
	fetchEntries(entry, window, offsets)
	locateEntries(digits, 8, offsets)
	Label("next")
	digit, sign := ZMM(), K()
	VPMOVZXBQ(Mem{Base: digits}, digit)
	VPCMPUQ_BCST(U8(less), constant(byteBias), digit, sign)
	DECQ(n)
	c.addNiels(place{p, 0}, entry, sign, tmp, func(k int) {
		if k != 3 {
			return
		}
		TESTQ(n, n)
		JZ(LabelRef("last"))
		ADDQ(U32(windowBytes), window)
		fetchEntries(entry, window, offsets)
		ADDQ(U8(8), digits)
		locateEntries(digits, 8, offsets)
		for _, at := range rows(window, offsets) {
			PREFETCHT0(Mem{Base: at, Disp: windowBytes})
			PREFETCHT0(Mem{Base: at, Disp: windowBytes + vector})
		}
		Label("last")
	})
	TESTQ(n, n)
	JNZ(LabelRef("next"))
	end()
}

// The shape of tables.
const (
	entryBytes  = 16 * 8
	windowBytes = (128 + 1) * entryBytes
)

func fetchEntries(to place, window Register, offsets place) {
	at := rows(window, offsets)
	gatherBlock(to, at, 0)
	gatherBlock(to, at, 1)
}

// locateEntries finds the entries of eight digits, each given with the bias added.
func locateEntries(digits Register, off int, offsets place) {
	digit := ZMM()
	VPMOVZXBQ(Mem{Base: digits, Disp: off}, digit)
	VPSUBQ_BCST(constant(byteBias), digit, digit)
	VPABSQ(digit, digit)
	VPSLLQ(U8(7), digit, digit) // 128 bytes an entry
	VMOVDQU64(digit, offsets.limb(0))
}
