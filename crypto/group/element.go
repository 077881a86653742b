package group

import (
	"errors"

	"filippo.io/edwards25519"
	"filippo.io/edwards25519/field"

	"github.com/homphieu/homphieu/crypto/group/point"
)

// An Element is a member of the prime-order subgroup. Elements come from
// [ParseElement], [Unchecked.Check] and from operations on other elements, so
// that holding one is proof of membership. The zero value is not valid.
// Elements are never changed after they were made.
type Element struct{ p edwards25519.Point }

// ElementSize is the number of hexadecimal digits of an element on the wire.
const ElementSize = 64

// ErrElement is returned for a text that is no element. It says nothing about
// where a hostile point went wrong.
var ErrElement = errors.New("element: not a canonical point of the prime-order subgroup")

// ParseElement reads the wire form of an element: 64 lower-case hexadecimal
// digits that name, in the one canonical way, a point of the prime-order
// subgroup (docs/PROTOCOL.md §2). It refuses other lengths, upper case,
// y >= p, x = 0 with the sign bit set, points off the curve and points outside
// the subgroup. The identity is an element; who must not take it says so.
func ParseElement(hex []byte) (*Element, error) {
	u, err := ParseUnchecked(hex)
	if err != nil {
		return nil, err
	}
	return u.Check()
}

// An Unchecked is 64 digits of which it is not known yet whether they name an
// element. It exists so that a ballot's points are decoded and checked by the very
// computation that verifies its proofs (see [Batch]).
type Unchecked struct{ encoding [32]byte }

// ParseUnchecked reads 64 lower-case hexadecimal digits and leaves everything else
// to the check.
func ParseUnchecked(hex []byte) (*Unchecked, error) {
	u := new(Unchecked)
	if !decodeHexReversed(&u.encoding, hex) {
		return nil, ErrElement
	}
	return u, nil
}

// IsIdentity reports whether u is spelt as the neutral element.
func (u *Unchecked) IsIdentity() bool { return u.encoding == [32]byte{1} }

// Key returns the 32 bytes of the wire form.
func (u *Unchecked) Key() (k [32]byte) {
	for i, c := range u.encoding {
		k[31-i] = c
	}
	return k
}

// Check returns u as an element if it is one. It leaks u through time.
func (u *Unchecked) Check() (*Element, error) {
	var a point.Affine
	if !a.Decode(&u.encoding) {
		return nil, ErrElement
	}
	p := a.Extended()
	chain := chains.Get().(*point.Chain)
	defer chains.Put(chain)
	if _, member := chain.RaiseMember(&p); !member {
		return nil, ErrElement
	}
	return element(&p), nil
}

// CheckAll returns all of the list as elements, which is faster than one by one, or
// the index of the first that is none; else bad is -1.
func CheckAll(list []*Unchecked) (elements []*Element, bad int) {
	b := NewBatch(nil)
	defer b.Free()
	for _, u := range list {
		b.Point(u)
	}
	b.Run()
	elements = make([]*Element, len(list))
	for i := range list {
		if b.Err(Ref(i)) != nil {
			return nil, i
		}
		elements[i] = b.Member(Ref(i))
	}
	return elements, -1
}

// decodeHexReversed reads 64 lower-case hexadecimal digits, last byte first.
func decodeHexReversed(dst *[32]byte, hex []byte) bool {
	if len(hex) != ElementSize {
		return false
	}
	for i := range dst {
		hi, lo := fromHex[hex[2*i]], fromHex[hex[2*i+1]]
		if hi < 0 || lo < 0 {
			return false
		}
		dst[31-i] = byte(hi<<4 | lo)
	}
	return true
}

const hexDigits = "0123456789abcdef"

var fromHex = func() (t [256]int8) {
	for i := range t {
		t[i] = -1
	}
	for i, c := range []byte(hexDigits) {
		t[c] = int8(i)
	}
	return t
}()

