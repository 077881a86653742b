/** The kernel against the arithmetic of points.ts, which others look after: the same limbs, points and refusals. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Plain, type Branch, type Pair } from "../src/verify/arithmetic";
import { invert, mul, p, rootPower, square, toNumber, zero, type Field } from "../src/verify/field";
import { Kernel } from "../src/verify/kernel";
import { decode, encode, generatorPowers, identity, powers, times, type Point } from "../src/verify/points";
import { q } from "../src/group";
import { secureScalar } from "../src/random";
import { extreme } from "./limbs";
import { read } from "./vectors";

declare const KERNEL: string;

const golden = JSON.parse(read("../crypto/testdata/golden.json"));
const power = (e: bigint) => generatorPowers().power(e);
const y = power(secureScalar());
const kernel = (await Kernel.start(y))!;
const plain = new Plain(y);

type Operation = (...addresses: number[]) => void;
const { instance } = await WebAssembly.instantiate(Buffer.from(KERNEL, "base64"));
const { memory, heap, ...operations } = instance.exports as unknown as { memory: WebAssembly.Memory; heap: WebAssembly.Global } & Record<string, Operation>;

/** What an operation of the kernel makes of two numbers side by side, and of two more. */
function compute(name: string, a: [Field, Field], b?: [Field, Field]): [Field, Field] {
  const NUMBER = 192;
  const at = heap.value as number;
  const floats = new Float64Array(memory.buffer);
  [a, b ?? a].forEach((pair, k) => pair.forEach((x, lane) => x.forEach((limb, i) => (floats[(at + (k + 1) * NUMBER) / 8 + 2 * i + lane] = limb))));
  operations[name]!(at, at + NUMBER, ...(b ? [at + 2 * NUMBER] : []));
  return [0, 1].map((lane) => zero().map((_, i) => floats[at / 8 + 2 * i + lane]!)) as [Field, Field];
}

test("kernel: products and squares have the very limbs of field.ts, up to the largest that may be multiplied", () => {
  const scaled = (signs: number, k: number) => extreme(signs).map((limb) => k * limb) as Field;
  const signs = [0, 0xfff, 0x555, 0xaaa, 0x0f0, 0x801, 0x3a7];
  const r = zero();
  for (const s of signs) {
    for (const [k, l] of [[1, 1], [1, 16], [4, 4], [3, 4], [2, 8]] as const) {
      const [a, b] = [scaled(s, k), scaled(0xfff ^ s, l)];
      const [ab, ba] = compute("mul", [a, b], [b, a]);
      mul(r, a, b);
      assert.deepEqual([ab, toNumber(ba)], [r, toNumber(r)], `${k}·${l}, signs ${s}`);
      if (l === 16) continue; // its square would have too many terms
      const [aa] = compute("square", [a, b]);
      square(r, a);
      assert.deepEqual(aa, r, `${k}², signs ${s}`);
    }
  }
});

test("kernel: inverses and the power of square roots", () => {
  const r = zero();
  for (const n of [0n, 1n, 2n, p - 1n, p - 19n, (secureScalar() * secureScalar()) % p]) {
    for (const [name, f] of [["invert", invert], ["rootPower", rootPower]] as const) {
      const a = zero();
      a.set(unreduced(n));
      f(r, a);
      assert.equal(toNumber(compute(name, [a, a])[1]), toNumber(r), `${name} ${n}`);
    }
  }
});

/** A number as a field element, with limbs that are not reduced. */
function unreduced(n: bigint): Field {
  const place = (i: number) => Math.ceil(21.25 * i);
  return zero().map((_, i) => Number(BigInt.asUintN(place(i + 1) - place(i), n >> BigInt(place(i)))) * 2 ** place(i)) as Field;
}

