/** The verification of the public log: against the one that was published, and against what could be done to one. */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { generateKeyPairSync, sign } from "node:crypto";
import { test } from "node:test";
import { q } from "../src/group";
import { parseBundle, type Body } from "../src/log/entry";
import { History, stepOf } from "../src/log/history";
import { verifyEd25519 } from "../src/log/note";
import { parsePolicy } from "../src/log/policy";
import { parseReceipt, verifyReceipt } from "../src/log/receipt";
import { bundlesOf, included, leafHash, proveConsistency, rootOf, tilePath } from "../src/log/tree";
import { verifyLog, type LogReport } from "../src/log/verify";
import { Fault } from "../src/verify/wire";
import { bytesOf } from "./archives";
import { committed, filesOf, frozen, headOf, plainConsistency, plainLeaf, plainProof, plainRoot, signer, signNote, textsOf, V1, type Said } from "./logs";

const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));
const policy = parsePolicy(bytesOf(`${V1}/policy.txt`));

// A log of our own
const log = signer("hop.example.vn/log", 1);
const witness = signer("w0.example.vn", 4);
const mine = parsePolicy(bytes(`log ${log.text}\nwitness so-noi-vu ${witness.text}\nquorum so-noi-vu\n`));

const verify = (changed: Record<string, Uint8Array | undefined> = {}) => verifyLog(frozen(changed), policy);

function refused(report: LogReport, words: string): void {
  assert.ok(!report.valid && (report.reason ?? "").includes(words), `${report.reason}\nwant ${words}`);
}

test("the log that was published with version 1", async () => {
  const seen: [number, number][] = [];
  const report = await verifyLog(frozen(), policy, (done, total) => seen.push([done, total]));
  assert.deepEqual([report.reason, report.valid, report.entries, report.checkpoint?.size], [undefined, true, 273, 273]);
  assert.deepEqual(report.quorum, { cosigned: ["witness-0", "witness-1"], missing: [] });
  const kinds = Array.from(report.polls.values()).map(({ steps }) => steps.length);
  assert.deepEqual([kinds.filter((n) => n === 3).length, kinds.filter((n) => n === 4).length], [88, 1]);
  const corrected = Array.from(report.polls.values()).find(({ corrections }) => corrections.length > 0);
  assert.deepEqual([corrected?.corrections.map(({ number, released }) => [number, released]), corrected?.steps.length], [[[272, false]], 2]);
  const opened = Array.from(report.polls.values()).find((poll) => stepOf(poll, "opened"));
  assert.equal(stepOf(opened, "closed")?.body.ballots, 20);
  assert.equal(stepOf(opened, "opened")?.body.hashes.length, 3);
  assert.ok(seen.every(([done, total]) => done <= total) && seen.length > 3);
});

const FILES = ["checkpoint", "tile/0/000", "tile/0/001.p/17", "tile/1/000.p/1", "tile/entries/000", "tile/entries/001.p/17"];

test("no file of it can be edited, cut or taken away", async () => {
  for (const path of FILES) {
    const file = bytesOf(`${V1}/log/${path}`);
    for (const at of [0, 7, Math.floor(file.length / 3), Math.max(0, file.length - 40)]) {
      const edited = file.slice();
      edited[at]! ^= 1;
      const report = await verify({ [path]: edited });
      assert.ok(!report.valid, `${path} with byte ${at} changed`);
    }
    refused(await verify({ [path]: file.slice(0, -1) }), path === "checkpoint" ? "malformed note" : "truncated");
    refused(await verify({ [path]: undefined }), "missing");
    if (path !== "checkpoint") refused(await verify({ [path]: new Uint8Array([...file, 0]) }), path.includes("entries") ? "truncated" : "1 bytes too many");
  }
});

/** The frozen log's first bundle with its entries changed. */
function bundled(change: (texts: Uint8Array[]) => unknown): Uint8Array {
  const { texts } = parseBundle(bytesOf(`${V1}/log/tile/entries/000`));
  const copy = [...texts];
  change(copy);
  return new Uint8Array(Buffer.concat(copy.flatMap((text) => [Buffer.of(text.length >> 8, text.length & 255), text])));
}

