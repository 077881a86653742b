package group

import (
	"crypto/sha512"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"filippo.io/edwards25519"
	"pgregory.net/rapid"

	"github.com/homphieu/homphieu/crypto/group/grouptest"
)

// runs are the engines of a batch, by name. Where there are eight lanes, they
// take even a batch that is too small for them to be worth while.
var runs = map[string]func(*Batch){"one lane": (*Batch).run}

// An asker is asked for powers: a batch, or the plain arithmetic.
type asker interface {
	Point(u *Unchecked) Ref
	Element(e *Element) Ref
	Product(factors ...Ref) Ref
	Power(base Ref, exponent, atG, atKey *Scalar) Power
	Join(p, q Power) Power
}

// A plain computes at once what a batch is asked for: point by point and in
// constant time, by the library. What is no element, and its powers, are nil.
type plain struct {
	key    *Element
	points []*Element
	powers []*Element
}

func (p *plain) add(e *Element) Ref {
	p.points = append(p.points, e)
	return Ref(len(p.points) - 1)
}

func (p *plain) addPower(e *Element) Power {
	p.powers = append(p.powers, e)
	return Power(len(p.powers) - 1)
}

func (p *plain) Point(u *Unchecked) Ref {
	return p.add(plainCheck(u))
}

// plainCheck returns u as an element, or nil, by the library alone.
func plainCheck(u *Unchecked) *Element {
	var p, minusP, power edwards25519.Point
	if _, err := p.SetBytes(u.encoding[:]); err != nil {
		return nil
	}
	// SetBytes takes y >= p and a negative zero; only the canonical form comes back
	// as it went in.
	if [32]byte(p.Bytes()) != u.encoding {
		return nil
	}
	// p^(q-1) = p^-1 holds exactly for the points whose order divides q.
	minusP.Negate(&p)
	power.ScalarMult(&ScalarFromInt(-1).s, &p)
	if power.Equal(&minusP) != 1 {
		return nil
	}
	return &Element{p}
}

func (p *plain) Element(e *Element) Ref { return p.add(e) }

func (p *plain) Product(factors ...Ref) Ref {
	product := Identity()
	for _, f := range factors {
		if p.points[f] == nil {
			return p.add(nil)
		}
		product = product.Mul(p.points[f])
	}
	return p.add(product)
}

func (p *plain) Power(base Ref, exponent, atG, atKey *Scalar) Power {
	if p.points[base] == nil {
		return p.addPower(nil)
	}
	power := p.points[base].Exp(exponent)
	if atG != nil {
		power = power.Mul(Generator().Exp(atG))
	}
	if atKey != nil {
		power = power.Mul(p.key.Exp(atKey))
	}
	return p.addPower(power)
}

func (p *plain) Join(q, r Power) Power {
	if p.powers[q] == nil || p.powers[r] == nil {
		return p.addPower(nil)
	}
	return p.addPower(p.powers[q].Mul(p.powers[r]))
}

// checkBatch asks every engine and the plain arithmetic for the same, and
// expects the same errors, points, powers and encodings.
func checkBatch(t rapid.TB, key *Table, ask func(asker)) {
	t.Helper()
	want := &plain{key: key.base}
	ask(want)
	for name, run := range runs {
		b := NewBatch(key)
		ask(b)
		run(b)
		for i, e := range want.points {
			checkPoint(t, fmt.Sprintf("%s: point %d of %d", name, i, len(want.points)), b, Ref(i), e)
		}
		for i, e := range want.powers {
			if e == nil {
				continue // undefined
			}
			if got := string(b.AppendPower([]byte("kept,"), Power(i))); got != "kept,"+e.String() {
				t.Fatalf("%s: power %d of %d: %s, want %v", name, i, len(want.powers), got, e)
			}
		}
		b.Free() // so that the next batch gets its memory
	}
}

func checkPoint(t rapid.TB, what string, b *Batch, r Ref, want *Element) {
	t.Helper()
	if want == nil {
		if err := b.Err(r); !errors.Is(err, ErrElement) {
			t.Fatalf("%s: %v, want %v", what, err, ErrElement)
		}
		return
	}
	if err := b.Err(r); err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	if got := string(b.AppendPoint([]byte("kept,"), r)); got != "kept,"+want.String() {
		t.Fatalf("%s: %s, want %v", what, got, want)
	}
	if got := b.Member(r); !got.Equal(want) || got.String() != want.String() || !got.Mul(want).Equal(want.Mul(want)) {
		t.Fatalf("%s: member %v, want %v", what, got, want)
	}
}

