/**
 * Integers mod p = 2^255 − 19 in floating point, after Bernstein (Curve25519: new Diffie–Hellman
 * speed records, 2006, §4): x = x_0 + … + x_11, where x_i is a multiple of 2^⌈21.25 i⌉ and not much
 * larger. Every browser multiplies such numbers several times faster than BigInts, and without
 * making garbage.
 *
 * Everything here is exact. What mul and square leave is reduced: |x_i| is at most
 * 2^(⌈21.25 (i+1)⌉ − 1), and 2^−20 of that more. Sums and differences of k reduced numbers may be
 * multiplied by those of l as long as k·l ≤ 16: then every partial sum of a column i is a multiple
 * of 2^⌈21.25 i⌉ and below 2^53 times that, and double precision holds it. The comments of points.ts
 * count the terms.
 *
 * mul, square, add and sub take the same steps for every value, and fixedbase.ts uses them with
 * secrets: they must stay without branches. toNumber, and what calls it, takes a time that depends on
 * the value and is for what is public.
 */

type Limb = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11;

/** A number mod p: its twelve limbs. */
export type Field = Float64Array & Record<Limb, number>;

/** 2^255 − 19. */
export const p = (1n << 255n) - 19n;

const LIMBS = 12;

/** Where limb i begins: ⌈21.25 i⌉. */
const place = (i: number): number => Math.ceil(21.25 * i);

/** A new number, 0. */
export function zero(): Field {
  return new Float64Array(LIMBS) as Field;
}

/** A new number from `n`, which is in 0 … 2^255 − 1. */
export function fromNumber(n: bigint): Field {
  const r = zero();
  let rest = n;
  for (let i = 0; i < LIMBS; i++) {
    const bits = place(i + 1) - place(i);
    r[i] = Number(BigInt.asUintN(bits, rest)) * 2 ** place(i);
    rest >>= BigInt(bits);
  }
  mul(r, r, ONE); // limbs below 2^⌈21.25 (i+1)⌉ count as two terms
  return r;
}

/** The number in 0 … p − 1. */
export function toNumber(a: Field): bigint {
  let n = 0n; // two limbs make one double exactly: they have less than 48 bits, in 16 terms too
  for (let i = 0; i < LIMBS; i += 2) n += BigInt((a[i] as number) + (a[i + 1] as number));
  n %= p;
  return n < 0n ? n + p : n;
}

/** Tells whether `a` is 0 mod p. */
export function isZero(a: Field): boolean {
  return toNumber(a) === 0n;
}

/** r = a. */
export function copy(r: Field, a: Field): void {
  r[0] = a[0]; r[1] = a[1]; r[2] = a[2]; r[3] = a[3];
  r[4] = a[4]; r[5] = a[5]; r[6] = a[6]; r[7] = a[7];
  r[8] = a[8]; r[9] = a[9]; r[10] = a[10]; r[11] = a[11];
}

/** r = a + b, with the terms of both. */
export function add(r: Field, a: Field, b: Field): void {
  r[0] = a[0] + b[0]; r[1] = a[1] + b[1]; r[2] = a[2] + b[2]; r[3] = a[3] + b[3];
  r[4] = a[4] + b[4]; r[5] = a[5] + b[5]; r[6] = a[6] + b[6]; r[7] = a[7] + b[7];
  r[8] = a[8] + b[8]; r[9] = a[9] + b[9]; r[10] = a[10] + b[10]; r[11] = a[11] + b[11];
}

/** r = a − b, with the terms of both. */
export function sub(r: Field, a: Field, b: Field): void {
  r[0] = a[0] - b[0]; r[1] = a[1] - b[1]; r[2] = a[2] - b[2]; r[3] = a[3] - b[3];
  r[4] = a[4] - b[4]; r[5] = a[5] - b[5]; r[6] = a[6] - b[6]; r[7] = a[7] - b[7];
  r[8] = a[8] - b[8]; r[9] = a[9] - b[9]; r[10] = a[10] - b[10]; r[11] = a[11] - b[11];
}

