import assert from "node:assert/strict";
import { test } from "node:test";
import { messages, sealed } from "../src/ballot";
import { formatCode, parseFragment, publicOf, secretOf } from "../src/credential";
import { parseScalar, q } from "../src/group";
import { base64, digest } from "../src/hash";
import { secureScalar } from "../src/random";
import { sign } from "../src/zkp";
import { verifyBallot, verifySchnorr } from "./verify";
import { markOf, open, seal, vectors } from "./vectors";

for (const v of vectors) {
  test(`${v.name}: ballots of belenios-tool verify`, () => {
    for (const ballot of v.ballots) verifyBallot(v.election, ballot, v.publicCredentials);
  });

  test(`${v.name}: credentials derive to the published ones`, () => {
    const uuid = open(v.election).uuid;
    assert.deepEqual(v.credentials.map((c) => publicOf(secretOf(uuid, c))).sort(), [...v.publicCredentials].sort());
  });

  test(`${v.name}: sealed ballots verify, whatever is marked`, () => {
    const election = open(v.election);
    for (const { credential, choices } of v.marked) {
      const marks = choices.map((c, i) => markOf(c, election.questions[i]!.blank));
      const { ballot, hash, tracker } = seal(election, credential, marks);
      verifyBallot(v.election, ballot, v.publicCredentials);
      assert.equal(Buffer.from(hash, "hex").toString("base64"), `${tracker}=`);
    }
  });
}

test("every mark of a question, and every blank, seals to a valid ballot", () => {
  const v = vectors[0]!;
  const election = open(v.election);
  for (const mark of [null, 0, 1, 2]) {
    verifyBallot(v.election, seal(election, v.credentials[0]!, [mark, mark, mark]).ballot);
  }
});

test("other numbers of answers, with and without blank", () => {
  const v = vectors[0]!;
  for (const blank of [true, false]) {
    for (const n of [1, 2, 5]) {
      const question = { answers: Array.from({ length: n }, (_, i) => `${i}`), ...(blank && { blank }), min: 1, max: 1, question: "x" };
      const text = JSON.stringify({ ...JSON.parse(v.election), questions: [question] });
      const election = open(text);
      for (const mark of [...(blank ? [null] : []), ...question.answers.keys()]) {
        verifyBallot(text, seal(election, v.credentials[0]!, [mark]).ballot);
      }
    }
  }
});

test("what is no mark is not sealed", () => {
  const election = open(vectors[0]!.election);
  const strict = open(vectors[1]!.election);
  const code = vectors[0]!.credentials[0]!;
  for (const marks of [[], [0, 0], [0, 0, 3], [0, 0, -1], [0, 0, 0.5]]) {
    assert.throws(() => seal(election, code, marks), /ballot:/);
  }
  assert.throws(() => seal(strict, code, [null]), /ballot:/);
  assert.throws(() => messages(strict.questions[0]!, null), /ballot:/);
});

test("two sealings of the same marks share no number", () => {
  const v = vectors[0]!;
  const numbers = () => seal(open(v.election), v.credentials[0]!, [0, 1, null]).ballot.match(/"(?:[0-9]{20,}|[0-9a-f]{64})"/g)!;
  const first = new Set(numbers());
  assert.deepEqual(numbers().filter((n) => first.has(n)), [`"${JSON.parse(v.ballots[0]!).credential}"`].filter((n) => first.has(n)));
});

test("soundness: each number and point of a ballot altered is refused", () => {
  const v = vectors[2]!;
  const election = open(v.election);
  const { ballot } = seal(election, v.credentials[0]!, [0, 1]);
  const at = [...ballot.matchAll(/"(challenge|response|alpha|beta|credential)":"([^"]+)"/g)];
  assert.ok(at.length > 50);
  for (const m of at) {
    for (const other of alterations(m[2]!)) {
      assert.throws(() => verifyBallot(v.election, mend(splice(ballot, m.index! + m[1]!.length + 4, m[2]!, other))), `${m[0]} → ${other}`);
    }
  }
});

function alterations(value: string): string[] {
  if (/^[0-9a-f]{64}$/.test(value)) return [`5866666666666666666666666666666666666666666666666666666666666666`.split("").reverse().join(""), value.toUpperCase()];
  const n = BigInt(value);
  return [`${(n + 1n) % q}`, `${n + q}`, `0${value}`];
}

function splice(text: string, at: number, old: string, value: string): string {
  assert.equal(text.slice(at, at + old.length), old);
  return text.slice(0, at) + value + text.slice(at + old.length);
}

/** Mends signature.hash, so that the right check refuses. */
function mend(ballot: string): string {
  const { signature, ...unsigned } = JSON.parse(ballot);
  return JSON.stringify({ ...unsigned, signature: { ...signature, hash: base64(digest(JSON.stringify(unsigned))) } });
}

test("a signed message verifies, and only that one", () => {
  const secret = secureScalar();
  const key = publicOf(secret);
  const proof = sign(secret, "sigmsg|homphieu-slip-v1|φ|", secureScalar);
  assert.ok(verifySchnorr(key, "sigmsg|homphieu-slip-v1|φ|", proof));
  assert.ok(!verifySchnorr(key, "sigmsg|homphieu-slip-v1|ψ|", proof));
});

test("random scalars are canonical and differ", () => {
  const drawn = Array.from({ length: 100 }, secureScalar);
  assert.equal(new Set(drawn).size, 100);
  for (const n of drawn) assert.equal(parseScalar(`${n}`), n);
});

test("sealed names the bytes", () => {
  assert.equal(sealed("").hash, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
});

test("fragments of slips", () => {
  const code = vectors[0]!.credentials[0]!;
  const f = "2gvBzFQyZ8cpwzhFbyW5YN";
  assert.deepEqual(parseFragment(`#${code}.${f}`), { code, fingerprint: f });
  for (const bad of ["", "#", `#${code}`, `#${code}.`, `#${code}.${f}.${f}`, `#${code.replace(/-/g, "")}.${f}`, `#${code}.${f}x`, `#${code.slice(1)}.${f}`, `#${code}.${f.slice(1)}0`]) {
    assert.equal(parseFragment(bad), undefined, bad);
  }
  assert.equal(formatCode(code.replace(/-/g, "")), code);
});
