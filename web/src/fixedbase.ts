/**
 * Powers of fixed bases, g and the key of an election, by secret exponents: what sealing a ballot
 * takes its time for. Formulas are those of Hisil, Wong, Carter, Dawson (Twisted Edwards curves
 * revisited, 2008, §3.1) for a = −1, complete for every pair of points; numbers are those of
 * verify/field.ts, whose sums and products are the same steps in floating point for all values.
 *
 * Every power is 64 products of points in the same order, one for each digit of the exponent in base
 * 16 with the digits −8 … 8, the digit 0 too. The factor is gathered from all entries of the digit's
 * window with masks of integers: no address and no branch depends on a digit. What that is worth in
 * a browser is said in group.ts.
 */
import { add, copy, fromNumber, invert, mul, sub, toNumber, zero, type Field } from "./verify/field";

/** A point (x, y) as x = X/Z, y = Y/Z, xy = T/Z. Its coordinates are reduced (one term). */
export interface Point {
  X: Field;
  Y: Field;
  Z: Field;
  T: Field;
}

const D = 0x52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3n; // RFC 8032 §5.1
const d2 = fromNumber((2n * D) % ((1n << 255n) - 19n));
const one = fromNumber(1n);

const LIMBS = 12;
const ENTRY = 3 * LIMBS; // y + x, y − x and 2dxy of a point with Z = 1
const DIGITS = 64; // in base 16
const LARGEST = 8; // a digit, of either sign
const WINDOW = LARGEST * ENTRY; // the entries of one digit

/** What limb i is a multiple of. */
const unit = Float64Array.from({ length: LIMBS }, (_, i) => 2 ** Math.ceil(21.25 * i));

/** A new point, the neutral element. */
function neutral(): Point {
  const [Y, Z] = [zero(), zero()];
  Y[0] = Z[0] = 1;
  return { X: zero(), Y, Z, T: zero() };
}

// Scratch of the formulas below.
const [A, B, C, E, F, G, H] = [zero(), zero(), zero(), zero(), zero(), zero(), zero()];

/** r = (E·F, G·H, F·G, E·H), where E = B − A, F = G − C, H = B + A, and C is added to G. */
function finish(r: Point): void {
  sub(E, B, A); // two terms
  add(H, B, A); // two
  sub(F, G, C); // three
  add(G, G, C); // three
  mul(r.X, E, F);
  mul(r.Y, G, H);
  mul(r.Z, F, G);
  mul(r.T, E, H);
}

/** r = r·b. */
function multiply(r: Point, b: Point): void {
  sub(A, r.Y, r.X);
  sub(B, b.Y, b.X);
  mul(A, A, B);
  add(B, r.Y, r.X);
  add(C, b.Y, b.X);
  mul(B, B, C);
  mul(C, r.T, d2);
  mul(C, C, b.T);
  mul(G, r.Z, b.Z);
  add(G, G, G);
  finish(r);
}

/** A new point, a·b. */
export function product(a: Point, b: Point): Point {
  const r = neutral();
  copy(r.X, a.X);
  copy(r.Y, a.Y);
  copy(r.Z, a.Z);
  copy(r.T, a.T);
  multiply(r, b);
  return r;
}

// The entry that was picked: first limb by limb in the limb's unit, then as numbers.
const picked = new Int32Array(ENTRY);
const sum = zero(), difference = zero(), dT2 = zero();

/** r = r·b for the picked b. */
function multiplyPicked(r: Point): void {
  sub(A, r.Y, r.X);
  mul(A, A, difference);
  add(B, r.Y, r.X);
  mul(B, B, sum);
  mul(C, r.T, dT2);
  add(G, r.Z, r.Z);
  finish(r);
}

/** All ones if n is k, else 0; both below 2^31. */
function ifEqual(n: number, k: number): number {
  return ((n ^ k) - 1) >> 31;
}

const digits = new Int8Array(DIGITS);

/** Writes an exponent in 0 … q − 1 as Σ digits[i]·16^i: each from −8 to 7, the last 2 at most. */
function recode(exponent: bigint): void {
  if (exponent >> 253n !== 0n) throw new Error("power: exponent out of range"); // a negative one too
  const hex = exponent.toString(16).padStart(DIGITS, "0");
  let carry = 0;
  for (let i = 0; i < DIGITS; i++) {
    const code = hex.charCodeAt(DIGITS - 1 - i);
    const digit = (code & 15) + 9 * (code >> 6) + carry; // "a" is 0x61, "0" is 0x30
    carry = (digit + 8) >> 4;
    digits[i] = digit - (carry << 4);
  }
}

/** A base with a table: the powers 1 … 8 of base^(16^i) for each digit i. */
export class FixedBase {
  private readonly table: Int32Array;

