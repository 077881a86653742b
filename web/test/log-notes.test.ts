/** Keys, checkpoints, policies and receipts that every reader takes or refuses alike: tally/ledger/testdata/notes. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { readCounts, rowOf } from "../src/check/result";
import { hex, utf8 } from "../src/hash";
import { parseEntry } from "../src/log/entry";
import { parseLogKey, parseWitnessKey } from "../src/log/note";
import { canonical, checkSigned, digitsOf, logKeyOf, openPolicy, parsePolicy } from "../src/log/policy";
import { verifyReceipt } from "../src/log/receipt";
import { Fault } from "../src/verify/wire";
import { read } from "./vectors";

interface Vector {
  name: string;
  /** The reason, empty if it is taken. */
  refused: string;
}

interface VectorFile<V extends Vector> {
  key: string;
  policy: string;
  vectors: V[];
}

function load<V extends Vector>(name: string): VectorFile<V> {
  const file = JSON.parse(read(`../tally/ledger/testdata/notes/${name}.json`)) as VectorFile<V>;
  assert.ok(file.vectors.some(({ refused }) => refused === "") && file.vectors.some(({ refused }) => refused !== ""), name);
  return file;
}

/** How a fault of each reason begins, or what it says. */
const REASONS: Record<string, RegExp> = {
  key: /^(log key: malformed|key of a witness: not one of cosignature\/v1): /,
  checkpoint: /^checkpoint: not one of this log: /,
  policy: /^policy: malformed: (line \d+: |no text)/,
  unsigned: /^policy: malformed: not (signed by the log, or of several|what the log has signed: )/,
  missing: /^checkpoint: not one of this log: ".*" is no log of the policy$/,
  ambiguous: /^policy: malformed: two keys of ".*"$/,
  receipt: /^receipt: does not hold: /,
  entry: /^entry: malformed: /,
  result: /^result: no count$/,
};

/** Requires what the vector says, and gives what was read, if it is to be taken. */
function tried<T>({ name, refused }: Vector, attempt: () => T): T | undefined {
  const reason = REASONS[refused];
  if (!reason) return attempt();
  assert.throws(attempt, (error) => error instanceof Fault && reason.test(error.message), `${name}: want ${reason}`);
  return undefined;
}

test("keys", () => {
  for (const v of load<Vector & { kind: string; key: string }>("keys").vectors) {
    const key = tried(v, () => (v.kind === "log" ? parseLogKey : parseWitnessKey)(v.key));
    assert.equal(key?.text, v.refused === "" ? v.key : undefined, v.name);
  }
});

test("checkpoints", () => {
  type Checkpoint = Vector & { note: string; origin: string; size: number; root: string; cosigned?: string[] };
  const file = load<Checkpoint>("checkpoints");
  const [policy, key] = [parsePolicy(utf8(file.policy)), parseLogKey(file.key)];
  for (const v of file.vectors) {
    const found = tried(v, () => checkSigned(policy, utf8(v.note), key));
    if (!found) continue;
    const { checkpoint: { origin, size, root }, quorum, tooFew } = found;
    assert.deepEqual([origin, size, hex(root), quorum.cosigned], [v.origin, v.size, v.root, v.cosigned ?? []], v.name);
    assert.equal(tooFew !== undefined, v.refused === "quorum", v.name);
  }
});

test("policies", () => {
  type PolicyVector = Vector & { policy: string; policy_base64?: string; origin: string; signed: boolean; key: string; canonical: string; digits: string };
  for (const v of load<PolicyVector>("policies").vectors) {
    const text = v.policy_base64 === undefined ? utf8(v.policy) : new Uint8Array(Buffer.from(v.policy_base64, "base64"));
    const found = tried(v, () => {
      const policy = (v.signed ? openPolicy : parsePolicy)(text);
      return { policy, key: logKeyOf(policy, utf8(`${v.origin}\n`)) };
    });
    assert.equal(found?.key.text, v.refused === "" ? v.key : undefined, v.name);
    if (!found) continue;
    const said = canonical(found.policy, found.key);
    assert.deepEqual([said, digitsOf(said)], [v.canonical, v.digits.replace(/ /g, "")], v.name);
  }
});

test("receipts", () => {
  const file = load<Vector & { receipt: string; policy?: string; tracker: string; entry: number; size: number }>("receipts");
  for (const v of file.vectors) {
    const found = tried(v, () => verifyReceipt(utf8(v.receipt), parsePolicy(utf8(v.policy ?? file.policy))));
    if (!found) continue;
    assert.deepEqual([found.tracker, found.number, found.checkpoint.size], [v.tracker, v.entry, v.size], v.name);
    assert.equal(found.tooFew !== undefined, v.refused === "quorum", v.name);
  }
});

test("entries", () => {
  for (const v of load<Vector & { entry: string }>("entries").vectors) {
    const found = tried(v, () => parseEntry(utf8(v.entry)));
    assert.equal(found !== undefined, v.refused === "", v.name);
  }
});

test("numbers of result.json", () => {
  for (const v of load<Vector & { person: string; row: number[] }>("results").vectors) {
    const row = tried(v, () => {
      const found = rowOf(readCounts(v.person) as object);
      if (!found) throw new Fault("result: no count");
      return found;
    });
    assert.deepEqual(row, v.refused === "" ? v.row : undefined, v.name);
  }
  assert.throws(() => readCounts('{"high":1.e5}'), SyntaxError, "no JSON, though null stood there");
  assert.deepEqual(readCounts('{"a 5.0 \\" -1":"5.0","b":[1,2.5]}'), { 'a 5.0 " -1': "5.0", b: [1, null] });
});
