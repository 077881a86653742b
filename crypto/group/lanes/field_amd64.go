//go:build amd64 && !purego

package lanes

// power sets z = x^(2^250-1), and e = x^11, by which both exponents below end.
func power(z, e, x *Field) {
	var t, u, v Field
	square(&t, x, 1)    // 2
	square(&u, &t, 2)   // 8
	mul(&u, &u, x)      // 9
	mul(e, &u, &t)      // 11
	square(&t, e, 1)    // 22
	mul(&u, &u, &t)     // 2^5 - 1
	square(&t, &u, 5)   //
	mul(&u, &t, &u)     // 2^10 - 1
	square(&t, &u, 10)  //
	mul(&v, &t, &u)     // 2^20 - 1
	square(&t, &v, 20)  //
	mul(&t, &t, &v)     // 2^40 - 1
	square(&t, &t, 10)  //
	mul(&u, &t, &u)     // 2^50 - 1
	square(&t, &u, 50)  //
	mul(&v, &t, &u)     // 2^100 - 1
	square(&t, &v, 100) //
	mul(&t, &t, &v)     // 2^200 - 1
	square(&t, &t, 50)  //
	mul(z, &t, &u)      // 2^250 - 1
}

// invert sets z = 1/x = x^(2^255-21), and 0 for 0.
func invert(z, x *Field) {
	var e, t Field
	power(&t, &e, x)
	square(&t, &t, 5)
	mul(z, &t, &e)
}

// Decode reads eight encodings of RFC 8032 §5.1.2: y in little-endian order, the
// lowest bit of x in the highest bit. It accepts exactly one encoding of each
// point, and none of what is not on the curve, and returns the accepted lanes as
// bits; the others are undefined. A point may lie outside of the prime-order
// subgroup.
func (p *Points) Decode(encodings *[Width][32]byte) (accepted uint8) {
	var odd [Width]byte
	for lane, le := range encodings {
		odd[lane] = le[31] >> 7
		le[31] &= 127
		p.Y.Set(lane, &le)
		if p.Y.Bytes(lane) == le {
			accepted |= 1 << lane
		}
	}
	p.Z = one
	var u, v, v2, x, check, e Field // x² = u/v
	square(&v2, &p.Y, 1)
	sub(&u, &v2, &one)
	mul(&v, &v2, &d)
	add(&v, &v, &one)
	square(&v2, &v, 1)
	mul(&v2, &v2, &v) // v³
	mul(&x, &v2, &u)  // u·v³
	square(&v2, &v2, 1)
	mul(&v2, &v2, &v)
	mul(&v2, &v2, &u) // u·v⁷
	power(&check, &e, &v2)
	square(&check, &check, 2)
	mul(&check, &check, &v2) // (u·v⁷)^(2^252-3)
	mul(&x, &x, &check)
	square(&check, &x, 1)
	mul(&check, &check, &v) // v·x² is u, or -u, if there is a root
	sub(&v, &check, &u)
	add(&v2, &check, &u)
	mul(&e, &x, &root)
	for lane := range Width {
		if v.Bytes(lane) == [32]byte{} {
			continue
		}
		if v2.Bytes(lane) != [32]byte{} {
			accepted &^= 1 << lane
		}
		x.take(lane, &e)
	}
	sub(&e, &Field{}, &x)
	for lane := range Width {
		switch root := x.Bytes(lane); {
		case root[0]&1 == odd[lane]:
		case root == [32]byte{}:
			accepted &^= 1 << lane // the other encoding of x = 0
		default:
			x.take(lane, &e)
		}
	}
	p.X = x
	mul(&p.T, &p.X, &p.Y)
	return accepted
}

// Normalize divides X and Y of all points by Z, and leaves Z and T undefined. The
// inversions of all are one inversion and three products each (Montgomery 1987).
func Normalize(points []Points) {
	product := one
	for i := range points {
		points[i].T = product // of the Z before
		mul(&product, &product, &points[i].Z)
	}
	var inverse Field
	invert(&product, &product)
	for i := len(points) - 1; i >= 0; i-- {
		p := &points[i]
		mul(&inverse, &p.T, &product)
		mul(&product, &product, &p.Z)
		mul(&p.X, &p.X, &inverse)
		mul(&p.Y, &p.Y, &inverse)
	}
}

// Encode returns the encoding of the point in a lane, whose coordinates Normalize
// has divided.
func (p *Points) Encode(lane int) [32]byte {
	x, y := p.X.Bytes(lane), p.Y.Bytes(lane)
	y[31] |= x[0] & 1 << 7
	return y
}
