/**
 * Points of edwards25519 for checking what is public, fast: docs/PROTOCOL.md §2. Formulas are those
 * of Hisil, Wong, Carter, Dawson (Twisted Edwards curves revisited, 2008) for a = −1, complete for
 * every pair of points, of small order too.
 *
 * All of it takes a time that depends on its arguments. Whoever holds a secret uses group.ts.
 *
 * The group is written as a product, as in the protocol: times, over, power.
 */
import { add, copy, fromNumber, invert, isZero, mul, p, rootPower, square, sub, toNumber, zero, type Field } from "./field";
import { encodeElement, g as generator, q } from "../group";

/** A point (x, y) as x = X/Z, y = Y/Z, xy = T/Z. Its coordinates are reduced (one term). */
export interface Point {
  X: Field;
  Y: Field;
  Z: Field;
  T: Field;
}

/** What is added to a point: Y + X, Y − X (two terms each), 2Z (two terms), 2dT (one term). */
interface Summand {
  sum: Field;
  difference: Field;
  Z2: Field;
  dT2: Field;
}

/** What is added to a point where Z = 1: y + x, y − x, 2dxy, all reduced. */
type Affine = Omit<Summand, "Z2">;

// RFC 8032 §5.1.
const D = 0x52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3n;
const ROOT_OF_MINUS_ONE = fromNumber(0x2b8324804fc1df0b2b4d00993dfbd7a72f431806ad2fe478c4ee1b274a0ea0b0n);
const d = fromNumber(D);
const d2 = fromNumber((2n * D) % p);
const one = fromNumber(1n);
const SIGN = 1n << 255n;

/** A new point, the neutral element. */
export function identity(): Point {
  const [Y, Z] = [zero(), zero()];
  Y[0] = Z[0] = 1;
  return { X: zero(), Y, Z, T: zero() };
}

const NEUTRAL = identity();

/** Tells whether a point is the neutral element. */
export function isIdentity(a: Point): boolean {
  const difference = zero();
  sub(difference, a.Y, a.Z);
  return isZero(a.X) && isZero(difference) && !isZero(a.Z); // all zeros are no point
}

/**
 * The point that a canonical text names, or undefined: for other lengths, upper case, y ≥ p, x = 0
 * with the sign bit set, and points off the curve. Whether it lies in the subgroup is not known yet.
 * `root` computes what rootPower does.
 */
export function decode(wire: string, root = rootPower): Point | undefined {
  if (!/^[0-9a-f]{64}$/.test(wire)) return undefined;
  const n = BigInt(`0x${wire}`);
  const y = n % SIGN;
  const x = y < p ? rootOf(fromNumber(y), root) : undefined;
  if (x === undefined) return undefined;
  const odd = n >= SIGN;
  if (x === 0n && odd) return undefined;
  const point = { X: fromNumber((x & 1n) === 1n === odd ? x : p - x), Y: fromNumber(y), Z: fromNumber(1n), T: zero() };
  mul(point.T, point.X, point.Y);
  return point;
}

/** An x of a point with this y, or undefined: RFC 8032 §5.1.3. */
function rootOf(y: Field, root: typeof rootPower): bigint | undefined {
  const u = zero(), v = zero(), v3 = zero(), x = zero(), t = zero();
  square(t, y);
  sub(u, t, one); // u = y² − 1, two terms
  mul(v, t, d);
  add(v, v, one); // v = dy² + 1, two terms
  square(v3, v);
  mul(v3, v3, v);
  square(t, v3);
  mul(t, t, v);
  mul(t, t, u);
  root(x, t);
  mul(x, x, v3);
  mul(x, x, u); // x = uv³·(uv⁷)^((p−5)/8)
  square(t, x);
  mul(t, t, v); // v·x² is u, or −u and x lacks the root of −1, or there is no x
  const vx2 = toNumber(t);
  const wanted = toNumber(u);
  if (vx2 !== wanted) {
    if (vx2 !== (p - wanted) % p) return undefined;
    mul(x, x, ROOT_OF_MINUS_ONE);
  }
  return toNumber(x);
}

