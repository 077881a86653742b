package group

import (
	"crypto/rand"
	"encoding/binary"
	"errors"
	"math/bits"
	"strings"

	"filippo.io/edwards25519"
)

// A Scalar is an integer modulo the group order q. The zero value is 0.
// Arithmetic runs in constant time and returns a new Scalar.
type Scalar struct{ s edwards25519.Scalar }

// ErrScalar is returned for a text that is no scalar. It says nothing about
// where a hostile scalar went wrong.
var ErrScalar = errors.New("scalar: not a canonical decimal number below the group order")

// maxScalarDigits is the length of q-1 in decimal.
const maxScalarDigits = 76

// ParseScalar reads the wire form of a scalar: decimal digits, no sign, no
// leading zero, below q (docs/PROTOCOL.md §2).
func ParseScalar(digits []byte) (*Scalar, error) {
	if len(digits) == 0 || len(digits) > maxScalarDigits || (digits[0] == '0' && len(digits) > 1) {
		return nil, ErrScalar
	}
	padded := eightyZeros
	copy(padded[len(padded)-len(digits):], digits)
	var limbs [4]uint64
	for at := 0; at < len(padded); at += 16 {
		high, ok := eightDigits(padded[at : at+8])
		low, alsoOK := eightDigits(padded[at+8 : at+16])
		if !ok || !alsoOK {
			return nil, ErrScalar
		}
		mulAdd(&limbs, 1e16, 1e8*high+low)
	}
	if s := scalarFromLimbs(&limbs); s != nil {
		return s, nil
	}
	return nil, ErrScalar
}

var eightyZeros = [80]byte([]byte(strings.Repeat("0", 80)))

// eightDigits reads eight decimal digits at once, in pairs of pairs of pairs (Lemire,
// "Quickly parsing eight digits", 2018), and reports whether they are digits.
func eightDigits(digits []byte) (n uint64, ok bool) {
	const nibbles, zeros = 0xf0f0f0f0f0f0f0f0, 0x3030303030303030
	v := binary.LittleEndian.Uint64(digits)
	ok = v&nibbles == zeros && (v+0x0606060606060606)&nibbles == zeros
	v = (v-zeros)*10 + (v-zeros)>>8
	const pairs = 0x000000ff000000ff
	return ((v&pairs)*(100+1000000<<32) + (v>>16&pairs)*(1+10000<<32)) >> 32, ok
}

// mulAdd sets x = x*m + a. 76 digits stay below 2^256, so nothing is lost.
func mulAdd(x *[4]uint64, m, a uint64) {
	carry := a
	for i := range x {
		hi, lo := bits.Mul64(x[i], m)
		lo, c := bits.Add64(lo, carry, 0)
		x[i], carry = lo, hi+c
	}
}

// AppendDecimal appends the wire form of s to b.
func (s *Scalar) AppendDecimal(b []byte) []byte {
	le := s.s.Bytes()
	return appendDecimal(b, [4]uint64{
		binary.LittleEndian.Uint64(le), binary.LittleEndian.Uint64(le[8:]), binary.LittleEndian.Uint64(le[16:]), binary.LittleEndian.Uint64(le[24:]),
	})
}

// appendDecimal appends a number below q, which has four chunks of 19 digits at
// most: what is left after three divisions is the first. Before each, the highest
// limb is below the divisor and so is its own remainder.
func appendDecimal(b []byte, x [4]uint64) []byte {
	const chunk = 1e19
	var digits [4 * 19]byte
	for n := 3; n > 0; n-- {
		rem := x[n]
		for i := n - 1; i >= 0; i-- {
			x[i], rem = bits.Div64(rem, x[i], chunk)
		}
		putDigits(digits[19*n:19*n+19], rem)
	}
	putDigits(digits[:19], x[0])
	first := 0
	for first < len(digits)-1 && digits[first] == '0' {
		first++
	}
	return append(b, digits[first:]...)
}

// putDigits writes x in 19 digits, the first alone and then two at a time.
func putDigits(digits []byte, x uint64) {
	_ = digits[18]
	for i := 17; i > 0; i -= 2 {
		q := x / 100
		pair := twoDigits[x-100*q]
		digits[i], digits[i+1] = pair[0], pair[1]
		x = q
	}
	digits[0] = byte('0' + x)
}

// twoDigits are 00 to 99.
var twoDigits = func() (t [100][2]byte) {
	for i := range t {
		t[i] = [2]byte{byte('0' + i/10), byte('0' + i%10)}
	}
	return t
}()

// String returns the wire form of s.
func (s *Scalar) String() string { return string(s.AppendDecimal(nil)) }

// Key returns the 32 bytes of s as a big-endian number: what is kept of a scalar
// where its wire form is too long.
func (s *Scalar) Key() (k [32]byte) {
	for i, c := range s.s.Bytes() {
		k[31-i] = c
	}
	return k
}