test("a tile that is cut or prolonged is said with the entry where it stops", async () => {
  const edges: [string, (file: Uint8Array) => Uint8Array, string][] = [
    ["tile/0/000", (file) => file.slice(0, -1), "entry 255: tile/0/000: truncated: 8191 bytes instead of 8192"],
    ["tile/0/000", (file) => file.slice(0, 64), "entry 2: tile/0/000: truncated: 64 bytes instead of 8192"],
    ["tile/0/001.p/17", (file) => new Uint8Array([...file, 0]), "entry 273: tile/0/001.p/17: edited: 1 bytes too many"],
    ["tile/1/000.p/1", (file) => file.slice(0, 31), "entry 0: tile/1/000.p/1: truncated: 31 bytes instead of 32"],
    ["tile/1/000.p/1", (file) => new Uint8Array([...file, ...file]), "entry 256: tile/1/000.p/1: edited: 32 bytes too many"],
    ["tile/1/000.p/1", (file) => file.slice().fill(0, 5, 6), "entry 0: tile/1/000.p/1: edited: hash 0 is not that of the entries"],
  ];
  for (const [path, change, reason] of edges) {
    assert.equal((await verify({ [path]: change(bytesOf(`${V1}/log/${path}`)) })).reason, reason);
  }
});

test("what is done to an entry is said with its number", async () => {
  const at = "tile/entries/000";
  const edit = (text: Uint8Array) => bytes(new TextDecoder().decode(text).replace(/("kind":"closed".*"ballots":)\d+/, "$199999"));
  const closed = parseBundle(bytesOf(`${V1}/log/${at}`)).texts.findIndex((text) => new TextDecoder().decode(text).includes('"closed"'));
  refused(await verify({ [at]: bundled((texts) => texts.splice(5, 1)) }), "entry 5: dropped: entry 6 stands in its place");
  refused(await verify({ [at]: bundled((texts) => texts.splice(5, 2, texts[6]!, texts[5]!)) }), "entry 5: reordered: entry 6 stands in its place");
  refused(await verify({ [at]: bundled((texts) => texts.splice(closed, 1, edit(texts[closed]!))) }), `entry ${closed}: edited: its text does not have the hash`);
  refused(await verify({ [at]: bundled((texts) => texts.splice(closed, 1, edit(texts[closed]!))), "tile/0/000": undefined }), `entry ${closed}: edited: entry ${closed + 1} names another`);
  refused(await verify({ [at]: bundled((texts) => texts.pop()) }), "entry 255: tile/entries/000: truncated: 255 entries instead of 256");
  refused(await verify({ [at]: bundled((texts) => texts.push(texts[0]!)) }), "edited: 257 entries instead of 256");
});

test("what a checkpoint declares is bounded, and files are asked for a few at a time, in their order", async () => {
  const signed = (size: number) => signNote(`${log.name}\n${size}\n${Buffer.alloc(32, 7).toString("base64")}\n`, log, [witness]);
  const asked: string[] = [];
  const none = (path: string): undefined => void asked.push(path);
  const far = await verifyLog(async (path) => (path === "checkpoint" ? signed(2 ** 53 - 1) : none(path)), mine);
  refused(far, "checkpoint: 9007199254740991 entries, more than 10000000");
  assert.deepEqual(asked, [], "nothing is asked for");
  const empty = await verifyLog(async (path) => (path === "checkpoint" ? signed(10_000_000) : none(path)), mine);
  refused(empty, "entry 0: tile/entries/000: missing");
  assert.ok(asked.length > 0 && asked.length <= 8, asked.join(" "));

  const texts = textsOf(Array.from({ length: 1800 }, (_, i): Said => ["package", { agency: `Cơ quan ${i}`, hash: H }]));
  const files = filesOf(texts, signNote(headOf(log.name, texts), log, [witness]));
  let [waiting, most] = [0, 0];
  const order: string[] = [];
  const report = await verifyLog(async (path) => {
    order.push(path);
    most = Math.max(most, ++waiting);
    await new Promise((resolve) => setImmediate(resolve));
    waiting--;
    return files(path);
  }, mine);
  assert.deepEqual([report.reason, report.entries], [undefined, 1800]);
  assert.ok(most > 1 && most <= 8, `${most} at once`);
  const bundles = order.filter((path) => path.startsWith("tile/entries/"));
  assert.deepEqual(bundles, Array.from(bundlesOf(1800), tilePath));
});

