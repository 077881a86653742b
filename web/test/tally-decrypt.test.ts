/** What a member sends to open a result: the same bytes as the Go implementation gives. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { g, power } from "../src/group";
import { digest, hex, utf8 } from "../src/hash";
import { decrypting, labelOf, partsOf } from "../src/member/tally-decrypt";
import { secureScalar, type RandomScalar } from "../src/random";
import type { Counted } from "../src/verify/counting";
import { parsePoll } from "../src/verify/poll";
import { verify, decryptions, vote, type GoldenDecryption } from "./archives";
import { read } from "./vectors";

/** A tally of which only one trustee is known. */
function countedOf({ election, tally, owner, secret }: Pick<GoldenDecryption, "election" | "tally" | "owner" | "secret">): Counted {
  const publicKey = hexOf(BigInt(secret));
  const member = { publicKey, signingKey: publicKey, item: 0, index: 1 };
  return {
    poll: parsePoll(utf8(election)), product: JSON.parse(tally), tally: hex(digest(tally)),
    trustees: { members: Array.from({ length: owner }, () => member), thresholds: [1], publicKey },
  };
}

function hexOf(secret: bigint): string {
  return Buffer.from(power(g, secret).toBytes()).reverse().toString("hex");
}

function run(counted: Counted, owner: number, secret: bigint, random: RandomScalar = secureScalar): string {
  const steps = decrypting(counted, { owner, secret }, random);
  for (let done = 1; ; done++) {
    const step = steps.next();
    if (step.done) return step.value;
    assert.equal(step.value, done);
  }
}

test("golden: contributions", () => {
  for (const d of decryptions) {
    const random = [...d.random];
    const made = JSON.parse(run(countedOf(d), d.owner, BigInt(d.secret), () => BigInt(random.shift()!)));
    assert.equal(random.length, 0);
    assert.equal(JSON.stringify(made.partial), d.partial);
    assert.deepEqual(made.proofs, JSON.parse(d.shares).shares[0].proofs);
    assert.deepEqual([made.type, made.owner], ["homphieu-contribution-v1", d.owner]);
  }
});

test("golden: a contribution of the ceremony's member", () => {
  const { election, tally, owner, contribution } = JSON.parse(read("../crypto/testdata/ceremony.json")).contribution;
  const secret = JSON.parse(read("../crypto/testdata/ceremony.json")).members[owner - 1].share;
  const made = JSON.parse(run(countedOf({ election, tally, owner, secret }), owner, BigInt(secret)));
  const theirs = JSON.parse(contribution);
  assert.deepEqual([made.election, made.owner, made.partial.decryption_factors], [theirs.election, theirs.owner, theirs.partial.decryption_factors]);
  assert.deepEqual(Object.keys(made), Object.keys(theirs));
});

test("a contribution to a verified archive; no two are alike, and another's secret makes none", async () => {
  const report = await verify(vote.archive.slice(0, vote.endsAt));
  const counted = { poll: report.election, trustees: report.trustees, product: report.product, tally: report.tally } as Counted;
  assert.equal(partsOf(counted), 6);
  const key = BigInt(vote.holders[1]!.key);
  const [first, second] = [run(counted, 2, key), run(counted, 2, key)].map((text) => JSON.parse(text));
  assert.deepEqual(first.partial.decryption_factors, second.partial.decryption_factors);
  assert.notDeepEqual(first.proofs, second.proofs);
  assert.throws(() => run(counted, 1, key), /partial decryption: does not hold: trustee 1/);
});

test("labels of files made elsewhere", () => {
  assert.deepEqual(labelOf('{"type":"homphieu-contribution-v1","election":"φ","owner":2,"partial":{}}'), { election: "φ", owner: 2 });
  for (const text of ["", "null", "[]", "x", '{"type":"homphieu-keyfile-v1"}', '{"type":"homphieu-contribution-v1","election":"φ"}']) {
    assert.equal(labelOf(text), undefined, text);
  }
});
