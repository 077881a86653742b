/** Vectors made by the Go implementation: both must give the same bytes. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { publicOf, secretOf } from "../src/credential";
import { slipNames, type Election } from "../src/election";
import { encodeElement, encodeElements, parseElement, parseScalar } from "../src/group";
import { hashToScalar } from "../src/hash";
import { markOf, open, read, seal } from "./vectors";
import { verifyBallot } from "./verify";

const golden = JSON.parse(read("../crypto/testdata/golden.json"));

test("golden: hashes", () => {
  for (const { in: input, out } of golden.hash) assert.equal(`${hashToScalar(input)}`, out, input);
});

test("golden: credentials", () => {
  for (const { uuid, code, secret, public: wire } of golden.credentials) {
    assert.equal(`${secretOf(uuid, code)}`, secret);
    assert.equal(publicOf(BigInt(secret)), wire);
  }
});

test("golden: elements", () => {
  for (const { hex, ok, why } of golden.elements) {
    if (!ok) assert.throws(() => parseElement(hex), why);
    else assert.deepEqual([encodeElement(parseElement(hex)), ...encodeElements([parseElement(hex)])], [hex, hex], why);
  }
});

test("golden: scalars", () => {
  for (const { decimal, ok } of golden.scalars) {
    if (ok) assert.equal(`${parseScalar(decimal)}`, decimal);
    else assert.throws(() => parseScalar(decimal), decimal);
  }
});

test("golden: fingerprints", () => {
  for (const { election, fingerprint, f, digits } of golden.elections) {
    const e = open(election);
    assert.equal(e.fingerprint, fingerprint);
    assert.deepEqual(slipNames([e]), { slipFingerprint: f, digits });
  }
});

test("golden: slips of several papers", () => {
  for (const { fingerprints, f, digits } of golden.slips) {
    const papers = fingerprints.map((fingerprint: string) => ({ fingerprint }) as Election);
    assert.deepEqual(slipNames(papers), { slipFingerprint: f, digits });
  }
});

test("golden: ballots", () => {
  for (const { election, credential, choices, random, ballot, tracker } of golden.ballots) {
    const e = open(election);
    const scalars: string[] = [...random];
    const marks = choices.map((c: number[], i: number) => markOf(c, e.questions[i]!.blank));
    const sealed = seal(e, credential, marks, () => BigInt(scalars.shift()!));
    assert.equal(sealed.ballot, ballot);
    assert.equal(sealed.tracker, tracker);
    assert.equal(scalars.length, 0, "all scalars are used");
    verifyBallot(election, ballot);
  }
});
