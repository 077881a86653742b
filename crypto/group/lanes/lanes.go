//go:build amd64 && !purego

package lanes

import "encoding/binary"

// Width is the number of lanes.
const Width = 8

// A Field is eight elements of the field of 2^255-19: limb by limb, then lane by
// lane, each limb below 2^52.
type Field [5][Width]uint64

// Points are eight points of the curve, with x = X/Z, y = Y/Z, T = XY/Z.
type Points struct{ X, Y, Z, T Field }

// Cached are eight points that are added often: Y+X, Y-X, 2dT, 2Z.
type Cached struct{ Plus, Minus, T2D, Z2 Field }

// Niels are eight points with Z = 1: y+x, y-x, 2dxy.
type Niels struct{ Plus, Minus, T2D Field }

// Set puts a number below 2^256, little-endian, into a lane.
func (f *Field) Set(lane int, le *[32]byte) {
	const mask = 1<<51 - 1
	a, b := binary.LittleEndian.Uint64(le[0:]), binary.LittleEndian.Uint64(le[8:])
	c, d := binary.LittleEndian.Uint64(le[16:]), binary.LittleEndian.Uint64(le[24:])
	f[0][lane] = a & mask
	f[1][lane] = (a>>51 | b<<13) & mask
	f[2][lane] = (b>>38 | c<<26) & mask
	f[3][lane] = (c>>25 | d<<39) & mask
	f[4][lane] = d >> 12
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

// digits of eight exponents: 64 positions, from -8 to 7 to the base 16.
type digits [64][Width]int8

// set writes the digits of an exponent below 2^253, little-endian, into a lane.
func (d *digits) set(lane int, exponent *[32]byte) {
	if exponent[31] > 0x1f {
		panic("lanes: exponent of more than 253 bits") // its digits would leave the lane's buckets
	}
	carry := int8(0)
	for i, b := range exponent {
		low, high := int8(b&15)+carry, int8(b>>4)
		carry = 0
		if low > 7 {
			low, high = low-16, high+1
		}
		if high > 7 && i < 31 {
			high, carry = high-16, 1
		}
		d[2*i][lane], d[2*i+1][lane] = low, high
	}
}

// isZero reports whether a position is zero in all lanes.
func isZero(digits *[Width]int8) bool { return *digits == [Width]int8{} }

// negatives returns the lanes whose digit is negative, as bits.
func negatives(digits *[Width]int8) (mask uint64) {
	for lane, d := range digits {
		mask |= uint64(uint8(d)>>7) << lane
	}
	return mask
}

// abs is the magnitude of a digit.
func abs(d int8) int { return max(int(d), -int(d)) }
