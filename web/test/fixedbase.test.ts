/** Powers by secret exponents, against the library that has no tables of ours. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { affineOf, encodePoints, FixedBase, product } from "../src/fixedbase";
import { encodeElement, fixedBase, g, generator, identity, parseElement, power, q, reduce, varTimePower } from "../src/group";
import { secureScalar } from "../src/random";

const base = varTimePower(g, 0x5eedn);
const table = fixedBase(base);

/** Exponents that have one digit in each place, every digit in every place, and long carries. */
const exponents = [
  0n, 1n, 2n, q - 1n, q - 2n, q >> 1n, (1n << 252n) - 1n, 1n << 252n,
  ...Array.from({ length: 64 }, (_, i) => 1n << BigInt(4 * i)),
  ...Array.from({ length: 64 }, (_, i) => (1n << BigInt(4 * i + 3)) - 1n),
  ...Array.from({ length: 16 }, (_, digit) => BigInt(`0x${digit.toString(16).repeat(63)}`)),
  ...Array.from({ length: 20 }, secureScalar),
].map(reduce);

test("powers agree with the library's", () => {
  const want = exponents.map((e) => encodeElement(varTimePower(base, e)));
  assert.deepEqual(encodePoints(exponents.map((e) => table.power(e))), want);
  assert.deepEqual(exponents.map((e) => encodeElement(power(g, e))), exponents.map((e) => encodeElement(varTimePower(g, e))));
});

test("a power onto a point, and a digit's", () => {
  for (const e of exponents.slice(0, 20)) {
    const r = generator().power(7n);
    table.multiplyPower(r, e);
    assert.deepEqual(encodePoints([r]), [encodeElement(varTimePower(g, 7n).add(varTimePower(base, e)))]);
  }
  for (let digit = -8; digit <= 8; digit++) {
    const r = generator().power(7n);
    table.multiplyDigit(r, digit);
    assert.deepEqual(encodePoints([r]), [encodeElement(varTimePower(g, 7n).add(varTimePower(base, reduce(BigInt(digit)))))]);
  }
});

test("products of equal, opposite and neutral points too; the factors stay", () => {
  const some = [0n, 1n, q - 1n, 12345n].map((e) => [generator().power(e), varTimePower(g, e)] as const);
  for (const [a, x] of some) {
    for (const [b, y] of some) {
      assert.deepEqual(encodePoints([product(a, b), a, b]), [x.add(y), x, y].map(encodeElement));
    }
  }
  assert.deepEqual(affineOf(generator().power(0n)), { x: 0n, y: 1n });
  assert.ok(power(g, 0n).equals(identity) && power(g, q).equals(identity) && power(base, q).equals(identity));
  assert.deepEqual(encodePoints([]), []);
});

test("a table of the neutral element gives it", () => {
  const [wire = ""] = encodePoints([new FixedBase(0n, 1n).power(q - 1n)]);
  assert.ok(parseElement(wire).equals(identity));
});

test("which entries are read, and in which order, does not depend on the exponent", () => {
  const reads: PropertyKey[] = [];
  const watched = fixedBase(base);
  const { table: entries } = watched as unknown as { table: Int32Array };
  Object.assign(watched, {
    table: new Proxy(entries, {
      get(target, name) {
        reads.push(name);
        return Reflect.get(target, name, target);
      },
    }),
  });
  const readFor = (e: bigint) => {
    reads.length = 0;
    watched.power(e);
    return reads.join();
  };
  const always = readFor(0n);
  assert.equal(new Set(always.split(",")).size, entries.length, "all of them");
  for (const e of [1n, 8n, q - 1n, secureScalar()]) assert.equal(readFor(e), always);
});

test("an exponent that is none is refused", () => {
  for (const e of [-1n, 1n << 253n, -(1n << 300n)]) assert.throws(() => table.power(e), /exponent out of range/);
});