test("kernel: what is a point, and what is not", () => {
  const hex = (n: bigint) => n.toString(16).padStart(64, "0");
  const above = Array.from({ length: 19 }, (_, i) => [p + BigInt(i), p + BigInt(i) + (1n << 255n)]).flat(); // all that are not canonical
  const low = Array.from({ length: 40 }, (_, i) => [BigInt(i), BigInt(i) + (1n << 255n), p - BigInt(i) - 1n]).flat();
  const wires = [...golden.elements.map(({ hex: wire }: { hex: string }) => wire), ...[...above, ...low].map(hex),
    ...Array.from({ length: 30 }, () => hex((secureScalar() << 3n) % (1n << 256n))), "", "0", hex(1n).toUpperCase(), "G".repeat(64), `${hex(5n)}0`];
  let points = 0;
  for (const wire of wires) {
    const [got, want] = [kernel.decode(wire), decode(wire)];
    assert.equal(got === undefined, want === undefined, wire);
    if (got && want) assert.deepEqual(encode([got]), encode([want]), wire);
    if (want) points++;
  }
  assert.ok(points > 20 && points < wires.length - above.length, `${points} points of ${wires.length}`);
});

const order8 = golden.elements.filter(({ why }: { why: string }) => why === "small order").map(({ hex }: { hex: string }) => decode(hex))
  .find((t: Point | undefined) => t && encode(powers(t, [4n]).powers)[0] !== encode([identity()])[0]) as Point;
const small = Array.from({ length: 8 }, (_, k) => powers(order8, [BigInt(k)]).powers[0] as Point);

test("kernel: wire forms, of any number of points", () => {
  const all = [...small, ...Array.from({ length: 5 }, () => power(secureScalar())), identity(), times(y, small[3]!)];
  for (let n = 0; n <= all.length; n++) assert.deepEqual(kernel.encode(all.slice(0, n)), encode(all.slice(0, n)));
});

const exponents = [0n, 1n, 2n, 15n, 16n, 17n, 31n, 32n, 127n, 128n, 129n, 255n, 256n, q - 1n, q - 2n, q >> 1n, (1n << 252n) - 1n, 1n << 252n,
  0x5555n, 0x1111111111111111111111111111111111111111111111111111111111111111n % q, (1n << 128n) - 1n, 0x80n << 240n, 0x81n << 240n];

function branch(ciphertext: number, challenge: bigint, response: bigint, value: number): Branch {
  return { ciphertext, value, proof: { challenge, response } };
}

test("kernel: commitments", () => {
  const pair = (): Pair => ({ alpha: power(secureScalar()), beta: power(secureScalar()) });
  const one: Pair = { alpha: identity(), beta: identity() };
  const ciphertexts = [pair(), one, { alpha: y, beta: power(1n) }, pair(), { alpha: power(1n), beta: y }, { ...one, beta: power(5n) }];
  const branches = [
    ...exponents.map((e, i) => branch(i % 6, e, exponents[(i * 7 + 3) % exponents.length]!, i % 4)),
    ...exponents.map((e, i) => branch((i + 3) % 6, secureScalar(), e, (i + 1) % 3)),
    ...Array.from({ length: 20 }, (_, i) => branch(i % 6, secureScalar(), secureScalar(), i === 5 ? 2 ** 24 : i % 2)),
  ];
  assert.deepEqual(kernel.commitments(ciphertexts, branches), plain.commitments(ciphertexts, branches));
  assert.deepEqual(kernel.commitments([pair(), one], []), { wires: [] });
  assert.deepEqual(kernel.commitments([], []), { wires: [] });
});

test("kernel: the first ciphertext outside the subgroup is named, whichever half it is", () => {
  const good: Pair = { alpha: power(secureScalar()), beta: power(secureScalar()) };
  for (const t of small.slice(1)) {
    for (const bad of [{ ...good, alpha: times(good.alpha, t) }, { ...good, beta: times(good.beta, t) }, { alpha: t, beta: t }, { alpha: identity(), beta: t }]) {
      for (const [ciphertexts, outside] of [[[bad, good], 0], [[good, good, bad, bad], 2]] as const) {
        const branches = ciphertexts.map((_, i) => branch(i, secureScalar(), secureScalar(), 1));
        assert.deepEqual(kernel.commitments(ciphertexts, branches), { outside });
        assert.deepEqual(plain.commitments(ciphertexts, branches), { outside });
      }
    }
  }
});