// A tape makes any bytes a list of things to ask for.
type tape struct {
	bytes          []byte
	points, powers int
}

// A batch of a tape has at most so many points, and so many powers.
const mostPoints, mostPowers = 40, 80

func (t *tape) next(n int) int {
	if len(t.bytes) == 0 {
		return 0
	}
	b := t.bytes[0]
	t.bytes = t.bytes[1:]
	return int(b) % n
}

// encoding takes 32 bytes as they come, or what there is of them.
func (t *tape) encoding() *Unchecked {
	u := new(Unchecked)
	t.bytes = t.bytes[copy(u.encoding[:], t.bytes):]
	return u
}

// scalar is an edge value half of the time.
func (t *tape) scalar() *Scalar {
	if n := t.next(2 * len(edges)); n < len(edges) {
		return scalarOf(edges[n])
	}
	wide := sha512.Sum512([]byte{byte(t.next(256)), byte(t.next(256))})
	return ScalarFromWide(&wide)
}

func (t *tape) scalarOrNil() *Scalar {
	if t.next(2) == 0 {
		return nil
	}
	return t.scalar()
}

func (t *tape) play(a asker) {
	for len(t.bytes) > 0 {
		switch op := t.next(8); {
		case op < 4 && t.points < mostPoints:
			t.point(a, op)
			t.points++
		case op == 4 && t.powers > 0 && t.powers < mostPowers:
			a.Join(Power(t.next(t.powers)), Power(t.next(t.powers)))
			t.powers++
		case op > 4 && t.points > 0 && t.powers < mostPowers:
			a.Power(Ref(t.next(t.points)), t.scalar(), t.scalarOrNil(), t.scalarOrNil())
			t.powers++
		}
	}
}

func (t *tape) point(a asker, op int) {
	switch op {
	case 0:
		a.Point(t.encoding())
	case 1:
		a.Point(shifted(BaseExp(t.scalar()), t.next(16)))
	case 2:
		a.Element(BaseExp(t.scalar()))
	case 3:
		factors := make([]Ref, min(t.next(5), t.points))
		for i := range factors {
			factors[i] = Ref(t.next(t.points))
		}
		a.Product(factors...)
	}
}

// shifted is an element that lies in another coset for k from 1 to 7.
func shifted(e *Element, k int) *Unchecked {
	p := e.p
	if k > 0 && k < len(grouptest.Small) {
		p.Add(&p, grouptest.Small[k])
	}
	return &Unchecked{[32]byte(p.Bytes())}
}

// fixedKey is the table that the batches of these tests share.
var fixedKey = NewTable(BaseExp(ScalarFromInt(-987654321)))

func play(program []byte) func(asker) {
	return func(a asker) { (&tape{bytes: program}).play(a) }
}

// TestBatchOfAnything plays random tapes.
func TestBatchOfAnything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		checkBatch(t, fixedKey, play(rapid.SliceOfN(rapid.Byte(), 0, 400).Draw(t, "tape")))
	})
}

// FuzzBatch: the engines and the plain arithmetic agree on whatever is asked,
// of points and of what is none.
func FuzzBatch(f *testing.F) {
	f.Add([]byte{})
	for n := range mostPoints {
		f.Add(tapeOf(n + 1))
	}
	for _, u := range oddEncodings() {
		f.Add(append([]byte{0}, u.encoding[:]...))
	}
	f.Fuzz(func(t *testing.T, program []byte) { checkBatch(t, fixedKey, play(program)) })
}

// tapeOf asks for n points of all kinds and a few powers of each.
func tapeOf(n int) (program []byte) {
	for i := range n {
		sum := sha512.Sum512(binary.BigEndian.AppendUint64(nil, uint64(1000*n+i)))
		program = append(program, byte(i%4))
		program = append(program, sum[:34]...)
		for range i % 3 {
			program = append(program, 5, byte(i))
			program = append(program, sum[40:46]...)
		}
		program = append(program, 4, sum[50], sum[51])
	}
	return program
}

