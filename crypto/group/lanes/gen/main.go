// Command gen writes the assembly of package lanes: go generate ./crypto/group/lanes.
//
// It is a module of its own, so that the generator is no dependency of the
// program.
package main

import (
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
	genMultiples()
	genBinary("mul", "x·y", constants.mul)
	genSquare()
	genBinary("add", "x + y", constants.add)
	genBinary("sub", "x - y", constants.sub)
	genDouble()
	genCache()
	genAddCached()
	genAddNiels()
	genGather()
	genScatter()
	genPrefetch()
	Generate()
}

// A place is a Field in memory.
type place struct {
	base Register
	off  int
}

func (p place) limb(i int) Mem { return Mem{Base: p.base, Disp: p.off + i*vector} }

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
		f[i] = ZMM()
		VMOVDQU64(p.limb(i), f[i])
	}
	return f
}

func store(f [limbs]VecVirtual, p place) {
	for i := range f {
		VMOVDQU64(f[i], p.limb(i))
	}
}

// carry brings limbs below 2^63 to less than 2^51 + 19·2^12.
func (c constants) carry(f [limbs]VecVirtual) {
	var over [limbs]VecVirtual
	for i := range f {
		over[i] = ZMM()
		VPSRLQ(U8(radix), f[i], over[i])
		VPANDQ(c.mask, f[i], f[i])
	}
	VPMADD52LUQ(c.nineteen, over[limbs-1], f[0]) // below 2^13, so that no high half is lost
	for i := 1; i < limbs; i++ {
		VPADDQ(over[i-1], f[i], f[i])
	}
}

// accumulators of the low and the high halves of products.
type accumulators struct{ lo, hi [2*limbs - 1]VecVirtual }

func (c constants) newAccumulators() (a accumulators) {
	for i := range a.lo {
		a.lo[i], a.hi[i] = ZMM(), ZMM()
		VMOVDQA64(c.zero, a.lo[i])
		VMOVDQA64(c.zero, a.hi[i])
	}
	return a
}

func (a accumulators) add(k int, x, y VecVirtual) {
	VPMADD52LUQ(x, y, a.lo[k])
	VPMADD52HUQ(x, y, a.hi[k])
}

// reduce folds the accumulators. A high half weighs 2^52 = 2·2^51.
func (c constants) reduce(a accumulators) (f [limbs]VecVirtual) {
	for k := range a.hi {
		VPADDQ(a.hi[k], a.hi[k], a.hi[k])
	}
	for k := 1; k < len(a.lo); k++ {
		VPADDQ(a.hi[k-1], a.lo[k], a.lo[k])
	}
	top := a.hi[len(a.hi)-1] // weight 2^(51·9)
	for i := range f {
		f[i] = a.lo[i]
		high := top
		if i+limbs < len(a.lo) {
			high = a.lo[i+limbs]
		}
		VPMULLQ(c.nineteen, high, high)
		VPADDQ(high, f[i], f[i])
	}
	c.carry(f)
	return f
}

func (c constants) mul(a, b place, out place) {
	c.mulBy(a, func(j int) VecVirtual {
		g := ZMM()
		VMOVDQU64(b.limb(j), g)
		return g
	}, out)
}

// mulBy multiplies by what limb loads.
func (c constants) mulBy(a place, limb func(j int) VecVirtual, out place) {
	f := load(a)
	acc := c.newAccumulators()
	for j := range limbs {
		g := limb(j)
		for i := range limbs {
			acc.add(i+j, f[i], g)
		}
	}
	store(c.reduce(acc), out)
}

func (c constants) square(a place, out place) {
	f := load(a)
	acc := c.newAccumulators()
	for i := range limbs {
		for j := i + 1; j < limbs; j++ {
			acc.add(i+j, f[i], f[j])
		}
	}
	for k := 1; k < 2*limbs-2; k++ {
		VPADDQ(acc.lo[k], acc.lo[k], acc.lo[k])
		VPADDQ(acc.hi[k], acc.hi[k], acc.hi[k])
	}
	for i := range limbs {
		acc.add(2*i, f[i], f[i])
	}
	store(c.reduce(acc), out)
}

