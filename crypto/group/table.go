package group

import (
	"sync"

	"github.com/homphieu/homphieu/crypto/group/point"
)

// A Table prepares one fixed public base for the powers of a [Batch]: some
// megabyte, built in a few milliseconds at first use. It leaks exponents through
// time and memory access, so it is for verification only.
type Table struct {
	base  *Element
	one   func() *point.Table
	eight laneTable
}

// NewTable prepares base.
func NewTable(base *Element) *Table {
	t := &Table{base: base}
	t.one = sync.OnceValue(func() *point.Table {
		e := extended(base)
		return point.NewTable(&e)
	})
	t.eight = newLaneTable(base)
	return t
}

// GeneratorTable returns the table of g, shared by all.
var GeneratorTable = sync.OnceValue(func() *Table { return NewTable(Generator()) })