test("a partial tile that is gone is read from the full one", async () => {
  const bundle = bytesOf(`${V1}/log/tile/entries/001.p/17`);
  const extra = [bundle, Buffer.of(0, 2), Buffer.from("{}")];
  const full = { "tile/entries/001.p/17": undefined, "tile/entries/001": new Uint8Array(Buffer.concat(extra)) };
  assert.equal((await verify(full)).reason, undefined);
});

test("another key, another origin, too few witnesses", async () => {
  const [own, other] = [signer("hop.example.vn/log", 1), signer("w.example.vn", 4)];
  const text = new TextDecoder().decode(bytesOf(`${V1}/policy.txt`));
  const otherLog = parsePolicy(bytes(text.replace(/^log .*/, `log ${own.text}`)));
  refused(await verifyLog(frozen(), otherLog), "checkpoint: not one of this log: no signature of hop.example.vn/log");
  const strict = parsePolicy(bytes(text.replace("group witnesses 1", `witness witness-2 ${other.text}\ngroup witnesses all`).replace("0 witness-1\n", "0 witness-1 witness-2\n")));
  const report = await verifyLog(frozen(), strict);
  refused(report, "checkpoint: too few cosignatures: missing witness-2");
  assert.equal(report.entries, 273);
  const texts = textsOf([]);
  const signed = signNote(headOf("elsewhere.example/log", texts), own);
  const mine = parsePolicy(bytes(`log ${own.text}\nquorum none\n`));
  refused(await verifyLog(filesOf(texts, signed), mine), 'checkpoint: not one of this log: "elsewhere.example/log" is no log of the policy');
});

function told(said: readonly Said[]): Promise<LogReport> {
  const texts = textsOf(said);
  return verifyLog(filesOf(texts, signNote(headOf(log.name, texts), log, [witness])), mine);
}

test("of the logs of a policy the one that the checkpoint names is meant", async () => {
  const texts = textsOf([sealed()]);
  const files = filesOf(texts, signNote(headOf(log.name, texts), log, [witness]));
  const [other, same] = [signer("other.example.vn/log", 1), signer(log.name, 1)];
  const two = (first: string, second: string) => parsePolicy(bytes(`log ${first}\nlog ${second}\nquorum none\n`));
  assert.deepEqual((await verifyLog(files, two(other.text, log.text))).key?.text, log.text);
  assert.deepEqual((await verifyLog(files, two(log.text, other.text))).key?.text, log.text);
  refused(await verifyLog(files, parsePolicy(bytes(`log ${other.text}\nquorum none\n`))), '"hop.example.vn/log" is no log of the policy');
  refused(await verifyLog(files, two(same.text, log.text)), 'policy: malformed: two keys of "hop.example.vn/log"');
});

const A = "Testpo11123456", B = "Testpo11654321";
const H = "ab".repeat(32);
const sealed = (election = A): Said => ["sealed", { election, fingerprint: "A".repeat(43) }];
const closed = (election = A): Said => ["closed", { election, ballots: 0, last_event: H, closing: H, trackers: H }];
const { result, opened } = committed(A, 2, [{ name: "last_event", hash: H }, { name: "result.json", hash: H }]);
const correction = (of: number): Said => ["correction", { of, reason: "Sai số phiếu" }];
const packed: Said = ["package", { agency: "Sở Nội vụ", hash: H }];

