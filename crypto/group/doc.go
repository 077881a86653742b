// Package group is the prime-order subgroup of edwards25519, and the only
// place of the program where bytes become points and scalars.
//
// The group is written multiplicatively, as in docs/PROTOCOL.md §2: it has
// prime order
//
//	q = 2^252 + 27742317777372353535851937790883648493
//
// and generator g, the base point of RFC 8032 §5.1 (y = 4/5, x even).
//
// An [Element] on the wire is 64 lower-case hexadecimal digits, the number
// y XOR (lsb(x) << 255) in big-endian order, which is the encoding of RFC 8032
// §5.1.2 with its 32 bytes reversed. A [Scalar] on the wire is a decimal
// number below q without sign and without leading zero.
//
// Both parsers are strict: they accept exactly one spelling of each value, and
// [ParseElement] accepts no point outside the subgroup. The curve has cofactor
// 8, so that each element has seven companions which differ from it by a
// point of small order; many libraries take those silently.
//
// Operations on secrets run in constant time. Two things do not, and are for public
// data only: what says so in its name ("VarTime…"), and [Batch], the many powers of
// public points by which proofs are verified. A batch has two engines that give the
// same answers: package point computes with one base after another, package lanes
// with eight at once where the processor can. Secrets never reach either; the tests
// here hold both equal to the constant-time arithmetic, one power at a time
// (TestBatchOfAnything, FuzzBatch).
package group