// What a product has above 2^255 counts 19·2^−255 times.
const K = 19 * 2 ** -255;

// (x + R_i) − R_i is x rounded to a multiple of 2^⌈21.25 (i+1)⌉, for every |x| below 2^51 times that.
const R0 = 3 * 2 ** 73;
const R1 = 3 * 2 ** 94;
const R2 = 3 * 2 ** 115;
const R3 = 3 * 2 ** 136;
const R4 = 3 * 2 ** 158;
const R5 = 3 * 2 ** 179;
const R6 = 3 * 2 ** 200;
const R7 = 3 * 2 ** 221;
const R8 = 3 * 2 ** 243;
const R9 = 3 * 2 ** 264;
const R10 = 3 * 2 ** 285;
const R11 = 3 * 2 ** 306;

/** r = a·b, reduced. r may be a or b. */
export function mul(r: Field, a: Field, b: Field): void {
  const a0 = a[0], a1 = a[1], a2 = a[2], a3 = a[3];
  const a4 = a[4], a5 = a[5], a6 = a[6], a7 = a[7];
  const a8 = a[8], a9 = a[9], a10 = a[10], a11 = a[11];
  const b0 = b[0], b1 = b[1], b2 = b[2], b3 = b[3];
  const b4 = b[4], b5 = b[5], b6 = b[6], b7 = b[7];
  const b8 = b[8], b9 = b[9], b10 = b[10], b11 = b[11];
  const k1 = K * b1, k2 = K * b2, k3 = K * b3, k4 = K * b4;
  const k5 = K * b5, k6 = K * b6, k7 = K * b7, k8 = K * b8;
  const k9 = K * b9, k10 = K * b10, k11 = K * b11;
  let r0 = a0 * b0 + a1 * k11 + a2 * k10 + a3 * k9 + a4 * k8 + a5 * k7
    + a6 * k6 + a7 * k5 + a8 * k4 + a9 * k3 + a10 * k2 + a11 * k1;
  let r1 = a0 * b1 + a1 * b0 + a2 * k11 + a3 * k10 + a4 * k9 + a5 * k8
    + a6 * k7 + a7 * k6 + a8 * k5 + a9 * k4 + a10 * k3 + a11 * k2;
  let r2 = a0 * b2 + a1 * b1 + a2 * b0 + a3 * k11 + a4 * k10 + a5 * k9
    + a6 * k8 + a7 * k7 + a8 * k6 + a9 * k5 + a10 * k4 + a11 * k3;
  let r3 = a0 * b3 + a1 * b2 + a2 * b1 + a3 * b0 + a4 * k11 + a5 * k10
    + a6 * k9 + a7 * k8 + a8 * k7 + a9 * k6 + a10 * k5 + a11 * k4;
  let r4 = a0 * b4 + a1 * b3 + a2 * b2 + a3 * b1 + a4 * b0 + a5 * k11
    + a6 * k10 + a7 * k9 + a8 * k8 + a9 * k7 + a10 * k6 + a11 * k5;
  let r5 = a0 * b5 + a1 * b4 + a2 * b3 + a3 * b2 + a4 * b1 + a5 * b0
    + a6 * k11 + a7 * k10 + a8 * k9 + a9 * k8 + a10 * k7 + a11 * k6;
  let r6 = a0 * b6 + a1 * b5 + a2 * b4 + a3 * b3 + a4 * b2 + a5 * b1
    + a6 * b0 + a7 * k11 + a8 * k10 + a9 * k9 + a10 * k8 + a11 * k7;
  let r7 = a0 * b7 + a1 * b6 + a2 * b5 + a3 * b4 + a4 * b3 + a5 * b2
    + a6 * b1 + a7 * b0 + a8 * k11 + a9 * k10 + a10 * k9 + a11 * k8;
  let r8 = a0 * b8 + a1 * b7 + a2 * b6 + a3 * b5 + a4 * b4 + a5 * b3
    + a6 * b2 + a7 * b1 + a8 * b0 + a9 * k11 + a10 * k10 + a11 * k9;
  let r9 = a0 * b9 + a1 * b8 + a2 * b7 + a3 * b6 + a4 * b5 + a5 * b4
    + a6 * b3 + a7 * b2 + a8 * b1 + a9 * b0 + a10 * k11 + a11 * k10;
  let r10 = a0 * b10 + a1 * b9 + a2 * b8 + a3 * b7 + a4 * b6 + a5 * b5
    + a6 * b4 + a7 * b3 + a8 * b2 + a9 * b1 + a10 * b0 + a11 * k11;
  let r11 = a0 * b11 + a1 * b10 + a2 * b9 + a3 * b8 + a4 * b7 + a5 * b6
    + a6 * b5 + a7 * b4 + a8 * b3 + a9 * b2 + a10 * b1 + a11 * b0;
  let c: number, d: number; // carries, in two chains that do not wait for each other
  c = r11 + R11 - R11; r11 -= c; r0 += c * K; d = r5 + R5 - R5; r5 -= d; r6 += d;
  c = r0 + R0 - R0; r0 -= c; r1 += c; d = r6 + R6 - R6; r6 -= d; r7 += d;
  c = r1 + R1 - R1; r1 -= c; r2 += c; d = r7 + R7 - R7; r7 -= d; r8 += d;
  c = r2 + R2 - R2; r2 -= c; r3 += c; d = r8 + R8 - R8; r8 -= d; r9 += d;
  c = r3 + R3 - R3; r3 -= c; r4 += c; d = r9 + R9 - R9; r9 -= d; r10 += d;
  c = r4 + R4 - R4; r4 -= c; r5 += c; d = r10 + R10 - R10; r10 -= d; r11 += d;
  c = r5 + R5 - R5; r5 -= c; r6 += c; d = r11 + R11 - R11; r11 -= d; r0 += d * K;
  c = r6 + R6 - R6; r6 -= c; r7 += c; d = r0 + R0 - R0; r0 -= d; r1 += d;
  r[0] = r0; r[1] = r1; r[2] = r2; r[3] = r3;
  r[4] = r4; r[5] = r5; r[6] = r6; r[7] = r7;
  r[8] = r8; r[9] = r9; r[10] = r10; r[11] = r11;
}