test("what polls may say", async () => {
  for (const story of [[], [sealed(), closed(), result, opened], [sealed(), sealed(B), closed(), closed(B)], [sealed(), closed(), correction(1), closed()],
    [packed, correction(0), packed], [sealed(), closed(), result, opened, correction(2), result].slice(0, 5)]) {
    assert.equal((await told(story)).reason, undefined, JSON.stringify(story));
  }
  const report = await told([sealed(), closed(), result, opened, correction(2)]);
  const [poll, reason] = [report.polls.get(A), "Sai số phiếu"];
  assert.deepEqual([poll?.steps.length, poll?.corrections], [2, [{ number: 4, of: 2, reason, released: true }]]);
  const again = await told([sealed(), closed(), result, correction(2)]);
  assert.deepEqual(again.polls.get(A)?.corrections, [{ number: 3, of: 2, reason, released: false }], "before the release");
});

test("many corrections: each looks at the entry that it takes back, and at no others", () => {
  const pairs = 30_000;
  const history = new History();
  let looked = 0;
  const maps = [history.polls, (history as unknown as { packages: Map<string, number> }).packages] as Map<unknown, unknown>[];
  for (const map of maps) {
    for (const walk of ["entries", "keys", "values", "forEach", Symbol.iterator] as const) {
      Object.defineProperty(map, walk, { value: () => assert.fail(`a walk over all ${looked}`) });
    }
  }
  const follow = (body: Body) => {
    const number = history.size;
    history.follow({ number, prev: history.head, body, hash: String(number), said: JSON.stringify(body) });
    looked++;
  };
  follow({ kind: "sealed", election: A, fingerprint: "" });
  for (let i = 0; i < pairs; i++) {
    follow({ kind: "package", agency: `Cơ quan ${i}`, hash: H });
    follow({ kind: "closed", election: A, ballots: 0, lastEvent: H, closing: H, trackers: H });
    follow({ kind: "correction", of: history.size - 1, reason: "Sai" });
  }
  for (let i = 0; i < pairs; i++) follow({ kind: "correction", of: 1 + 3 * i, reason: "Sai" });
  assert.deepEqual([history.size, history.polls.get(A)?.corrections.length, maps[1]!.size], [1 + 4 * pairs, pairs, 0]);
});

test("what polls may not say", async () => {
  const stories: [Said[], string][] = [
    [[closed()], `entry 0 (closed): entry: out of order: poll ${A} has no entry "sealed" yet`],
    [[sealed(), sealed()], `entry 1 (sealed): entry: out of order: poll ${A} has entry 0 for that`],
    [[sealed(), closed(), result, ["result", { ...result[1], commitments: [{ name: "x", hash: H }] }]], "entry 3 (result): entry: out of order"],
    [[sealed(), closed(), result, ["opened", { ...opened[1], result: 1 }]], "entry 3 (opened): entry: out of order: the result is entry 2, not 1"],
    [[sealed(), closed(), result, ["opened", { ...opened[1], salt: H }]], "opened: not what the result entry commits to: last_event"],
    [[sealed(), closed(), result, ["opened", { ...opened[1], hashes: [{ name: "last_event", hash: H }] }]], "opened: not what the result entry commits to: 1 items, it has 2"],
    [[sealed(), closed(), result, ["opened", { ...opened[1], hashes: [{ name: "last_event", hash: H }, { name: "result.jsoo", hash: H }] }]], "result.jsoo stands for result.json"],
    [[correction(0)], "entry 0 does not stand before it"],
    [[sealed(), correction(0), correction(1)], "entry 1 is a correction itself"],
    [[sealed(), correction(0), correction(0)], "entry 0 was taken back before"],
    [[sealed(), correction(0), sealed()], `poll ${A} was taken back`],
    [[packed, packed], "the same as entry 0"],
    [[packed, correction(0), correction(0)], "entry 0 was taken back before"],
    [[["sealed", { election: "short", fingerprint: "A".repeat(43) }]], "election: no name of one"],
    [[["sealed", { election: A, fingerprint: "A".repeat(42) }]], "fingerprint: none"],
    [[["sealed", { election: A, fingerprint: `${"A".repeat(42)}B` }]], "fingerprint: none"],
    [[sealed(), ["closed", { ...closed()[1], ballots: 2 ** 24 + 1 }]], "ballots: out of range"],
    [[["closed", { ...closed()[1], voter: "Nguyễn" }]], "not in canonical form"],
    [[["opened", { election: A, result: 0, salt: H, hashes: [] }]], "items: 0, want 1 to 100"],
    [[["result", { election: A, commitments: [{ name: "b", hash: H }, { name: "a", hash: H }] }]], 'name "a": not in ascending order'],
    [[["result", { election: A, commitments: [{ name: "../a", hash: H }] }]], "not of letters"],
    [[["correction", { of: 0, reason: " \u00a0" }]], "reason: not one line"],
    [[["package", { agency: "x".repeat(1025), hash: H }]], "agency: not one line"],
    [[["invented", { of: 1 }]], 'entry 0: entry: malformed: kind "invented": unknown'],
    [[["toString", { of: 1 }]], 'kind "toString": unknown'],
  ];
  for (const [story, words] of stories) refused(await told(story), words);
});

