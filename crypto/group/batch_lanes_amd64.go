//go:build amd64 && !purego

package group

import (
	"slices"
	"sync"

	fp "github.com/cloudflare/circl/math/fp25519"

	"github.com/homphieu/homphieu/crypto/group/lanes"
	"github.com/homphieu/homphieu/crypto/group/point"
)

// fewest is how many points make eight lanes worth while.
const fewest = 4

type laneTable func() *lanes.Table

func newLaneTable(base *Element) laneTable {
	return sync.OnceValue(func() *lanes.Table {
		e := extended(base)
		return lanes.NewTable((*[32]byte)(&e.X), (*[32]byte)(&e.Y), (*[32]byte)(&e.Z), (*[32]byte)(&e.T))
	})
}

var laneRuns = sync.Pool{New: func() any { return &laneRun{engine: new(lanes.Engine)} }}

// runInLanes is Run with eight bases side by side; false where there are too few,
// or the processor cannot.
func (b *Batch) runInLanes() bool {
	if !lanes.Available || len(b.points) < fewest {
		return false
	}
	b.runEight()
	return true
}

// runEight is Run with eight bases side by side.
func (b *Batch) runEight() {
	b.decodeInLanes()
	b.multiply()
	r := laneRuns.Get().(*laneRun)
	defer laneRuns.Put(r)
	r.b, r.results, r.owners = b, r.results[:0], r.owners[:0]
	for _, group := range b.alike() {
		if len(group) == 1 {
			r.alone(group[0])
		} else {
			r.bases(group)
		}
	}
	b.spoil()
	r.join()
	r.encode()
	r.b = nil
}

func (b *Batch) decodeInLanes() {
	var some []Ref
	for i := range b.points {
		if b.points[i].check {
			some = append(some, Ref(i))
		}
	}
	for len(some) > 0 {
		n := min(len(some), lanes.Width)
		var encodings [lanes.Width][32]byte
		for lane, i := range some[:n] {
			encodings[lane] = b.points[i].encoding
		}
		var p lanes.Points
		accepted := p.Decode(&encodings)
		for lane, i := range some[:n] {
			if b.points[i].good = accepted>>lane&1 == 1; b.points[i].good {
				b.points[i].at = extendedLane(&p, lane)
			}
		}
		some = some[n:]
	}
}

// A shape is what is asked of a base: lanes of one shape waste nothing.
type shape struct {
	check  bool
	powers int
	tables uint64 // two bits for each power: asks for g, asks for the key
}

// alike returns the good points of which something is asked, eight by eight, those
// of one shape together.
func (b *Batch) alike() (groups [][]Ref) {
	byShape := map[shape][]Ref{}
	var order []shape
	for i := range b.points {
		p := &b.points[i]
		if !p.good || len(p.powers) == 0 && !p.check {
			continue
		}
		s := shape{check: p.check, powers: len(p.powers)}
		for _, n := range p.powers {
			s.tables <<= 2
			if b.powers[n].ofG {
				s.tables |= 1
			}
			if b.powers[n].ofKey {
				s.tables |= 2
			}
		}
		if byShape[s] == nil {
			order = append(order, s)
		}
		byShape[s] = append(byShape[s], Ref(i))
	}
	var rest []Ref
	for _, s := range order {
		refs := byShape[s]
		for ; len(refs) >= lanes.Width; refs = refs[lanes.Width:] {
			groups = append(groups, refs[:lanes.Width])
		}
		rest = append(rest, refs...)
	}
	for ; len(rest) > 0; rest = rest[min(len(rest), lanes.Width):] {
		groups = append(groups, rest[:min(len(rest), lanes.Width)])
	}
	return groups
}

// A laneRun keeps the results, eight by eight, until they are encoded together. Its
// memory serves one batch after another.
type laneRun struct {
	b       *Batch
	engine  *lanes.Engine
	results []lanes.Points
	owners  [][lanes.Width]Power // by result and lane; -1 for none
}

// bases computes everything that is asked of up to eight points.
func (r *laneRun) bases(group []Ref) {
	p := lanes.Identity()
	most, check := 0, false
	for lane, i := range group {
		at := &r.b.points[i]
		setLane(&p, lane, &at.at)
		most, check = max(most, len(at.powers)), check || at.check
	}
	r.engine.SetBases(&p)
	if check {
		r.check(group)
	}
	for slot := 0; slot < most; slot += 2 {
		r.slots(group, slot)
	}
}

// check sees which points lie in the subgroup.
func (r *laneRun) check(group []Ref) {
	members := r.engine.Members()
	for lane, i := range group {
		p := &r.b.points[i]
		p.good = p.good && (!p.check || members>>lane&1 == 1)
	}
}