/** The wire forms of points, with one inversion for all of them. */
export function encode(points: readonly Point[]): string[] {
  const wires: string[] = [];
  eachAffine(points, (x, y, i) => {
    wires[i] = wireOf(x, y);
  });
  return wires;
}

/** The wire form of the point (x, y). */
export function wireOf(x: Field, y: Field): string {
  const n = toNumber(y) + (toNumber(x) & 1n) * SIGN;
  return n.toString(16).padStart(64, "0");
}

/** Calls `visit` with x and y of each point, which it must not keep; one inversion for all (Montgomery 1987). */
function eachAffine(points: readonly Point[], visit: (x: Field, y: Field, i: number) => void): void {
  const product = fromNumber(1n);
  const before = points.map(({ Z }) => {
    const so = zero();
    copy(so, product);
    mul(product, product, Z);
    return so;
  });
  invert(product, product);
  const inverse = zero(), x = zero(), y = zero();
  for (let i = points.length - 1; i >= 0; i--) {
    const { X, Y, Z } = points[i] as Point;
    mul(inverse, product, before[i] as Field);
    mul(product, product, Z);
    mul(x, X, inverse);
    mul(y, Y, inverse);
    visit(x, y, i);
  }
}

// Scratch of the formulas below.
const [A, B, C, E, F, G, H] = [zero(), zero(), zero(), zero(), zero(), zero(), zero()];

/** r = (E·F, G·H, F·G, E·H): the last step of every formula. T is left out where nobody needs it. */
function finish(r: Point, withT = true): void {
  mul(r.X, E, F);
  mul(r.Y, G, H);
  mul(r.Z, F, G);
  if (withT) mul(r.T, E, H);
}

/** r = a². */
function double(r: Point, a: Point, withT: boolean): void {
  square(A, a.X);
  square(B, a.Y);
  square(C, a.Z);
  add(C, C, C);
  add(E, a.X, a.Y);
  square(E, E);
  add(H, A, B); // two terms
  sub(E, H, E); // three: −2XY
  sub(G, A, B); // two
  add(F, C, G); // four
  finish(r, withT);
}

/** r = r·b, or r/b. */
function multiply(r: Point, b: Summand, over = false): void {
  sub(A, r.Y, r.X);
  mul(A, A, over ? b.sum : b.difference);
  add(B, r.Y, r.X);
  mul(B, B, over ? b.difference : b.sum);
  mul(C, r.T, b.dT2);
  mul(G, r.Z, b.Z2);
  complete(r, over);
}

/** r = r·b, or r/b, for a b with Z = 1. */
function multiplyAffine(r: Point, b: Affine, over: boolean): void {
  sub(A, r.Y, r.X);
  mul(A, A, over ? b.sum : b.difference);
  add(B, r.Y, r.X);
  mul(B, B, over ? b.difference : b.sum);
  mul(C, r.T, b.dT2);
  add(G, r.Z, r.Z); // two terms
  complete(r, over);
}

/** The second half of both: F and G have up to three terms, E and H two. */
function complete(r: Point, over: boolean): void {
  sub(E, B, A);
  add(H, B, A);
  (over ? add : sub)(F, G, C);
  (over ? sub : add)(G, G, C);
  finish(r);
}

const summand: Summand = { sum: zero(), difference: zero(), Z2: zero(), dT2: zero() };

/** The point as a summand, which the next call overwrites. */
function summandOf(a: Point): Summand {
  add(summand.sum, a.Y, a.X);
  sub(summand.difference, a.Y, a.X);
  add(summand.Z2, a.Z, a.Z);
  mul(summand.dT2, a.T, d2);
  return summand;
}

function copyPoint(r: Point, a: Point): Point {
  copy(r.X, a.X);
  copy(r.Y, a.Y);
  copy(r.Z, a.Z);
  copy(r.T, a.T);
  return r;
}

/** r = 1/r. */
function negate(r: Point): void {
  sub(r.X, NEUTRAL.X, r.X);
  sub(r.T, NEUTRAL.X, r.T);
}

