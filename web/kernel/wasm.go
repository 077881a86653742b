package kernel

import (
	"cmp"
	"encoding/binary"
	"math"
	"slices"
)

// What the WebAssembly Core Specification (release 2.0) says of the binary
// format: types in §5.3, instructions in §5.4, modules in §5.5.
const (
	typeI32  = 0x7f
	typeV128 = 0x7b
	typeFunc = 0x60
	noResult = 0x40

	sectionType     = 1
	sectionFunction = 3
	sectionMemory   = 5
	sectionGlobal   = 6
	sectionExport   = 7
	sectionCode     = 10
	sectionData     = 11

	exportFunction = 0
	exportMemory   = 2
	exportGlobal   = 3

	opLoop       = 0x03
	opIf         = 0x04
	opElse       = 0x05
	opEnd        = 0x0b
	opBranchIf   = 0x0d
	opCall       = 0x10
	opGet        = 0x20
	opSet        = 0x21
	opLoad       = 0x28 // i32.load
	opLoad8      = 0x2c // i32.load8_s
	opLoad16     = 0x2e // i32.load16_s
	opStore      = 0x36 // i32.store
	opConst      = 0x41 // i32.const
	opLess       = 0x48 // i32.lt_s
	opAdd        = 0x6a
	opSub        = 0x6b
	opMul        = 0x6c
	opAnd        = 0x71
	opOr         = 0x72
	opShiftLeft  = 0x74
	opShiftRight = 0x75 // i32.shr_s

	opBulk = 0xfc // comes before memory.copy
	opCopy = 10

	opSIMD  = 0xfd // comes before what has to do with vectors
	vLoad   = 0
	vStore  = 11
	vPick   = 13 // i8x16.shuffle
	f64Add  = 240
	f64Sub  = 241
	f64Mul  = 242
	align16 = 4 // 2^4 bytes
)

// unsigned is a number as LEB128: §5.2.2.
func unsigned(n uint32) []byte { return binary.AppendUvarint(nil, uint64(n)) }

// signed is a number as signed LEB128: §5.2.2.
func signed(n int32) (b []byte) {
	for {
		low := byte(n & 0x7f)
		n >>= 7
		if (n == 0 && low < 0x40) || (n == -1 && low >= 0x40) {
			return append(b, low)
		}
		b = append(b, low|0x80)
	}
}

// counted is a vector of parts, with their number in front: §5.1.3.
func counted(parts ...[]byte) []byte {
	b := unsigned(uint32(len(parts)))
	for _, part := range parts {
		b = append(b, part...)
	}
	return b
}

// sized is bytes with their number in front.
func sized(b []byte) []byte { return append(unsigned(uint32(len(b))), b...) }

// A module is a program in the making. Its functions take i32 and give
// nothing; most take addresses.
type module struct {
	functions []*function
	exports   [][]byte
	data      [][]byte // what stands in memory from the beginning, in parts
	space     uint32   // the first address that nobody uses
}

// room takes the next n bytes of memory, at a multiple of 16.
func (m *module) room(n int) place {
	at := (m.space + 15) &^ 15
	m.space = at + uint32(n)
	return place{constant(0), at}
}

// floats takes room for vectors of two equal floating-point numbers, which stand
// there from the beginning.
func (m *module) floats(x ...float64) place {
	p := m.room(16 * len(x))
	var b []byte
	for _, f := range x {
		one := binary.LittleEndian.AppendUint64(nil, math.Float64bits(f))
		b = append(append(b, one...), one...)
	}
	at := append([]byte{0, opConst}, signed(int32(p.off))...)
	m.data = append(m.data, append(append(at, opEnd), sized(b)...))
	return p
}

// function begins a function.
func (m *module) function(params int) *function {
	f := &function{index: uint32(len(m.functions)), params: uint32(params)}
	m.functions = append(m.functions, f)
	return f
}

// export gives a function a name outside.
func (m *module) export(name string, f *function) {
	m.exports = append(m.exports, exported(name, exportFunction, f.index))
}

func exported(name string, kind byte, index uint32) []byte {
	return append(append(sized([]byte(name)), kind), unsigned(index)...)
}

// bytes is the module in the binary format, with its memory under the name
// "memory", and the first free address under "heap".
func (m *module) bytes() []byte {
	heap := m.room(0)
	exports := append(m.exports, exported("memory", exportMemory, 0), exported("heap", exportGlobal, 0))
	b := []byte("\x00asm\x01\x00\x00\x00")
	for _, section := range []struct {
		id   byte
		body []byte
	}{
		{sectionType, m.types()},
		{sectionFunction, m.typesOfFunctions()},
		{sectionMemory, counted(append([]byte{0}, unsigned(heap.off>>16+1)...))}, // in pages of 64 KiB, and no limit
		{sectionGlobal, counted(append(append([]byte{typeI32, 0, opConst}, signed(int32(heap.off))...), opEnd))},
		{sectionExport, counted(exports...)},
		{sectionCode, m.code()},
		{sectionData, counted(m.data...)},
	} {
		b = append(append(b, section.id), sized(section.body)...)
	}
	return b
}

// types lists the types of functions: number n takes n numbers.
func (m *module) types() []byte {
	var all [][]byte
	most := slices.MaxFunc(m.functions, func(a, b *function) int { return cmp.Compare(a.params, b.params) }).params
	for n := range most + 1 {
		t := append([]byte{typeFunc}, unsigned(n)...)
		for range n {
			t = append(t, typeI32)
		}
		all = append(all, append(t, 0))
	}
	return counted(all...)
}

func (m *module) typesOfFunctions() []byte {
	var all [][]byte
	for _, f := range m.functions {
		all = append(all, unsigned(f.params))
	}
	return counted(all...)
}

func (m *module) code() []byte {
	var all [][]byte
	for _, f := range m.functions {
		locals := counted(
			append(unsigned(f.numbers), typeI32),
			append(unsigned(f.vectors), typeV128))
		all = append(all, sized(append(append(locals, f.body...), opEnd)))
	}
	return counted(all...)
}
