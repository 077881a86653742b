/** Fast arithmetic for what is public, against BigInt and the library that secrets are computed with. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { add, fromNumber, invert, mul, p, rootPower, square, sub, toNumber, zero } from "../src/verify/field";
import { decode, encode, equal, FixedBase, generatorPowers, identity, inSubgroup, isIdentity, over, powers, times, type Point } from "../src/verify/points";
import { encodeElement, g, identity as one, power, q } from "../src/group";
import { secureScalar } from "../src/random";
import { extreme } from "./limbs";
import { read } from "./vectors";

const golden = JSON.parse(read("../crypto/testdata/golden.json"));

const mod = (n: bigint) => ((n % p) + p) % p;
const edges = [0n, 1n, 2n, 19n, p - 1n, p - 2n, p - 19n, (1n << 255n) - 1n, p >> 1n, 1n << 254n, ((1n << 22n) - 1n) << 233n];

function random(): bigint {
  return mod(secureScalar() * secureScalar());
}

test("field: products, squares, sums, differences", () => {
  const all = [...edges, ...Array.from({ length: 20 }, random)];
  const r = zero();
  for (const a of all) {
    assert.equal(toNumber(fromNumber(a)), mod(a));
    for (const b of all) {
      const [x, y] = [fromNumber(a), fromNumber(b)];
      for (const [f, want] of [[mul, a * b], [add, a + b], [sub, a - b]] as const) {
        f(r, x, y);
        assert.equal(toNumber(r), mod(want));
      }
      square(r, x);
      assert.equal(toNumber(r), mod(a * a));
    }
  }
});

test("field: the largest limbs that may be multiplied are multiplied exactly", () => {
  for (const signs of [0, 0xfff, 0x555, 0xaaa, 0x0f0, 0x801, 0x3a7]) {
    for (const [k, l] of [[1, 16], [4, 4], [3, 4], [2, 8]] as const) {
      const [a, b, r] = [extreme(signs), extreme(0xfff ^ signs), zero()];
      for (let i = 0; i < 12; i++) [a[i], b[i]] = [k * a[i]!, l * b[i]!];
      const [x, y] = [toNumber(a), toNumber(b)];
      mul(r, a, b);
      assert.equal(toNumber(r), mod(x * y), `${k}·${l}, signs ${signs}`);
      for (let i = 0; i < 12; i++) {
        assert.ok(Math.abs(r[i]!) <= 2 ** (Math.ceil(21.25 * (i + 1)) - 1) * (1 + 2 ** -20), `limb ${i} is reduced`);
        assert.ok(Number.isInteger(r[i]! / 2 ** Math.ceil(21.25 * i)), `limb ${i} has its unit`);
      }
      if (k !== 4) continue;
      square(r, a);
      assert.equal(toNumber(r), mod(x * x));
    }
  }
});

test("field: inverses and the power of square roots", () => {
  const r = zero();
  for (const a of [...edges, random(), random()]) {
    invert(r, fromNumber(a));
    assert.equal(mod(toNumber(r) * a), mod(a) === 0n ? 0n : 1n);
    rootPower(r, fromNumber(a));
    let want = 1n;
    for (let e = (1n << 252n) - 3n, b = mod(a); e > 0n; e >>= 1n, b = mod(b * b)) if (e & 1n) want = mod(want * b);
    assert.equal(toNumber(r), want);
  }
});

test("golden: elements", () => {
  for (const { hex, ok, why } of golden.elements) {
    const point = decode(hex);
    assert.equal(point !== undefined && inSubgroup(point), ok, why);
    if (ok) assert.deepEqual(encode([point!, point!]), [hex, hex], why);
  }
});

const point = (wire: string) => decode(wire) as Point;
const scalars = [0n, 1n, 2n, 15n, 16n, 17n, 31n, 127n, 128n, 129n, 255n, 256n, q - 1n, q - 2n, q >> 1n, (1n << 252n) - 1n, 1n << 252n, ...Array.from({ length: 8 }, secureScalar)];

test("points: powers agree with the library's", () => {
  for (const base of [g, one, power(g, secureScalar())]) {
    const { powers: got, inSubgroup: inside } = powers(point(encodeElement(base)), scalars);
    assert.ok(inside);
    assert.deepEqual(encode(got), scalars.map((e) => encodeElement(power(base, e))));
    const table = new FixedBase(point(encodeElement(base)));
    assert.deepEqual(encode(scalars.map((e) => table.power(e))), scalars.map((e) => encodeElement(power(base, e))));
  }
});

test("points: products and quotients, of equal, opposite and neutral ones too", () => {
  const all = [g, one, g.negate(), power(g, secureScalar())];
  for (const a of all) {
    for (const b of all) {
      const [x, y] = [a, b].map((e) => point(encodeElement(e))) as [Point, Point];
      assert.deepEqual(encode([times(x, y), over(x, y)]), [a.add(b), a.subtract(b)].map(encodeElement));
      assert.equal(equal(x, y), a.equals(b));
    }
  }
  assert.ok(isIdentity(identity()) && !isIdentity(generatorPowers().power(1n)));
});

test("points: all seven companions of small order are outside", () => {
  const torsion = golden.elements.filter(({ why }: { why: string }) => why === "small order").map(({ hex }: { hex: string }) => decode(hex));
  const order8 = torsion.find((t: Point | undefined) => t && !isIdentity(powers(t, [4n]).powers[0]!));
  assert.ok(order8, "a point of order 8 is among the golden elements");
  const good = generatorPowers().power(secureScalar());
  for (let k = 1n; k < 8n; k++) {
    const small = powers(order8, [k]).powers[0]!;
    assert.ok(!isIdentity(small));
    for (const bad of [small, times(good, small)]) {
      assert.equal(inSubgroup(bad), false, `${k}`);
      assert.equal(inSubgroup(decode(encode([bad])[0]!)!), false, `${k}, from the wire`);
    }
    // Powers of such points are right all the same: it is not by accident that they are refused.
    const e = secureScalar();
    const want = times(powers(good, [e]).powers[0]!, powers(order8, [(k * e) % 8n]).powers[0]!);
    assert.ok(equal(powers(times(good, small), [e]).powers[0]!, want));
  }
});