func (c constants) add(a, b place, out place) {
	f := load(a)
	for i := range f {
		VPADDQ(b.limb(i), f[i], f[i])
	}
	c.carry(f)
	store(f, out)
}

// twice doubles in place without carrying: for what is subtracted from next.
func (c constants) twice(a place) {
	f := load(a)
	for i := range f {
		VPADDQ(f[i], f[i], f[i])
	}
	store(f, a)
}

// multiple is k·p, limb by limb, in memory: 4p keeps differences positive, and 2p
// the opposite of a product.
func multiple(k, i int) Mem {
	off := 16 * (k/2 - 1)
	if i > 0 {
		off += 8
	}
	return NewDataAddr(Symbol{Name: "multiples", Static: true}, off)
}

func genMultiples() {
	GLOBL("multiples", attr.RODATA|attr.NOPTR)
	for off, k := range []uint64{2, 4} {
		DATA(16*off, U64(k*(1<<radix-19)))
		DATA(16*off+8, U64(k*(1<<radix-1)))
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
	VZEROUPPER()
	RET()
}

func genSquare() {
	TEXT("square", NOSPLIT, "func(z, x *uint64, n int)")
	Doc("square sets z = x^(2^n); n is at least 1.")
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
	VZEROUPPER()
	RET()
}

// frame reserves Fields on the stack.
func frame(n int) (places []place) {
	m := AllocLocal(n * field)
	base := GP64()
	LEAQ(m, base)
	for i := range n {
		places = append(places, place{base, i * field})
	}
	return places
}

func genDouble() {
	TEXT("double", 0, "func(p *uint64, n int)")
	Doc("double sets p = 2^n·p; n is at least 1 (dbl-2008-hwcd for a = -1).")
	p := pointer("p")
	n := Load(Param("n"), GP64())
	at := func(off int) place { return place{p, off} }
	tmp := frame(4)
	a, b, e, s := tmp[0], tmp[1], tmp[2], tmp[3]
	c := newConstants()
	Label("next")
	c.add(at(x), at(y), s)
	c.square(at(x), a)
	c.square(at(y), b)
	c.square(at(z), e)
	c.square(s, s)
	c.twice(e)                 // C = 2Z²
	c.sub(b, a, at(x))         // G = B - A
	c.add(a, b, at(t))         // -H = A + B
	c.sub(s, at(t), s)         // E = (X+Y)² - A - B
	c.sub(e, at(x), e)         // -F = C - G
	c.mul(at(x), at(t), at(y)) // -Y = G·(-H)
	c.mul(at(x), e, at(z))     // -Z = (-F)·G
	c.mul(s, e, at(x))         // -X = E·(-F)
	DECQ(n)
	JNZ(LabelRef("next"))  // doubling reads no T
	c.mul(s, at(t), at(t)) // -T = E·(-H)
	VZEROUPPER()
	RET()
}

func genCache() {
	TEXT("cache", NOSPLIT, "func(c, p, d2 *uint64)")
	Doc("cache sets c = p, to be added often; d2 is 2d.")
	out, p, d := pointer("c"), pointer("p"), pointer("d2")
	c := newConstants()
	c.add(place{p, y}, place{p, x}, place{out, plus})
	c.sub(place{p, y}, place{p, x}, place{out, minus})
	c.mul(place{p, t}, place{d, 0}, place{out, t2d})
	c.add(place{p, z}, place{p, z}, place{out, z2})
	VZEROUPPER()
	RET()
}

func genAddCached() {
	TEXT("addCached", 0, "func(p, c *uint64, negative uint64)")
	Doc("addCached sets p = p + c, and p - c in the lanes of negative.")
	genAddition("c", func(c constants, p, q Register) {
		c.mul(place{p, z}, place{q, z2}, place{p, z})
	})
}

// genAddition writes the rest of an addition: z sets the Z of p to twice the product
// of both Z.
func genAddition(summand string, z func(c constants, p, q Register)) {
	p, q := pointer("p"), pointer(summand)
	m := Load(Param("negative"), GP64())
	sign := K()
	KMOVB(m.(GPVirtual).As32(), sign)
	tmp := frame(4)
	a, b, e, g := tmp[0], tmp[1], tmp[2], tmp[3]
	c := newConstants()
	c.sub(place{p, y}, place{p, x}, a)
	c.add(place{p, y}, place{p, x}, b)
	c.mulBy(a, either(place{q, minus}, place{q, plus}, sign), a)      // A
	c.mulBy(b, either(place{q, plus}, place{q, minus}, sign), b)      // B
	c.mulBy(place{p, t}, c.negated(place{q, t2d}, sign), place{p, t}) // C
	z(c, p, q)                                                        // D
	c.sum(p, a, b, e, g)
	VZEROUPPER()
	RET()
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

// negated loads a, and 2p - a in the lanes of sign: the limbs of a are at most those
// of 2p, as they are after a product.
func (c constants) negated(a place, sign Register) func(j int) VecVirtual {
	return func(j int) VecVirtual {
		g, opposite := ZMM(), ZMM()
		VMOVDQU64(a.limb(j), g)
		VPSUBQ(g, c.zero, opposite)
		VPADDQ_BCST(multiple(2, j), opposite, sign, g)
		return g
	}
}

// sum ends an addition: A, B in a, b; C, D in T and Z of p.
func (c constants) sum(p Register, a, b, e, g place) {
	c.sub(b, a, e)                     // E = B - A
	c.add(b, a, b)                     // H = B + A
	c.sub(place{p, z}, place{p, t}, a) // F = D - C
	c.add(place{p, z}, place{p, t}, g) // G = D + C
	c.mul(e, a, place{p, x})
	c.mul(g, b, place{p, y})
	c.mul(e, b, place{p, t})
	c.mul(a, g, place{p, z})
}

func genAddNiels() {
	TEXT("addNiels", 0, "func(p, n *uint64, negative uint64)")
	Doc("addNiels sets p = p + n, and p - n in the lanes of negative.")
	genAddition("n", func(c constants, p, _ Register) {
		c.add(place{p, z}, place{p, z}, place{p, z})
	})
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

func genGather() {
	TEXT("gather", NOSPLIT, "func(to, from, offsets *uint64, blocks int)")
	Doc("gather reads 8·blocks words from each lane's offset in bytes, and writes them word by word.")
	moveBlocks(true)
}

func genScatter() {
	TEXT("scatter", NOSPLIT, "func(to, from, offsets *uint64, blocks int)")
	Doc("scatter is the inverse of gather.")
	moveBlocks(false)
}

func moveBlocks(gather bool) {
	to, from, offsets := pointer("to"), pointer("from"), pointer("offsets")
	n := Load(Param("blocks"), GP64())
	rows, lanesBase := from, to
	if !gather {
		rows, lanesBase = to, from
	}
	var at [8]Register
	for i := range at {
		at[i] = GP64()
		MOVQ(Mem{Base: offsets, Disp: 8 * i}, at[i])
		ADDQ(rows, at[i])
	}
	Label("block")
	var r [8]VecVirtual
	for i := range r {
		r[i] = ZMM()
		if gather {
			VMOVDQU64(Mem{Base: at[i]}, r[i])
		} else {
			VMOVDQU64(Mem{Base: lanesBase, Disp: i * vector}, r[i])
		}
	}
	for i, v := range transpose(r) {
		if gather {
			VMOVDQU64(v, Mem{Base: lanesBase, Disp: i * vector})
		} else {
			VMOVDQU64(v, Mem{Base: at[i]})
		}
	}
	for i := range at {
		ADDQ(U8(vector), at[i])
	}
	ADDQ(U32(8*vector), lanesBase)
	DECQ(n)
	JNZ(LabelRef("block"))
	VZEROUPPER()
	RET()
}

func genPrefetch() {
	TEXT("prefetch", NOSPLIT, "func(from, offsets *uint64)")
	Doc("prefetch asks for the two cache lines at each lane's offset in bytes, which gather will read.")
	from, offsets := pointer("from"), pointer("offsets")
	for i := range 8 {
		at := GP64()
		MOVQ(Mem{Base: offsets, Disp: 8 * i}, at)
		PREFETCHT0(Mem{Base: from, Index: at, Scale: 1})
		PREFETCHT0(Mem{Base: from, Index: at, Scale: 1, Disp: vector})
	}
	RET()
}
