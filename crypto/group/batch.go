package group

import (
	"slices"
	"sync"

	"filippo.io/edwards25519/field"
	fp "github.com/cloudflare/circl/math/fp25519"

	"github.com/homphieu/homphieu/crypto/group/point"
)

// A Batch computes many powers of public points at once, which is most of what
// verification is: whoever verifies a ballot first asks for everything, then runs
// the batch, and then looks at the answers.
//
//	b := NewBatch(key)
//	p := b.Point(u)             // not known yet to lie in the subgroup
//	c := b.Power(p, e, r, nil)  // p^e · g^r
//	b.Run()
//	err := b.Err(p)             // p is no element
//	text = b.AppendHex(text, c)
//
// Each base has its squarings computed once for all its powers, and the same
// squarings tell whether it lies in the subgroup (docs/decisions/0003). Where the
// processor allows, eight bases are computed side by side (package lanes). All of
// this leaks its arguments through time: a batch is for public data only.
type Batch struct {
	key    *Table
	points []batchPoint
	powers []batchPower
	codes  [][32]byte       // encodings of the powers, then of the points, after Run
	at     []point.Extended // what is encoded
}

// A Ref names a point of a batch.
type Ref int

// A Power names a power of a batch.
type Power int

type batchPoint struct {
	at       point.Extended
	encoding [32]byte // of a point that is to be decoded
	product  bool
	factors  []Ref // of a product
	check    bool  // decode, and see whether it lies in the subgroup
	good     bool
	powers   []Power
}

// A batchPower is base^exponent · g^atG · key^atKey, where the last two may be left
// out; or, where it is joined, the product of two powers before it.
type batchPower struct {
	exponent, atG, atKey [32]byte
	ofG, ofKey           bool
	joined               bool
	factors              [2]Power
}

// NewBatch begins a batch, in which key is the second fixed base; it may be nil
// where no power asks for it.
func NewBatch(key *Table) *Batch {
	b := batches.Get().(*Batch)
	b.key = key
	return b
}

var batches = sync.Pool{New: func() any { return new(Batch) }}

// Free gives the memory of a batch to one that begins later. Nothing may be asked
// of b afterwards; what it returned stays.
func (b *Batch) Free() {
	b.key, b.points, b.powers, b.codes = nil, b.points[:0], b.powers[:0], b.codes[:0]
	batches.Put(b)
}

// Grow makes room for so many more points and powers: whoever knows how many there
// will be saves time, and nothing else depends on it.
func (b *Batch) Grow(points, powers int) {
	b.points, b.powers = slices.Grow(b.points, points), slices.Grow(b.powers, powers)
}

// Point takes in a point of which it is not known whether it is an element.
func (b *Batch) Point(u *Unchecked) Ref {
	return b.add(batchPoint{encoding: u.encoding, check: true})
}

// Element takes in an element.
func (b *Batch) Element(e *Element) Ref {
	return b.add(batchPoint{at: extended(e), good: true})
}

// Product takes in the product of points that are there already. It is good when
// they are; the product of none is the identity.
func (b *Batch) Product(factors ...Ref) Ref {
	r := b.add(batchPoint{product: true})
	b.points[r].factors = append(b.points[r].factors, factors...)
	return r
}

// add puts in a point, into the memory of one that was there in an earlier use.
func (b *Batch) add(p batchPoint) Ref {
	n := len(b.points)
	b.points = slices.Grow(b.points, 1)[:n+1]
	old := &b.points[n]
	p.factors, p.powers = old.factors[:0], old.powers[:0]
	*old = p
	return Ref(n)
}

// Power asks for base^exponent · g^atG · key^atKey, where nil leaves out one of the
// last two.
func (b *Batch) Power(base Ref, exponent, atG, atKey *Scalar) Power {
	n := Power(len(b.powers))
	p := batchPower{exponent: littleEndian(exponent)}
	if atG != nil {
		p.atG, p.ofG = littleEndian(atG), true
	}
	if atKey != nil {
		p.atKey, p.ofKey = littleEndian(atKey), true
	}
	b.powers = append(b.powers, p)
	b.points[base].powers = append(b.points[base].powers, n)
	return n
}

// Join asks for the product of two powers that are asked for already.
func (b *Batch) Join(p, q Power) Power {
	b.powers = append(b.powers, batchPower{joined: true, factors: [2]Power{p, q}})
	return Power(len(b.powers) - 1)
}

// littleEndian returns a scalar in little-endian order.
func littleEndian(s *Scalar) [32]byte { return [32]byte(s.s.Bytes()) }

// Run computes everything. The powers of a point that is not good say nothing:
// whoever reads them has asked for its Err before.
func (b *Batch) Run() {
	if !b.runInLanes() {
		b.run()
	}
}

// Err returns ErrElement if a point is not in the group.
func (b *Batch) Err(r Ref) error {
	if !b.points[r].good {
		return ErrElement
	}
	return nil
}

// A VarTimeElement is an element in the coordinates of a batch, and is changed in
// place. Its arithmetic leaks its arguments through time: it is for public data only.
type VarTimeElement struct{ at point.Extended }

// VarTime returns a good point as an element, and panics on another as AppendPoint
// does.
func (b *Batch) VarTime(r Ref) VarTimeElement {
	b.mustBeGood(r)
	return VarTimeElement{b.points[r].at}
}