test("an entry of another version, with spaces, or too long", async () => {
  const [text] = textsOf([packed]) as [string];
  for (const [other, words] of [
    [text.replace('"version":1', '"version":2'), "version 2, this program knows 1"],
    [text.replace(",", ", "), "not in canonical form"], [`${text}\n`, "not in canonical form"],
    [text.replace("Sở", "S\\u1edf"), "not in canonical form"], [text.padEnd(20_000), "bytes, more than 16384"],
  ] as const) {
    refused(await verifyLog(filesOf([other], signNote(headOf(log.name, [other]), log, [witness])), mine), `entry 0: entry: malformed: ${words}`.slice(0, 25));
  }
});

test("checkpoints that are none", async () => {
  const texts = textsOf([sealed()]);
  const head = headOf(log.name, texts);
  const cases: [Buffer, string][] = [
    [signNote(head.replace("\n1\n", "\n01\n"), log, [witness]), "size or root malformed"],
    [signNote(`${head}extension\n`, log, [witness]), "not in canonical form"],
    [signNote(head.replace("\n1\n", "\n-1\n"), log, [witness]), "size or root malformed"],
    [signNote(head.replace("\n1\n", "\n0\n"), log, [witness]), "not in canonical form"],
    [signNote(head, signer("other.example.vn", 1), [witness]), "no signature of hop.example.vn/log"],
    [Buffer.from(head), "malformed note"], [Buffer.concat([Buffer.from(`${log.name}\n`), Buffer.of(0xff, 0xfe)]), "malformed note"],
    [Buffer.from(signNote(head, log, [witness]).toString().replace("\n1\n", "\n1\n\t")), "malformed note"],
    [Buffer.from(signNote(head, log, [witness]).toString().replace("— ", "- ")), "malformed note"],
    [Buffer.from(signNote(head, log, [witness]).toString().replace(/A{3}/, "BAA")), "invalid signature for key w0.example.vn"],
  ];
  for (const [signed, words] of cases) refused(await verifyLog(filesOf(texts, signed), mine), `checkpoint: not one of this log: ${words}`);
  refused(await verifyLog(filesOf(texts, signNote(head, log)), mine), "checkpoint: too few cosignatures: missing so-noi-vu");
  const other = textsOf([sealed(B)]);
  refused(await verifyLog(filesOf(other, signNote(head, log, [witness])), mine), "checkpoint: entries 0 to 0 are not what was signed: edited");
});

