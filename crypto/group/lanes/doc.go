// Package lanes computes with eight public points of edwards25519 at once, on
// processors that can multiply eight pairs of 52-bit numbers with one instruction
// (AVX-512 IFMA: VPMADD52LUQ and VPMADD52HUQ). It verifies, it never touches a
// secret: everything here takes time that depends on its arguments.
//
// # Eight at once
//
// A register of 512 bits holds eight numbers of 64 bits, its lanes. A Field is
// eight field elements side by side: five registers, of which register i holds
// limb i of all eight, so that lane l is Σ limb[i][l]·2^(51·i) modulo 2^255-19:
//
//	          lane 0   lane 1  …  lane 7
//	limb 0  │ bits 0 to 50 of each           │  one register
//	limb 1  │ bits 51 to 101                 │
//	  …     │                                │
//	limb 4  │ bits 204 to 254, and a little  │
//
// The same instructions then do eight additions of points in the time of one. No
// lane ever looks at another; the lanes are different points, with different
// exponents.
//
// # Limbs
//
// VPMADD52LUQ adds the low 52 bits of a product to a 64-bit sum, VPMADD52HUQ the high
// 52 bits, and both ignore what is above bit 51 of a factor. Limbs have 51 bits, so a
// high half weighs 2^52 = 2·2^51 and counts twice, one limb further up. What lies above
// 2^255 comes back multiplied by 19.
//
// A product carries at its end, from the first limb to the last and from there, 19
// times, back to the first: that makes it tight, with four limbs below 2^51 and the
// first below 2^51 + 2^18. The sum of two tight elements, or their difference with p
// added, therefore fits a factor without another carry, unless the first limbs are
// among the 2^19 largest or smallest; a test finds these, and a jump leads to the carry
// that mends them.
//
// # Powers
//
// [Engine] keeps the 16^j-th powers of eight bases. Each exponent is written in
// digits from -8 to 7 to the base 16; for each position, each lane adds its link,
// or takes it off, in the bucket of its digit (Yao 1976). Buckets lie lane by lane
// in memory: to fetch eight of them is to exchange rows and columns, and so is to put
// them back. Two exponents take turns, so that the buckets of one move while the other
// multiplies.
//
// The assembly is written by the program in gen: go generate.
package lanes

//go:generate sh -c "cd gen && go run . -out ../kernel_amd64.s"