// orderLimbs is q.
var orderLimbs = [4]uint64{0x5812631a5cf5d3ed, 0x14def9dea2f79cd6, 0, 0x1000000000000000}

// AppendScalar appends the wire form of the scalar whose [Scalar.Key] is given. It
// returns [ErrScalar] for a number that is not below q.
func AppendScalar(b []byte, key *[32]byte) ([]byte, error) {
	x := bigEndian(key)
	if rest := x; subtract(&rest, orderLimbs) == 0 {
		return b, ErrScalar
	}
	return appendDecimal(b, x), nil
}

// bigEndian reads 256 bits.
func bigEndian(be *[32]byte) (x [4]uint64) {
	for i := range x {
		x[i] = binary.BigEndian.Uint64(be[24-8*i:])
	}
	return x
}

// RandomScalar draws a scalar uniformly from the system's random source: 512
// random bits reduced modulo q, whose bias is below 2^-250.
func RandomScalar() *Scalar {
	var wide [64]byte
	rand.Read(wide[:]) // never fails: crypto/rand aborts the program instead
	return ScalarFromWide(&wide)
}

// ScalarFromWide reduces a 512-bit big-endian number modulo q.
func ScalarFromWide(be *[64]byte) *Scalar {
	var le [64]byte
	for i, c := range be {
		le[63-i] = c
	}
	s := new(Scalar)
	if _, err := s.s.SetUniformBytes(le[:]); err != nil {
		panic("group: " + err.Error())
	}
	return s
}

// ScalarFromHash reads a SHA-256 sum as a big-endian number modulo q, the last
// step of H in docs/PROTOCOL.md §2.
func ScalarFromHash(sum [32]byte) *Scalar {
	x := bigEndian(&sum)
	// q is a little more than 2^252, so that the quotient is what stands above, or one less.
	below := subtract(&x, orderTimes(x[3]>>60))
	add(&x, orderTimes(below))
	return scalarFromLimbs(&x)
}

// orderTimes returns a small multiple of q.
func orderTimes(n uint64) (x [4]uint64) {
	var carry, c uint64
	for i := range x {
		hi, lo := bits.Mul64(orderLimbs[i], n)
		x[i], c = bits.Add64(lo, carry, 0)
		carry = hi + c
	}
	return x
}

// subtract sets x = x - y, and returns 1 if that is below zero.
func subtract(x *[4]uint64, y [4]uint64) (borrow uint64) {
	for i := range x {
		x[i], borrow = bits.Sub64(x[i], y[i], borrow)
	}
	return borrow
}

// add sets x = x + y modulo 2^256.
func add(x *[4]uint64, y [4]uint64) {
	var carry uint64
	for i := range x {
		x[i], carry = bits.Add64(x[i], y[i], carry)
	}
}

// scalarFromLimbs returns a number below q, and nil for another.
func scalarFromLimbs(x *[4]uint64) *Scalar {
	var le [32]byte
	for i, l := range x {
		binary.LittleEndian.PutUint64(le[8*i:], l)
	}
	s := new(Scalar)
	if _, err := s.s.SetCanonicalBytes(le[:]); err != nil {
		return nil
	}
	return s
}

// ScalarFromInt returns n modulo q.
func ScalarFromInt(n int) *Scalar {
	var le [32]byte
	neg := n < 0
	if neg {
		n = -n
	}
	binary.LittleEndian.PutUint64(le[:], uint64(n))
	s := new(Scalar)
	if _, err := s.s.SetCanonicalBytes(le[:]); err != nil {
		panic("group: " + err.Error())
	}
	if neg {
		return s.Neg()
	}
	return s
}

// Add returns s + t mod q.
func (s *Scalar) Add(t *Scalar) *Scalar {
	r := new(Scalar)
	r.s.Add(&s.s, &t.s)
	return r
}

// Sub returns s - t mod q.
func (s *Scalar) Sub(t *Scalar) *Scalar {
	r := new(Scalar)
	r.s.Subtract(&s.s, &t.s)
	return r
}

// Mul returns s * t mod q.
func (s *Scalar) Mul(t *Scalar) *Scalar {
	r := new(Scalar)
	r.s.Multiply(&s.s, &t.s)
	return r
}

// Neg returns -s mod q.
func (s *Scalar) Neg() *Scalar {
	r := new(Scalar)
	r.s.Negate(&s.s)
	return r
}

// Inv returns 1/s mod q, and 0 for 0.
func (s *Scalar) Inv() *Scalar {
	r := new(Scalar)
	r.s.Invert(&s.s)
	return r
}

// Equal reports whether s and t are the same number, in constant time.
func (s *Scalar) Equal(t *Scalar) bool { return s.s.Equal(&t.s) == 1 }

// IsZero reports whether s is 0, in constant time.
func (s *Scalar) IsZero() bool { return s.Equal(new(Scalar)) }