test("policies that are none", () => {
  const w = (i: number) => `witness w${i} ${signer(`w${i}.example.vn`, 4).text}\n`;
  const [one, two] = [w(1), w(2)];
  const cases: [string, string][] = [
    ["", "no quorum"], ["quorum none\nquorum none\n", "line 2: quorum: twice"], ["quorum w1\n", "w1 stands in no line before"],
    [`log ${witness.text}\n`, "log key: malformed"], [`log ${log.text}\nlog ${log.text}\n`, "line 2: log: twice"],
    [`witness w1 ${log.text}\n`, "not one of cosignature/v1"], [`${one}${one}`, "name w1: taken"], [`${one}${one.replace("w1", "w3")}`, "w3: the key of another"],
    [`witness none ${witness.text}\n`, "name none: taken"], [`${one}group g 2 w1\n`, 'threshold "2" of 1'], [`${one}group g 0 w1\n`, "threshold"],
    [`${one}group g 01 w1\n`, "threshold"], [`${one}group g toString w1\n`, "threshold"], [`${one}group g any w1 w1\n`, "w1 is a member already"],
    [`${one}${two}group g any w1\ngroup f any w1 w2\n`, "w1 is a member already"], [`${one}group g any w9\n`, "w9 stands in no line before"],
    ["mirror x y\n", "not log, witness, group or quorum"], ["log\n", "not log, witness"], ["quorum none\r\n", "a control character"],
    [`log ${log.text.replace("+", "+0")}\n`, "log key: malformed"], [`# ${"x".repeat(65536)}\n`, "too long"],
  ];
  for (const [text, words] of cases) {
    assert.throws(() => parsePolicy(bytes(text)), (error) => error instanceof Fault && error.message.startsWith("policy: malformed: ") && error.message.includes(words), text);
  }
  const nested = parsePolicy(bytes(`# two of three\n\n${one}\t${two}${w(3)}group a all w1 w2\ngroup b any a w3\nquorum b\n`));
  assert.deepEqual([nested.witnesses.length, nested.groups.get("a")?.threshold], [3, 2]);
});

// Receipts

const receipt = bytesOf(`${V1}/receipt.txt`);

test("the receipt that was published with version 1", () => {
  const proven = verifyReceipt(receipt, policy);
  assert.deepEqual([proven.number, proven.closed.ballots, proven.checkpoint.size, proven.tooFew], [268, 20, 269, undefined]);
  assert.equal(proven.tracker, "bXeua8ATAJnLoh1i0GPwKZv7jyqwtjx/iEVkNiCl8YE");
  assert.equal(parseReceipt(receipt).place, 13);
});

test("no letter of a receipt can be changed", () => {
  const text = new TextDecoder().decode(receipt);
  const end = text.indexOf("— w0");
  for (let at = 0; at < end; at++) {
    for (const by of [text[at] === "A" ? "B" : "A", ""]) {
      const edited = bytes(text.slice(0, at) + by + text.slice(at + 1));
      assert.throws(() => verifyReceipt(edited, policy), (error) => error instanceof Fault && /^(receipt: does not hold|checkpoint: not one of this log): /.test(error.message), `letter ${at}`);
    }
  }
});

