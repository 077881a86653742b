//go:build amd64 && !purego

package lanes

import (
	"encoding/binary"
	"math/bits"

	"github.com/homphieu/homphieu/crypto/group/point"
)

// Width is the number of lanes.
const Width = 8

// A Field is eight elements of the field of 2^255-19: limb by limb, then lane by
// lane. It is tight where it says nothing else: the first limb below 2^51 + 2^18, the
// others below 2^51.
type Field [5][Width]uint64

// Points are eight points of the curve, with x = X/Z, y = Y/Z, T = XY/Z.
type Points struct{ X, Y, Z, T Field }

// Cached are eight points that are added often: Y+X, Y-X, 2dT, 2Z. All but 2dT need
// not be tight: limbs below 2^52 do for what is multiplied.
type Cached struct{ Plus, Minus, T2D, Z2 Field }

// Niels are eight points with Z = 1: halves of y+x, y-x and 2dxy, so that nothing has
// to be doubled when they are added.
type Niels struct{ Plus, Minus, TD Field }

// Set puts a number below 2^256, little-endian, into a lane.
func (f *Field) Set(lane int, le *[32]byte) {
	const mask = 1<<51 - 1
	a, b := binary.LittleEndian.Uint64(le[0:]), binary.LittleEndian.Uint64(le[8:])
	c, d := binary.LittleEndian.Uint64(le[16:]), binary.LittleEndian.Uint64(le[24:])
	f[0][lane] = a&mask + 19*(d>>63)
	f[1][lane] = (a>>51 | b<<13) & mask
	f[2][lane] = (b>>38 | c<<26) & mask
	f[3][lane] = (c>>25 | d<<39) & mask
	f[4][lane] = d >> 12 & mask
}

// Bytes returns the number in a lane, reduced, little-endian.
func (f *Field) Bytes(lane int) (le [32]byte) {
	const mask = 1<<51 - 1
	var l [5]uint64
	carry := uint64(0)
	for i := range l { // limbs of 52 bits to limbs of 51
		l[i] = f[i][lane] + carry
		carry, l[i] = l[i]>>51, l[i]&mask
	}
	l[0] += 19 * carry // now below 2^255 + 2^52
	// It is at least 2^255-19 if adding 19 reaches bit 255: then that, without the bit, is the remainder.
	q := (l[0] + 19) >> 51
	for i := 1; i < len(l); i++ {
		q = (l[i] + q) >> 51
	}
	l[0] += 19 * q
	for i := range 4 {
		l[i+1] += l[i] >> 51
		l[i] &= mask
	}
	l[4] &= mask
	binary.LittleEndian.PutUint64(le[0:], l[0]|l[1]<<51)
	binary.LittleEndian.PutUint64(le[8:], l[1]>>13|l[2]<<38)
	binary.LittleEndian.PutUint64(le[16:], l[2]>>26|l[3]<<25)
	binary.LittleEndian.PutUint64(le[24:], l[3]>>39|l[4]<<12)
	return le
}

// take copies a lane.
func (f *Field) take(lane int, from *Field) {
	for i := range f {
		f[i][lane] = from[i][lane]
	}
}

// all puts one number into every lane.
func all(le *[32]byte) (f Field) {
	for lane := range Width {
		f.Set(lane, le)
	}
	return f
}

// Identity are eight neutral points.
func Identity() (p Points) {
	p.Y, p.Z = one, one
	return p
}

// Set puts a point, whose coordinates are below 2^256 and little-endian, into a
// lane.
func (p *Points) Set(lane int, x, y, z, t *[32]byte) {
	p.X.Set(lane, x)
	p.Y.Set(lane, y)
	p.Z.Set(lane, z)
	p.T.Set(lane, t)
}

// IsIdentity reports whether the point in a lane is the neutral one. Memory that
// nothing was written to is no point, and not this one.
func (p *Points) IsIdentity(lane int) bool {
	z := p.Z.Bytes(lane)
	return p.X.Bytes(lane) == [32]byte{} && p.Y.Bytes(lane) == z && z != [32]byte{}
}

// digits of two times eight exponents: 64 positions, from -8 to 7 to the base 16,
// each in a byte with digitBias added; behind them zeros.
type digits [65][2]uint64

const (
	digitBias = 8
	allLanes  = 1<<Width - 1
	ones      = (1<<64 - 1) / 255 // a one in each byte
)

// set writes the digits of eight exponents below 2^253, little-endian.
func (d *digits) set(i int, exponents *[Width][32]byte) {
	const low = 15 * ones
	for n, bytes := range biased(exponents, 0x88*ones) {
		d[2*n][i], d[2*n+1][i] = bytes&low, bytes>>4&low
	}
	d[64][i] = digitBias * ones
}

// bytes are the digits of eight exponents for tables: from -128 to 127 to the base
// 256, each in a byte with 128 added; behind them one position more.
type bytes [point.Windows + 1]uint64

// set writes the digits of eight exponents below 2^253, little-endian.
func (b *bytes) set(exponents *[Width][32]byte) {
	*(*[point.Windows]uint64)(b[:]) = biased(exponents, 128*ones)
	b[point.Windows] = 128 * ones
}

// biased adds to eight exponents a number of four equal words, and returns the bytes of
// the sums: the first of all, then the second of all. To take every digit of a sum as
// smaller by that of the word is to have the digits, of both signs, of the exponent.
func biased(exponents *[Width][32]byte, word uint64) (columns [32]uint64) {
	var words [4][Width]uint64
	for lane, e := range exponents {
		if e[31] > 0x1f {
			panic("lanes: exponent of more than 253 bits") // the sum would not fit
		}
		carry := uint64(0)
		for k := range words {
			words[k][lane], carry = bits.Add64(binary.LittleEndian.Uint64(e[8*k:]), word, carry)
		}
	}
	for k := range words {
		transpose(&words[k])
		copy(columns[8*k:], words[k][:])
	}
	return columns
}

// transpose exchanges rows and columns of eight times eight bytes (Warren, Hacker's
// Delight, 7-3).
func transpose(rows *[8]uint64) {
	for i := range 4 {
		exchange(&rows[i], &rows[i+4], 32, 0x00000000ffffffff)
	}
	for _, i := range [4]int{0, 1, 4, 5} {
		exchange(&rows[i], &rows[i+2], 16, 0x0000ffff0000ffff)
	}
	for i := 0; i < 8; i += 2 {
		exchange(&rows[i], &rows[i+1], 8, 0x00ff00ff00ff00ff)
	}
}

// exchange exchanges the upper parts of a with the lower parts of b.
func exchange(a, b *uint64, shift int, mask uint64) {
	t := (*a>>shift ^ *b) & mask
	*a, *b = *a^t<<shift, *b^t
}