// slots computes two powers of each base, or the last one.
func (r *laneRun) slots(group []Ref, first int) {
	var exponents [2][lanes.Width][32]byte
	for i := range exponents {
		for lane, n := range r.owned(group, first+i) {
			if n >= 0 {
				exponents[i][lane] = r.b.powers[n].exponent
			}
		}
	}
	n := len(r.results)
	r.results = append(r.results, lanes.Points{}, lanes.Points{})
	r.engine.Exp(&r.results[n], &r.results[n+1], &exponents)
	for i := range exponents {
		owners := r.owned(group, first+i)
		r.owners = append(r.owners, owners)
		r.multiplyFixed(&r.results[n+i], &owners)
	}
}

// nobody owns a lane.
var nobody = [lanes.Width]Power{-1, -1, -1, -1, -1, -1, -1, -1}

// owned returns the powers that are computed in one slot, by lane.
func (r *laneRun) owned(group []Ref, slot int) (owners [lanes.Width]Power) {
	owners = nobody
	for lane, i := range group {
		if powers := r.b.points[i].powers; slot < len(powers) {
			owners[lane] = powers[slot]
		}
	}
	return owners
}

// multiplyFixed multiplies powers of bases by those of g and the key.
func (r *laneRun) multiplyFixed(result *lanes.Points, owners *[lanes.Width]Power) {
	var atG, atKey [lanes.Width][32]byte
	ofG, ofKey := false, false
	for lane, n := range owners {
		if n >= 0 {
			p := &r.b.powers[n]
			atG[lane], atKey[lane] = p.atG, p.atKey
			ofG, ofKey = ofG || p.ofG, ofKey || p.ofKey
		}
	}
	if ofG {
		r.engine.AddExp(result, GeneratorTable().eight(), &atG)
	}
	if ofKey {
		r.engine.AddExp(result, r.b.key.eight(), &atKey)
	}
}

// join multiplies what was asked to be joined.
func (r *laneRun) join() {
	var joined []Power
	for i, p := range r.b.powers {
		if p.joined {
			joined = append(joined, Power(i))
		}
	}
	if len(joined) == 0 {
		return
	}
	results := make([]point.Extended, len(r.b.powers))
	for i := range results {
		results[i] = point.Identity() // for powers of what is no point: Z = 0 would spoil a whole lane
	}
	for i := range r.results {
		for lane, owner := range r.owners[i] {
			if owner >= 0 {
				results[owner] = extendedLane(&r.results[i], lane)
			}
		}
	}
	products := make([]point.Extended, len(joined))
	for i, n := range joined {
		factors := r.b.powers[n].factors
		results[n] = results[factors[0]].Add(&results[factors[1]])
		products[i] = results[n]
	}
	r.pack(joined, products)
}

// alone computes what is asked of a point without others beside it: that is faster
// in one lane.
func (r *laneRun) alone(i Ref) {
	at := &r.b.points[i]
	r.pack(at.powers, r.b.raise(at))
}

// pack adds powers that were computed in one lane.
func (r *laneRun) pack(powers []Power, results []point.Extended) {
	for len(powers) > 0 {
		n := min(len(powers), lanes.Width)
		p := lanes.Identity()
		owners := nobody
		for lane := range n {
			setLane(&p, lane, &results[lane])
			owners[lane] = powers[lane]
		}
		r.results, r.owners = append(r.results, p), append(r.owners, owners)
		powers, results = powers[n:], results[n:]
	}
}

func extendedLane(p *lanes.Points, lane int) point.Extended {
	return point.Extended{X: fp.Elt(p.X.Bytes(lane)), Y: fp.Elt(p.Y.Bytes(lane)), Z: fp.Elt(p.Z.Bytes(lane)), T: fp.Elt(p.T.Bytes(lane))}
}

func setLane(p *lanes.Points, lane int, e *point.Extended) {
	p.Set(lane, (*[32]byte)(&e.X), (*[32]byte)(&e.Y), (*[32]byte)(&e.Z), (*[32]byte)(&e.T))
}

// encode writes the encodings of all powers and points.
func (r *laneRun) encode() {
	b := r.b
	for from := 0; from < len(b.points); from += lanes.Width {
		p := lanes.Identity()
		owners := nobody
		for lane := range min(lanes.Width, len(b.points)-from) {
			if at := &b.points[from+lane]; at.good {
				setLane(&p, lane, &at.at)
				owners[lane] = Power(len(b.powers) + from + lane)
			}
		}
		r.results, r.owners = append(r.results, p), append(r.owners, owners)
	}
	lanes.Normalize(r.results)
	b.codes = slices.Grow(b.codes[:0], len(b.powers)+len(b.points))[:len(b.powers)+len(b.points)]
	clear(b.codes) // what is not good has none
	for i := range r.results {
		for lane, owner := range r.owners[i] {
			if owner >= 0 {
				b.codes[owner] = r.results[i].Encode(lane)
			}
		}
	}
}
