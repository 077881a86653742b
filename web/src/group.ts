/**
 * The prime-order subgroup of edwards25519, and the only place where text becomes points and
 * scalars: docs/PROTOCOL.md §2. The group is written multiplicatively, as there.
 *
 * An element on the wire is 64 lower-case hexadecimal digits: the bytes of RFC 8032 §5.1.2
 * reversed. A scalar on the wire is a decimal number below q, no sign, no leading zero. Both
 * parsers take exactly one spelling of each value.
 *
 * Timing: the sequence of point operations of a secret power does not depend on the exponent. Powers
 * of g and of the key of an election are those of fixedbase.ts: signed fixed windows, every entry of
 * the table read, numbers in floating point, exponents not blinded; powers of other bases are noble's
 * `multiply` on BigInts.
 * That is an algorithm in constant time, not a program in constant time: exponents are BigInts, and
 * the engine's arithmetic on them, its compiler and its garbage collector take a time that depends on
 * the values. It keeps the gross structure of a secret out of the timing; it does not resist an
 * attacker who can measure single operations on the phone itself. Such an attacker already has the
 * phone.
 */
import { edwards, type EdwardsPoint } from "@noble/curves/abstract/edwards.js";
import { normalizeZ } from "@noble/curves/abstract/curve.js";
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";
import { affineOf, FixedBase } from "./fixedbase";

/** A member of the prime-order subgroup. */
export type Element = EdwardsPoint;

/** The order of the subgroup: 2^252 + 27742317777372353535851937790883648493. */
export const q = BigInt("0x1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed");

// The parameters of edwards25519: RFC 8032 §5.1.
const Point = edwards({
  p: BigInt("0x7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed"),
  n: q,
  h: BigInt(8),
  a: BigInt("0x7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffec"),
  d: BigInt("0x52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3"),
  Gx: BigInt("0x216936d3cd6e53fec0a4e231fdd6dc5c692cc7609525a7b2c9562d608f25d51a"),
  Gy: BigInt("0x6666666666666666666666666666666666666666666666666666666666666658"),
});

/** The base point of RFC 8032 §5.1 (y = 4/5, x even). */
export const g: Element = Point.BASE;

/** The neutral element. */
export const identity: Element = Point.ZERO;

/** The table of powers of `base`, which takes some milliseconds. */
export function fixedBase(base: Element): FixedBase {
  const { x, y } = base.toAffine();
  return new FixedBase(x, y);
}

let powersOfG: FixedBase | undefined;

/** The table of powers of g, made at its first use. */
export function generator(): FixedBase {
  return (powersOfG ??= fixedBase(g));
}

/** base^exponent; `exponent` may be any integer and may be secret. */
export function power(base: Element, exponent: bigint): Element {
  const e = reduce(exponent);
  if (base === g) return Point.fromAffine(affineOf(generator().power(e)));
  return e === 0n ? identity : base.multiply(e);
}

/** base^exponent in variable time: for public data only. */
export function varTimePower(base: Element, exponent: bigint): Element {
  return base.multiplyUnsafe(reduce(exponent));
}

/** Reduces any integer to 0 … q − 1. */
export function reduce(n: bigint): bigint {
  const r = n % q;
  return r < 0n ? r + q : r;
}

/**
 * Reads the wire form of an element. Throws for other lengths, upper case, y ≥ p, x = 0 with the
 * sign bit set, points off the curve and points outside the prime-order subgroup. The identity is
 * an element; who must not take it says so.
 */
export function parseElement(wire: string): Element {
  if (!/^[0-9a-f]{64}$/.test(wire)) throw new Error("element: not 64 lower-case hexadecimal digits");
  const point = Point.fromBytes(hexToBytes(wire).reverse(), false);
  if (!point.isTorsionFree()) throw new Error("element: outside the prime-order subgroup");
  return point;
}

/** The wire forms of `elements`, with one field inversion for all of them. */
export function encodeElements(elements: readonly Element[]): string[] {
  return normalizeZ(Point, [...elements]).map((p) => bytesToHex(p.toBytes().reverse()));
}

/** The wire form of one element. */
export function encodeElement(element: Element): string {
  return bytesToHex(element.toBytes().reverse());
}

/** Reads the wire form of a scalar. Throws unless it is the canonical decimal of a number below q. */
export function parseScalar(wire: string): bigint {
  if (!/^(0|[1-9][0-9]{0,75})$/.test(wire)) throw new Error("scalar: not a canonical decimal number");
  const n = BigInt(wire);
  if (n >= q) throw new Error("scalar: not below the order of the group");
  return n;
}

/** The wire form of a scalar. */
export function encodeScalar(n: bigint): string {
  return n.toString(10);
}
