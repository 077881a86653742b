package point

import (
	"encoding/binary"

	fp "github.com/cloudflare/circl/math/fp25519"
)

// chainLen covers every bit of the width-5 form of a scalar below 2^253.
const chainLen = 254

// width is that of the windows, half of whose odd digits have a bucket each.
const (
	width   = 5
	buckets = 1 << (width - 2)
)

// A Chain raises one base after another to several exponents each. The squarings
// base^(2^i) are those of one exponentiation, for all of its powers together; each
// power sorts the links that its digits ask for into eight buckets (Yao 1976; Knuth,
// The Art of Computer Programming 4.6.3). Links that no power asks for are passed
// by. It is some 50 kB, and it is not safe for concurrent use.
type Chain struct {
	link   [chainLen]link
	digits []digits
}

// A link is base^(2^i): what is added often, and its T, so that it can begin a
// bucket.
type link struct {
	cached
	t fp.Elt
}

// Raise returns the powers of the base to exponents below 2^253, little-endian. It
// keeps nothing of them.
func (c *Chain) Raise(base *Extended, exponents ...*[32]byte) []Extended {
	c.write(exponents)
	c.run(base)
	return c.powers(len(exponents))
}

// RaiseMember is Raise, and reports whether the base lies in the prime-order
// subgroup: whether its q-th power is the identity. The powers of another base say
// nothing.
func (c *Chain) RaiseMember(base *Extended, exponents ...*[32]byte) (powers []Extended, member bool) {
	c.write(exponents)
	c.digits = append(c.digits, orderDigits)
	c.run(base)
	order := c.exp(&orderDigits)
	return c.powers(len(exponents)), order.IsIdentity()
}

// write writes exponents in digits.
func (c *Chain) write(exponents []*[32]byte) {
	c.digits = c.digits[:0]
	for _, e := range exponents {
		c.digits = append(c.digits, wideDigits(e))
	}
}

// powers returns the powers for the first n exponents.
func (c *Chain) powers(n int) []Extended {
	powers := make([]Extended, n)
	for i := range powers {
		powers[i] = c.exp(&c.digits[i])
	}
	return powers
}

// run computes the links that some of the digits ask for.
func (c *Chain) run(base *Extended) {
	var asked [chainLen]bool
	last := -1
	for i := range c.digits {
		for _, d := range c.digits[i].terms() {
			asked[d.at] = true
			last = max(last, int(d.at))
		}
	}
	p := *base
	for i := range last + 1 {
		if i > 0 {
			p.double(&p, asked[i])
		}
		if asked[i] {
			c.link[i].set(&p)
			c.link[i].t = p.T
		}
	}
}

// exp sums the chain by digits: bucket k collects the links whose digit is
// ±(2k+1), and the result is Σ (2k+1)·bucket[k] = t[0] + 2·Σ_{k≥1} t[k] with
// t[k] = bucket[k] + … + bucket[7].
func (c *Chain) exp(d *digits) Extended {
	var bucket [buckets]Extended
	begun := 0
	for _, term := range d.terms() {
		k := term.bucket()
		b, l := &bucket[k], &c.link[term.at]
		switch {
		case begun>>k&1 == 0:
			begun |= 1 << k
			b.begin(l, term.digit < 0)
		case term.digit > 0:
			b.add(b, &l.cached)
		default:
			b.sub(b, &l.cached)
		}
	}
	for k := range bucket {
		if begun>>k&1 == 0 {
			bucket[k] = Identity()
		}
	}
	running, sum := bucket[buckets-1], bucket[buckets-1]
	for k := buckets - 2; k >= 1; k-- {
		running = running.Add(&bucket[k])
		sum = sum.Add(&running)
	}
	running = running.Add(&bucket[0])
	sum.double(&sum, true)
	return sum.Add(&running)
}

// begin sets e to a link, or its inverse: 2X, 2Y, 2Z and 2T of it are as good as
// X, Y, Z and T.
func (e *Extended) begin(l *link, negative bool) {
	plus, minus := &l.plus, &l.minus // Y+X, Y-X: exchanged for the inverse
	if negative {
		plus, minus = minus, plus
	}
	fp.Sub(&e.X, plus, minus)
	fp.Add(&e.Y, plus, minus)
	e.Z = l.z2
	fp.Add(&e.T, &l.t, &l.t)
	if negative {
		fp.Neg(&e.T, &e.T)
	}
}

// A term is a digit that is not zero, and its place.
type term struct {
	at    uint8
	digit int8
}

func (t term) bucket() int { return int(max(t.digit, -t.digit)) / 2 }

// digits is the width-5 non-adjacent form of a number below 2^253: odd digits
// between -15 and 15, and at least four zeros between two of them.
type digits struct {
	term [chainLen/width + 1]term
	n    int
}

func (d *digits) terms() []term { return d.term[:d.n] }

// wideDigits writes a little-endian number below 2^253 in width-5 non-adjacent
// form (Hankerson, Menezes, Vanstone, Guide to Elliptic Curve Cryptography,
// algorithm 3.35).
func wideDigits(le *[32]byte) (d digits) {
	if le[31] > 0x1f {
		panic("point: exponent of more than 253 bits")
	}
	var x [5]uint64
	for i := range 4 {
		x[i] = binary.LittleEndian.Uint64(le[8*i:])
	}
	carry := uint64(0)
	for pos := 0; pos < chainLen; {
		word, bit := pos/64, pos%64
		window := x[word] >> bit
		if bit > 64-width {
			window |= x[word+1] << (64 - bit)
		}
		window = carry + window&(1<<width-1)
		if window&1 == 0 {
			pos++
			continue
		}
		carry = window >> (width - 1)
		d.term[d.n] = term{uint8(pos), int8(window) - int8(carry<<width)}
		d.n++
		pos += width
	}
	return d
}

// Order is q, the order of the subgroup (RFC 8032 §5.1), little-endian.
var Order = [32]byte{
	0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
	31: 0x10,
}

var orderDigits = wideDigits(&Order)
