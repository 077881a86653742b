// Package kernel writes the part of the pages' verifier that is WebAssembly:
// arithmetic in the group of web/src/verify/points.ts, for two points at once.
//
//	commitments     powers of both halves of a ciphertext, of g and of the
//	                election's key, and their coordinates
//	kernel.ts       parses, decides, names faults; calls
//	table, powers,  sums over tables, buckets and chains of squarings
//	tablePower …
//	times           formulas for points, T included
//	mul, square     numbers mod 2^255 − 19 in twelve floating-point limbs
//
// Everything is done to two numbers side by side, in vectors of two (the
// instructions f64x2.add, sub and mul), by the formulas and with the limbs of
// the TypeScript sources beside it. So what is said there of exactness holds
// here, and web/test/verify-kernel.test.ts compares limb by limb.
//
// There is no compiler and no copied code: functions are put together
// instruction by instruction, in the binary format of the WebAssembly Core
// Specification (release 2.0, chapter 5), the same bytes every time. The
// bundler puts them into the scripts that verify (web/bundle), so that the
// hash of the script is also theirs.
//
// A module has no imports: it reads and writes its own memory and nothing
// else. All of it takes a time that depends on what it computes with; no secret
// may come here.
package kernel

// Bytes returns the module. It exports:
//
//	memory, heap        its memory; the first address in it that is free
//	mul, square,        numbers: (r, a, b), and (r, a); square and mul are
//	invert, rootPower   there for the tests
//	times               points: r = a·b of (r, a, b), r not b
//	normalize           (points, n, room for n numbers): X, Y become x, y
//	table               (table, base, room for 128 points and 128 numbers)
//	tablePower,         (r, table, digits): r multiplied by a power of the base,
//	tableFirst          or its second half by a power of the base's first
//	powers              (r, base, n, n + 1 rows of digits, room for n times 8
//	                    points and 16 bytes): n powers of a base
//
// A number is 192 bytes, a point is X, Y, Z, T; all addresses are multiples of
// 16, and all of r, a and b are pairs. web/src/verify/kernel.ts says how digits
// are written.
func Bytes() []byte {
	m := &module{}
	p := newPowers(m)
	m.export("mul", p.mul)
	m.export("square", p.square)
	m.export("invert", p.invert)
	m.export("rootPower", p.rootPower)
	m.export("times", p.times)
	m.export("normalize", p.normalize)
	m.export("table", p.table)
	m.export("tablePower", p.tablePower)
	m.export("tableFirst", p.tableFirst)
	m.export("powers", p.powers)
	return m.bytes()
}
