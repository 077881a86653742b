package group

import (
	"encoding/binary"
	"sync"

	"filippo.io/edwards25519"
)

// Powers raises one public base to several public exponents. It keeps the
// chain base^(2^i), which costs the 252 squarings of one exponentiation once;
// each further power sorts the chain into eight buckets by the digits of the
// exponent (Yao 1976; Knuth, The Art of Computer Programming 4.6.3), and the
// same chain tells whether the base lies in the subgroup.
//
// Everything here leaks its arguments through time: it verifies, it never
// touches a secret. A Powers is some 40 kB; take it from [PowersOf] or
// [Unchecked.Powers] and give it back with Release.
type Powers struct {
	chain [chainLen]edwards25519.Point
}

// chainLen covers every bit of the width-5 form of a scalar below 2^253.
const chainLen = 254

var powersPool = sync.Pool{New: func() any { return new(Powers) }}

// PowersOf prepares e.
func PowersOf(e *Element) *Powers { return newPowers(&e.p) }

// Powers checks that u lies in the subgroup and prepares it. The element is
// returned beside its powers.
func (u *Unchecked) Powers() (*Element, *Powers, error) {
	p := newPowers(&u.p)
	if power := p.exp(&orderDigits); power.Equal(edwards25519.NewIdentityPoint()) != 1 {
		p.Release()
		return nil, nil, ErrElement
	}
	return &Element{u.p}, p, nil
}

func newPowers(base *edwards25519.Point) *Powers {
	p := powersPool.Get().(*Powers)
	p.chain[0].Set(base)
	for i := 1; i < chainLen; i++ {
		p.chain[i].Double(&p.chain[i-1])
	}
	return p
}

// Release gives the memory of p back. p must not be used afterwards.
func (p *Powers) Release() { powersPool.Put(p) }

// VarTimeExp returns base^s.
func (p *Powers) VarTimeExp(s *Scalar) *Element {
	digits := wideDigits([32]byte(s.s.Bytes()))
	return &Element{*p.exp(&digits)}
}

// exp sums the chain by digits: bucket k collects the squarings whose digit is
// ±(2k+1), and the result is Σ (2k+1)·bucket[k] = t[0] + 2·Σ_{k≥1} t[k] with
// t[k] = bucket[k] + … + bucket[7].
func (p *Powers) exp(digits *[chainLen]int8) *edwards25519.Point {
	var bucket [8]*edwards25519.Point
	var store [8]edwards25519.Point
	for i, d := range digits {
		if d != 0 {
			addDigit(&bucket, &store, &p.chain[i], d)
		}
	}
	running, sum := edwards25519.NewIdentityPoint(), edwards25519.NewIdentityPoint()
	for k := 7; k >= 1; k-- {
		if bucket[k] != nil {
			running.Add(running, bucket[k])
		}
		sum.Add(sum, running)
	}
	if bucket[0] != nil {
		running.Add(running, bucket[0])
	}
	return sum.Add(sum.Double(sum), running)
}

func addDigit(bucket *[8]*edwards25519.Point, store *[8]edwards25519.Point, point *edwards25519.Point, d int8) {
	k := (max(d, -d) - 1) / 2
	switch b := bucket[k]; {
	case b == nil && d > 0:
		bucket[k] = store[k].Set(point)
	case b == nil:
		bucket[k] = store[k].Negate(point)
	case d > 0:
		b.Add(b, point)
	default:
		b.Subtract(b, point)
	}
}

// wideDigits writes a little-endian number below 2^253 in width-5 non-adjacent
// form: at each position 0 or an odd digit between -15 and 15, and after each
// digit at least four zeros (Hankerson, Menezes, Vanstone, Guide to Elliptic
// Curve Cryptography, algorithm 3.35).
func wideDigits(le [32]byte) (digits [chainLen]int8) {
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

// orderDigits is q itself, which no Scalar can hold.
var orderDigits = func() [chainLen]int8 {
	var le [32]byte
	copy(le[:], minusOne.s.Bytes())
	le[0]++ // q is odd, so q-1 is even and nothing carries
	return wideDigits(le)
}()
