package point

import "encoding/binary"

// chainLen covers every bit of the width-5 form of a scalar below 2^253.
const chainLen = 254

// A Chain raises one base to several exponents. It keeps base^(2^i), which costs
// the squarings of one exponentiation once; each further power sorts the chain
// into eight buckets by the digits of the exponent (Yao 1976; Knuth, The Art of
// Computer Programming 4.6.3). It is some 32 kB and may be used for one base after
// another.
type Chain struct{ link [chainLen]cached }

// Set begins the chain of a base.
func (c *Chain) Set(base *Extended) {
	p := *base
	for i := range c.link {
		c.link[i].set(&p)
		p.double(&p)
	}
}

// InSubgroup reports whether the base lies in the prime-order subgroup, that is
// whether its q-th power is the identity.
func (c *Chain) InSubgroup() bool {
	p := c.exp(&orderDigits)
	return p.IsIdentity()
}

// Exp returns the power of the base to an exponent below 2^253, little-endian.
func (c *Chain) Exp(exponent *[32]byte) Extended {
	digits := wideDigits(exponent)
	return c.exp(&digits)
}

// exp sums the chain by digits: bucket k collects the links whose digit is
// ±(2k+1), and the result is Σ (2k+1)·bucket[k] = t[0] + 2·Σ_{k≥1} t[k] with
// t[k] = bucket[k] + … + bucket[7].
func (c *Chain) exp(digits *[chainLen]int8) Extended {
	var bucket [8]Extended
	for k := range bucket {
		bucket[k] = Identity()
	}
	for i, digit := range digits {
		switch {
		case digit > 0:
			b := &bucket[digit/2]
			b.add(b, &c.link[i])
		case digit < 0:
			b := &bucket[-digit/2]
			b.sub(b, &c.link[i])
		}
	}
	running, sum := bucket[7], bucket[7]
	for k := 6; k >= 1; k-- {
		running = running.Add(&bucket[k])
		sum = sum.Add(&running)
	}
	running = running.Add(&bucket[0])
	sum.double(&sum)
	return sum.Add(&running)
}

// wideDigits writes a little-endian number below 2^253 in width-5 non-adjacent
// form: at each position 0 or an odd digit between -15 and 15, and after each
// digit at least four zeros (Hankerson, Menezes, Vanstone, Guide to Elliptic
// Curve Cryptography, algorithm 3.35).
func wideDigits(le *[32]byte) (digits [chainLen]int8) {
	if le[31] > 0x1f {
		panic("point: exponent of more than 253 bits")
	}
	const width = 5
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
		digits[pos] = int8(window) - int8(carry<<width)
		pos += width
	}
	return digits
}

// Order is q, the order of the subgroup (RFC 8032 §5.1), little-endian.
var Order = [32]byte{
	0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
	31: 0x10,
}

var orderDigits = wideDigits(&Order)