// AppendHex appends the wire form of e to b.
func (e *Element) AppendHex(b []byte) []byte { return appendHex(b, &e.p) }

func appendHex(b []byte, p *edwards25519.Point) []byte { return appendHexReversed(b, p.Bytes()) }

func appendHexReversed(b, le []byte) []byte {
	var digits [ElementSize]byte
	for i, c := range le[:ElementSize/2] {
		at := ElementSize - 2 - 2*i
		digits[at], digits[at+1] = byteDigits[c][0], byteDigits[c][1]
	}
	return append(b, digits[:]...)
}

// byteDigits are 00 to ff.
var byteDigits = func() (t [256][2]byte) {
	for i := range t {
		t[i] = [2]byte{hexDigits[i>>4], hexDigits[i&15]}
	}
	return t
}()

// AppendHexList appends the wire forms of elements with sep between them. It
// is faster than one by one: the inversions of all are one inversion and three
// products each (Montgomery 1987).
func AppendHexList(b []byte, sep byte, elements ...*Element) []byte {
	partial := make([]field.Element, len(elements)) // products of the Z before each
	product := new(field.Element).One()
	for i, e := range elements {
		_, _, z, _ := e.p.ExtendedCoordinates()
		partial[i].Set(product)
		product.Multiply(product, z)
	}
	inverse := product.Invert(product)
	encodings := make([][]byte, len(elements))
	for i := len(elements) - 1; i >= 0; i-- {
		x, y, z, _ := elements[i].p.ExtendedCoordinates()
		zInv := partial[i].Multiply(&partial[i], inverse)
		inverse.Multiply(inverse, z)
		encodings[i] = y.Multiply(y, zInv).Bytes()
		encodings[i][31] |= byte(x.Multiply(x, zInv).IsNegative() << 7)
	}
	for i, le := range encodings {
		if i > 0 {
			b = append(b, sep)
		}
		b = appendHexReversed(b, le)
	}
	return b
}

// String returns the wire form of e.
func (e *Element) String() string { return string(e.AppendHex(nil)) }

// Key returns the 32 bytes of the wire form, for use as a map key.
func (e *Element) Key() (k [32]byte) {
	le := e.p.Bytes()
	for i := range k {
		k[i] = le[31-i]
	}
	return k
}

// Identity returns the neutral element.
func Identity() *Element { return &Element{*edwards25519.NewIdentityPoint()} }

// Generator returns g.
func Generator() *Element { return &Element{*edwards25519.NewGeneratorPoint()} }

// Mul returns e · f.
func (e *Element) Mul(f *Element) *Element {
	r := new(Element)
	r.p.Add(&e.p, &f.p)
	return r
}

// Div returns e / f.
func (e *Element) Div(f *Element) *Element {
	r := new(Element)
	r.p.Subtract(&e.p, &f.p)
	return r
}

// Exp returns e^s in constant time.
func (e *Element) Exp(s *Scalar) *Element {
	r := new(Element)
	r.p.ScalarMult(&s.s, &e.p)
	return r
}

// BaseExp returns g^s in constant time.
func BaseExp(s *Scalar) *Element {
	r := new(Element)
	r.p.ScalarBaseMult(&s.s)
	return r
}

// Equal reports whether e and f are the same element.
func (e *Element) Equal(f *Element) bool { return e.p.Equal(&f.p) == 1 }

// IsIdentity reports whether e is the neutral element.
func (e *Element) IsIdentity() bool { return e.Equal(Identity()) }

// VarTimeProduct returns the product of bases[i]^exponents[i]. It leaks its
// arguments through time and is for public data only.
func VarTimeProduct(bases []*Element, exponents []*Scalar) *Element {
	points := make([]*edwards25519.Point, len(bases))
	scalars := make([]*edwards25519.Scalar, len(exponents))
	for i := range bases {
		points[i], scalars[i] = &bases[i].p, &exponents[i].s
	}
	r := new(Element)
	r.p.VarTimeMultiScalarMult(scalars, points)
	return r
}