/** r = a², reduced. r may be a. */
export function square(r: Field, a: Field): void {
  const a0 = a[0], a1 = a[1], a2 = a[2], a3 = a[3];
  const a4 = a[4], a5 = a[5], a6 = a[6], a7 = a[7];
  const a8 = a[8], a9 = a[9], a10 = a[10], a11 = a[11];
  const d0 = 2 * a0, d1 = 2 * a1, d2 = 2 * a2, d3 = 2 * a3;
  const d4 = 2 * a4, d5 = 2 * a5, d6 = 2 * a6, d7 = 2 * a7;
  const d8 = 2 * a8, d9 = 2 * a9, d10 = 2 * a10;
  const k6 = K * a6, k7 = K * a7, k8 = K * a8, k9 = K * a9;
  const k10 = K * a10, k11 = K * a11;
  let r0 = a0 * a0 + d1 * k11 + d2 * k10 + d3 * k9 + d4 * k8 + d5 * k7 + a6 * k6;
  let r1 = d0 * a1 + d2 * k11 + d3 * k10 + d4 * k9 + d5 * k8 + d6 * k7;
  let r2 = d0 * a2 + a1 * a1 + d3 * k11 + d4 * k10 + d5 * k9 + d6 * k8 + a7 * k7;
  let r3 = d0 * a3 + d1 * a2 + d4 * k11 + d5 * k10 + d6 * k9 + d7 * k8;
  let r4 = d0 * a4 + d1 * a3 + a2 * a2 + d5 * k11 + d6 * k10 + d7 * k9 + a8 * k8;
  let r5 = d0 * a5 + d1 * a4 + d2 * a3 + d6 * k11 + d7 * k10 + d8 * k9;
  let r6 = d0 * a6 + d1 * a5 + d2 * a4 + a3 * a3 + d7 * k11 + d8 * k10 + a9 * k9;
  let r7 = d0 * a7 + d1 * a6 + d2 * a5 + d3 * a4 + d8 * k11 + d9 * k10;
  let r8 = d0 * a8 + d1 * a7 + d2 * a6 + d3 * a5 + a4 * a4 + d9 * k11 + a10 * k10;
  let r9 = d0 * a9 + d1 * a8 + d2 * a7 + d3 * a6 + d4 * a5 + d10 * k11;
  let r10 = d0 * a10 + d1 * a9 + d2 * a8 + d3 * a7 + d4 * a6 + a5 * a5 + a11 * k11;
  let r11 = d0 * a11 + d1 * a10 + d2 * a9 + d3 * a8 + d4 * a7 + d5 * a6;
  let c: number, d: number;
  c = r11 + R11 - R11; r11 -= c; r0 += c * K; d = r5 + R5 - R5; r5 -= d; r6 += d;
  c = r0 + R0 - R0; r0 -= c; r1 += c; d = r6 + R6 - R6; r6 -= d; r7 += d;
  c = r1 + R1 - R1; r1 -= c; r2 += c; d = r7 + R7 - R7; r7 -= d; r8 += d;
  c = r2 + R2 - R2; r2 -= c; r3 += c; d = r8 + R8 - R8; r8 -= d; r9 += d;
  c = r3 + R3 - R3; r3 -= c; r4 += c; d = r9 + R9 - R9; r9 -= d; r10 += d;
  c = r4 + R4 - R4; r4 -= c; r5 += c; d = r10 + R10 - R10; r10 -= d; r11 += d;
  c = r5 + R5 - R5; r5 -= c; r6 += c; d = r11 + R11 - R11; r11 -= d; r0 += d * K;
  c = r6 + R6 - R6; r6 -= c; r7 += c; d = r0 + R0 - R0; r0 -= d; r1 += d;
  r[0] = r0; r[1] = r1; r[2] = r2; r[3] = r3;
  r[4] = r4; r[5] = r5; r[6] = r6; r[7] = r7;
  r[8] = r8; r[9] = r9; r[10] = r10; r[11] = r11;
}