/** A new point, a·b. */
export function times(a: Point, b: Point): Point {
  const r = copyPoint(identity(), a);
  multiply(r, summandOf(b));
  return r;
}

/** A new point, a/b. */
export function over(a: Point, b: Point): Point {
  const r = copyPoint(identity(), a);
  multiply(r, summandOf(b), true);
  return r;
}

/** Tells whether two points are the same. */
export function equal(a: Point, b: Point): boolean {
  return isIdentity(over(a, b));
}

/** The 32 bytes of an exponent in 0 … q − 1, least significant first. */
function bytesOf(exponent: bigint): Uint8Array {
  const digits = exponent.toString(16).padStart(64, "0");
  const bytes = new Uint8Array(34); // two more, so that reading beyond the end gives zeros
  const words = new DataView(bytes.buffer);
  for (let i = 0; i < 32; i += 4) words.setUint32(i, parseInt(digits.slice(56 - 2 * i, 64 - 2 * i), 16), true);
  return bytes;
}

const WINDOWS = 32;

/** An exponent in 0 … q − 1 as Σ digit[i]·256^i, each digit from −127 to 128. */
export function windowDigits(exponent: bigint): Int16Array {
  const bytes = bytesOf(exponent);
  const digits = new Int16Array(WINDOWS);
  for (let i = 0, carry = 0; i < WINDOWS; i++) {
    const digit = (bytes[i] as number) + carry; // the last of an exponent below q is 17 at most
    carry = digit > 128 ? 1 : 0;
    digits[i] = digit - 256 * carry;
  }
  return digits;
}

/**
 * The powers of one fixed base: a table of 32 windows of 8 bits, 128 points each, because
 * base^(−d) costs no more than base^d. It takes some milliseconds and 1.2 MB.
 */
export class FixedBase {
  private readonly table: Affine[];

  constructor(base: Point) {
    const points: Point[] = [];
    let unit = base;
    for (let window = 0; window < WINDOWS; window++) {
      let multiple = unit;
      for (let digit = 1; digit <= 128; digit++) {
        points.push(multiple);
        multiple = times(multiple, unit);
      }
      unit = times(points[points.length - 1] as Point, points[points.length - 1] as Point); // 256 = 2·128
    }
    this.table = affine(points);
  }

  /** r = r · base^exponent, for an exponent in 0 … q − 1. */
  multiplyPower(r: Point, exponent: bigint): void {
    windowDigits(exponent).forEach((digit, i) => {
      if (digit !== 0) multiplyAffine(r, this.table[128 * i + Math.abs(digit) - 1] as Affine, digit < 0);
    });
  }

  /** base^exponent. */
  power(exponent: bigint): Point {
    const r = identity();
    this.multiplyPower(r, exponent);
    return r;
  }
}

/** Points as summands with Z = 1, side by side in memory, as they are read. */
function affine(points: readonly Point[]): Affine[] {
  const block = new Float64Array(36 * points.length);
  const table: Affine[] = [];
  eachAffine(points, (x, y, i) => {
    const field = (at: number) => block.subarray(36 * i + at, 36 * i + at + 12) as Field;
    table[i] = setAffine({ sum: field(0), difference: field(12), dT2: field(24) }, x, y);
  });
  return table;
}

function setAffine(r: Affine, x: Field, y: Field): Affine {
  add(r.sum, y, x);
  mul(r.sum, r.sum, one);
  sub(r.difference, y, x);
  mul(r.difference, r.difference, one);
  mul(r.dT2, x, y);
  mul(r.dT2, r.dT2, d2);
  return r;
}

const DIGITS = 254; // of an exponent below 2^253 in width-5 form

/**
 * An exponent in width-5 non-adjacent form: at each place 0 or an odd digit from −15 to 15, and after
 * each digit at least four zeros (Hankerson, Menezes, Vanstone, Guide to Elliptic Curve Cryptography,
 * algorithm 3.35).
 */