// VarTime returns e for arithmetic in variable time.
func (e *Element) VarTime() VarTimeElement { return VarTimeElement{extended(e)} }

// Mul sets e = e · f.
func (e *VarTimeElement) Mul(f *VarTimeElement) { e.at = e.at.Add(&f.at) }

// Element returns e as it is now.
func (e *VarTimeElement) Element() *Element { return element(&e.at) }

// AppendPower appends the wire form of a power to text.
func (b *Batch) AppendPower(text []byte, p Power) []byte {
	return appendHexReversed(text, b.codes[p][:])
}

// AppendPoint appends the wire form of a good point to text. It panics on another:
// that is the caller's error, who has not asked for its Err.
func (b *Batch) AppendPoint(text []byte, r Ref) []byte {
	b.mustBeGood(r)
	return appendHexReversed(text, b.codes[len(b.powers)+int(r)][:])
}

// Member returns a good point as an element, and panics on another as AppendPoint
// does.
func (b *Batch) Member(r Ref) *Element {
	b.mustBeGood(r)
	return element(&b.points[r].at)
}

func (b *Batch) mustBeGood(r Ref) {
	if b.Err(r) != nil {
		panic("group: a point of a batch is used as an element, and is none")
	}
}

var chains = sync.Pool{New: func() any { return new(point.Chain) }}

// run is Run with one base after another.
func (b *Batch) run() {
	for i := range b.points {
		p := &b.points[i]
		if p.check {
			var a point.Affine
			if p.good = a.Decode(&p.encoding); p.good {
				p.at = a.Extended()
			}
		}
	}
	b.multiply()
	b.at = slices.Grow(b.at[:0], len(b.powers)+len(b.points))[:len(b.powers)+len(b.points)]
	results := b.at
	for i := range b.points {
		p := &b.points[i]
		for k, power := range b.raise(p) {
			results[p.powers[k]] = power
		}
		if results[len(b.powers)+i] = point.Identity(); p.good {
			results[len(b.powers)+i] = p.at
		}
	}
	for i, p := range b.powers {
		if p.joined {
			results[i] = results[p.factors[0]].Add(&results[p.factors[1]])
		}
	}
	b.spoil()
	b.codes = slices.Grow(b.codes[:0], len(results))
	for _, p := range point.Normalize(results) {
		b.codes = append(b.codes, p.Encode())
	}
}

// raise returns the powers of a point, and looks whether it is an element if that is
// asked. The powers of what is none are neutral.
func (b *Batch) raise(p *batchPoint) (powers []point.Extended) {
	if p.good && (p.check || len(p.powers) > 0) {
		exponents := make([]*[32]byte, len(p.powers))
		for i, n := range p.powers {
			exponents[i] = &b.powers[n].exponent
		}
		chain := chains.Get().(*point.Chain)
		defer chains.Put(chain)
		if p.check {
			powers, p.good = chain.RaiseMember(&p.at, exponents...)
		} else {
			powers = chain.Raise(&p.at, exponents...)
		}
	}
	if !p.good {
		return slices.Repeat([]point.Extended{point.Identity()}, len(p.powers))
	}
	for i, n := range p.powers {
		b.multiplyFixed(&powers[i], &b.powers[n])
	}
	return powers
}

// multiplyFixed multiplies a power of a base by those of g and the key.
func (b *Batch) multiplyFixed(result *point.Extended, p *batchPower) {
	if p.ofG {
		GeneratorTable().one().AddExp(result, &p.atG)
	}
	if p.ofKey {
		b.key.one().AddExp(result, &p.atKey)
	}
}

// multiply computes the products of points that were decoded.
func (b *Batch) multiply() {
	for i := range b.points {
		p := &b.points[i]
		if !p.product {
			continue
		}
		p.at, p.good = point.Identity(), true
		for _, f := range p.factors {
			if p.good = p.good && b.points[f].good; p.good {
				p.at = p.at.Add(&b.points[f].at)
			}
		}
	}
}

// spoil lets products share what became of their factors.
func (b *Batch) spoil() {
	for i := range b.points {
		for _, f := range b.points[i].factors {
			b.points[i].good = b.points[i].good && b.points[f].good
		}
	}
}

// extended returns an element as package point has it.
func extended(e *Element) point.Extended {
	x, y, z, t := e.p.ExtendedCoordinates()
	return point.Extended{X: fp.Elt(x.Bytes()), Y: fp.Elt(y.Bytes()), Z: fp.Elt(z.Bytes()), T: fp.Elt(t.Bytes())}
}

// element is the inverse of extended.
func element(e *point.Extended) *Element {
	var x, y, z, t field.Element
	for _, c := range []struct {
		to   *field.Element
		from *fp.Elt
	}{{&x, &e.X}, {&y, &e.Y}, {&z, &e.Z}, {&t, &e.T}} {
		reduced := *c.from
		fp.Modp(&reduced)
		if _, err := c.to.SetBytes(reduced[:]); err != nil {
			panic("group: 32 bytes are no field element: " + err.Error())
		}
	}
	r := new(Element)
	if _, err := r.p.SetExtendedCoordinates(&x, &y, &z, &t); err != nil {
		panic("group: a point left the curve: " + err.Error())
	}
	return r
}