  /** Takes x and y of the base. The table takes 74 kB, and some milliseconds in an engine that is still cold. */
  constructor(x: bigint, y: bigint) {
    const points: Point[] = [];
    let base: Point = { X: fromNumber(x), Y: fromNumber(y), Z: fromNumber(1n), T: zero() };
    mul(base.T, base.X, base.Y);
    for (let i = 0; i < DIGITS; i++) {
      let multiple = base;
      points.push(multiple);
      for (let k = 2; k <= LARGEST; k++) points.push((multiple = product(multiple, base)));
      base = product(multiple, multiple);
    }
    this.table = tableOf(points);
  }

  /** base^exponent, for an exponent in 0 … q − 1. */
  power(exponent: bigint): Point {
    const r = neutral();
    this.multiplyPower(r, exponent);
    return r;
  }

  /** r = r·base^exponent, for an exponent in 0 … q − 1. */
  multiplyPower(r: Point, exponent: bigint): void {
    recode(exponent);
    for (let i = 0; i < DIGITS; i++) {
      this.pick(i * WINDOW, digits[i] as number);
      multiplyPicked(r);
    }
    digits.fill(0);
    picked.fill(0);
  }

  /** r = r·base^digit, for a digit from −8 to 8. */
  multiplyDigit(r: Point, digit: number): void {
    this.pick(0, digit);
    multiplyPicked(r);
  }

  /**
   * Gathers the entry of a digit in the window that begins at `at`. The neutral element has 1, 1, 0; a
   * negative digit exchanges y + x and y − x, and takes −2dxy.
   */
  private pick(at: number, digit: number): void {
    const t = this.table as Int32Array & Record<number, number>;
    const sign = digit >> 31;
    const size = (digit ^ sign) - sign;
    const m1 = ifEqual(size, 1), m2 = ifEqual(size, 2), m3 = ifEqual(size, 3), m4 = ifEqual(size, 4);
    const m5 = ifEqual(size, 5), m6 = ifEqual(size, 6), m7 = ifEqual(size, 7), m8 = ifEqual(size, 8);
    for (let i = 0; i < ENTRY; i++) {
      const j = at + i;
      picked[i] = (t[j]! & m1) | (t[j + ENTRY]! & m2) | (t[j + 2 * ENTRY]! & m3) | (t[j + 3 * ENTRY]! & m4)
        | (t[j + 4 * ENTRY]! & m5) | (t[j + 5 * ENTRY]! & m6) | (t[j + 6 * ENTRY]! & m7) | (t[j + 7 * ENTRY]! & m8);
    }
    for (let i = 0; i < LIMBS; i++) {
      const s = picked[i]!, d = picked[LIMBS + i]!, u = unit[i]!;
      const swap = (s ^ d) & sign;
      sum[i] = (s ^ swap) * u;
      difference[i] = (d ^ swap) * u;
      dT2[i] = ((picked[2 * LIMBS + i]! ^ sign) - sign) * u;
    }
    const neutral = ifEqual(size, 0) & 1;
    sum[0] += neutral;
    difference[0] += neutral;
  }
}

/** The entries of a table: y + x, y − x, 2dxy of each point, limb by limb in the limb's unit. */
function tableOf(points: readonly Point[]): Int32Array {
  const table = new Int32Array(points.length * ENTRY);
  const r = zero();
  const put = (at: number) => {
    mul(r, r, one); // one term, which fits into 23 bits
    for (let i = 0; i < LIMBS; i++) table[at + i] = r[i]! / unit[i]!;
  };
  eachAffine(points, (x, y, i) => {
    add(r, y, x);
    put(i * ENTRY);
    sub(r, y, x);
    put(i * ENTRY + LIMBS);
    mul(r, x, y);
    mul(r, r, d2);
    put(i * ENTRY + 2 * LIMBS);
  });
  return table;
}

/** The wire forms of points that are public, with one inversion for all of them. */
export function encodePoints(points: readonly Point[]): string[] {
  const wires: string[] = [];
  eachAffine(points, (x, y, i) => {
    const n = toNumber(y) + ((toNumber(x) & 1n) << 255n);
    wires[i] = n.toString(16).padStart(64, "0");
  });
  return wires;
}

/** x and y of a point that is public. */
export function affineOf(point: Point): { x: bigint; y: bigint } {
  let affine = { x: 0n, y: 1n };
  eachAffine([point], (x, y) => (affine = { x: toNumber(x), y: toNumber(y) }));
  return affine;
}

/** Calls `visit` with x and y of each point, which it must not keep; one inversion for all (Montgomery 1987). */
function eachAffine(points: readonly Point[], visit: (x: Field, y: Field, i: number) => void): void {
  const all = fromNumber(1n);
  const before = points.map(({ Z }) => {
    const so = zero();
    copy(so, all);
    mul(all, all, Z);
    return so;
  });
  invert(all, all);
  const inverse = zero(), x = zero(), y = zero();
  for (let i = points.length - 1; i >= 0; i--) {
    const { X, Y, Z } = points[i] as Point;
    mul(inverse, all, before[i] as Field);
    mul(all, all, Z);
    mul(x, X, inverse);
    mul(y, Y, inverse);
    visit(x, y, i);
  }
}