export function wideDigits(exponent: bigint): Int8Array {
  const bytes = bytesOf(exponent);
  const digits = new Int8Array(DIGITS + 5);
  for (let at = 0, carry = 0; at < DIGITS; ) {
    const window = (bytes[at >> 3] as number) | ((bytes[(at >> 3) + 1] as number) << 8);
    const digit = ((window >> (at & 7)) & 31) + carry;
    if (digit % 2 === 0) {
      at++;
      continue;
    }
    carry = digit < 16 ? 0 : 1;
    digits[at] = digit - 32 * carry;
    at += 5;
  }
  return digits;
}

/** The digits of q. */
export const orderDigits = wideDigits(q);

/** Of one power: its digits, and eight products of what the digits ±1, ±3 … ±15 pick from the chain. */
class Buckets {
  digits = orderDigits;
  private readonly points = Array.from({ length: 8 }, identity);
  private readonly running = identity();
  private readonly empty = new Array<boolean>(8).fill(true);

  begin(digits: Int8Array): void {
    this.digits = digits;
    this.empty.fill(true);
  }

  /** Puts the chain's present link into the bucket of a digit that is not 0. */
  put(link: Summand, digit: number): void {
    const k = (Math.abs(digit) - 1) >> 1;
    const point = this.points[k] as Point;
    if (!this.empty[k]) return multiply(point, link, digit < 0);
    this.empty[k] = false;
    copyPoint(point, chain);
    if (digit < 0) negate(point);
  }

  /** Π bucket[k]^(2k+1) = t[0]·Π_{k>0} t[k]², where t[k] = bucket[k] · … · bucket[7]. */
  product(): Point {
    const running = copyPoint(this.running, NEUTRAL), r = identity();
    for (let k = 7; k >= 1; k--) {
      this.multiplyBucket(running, k);
      multiply(r, summandOf(running));
    }
    double(r, r, true);
    this.multiplyBucket(running, 0);
    multiply(r, summandOf(running));
    return r;
  }

  private multiplyBucket(r: Point, k: number): void {
    if (!this.empty[k]) multiply(r, summandOf(this.points[k] as Point));
  }
}

// Kept between calls, because making them takes as long as using them.
const buckets: Buckets[] = [];
const chain = identity();

/**
 * Several powers of one base, and whether it lies in the subgroup. The chain base^(2^i) is walked
 * once for all of them; each power sorts it into buckets by its digits (Yao 1976; Knuth, The Art of
 * Computer Programming 4.6.3). That base^q = 1 is seen on the same walk.
 */
export function powers(base: Point, exponents: readonly bigint[]): { powers: Point[]; inSubgroup: boolean } {
  const n = exponents.length + 1;
  while (buckets.length < n) buckets.push(new Buckets());
  for (let k = 0; k < n; k++) (buckets[k] as Buckets).begin(k === 0 ? orderDigits : wideDigits(exponents[k - 1] as bigint));
  copyPoint(chain, base);
  for (let i = 0; i < DIGITS; i++) {
    if (picked(i, n)) {
      const link = summandOf(chain);
      for (let k = 0; k < n; k++) {
        const b = buckets[k] as Buckets;
        if (b.digits[i] !== 0) b.put(link, b.digits[i] as number);
      }
    }
    double(chain, chain, picked(i + 1, n));
  }
  const [order, ...rest] = buckets.slice(0, n).map((b) => b.product());
  return { powers: rest, inSubgroup: isIdentity(order as Point) };
}

/** Whether any of the first n digit rows has a digit at place i; T of the chain is computed only then. */
function picked(i: number, n: number): boolean {
  for (let k = 0; k < n; k++) if ((buckets[k] as Buckets).digits[i] !== 0) return true;
  return false;
}

/** base^exponent. */
export function power(base: Point, exponent: bigint): Point {
  return powers(base, [exponent]).powers[0] as Point;
}

/** Tells whether a point of the curve lies in the subgroup. */
export function inSubgroup(point: Point): boolean {
  return powers(point, []).inSubgroup;
}

/** g, and its table. */
export const g = decode(encodeElement(generator)) as Point;

let table: FixedBase | undefined;

/** The powers of g, made ready at their first use. */
export function generatorPowers(): FixedBase {
  return (table ??= new FixedBase(g));
}