// TestBatchSizes fills the lanes to every degree, with elements alone, so that
// nothing but the number is out of the ordinary.
func TestBatchSizes(t *testing.T) {
	for n := range mostPoints + 1 {
		checkBatch(t, fixedKey, func(a asker) {
			for i := range n {
				e := BaseExp(ScalarFromInt(n + i))
				r := a.Point(&Unchecked{[32]byte(e.p.Bytes())})
				for k := range i % 4 {
					a.Power(r, ScalarFromInt(-i), ScalarFromInt(k), ScalarFromInt(n))
				}
			}
		})
	}
}

// TestBatchAtEdges raises points to all edge values, alone and beside g and the key.
func TestBatchAtEdges(t *testing.T) {
	for _, e := range []*Element{Generator(), BaseExp(ScalarFromInt(-5)), Identity()} {
		checkBatch(t, NewTable(e), func(a asker) {
			r := a.Element(e)
			for i, n := range edges {
				s, other := scalarOf(n), scalarOf(edges[(i+7)%len(edges)])
				a.Power(r, s, nil, nil)
				a.Power(r, s, other, nil)
				a.Power(r, s, nil, other)
				a.Power(r, other, s, s)
			}
		})
	}
}

// TestBatchKeepsLanesApart puts what is no element into each lane in turn: the
// others must not notice.
func TestBatchKeepsLanesApart(t *testing.T) {
	for lane := range 8 {
		for _, bad := range oddEncodings() {
			checkBatch(t, fixedKey, func(a asker) {
				var powers []Power
				for i := range 8 {
					u := shifted(BaseExp(ScalarFromInt(50+i)), 0)
					if i == lane {
						u = bad
					}
					powers = append(powers, a.Power(a.Point(u), ScalarFromInt(-3), ScalarFromInt(i), nil))
				}
				for i := range powers {
					a.Join(powers[i], powers[(i+1)%8])
				}
				a.Product(0, 1, 2)
				a.Product(5, 6, 7)
			})
		}
	}
}

// oddEncodings are points of small order, and texts that are no canonical point.
func oddEncodings() (odd []*Unchecked) {
	for k := 1; k < 8; k++ {
		odd = append(odd, shifted(Identity(), k), shifted(Generator(), k))
	}
	for _, text := range noPoints() {
		u, err := ParseUnchecked([]byte(text))
		if err != nil {
			panic("test: " + err.Error())
		}
		odd = append(odd, u)
	}
	return odd
}

// TestChecks puts every encoding at which readers go wrong, and as many that are
// like any other, before everything that makes elements of encodings, and expects
// what the library says.
func TestChecks(t *testing.T) {
	var all []*Unchecked
	var want, members []*Element
	firstBad := -1
	for i, encoding := range grouptest.Encodings() {
		u := &Unchecked{encoding}
		e := plainCheck(u)
		all, want = append(all, u), append(want, e)
		if e == nil && firstBad < 0 {
			firstBad = i
		}
		if e != nil {
			members = append(members, e)
		}
		if e != nil && grouptest.Canonical(encoding) == nil {
			t.Fatalf("%x is an element and no canonical point", encoding)
		}
		switch got, err := u.Check(); {
		case e == nil && (!errors.Is(err, ErrElement) || got != nil):
			t.Errorf("%x: Check: %v, %v", encoding, got, err)
		case e != nil && (err != nil || !got.Equal(e)):
			t.Errorf("%x: Check: %v, %v, want %v", encoding, got, err, e)
		}
	}
	if n := len(members); n < len(all)/20 || n > len(all)/2 {
		t.Errorf("%d of %d are elements: this test does not test what it says", n, len(all))
	}
	for name, run := range runs {
		b := NewBatch(nil)
		for _, u := range all {
			b.Point(u)
		}
		run(b)
		for i, e := range want {
			checkPoint(t, fmt.Sprintf("%s: %x", name, all[i].encoding), b, Ref(i), e)
		}
	}
	if got, bad := CheckAll(all); bad != firstBad || got != nil {
		t.Errorf("CheckAll: %d, %d elements, want %d", bad, len(got), firstBad)
	}
	for n := range 20 {
		checkAllMembers(t, members[:n])
	}
}