const ONE = zero();
ONE[0] = 1;

/** r = a^((p − 5)/8) = a^(2^252 − 3), which square roots need: RFC 8032 §5.1.3. */
export function rootPower(r: Field, a: Field): void {
  const x = ones250(a);
  squareTimes(x, 2);
  mul(r, x, a);
}

/** r = 1/a = a^(p − 2) = a^(2^255 − 21); 0 for 0. r may be a. */
export function invert(r: Field, a: Field): void {
  const x = ones250(a);
  const eleven = zero();
  square(eleven, a);
  squareTimes(eleven, 2); // a^8
  for (let i = 0; i < 3; i++) mul(eleven, eleven, a);
  squareTimes(x, 5);
  mul(r, x, eleven);
}

/** a^(2^250 − 1): doubles the number of ones in the exponent, and adds one where 250 has a bit. */
function ones250(a: Field): Field {
  const r = zero(), half = zero();
  copy(r, a);
  let ones = 1;
  for (const more of [1, 1, 1, 1, 0, 1, 0]) {
    copy(half, r);
    squareTimes(r, ones);
    mul(r, r, half);
    ones *= 2;
    if (more === 0) continue;
    square(r, r);
    mul(r, r, a);
    ones++;
  }
  return r;
}

function squareTimes(r: Field, n: number): void {
  for (let i = 0; i < n; i++) square(r, r);
}
