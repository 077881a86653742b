package group

import (
	"sync"

	"filippo.io/edwards25519"
)

// A Table raises one fixed public base to many public exponents: 32 windows of
// 8 bits, 1.3 MB, built in about a millisecond. It leaks the exponent through
// time and memory access, so it is for verification only.
type Table struct {
	window [32][255]edwards25519.Point // window[i][d-1] = base^(d·256^i)
}

// NewTable prepares base.
func NewTable(base *Element) *Table {
	t := new(Table)
	unit := base.p
	for i := range t.window {
		w := &t.window[i]
		w[0].Set(&unit)
		for d := 1; d < len(w); d++ {
			w[d].Add(&w[d-1], &unit)
		}
		unit.Add(&w[len(w)-1], &unit)
	}
	return t
}

// GeneratorTable returns the table of g, made at first use and shared.
var GeneratorTable = sync.OnceValue(func() *Table { return NewTable(Generator()) })

// VarTimeExp returns base^s.
func (t *Table) VarTimeExp(s *Scalar) *Element {
	r := edwards25519.NewIdentityPoint()
	for i, d := range s.s.Bytes() {
		if d != 0 {
			r.Add(r, &t.window[i][d-1])
		}
	}
	return &Element{*r}
}