// checkAllMembers expects all to come back, and the one among them that is none to
// be named.
func checkAllMembers(t *testing.T, members []*Element) {
	t.Helper()
	var list []*Unchecked
	for _, e := range members {
		list = append(list, shifted(e, 0))
	}
	got, bad := CheckAll(list)
	if bad != -1 || !slices.EqualFunc(got, members, (*Element).Equal) {
		t.Errorf("CheckAll of %d elements: %d, %v", len(members), bad, got)
	}
	for i := range list {
		spoilt := slices.Clone(list)
		spoilt[i] = shifted(members[i], 1+i%7)
		if got, bad := CheckAll(spoilt); bad != i || got != nil {
			t.Errorf("CheckAll of %d elements with a bad one at %d: %d, %v", len(members), i, bad, got)
		}
	}
}

// TestBatchProducts: the product of none is 1, and a product is as good as each
// of its factors, even through another product.
func TestBatchProducts(t *testing.T) {
	checkBatch(t, fixedKey, func(a asker) {
		one := a.Product()
		good := a.Point(shifted(Generator(), 0))
		bad := a.Point(shifted(Generator(), 3))
		through := a.Product(bad, good)
		for _, r := range []Ref{one, good, a.Product(good, good), a.Product(one), through, a.Product(through), a.Product(good, through, one)} {
			a.Power(r, ScalarFromInt(7), ScalarFromInt(8), ScalarFromInt(9))
		}
		// Torsion that cancels: the product is an element, its factors are not.
		a.Product(a.Point(shifted(Generator(), 4)), a.Point(shifted(Generator(), 4)))
	})
}

// TestBatchKeepsItsFactors: who asks may use its list again.
func TestBatchKeepsItsFactors(t *testing.T) {
	checkBatch(t, fixedKey, func(a asker) {
		list := []Ref{a.Element(Generator()), a.Element(BaseExp(ScalarFromInt(5)))}
		a.Product(list...)
		list[1] = list[0]
	})
}

// TestBatchesFollowEachOther: memory that is used again holds nothing of the
// batch before, however many there are at a time.
func TestBatchesFollowEachOther(t *testing.T) {
	for n := range 3 {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			for i := range 20 {
				checkBatch(t, fixedKey, play(tapeOf(40-i+n)))
				checkBatch(t, fixedKey, func(a asker) { a.Power(a.Element(Generator()), ScalarFromInt(i), nil, nil) })
			}
		})
	}
}

// TestBatchesAtOnce: batches share tables and memory between goroutines.
func TestBatchesAtOnce(t *testing.T) {
	key := NewTable(Generator()) // not built yet
	done := make(chan string)
	for i := range 8 {
		go func() {
			b := NewBatch(key)
			for k := range 10 {
				b.Power(b.Element(BaseExp(ScalarFromInt(i+1))), ScalarFromInt(k), nil, ScalarFromInt(i))
			}
			b.Run()
			done <- string(b.AppendPower(nil, 9)) + BaseExp(ScalarFromInt((i+1)*9+i)).String()
		}()
	}
	for range 8 {
		if s := <-done; s[:ElementSize] != s[ElementSize:] {
			t.Errorf("%s, want %s", s[:ElementSize], s[ElementSize:])
		}
	}
}

// TestNothingAsked: an empty batch runs.
func TestNothingAsked(t *testing.T) {
	for name, run := range runs {
		b := NewBatch(nil)
		run(b)
		if len(b.codes) != 0 {
			t.Errorf("%s: %d encodings", name, len(b.codes))
		}
	}
}

// TestBatchKeepsElements: what is no element never becomes one.
func TestBatchKeepsElements(t *testing.T) {
	b := NewBatch(nil)
	u, err := ParseUnchecked([]byte(strings.Repeat("f", 64)))
	if err != nil {
		t.Fatal(err)
	}
	bad := b.Point(u)
	b.Run()
	if b.Err(bad) == nil {
		t.Fatal("no point, and no error")
	}
	for name, use := range map[string]func(){"Member": func() { b.Member(bad) }, "AppendPoint": func() { b.AppendPoint(nil, bad) }} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: given out as an element", name)
				}
			}()
			use()
		}()
	}
}