test("receipts of something else", () => {
  const fails = (text: Uint8Array, words: string, by = policy) =>
    assert.throws(() => verifyReceipt(text, by), (error) => error instanceof Fault && error.message.includes(words), words);
  fails(new Uint8Array(), "malformed");
  fails(new Uint8Array(70_000), "malformed");
  fails(new Uint8Array([...receipt, 10]), "malformed");
  fails(receipt, "no signature of hop.example.vn/log", mine);
  fails(receipt, 'checkpoint: not one of this log: "hop.example.vn/log" is no log of the policy', { ...policy, logs: [] });
  const text = new TextDecoder().decode(receipt);
  const again = (change: (lines: string[]) => unknown) => {
    const extra = /extra (.*)\n/.exec(text)![1]!;
    const data = Buffer.from(extra, "base64").toString("latin1").split("\n");
    change(data);
    return bytes(text.replace(extra, Buffer.from(data.join("\n"), "latin1").toString("base64")));
  };
  fails(again((lines) => (lines[2] = "12")), "the tracker is not one of the poll's");
  fails(again((lines) => (lines[2] = "20")), "the tracker is not one of the poll's");
  fails(again((lines) => (lines[2] = "013")), "malformed");
  fails(again((lines) => (lines[1] = "A".repeat(43))), "the tracker is not one of the poll's");
  fails(again((lines) => (lines[1] = "A".repeat(42))), "tracker: not one of a ballot");
  fails(again((lines) => (lines[3] = lines[3]!.replace('"ballots":20', '"ballots":13'))), "the tracker is not one of the poll's");
  fails(again((lines) => (lines[3] = lines[3]!.replace('"ballots":20', '"ballots":21'))), "the entry is not in the log");
  fails(again((lines) => (lines[3] = lines[3]!.replace('"number":268', '"number":267'))), "entry 268 is not one that closes a poll");
  fails(again((lines) => (lines[3] = lines[3]!.replace(/"closing":"[0-9a-f]/, '"closing":"f'))), "the entry is not in the log");
  const witnesses = text.split("\n").filter((line) => !line.startsWith("— w")).join("\n");
  assert.match(verifyReceipt(bytes(witnesses), policy).tooFew ?? "", /too few cosignatures: missing witness-0, witness-1/);
});

// The parts

test("trees of every size up to 40, against their definition", () => {
  for (let size = 0; size <= 40; size++) {
    const texts = Array.from({ length: size }, (_, i) => `entry ${i}`);
    const leaves = texts.map(plainLeaf);
    const root = new Uint8Array(plainRoot(leaves));
    assert.deepEqual(rootOf(texts.map((text) => leafHash(bytes(text)))), root, `size ${size}`);
    texts.forEach((text, i) => {
      const proof = plainProof(leaves, i).map((hash) => new Uint8Array(hash));
      assert.ok(included(bytes(text), i, size, proof, root), `${i} of ${size}`);
      assert.ok(!included(bytes(`${text}!`), i, size, proof, root));
      assert.ok(!included(bytes(text), i, size, [...proof, root], root));
      assert.ok(size === 1 || !included(bytes(text), i, size, proof.slice(1), root));
      assert.ok(size === 1 || !included(bytes(text), (i + 1) % size, size, proof, root));
      assert.ok(!included(bytes(text), size, size, proof, root) && !included(bytes(text), -1, size, proof, root));
    });
  }
});

test("consistency proofs of every size up to 24", () => {
  for (let size = 1; size <= 24; size++) {
    const leaves = Array.from({ length: size }, (_, i) => plainLeaf(`entry ${i}`));
    for (let old = 1; old <= size; old++) {
      const proof = proveConsistency(leaves.map((leaf) => new Uint8Array(leaf)), old);
      assert.deepEqual(proof.map((hash) => Buffer.from(hash)), plainConsistency(leaves, old), `${old} of ${size}`);
    }
  }
});

test("paths of tiles", () => {
  assert.equal(tilePath({ level: -1, number: 1234067, width: 256 }), "tile/entries/x001/x234/067");
  assert.equal(tilePath({ level: 2, number: 1000, width: 3 }), "tile/2/x001/000.p/3");
  assert.deepEqual(Array.from(bundlesOf(512), tilePath), ["tile/entries/000", "tile/entries/001"]);
  assert.deepEqual(readdirSync(`${V1}/log/tile/entries`).sort(), ["000", "001.p"]);
});

test("signatures of Ed25519", () => {
  for (let i = 0; i < 8; i++) {
    const { publicKey, privateKey } = generateKeyPairSync("ed25519");
    const raw = new Uint8Array(publicKey.export({ format: "der", type: "spki" }).subarray(-32));
    const message = bytes("x".repeat(40 * i));
    const signature = new Uint8Array(sign(null, message, privateKey));
    assert.ok(verifyEd25519(raw, message, signature));
    assert.ok(!verifyEd25519(raw, bytes("y"), signature));
    for (const at of [0, 31, 32, 60]) {
      const edited = signature.slice();
      edited[at]! ^= 1;
      assert.ok(!verifyEd25519(raw, message, edited));
    }
    const s = BigInt(`0x${Buffer.from(signature.slice(32).reverse()).toString("hex")}`) + q; // the same, spelled otherwise
    const other = Buffer.from(s.toString(16).padStart(64, "0"), "hex").reverse();
    assert.ok(!verifyEd25519(raw, message, new Uint8Array([...signature.slice(0, 32), ...other])));
    assert.ok(!verifyEd25519(raw, message, signature.slice(1)) && !verifyEd25519(raw.slice(1), message, signature));
  }
});
