/** The whole verification, against archives that others made, and against what could be done to one. */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { digest, hex, utf8 } from "../src/hash";
import type { Report, State } from "../src/verify/archive";
import type { Hand } from "../src/verify/crew";
import type { BallotsInput } from "../src/verify/jobs";
import { bytesOf, filesOf, hand, stepsOf, tell, VECTORS, verify, vote, write, type Step } from "./archives";
import { read } from "./vectors";

/** The one archive of a folder of vectors. */
function vector(folder: string): Uint8Array {
  const [name] = readdirSync(`${VECTORS}/${folder}`).filter((file) => file.endsWith(".bel"));
  return bytesOf(`${VECTORS}/${folder}/${name}`);
}

function refused(report: Report, words: string | RegExp): void {
  const { valid, reason = "" } = report;
  assert.ok(!valid && (typeof words === "string" ? reason.includes(words) : words.test(reason)), `${reason}\nwant ${words}`);
}

function valid(report: Report, state: State): void {
  assert.deepEqual([report.reason, report.valid, report.state], [undefined, true, state]);
}

/** What the voters of a vector marked. */
function sumOfChoices(folder: string): number[][] {
  const voters: { choices: number[][] }[] = JSON.parse(read(`${VECTORS}/${folder}/choices.json`));
  return voters.map(({ choices }) => choices).reduce((sum, choices) => sum.map((row, i) => row.map((n, j) => n + choices[i]![j]!)));
}

for (const [folder, state, ballots] of [
  ["board-2-of-3", "result", 5], ["board-3-of-5", "result", 24], ["one-trustee", "result", 4], ["mixed", "result", 6], ["still-open", "open", 3],
] as const) {
  test(`vectors: ${folder}`, async () => {
    const archive = vector(folder);
    const report = await verify(archive);
    valid(report, state);
    assert.equal(report.ballots, ballots);
    assert.deepEqual(report.result, state === "result" ? sumOfChoices(folder) : undefined);
    assert.equal(report.decryptionProofs, state === "result" ? "weak" : undefined);
    const files = filesOf(stepsOf(archive));
    assert.equal(report.lastEvent, hex(digest(files[files.length - 1]!.content)));
  });
}

test("vectors: a forged decryption is called weak, and nothing else", async () => {
  const report = await verify(vector("weak"));
  valid(report, "result");
  assert.equal(report.decryptionProofs, "weak");
});

/** For each file of the folder the words of homphieu-verify, the state it came to, and how many ballots and events were good. */
const REFUSED: Record<string, [words: string, state: State, ballots: number, events: number]> = {
  "ballot-dropped": ["event 6 (EncryptedTally): encrypted tally: not the product of the ballots: says 5 ballots, the archive has 4", "closed", 4, 6],
  "ballot-not-canonical": ["event 2 (Ballot): ballot: malformed: byte 33: not in canonical form", "open", 1, 2],
  "ballot-twice": ["event 2 (Ballot): credential: already used", "open", 1, 2],
  "ciphertext-swapped": ["event 2 (Ballot): ballot: proof does not hold: answer 1: choice 1: individual proof", "open", 1, 2],
  "decryption-factor": ["event 9 (PartialDecryption): partial decryption: does not hold: trustee 2: question 2: choice 1", "aggregated", 5, 9],
  "decryption-proof": ["event 8 (PartialDecryption): partial decryption: does not hold: trustee 3: question 1: choice 1", "aggregated", 5, 8],
  "election-key": ["event 0 (Setup): election: public key is not the trustees' key", "open", 0, 0],
  hash: ["file 7: archive: content does not match its name", "open", 0, 1],
  "individual-proof": ["event 2 (Ballot): ballot: proof does not hold: answer 1: choice 3: individual proof", "open", 1, 2],
  "num-tallied": ["event 7 (EncryptedTally): sized encrypted tally: byte 33: total weight", "closed", 5, 7],
  "overall-proof": ["event 3 (Ballot): ballot: proof does not hold: answer 2: overall proof", "open", 2, 3],
  parent: ["event 4 (Ballot): chain: broken: parent or height", "open", 3, 4],
  "point-upper-case": ["event 2 (Ballot): ballot: malformed: byte 208: element", "open", 1, 2],
  "point-with-torsion": ["event 2 (Ballot): ballot: malformed: answer 1: choice 1: element", "open", 1, 2],
  "proof-of-knowledge": ["event 0 (Setup): trustees: item 1: trustee 1: public key: proof of knowledge", "open", 0, 0],
  "result-shifted": ["event 10 (Result): result: not what the factors give: question 1: choice 2: not 2", "aggregated", 5, 10],
  "scalar-not-reduced": ["event 2 (Ballot): ballot: malformed: byte 8899: scalar", "open", 1, 2],
  signature: ["event 4 (Ballot): ballot: proof does not hold: signature", "open", 3, 4],
  "tally-altered": ["event 7 (EncryptedTally): encrypted tally: not the product of the ballots", "closed", 5, 7],
  "too-few-shares": ["event 9 (Result): partial decryptions: fewer than the threshold: item 1: 1, want 2", "aggregated", 5, 9],
  truncated: ["file 28: archive: ends in the middle of a file", "aggregated", 5, 10],
  "unlisted-credential": ["event 1 (Ballot): credential: unknown", "open", 0, 1],
  version: ["event 0 (Setup): election: byte 12: election: protocol version is not 1", "open", 0, 0],
  "wrong-election": ["event 3 (Ballot): ballot: made for another election", "open", 2, 3],
};

test("refused: the table is the folder", () => {
  const files = readdirSync(`${VECTORS}/refused`).filter((file) => file.endsWith(".bel"));
  assert.deepEqual(files.sort(), Object.keys(REFUSED).map((name) => `${name}.bel`).sort());
  assert.equal(files.length, 24);
});

for (const [name, [words, state, ballots, events]] of Object.entries(REFUSED)) {
  test(`refused: ${name}`, async () => {
    const archive = bytesOf(`${VECTORS}/refused/${name}.bel`);
    const report = await verify(archive);
    refused(report, words);
    assert.deepEqual([report.state, report.ballots, report.result, report.lastEvent], [state, ballots, undefined, headAfter(archive, events)]);
  });
}

/** The hash of the last of the first n events, reading no further: what follows may be broken. */
function headAfter(archive: Uint8Array, n: number): string {
  const text = Buffer.from(archive);
  let head = "";
  for (let at = 0; n > 0; ) {
    const size = parseInt(text.toString("latin1", at + 124, at + 135), 8);
    if (text.toString("latin1", at, at + 100).includes(".event.json")) {
      head = hex(digest(archive.subarray(at + 512, at + 512 + size)));
      n--;
    }
    at += 512 * (1 + Math.ceil(size / 512));
  }
  return head;
}

test("the report is the same whoever computes, and ballots are counted on the way", async () => {
  const archive = vector("board-3-of-5");
  for (const workers of [1, 3, 8]) {
    const seen: number[] = [];
    const report = await verify(archive, { workers, progress: (done, total) => seen.push(done, total) });
    valid(report, "result");
    assert.deepEqual([Math.max(...seen), seen.length], [24, 48]);
  }
  refused(await verify(bytesOf(`${VECTORS}/refused/individual-proof.bel`), { workers: 8 }), REFUSED["individual-proof"]![0]);
});

test("a worker that is lost is no verdict", async () => {
  const lost = { run: () => Promise.reject(new Error("worker: gone")), dismiss: () => {} };
  await assert.rejects(verify(vote.archive, { workshop: { hire: async () => lost } }), /worker: gone/);
});

test("ballots go to whoever has time, in their order, and nobody is kept", async () => {
  let hired = 0, dismissed = 0;
  const parts: number[][] = [];
  const hire = async (): Promise<Hand> => {
    const own: number[] = [];
    parts[hired++] = own;
    return {
      ...hand,
      run: (name, input, report) => {
        own.push((input as BallotsInput).ballots.length);
        return hand.run(name, input, report);
      },
      dismiss: () => void dismissed++,
    };
  };
  valid(await verify(vector("board-3-of-5"), { workshop: { hire } }), "result");
  assert.deepEqual([hired, dismissed, parts.flat().sort((a, b) => b - a)], [2, 2, [6, 5, 4, 4, 4, 1]]);
  refused(await verify(bytesOf(`${VECTORS}/refused/individual-proof.bel`), { workshop: { hire }, workers: 1 }), REFUSED["individual-proof"]![0]);
  await assert.rejects(verify(vote.archive, { workshop: { hire: async () => ({ ...(await hire()), run: () => Promise.reject(new Error("worker: gone")) }) } }));
  assert.equal(hired, dismissed);
});

// Our own small vote, as the board's pages meet it

const steps = stepsOf(vote.archive);
const [SETUP, BALLOT1, BALLOT2, , BALLOT4, END, TALLY, PARTIAL1, PARTIAL2, RESULT] = steps.keys();
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

test("a vote, stage by stage", async () => {
  const states: State[] = ["open", "open", "open", "open", "open", "closed", "aggregated", "aggregated", "aggregated", "result"];
  for (const [i, state] of states.entries()) valid(await verify(tell(steps.slice(0, i + 1))), state);
  assert.deepEqual(tell(steps), vote.archive, "the writer of these tests agrees to the byte");
  const report = await verify(vote.archive, { shares: utf8(vote.shares), closing: utf8(vote.closing) });
  valid(report, "result");
  const [election, trustees, , setup] = steps[SETUP!]!.data as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
  assert.deepEqual(
    [report.result, report.decryptionProofs, report.voided, report.ballots, report.setup, report.trusteesText, report.election?.uuid, report.roll?.size],
    [vote.result, "strong", 1, 4, hex(digest(setup)), text(trustees), JSON.parse(text(election)).uuid, 5]);
  assert.equal(JSON.stringify(report.product), text(steps[TALLY!]!.data[0]!));
  assert.equal(report.tally, hex(digest(steps[TALLY!]!.data[0]!)));
  const closed = await verify(vote.archive.slice(0, vote.endsAt));
  assert.equal(report.endBallots, closed.lastEvent);
  assert.equal(closed.endBallots, closed.lastEvent);
  assert.equal(JSON.parse(vote.closing).end_ballots, closed.endBallots);
});

/** A story with other steps in the place of some. */
function told(change: (steps: Step[]) => unknown): Uint8Array {
  const copy = steps.map(({ type, data }) => ({ type, data: [...data] }));
  change(copy);
  return tell(copy);
}

/** The story with one text of a step's data replaced. */
function edited(at: number, i: number, old: string, by: string): Uint8Array {
  return told((s) => {
    const before = text(s[at]!.data[i]!);
    assert.ok(before.includes(old), old);
    s[at]!.data[i] = utf8(before.replace(old, by));
  });
}

const STORIES: Record<string, [Uint8Array, string]> = {
  "a ballot dropped": [told((s) => s.splice(BALLOT2!, 1)), "says 4 ballots, the archive has 3"],
  "a ballot dropped, and the number mended": [
    told((s) => {
      s.splice(BALLOT2!, 1);
      const sized = text(s[TALLY! - 1]!.data[1]!).replace(/4/, "3").replace('weight":4', 'weight":3');
      s[TALLY! - 1]!.data[1] = utf8(sized);
    }), "encrypted tally: not the product of the ballots"],
  "a ballot twice": [told((s) => s.splice(BALLOT4!, 0, s[BALLOT1!]!)), "event 4 (Ballot): credential: already used"],
  "two answers swapped between ballots": [
    told((s) => {
      const [a, b] = [BALLOT1!, BALLOT2!].map((at) => JSON.parse(text(s[at]!.data[0]!)));
      [a.answers[0], b.answers[0]] = [b.answers[0], a.answers[0]];
      s[BALLOT1!]!.data[0] = utf8(JSON.stringify(a));
    }), "event 1 (Ballot): ballot: proof does not hold: answer 1: choice 1: individual proof"],
  "a ballot without its signature's hash": [edited(BALLOT1!, 0, '"hash":"', '"hash":"A'), "signature: hash is not the ballot's"],
  "a ballot that is much too long": [edited(BALLOT1!, 0, "}}", `}}${" ".repeat(20_000)}`), "ballot: malformed: "],
  "a ballot after the end": [told((s) => s.splice(END!, 0, s.splice(BALLOT4!, 1)[0]!)), "event 5 (Ballot): chain: event out of order"],
  "no end": [told((s) => s.splice(END!, 1)), "event 5 (EncryptedTally): chain: event out of order"],
  "the end twice": [told((s) => s.splice(END!, 0, s[END!]!)), "event 6 (EndBallots): chain: event out of order"],
  "no setup": [told((s) => s.shift()), "event 0 (Ballot): chain: event out of order"],
  "nothing": [tell([]), "chain: event out of order: no Setup"],
  "a second setup": [told((s) => s.splice(BALLOT1!, 0, s[SETUP!]!)), "event 1 (Setup): chain: event out of order"],
  "a shuffle": [told((s) => s.splice(TALLY!, 0, { type: "Shuffle", data: [utf8("{}")] })), "event 6 (Shuffle): chain: event outside the profile"],
  "an event named like a method": [told((s) => s.splice(TALLY!, 0, { type: "toString", data: [] })), "event 6 (toString): chain: event outside the profile"],
  "data in front of a ballot": [told((s) => s[BALLOT1!]!.data.unshift(utf8("{}"))), "event 1 (Ballot): chain: event out of order"],
  "much data": [told((s) => s[SETUP!]!.data.unshift(utf8("{}"))), "file 6: chain: event out of order: data without an event"],
  "data at the end": [write([...filesOf(steps), { kind: "data", content: utf8("{}") }]), "data without an event at the end"],
  "setup in another order": [told((s) => s[SETUP!]!.data.splice(0, 2, s[SETUP!]!.data[1]!, s[SETUP!]!.data[0]!)), "setup: chain: broken: names other objects"],
  "trustees of nobody": [resetUp((d) => (d[1] = utf8("[]"))), "trustees: none"],
  "a trustee of another kind": [resetUp((d) => (d[1] = utf8(text(d[1]!).replace("Pedersen", "Feldman")))), "trustees: byte 1: neither Single nor Pedersen"],
  "the trustees twice": [resetUp((d) => (d[1] = utf8(`[${text(d[1]!).slice(1, -1)},${text(d[1]!).slice(1)}`))), "trustees: 4 has the key of trustee 1"],
  "another election key": [resetUp((d) => (d[0] = utf8(text(d[0]!).replace(/"public_key":"[0-9a-f]{64}"/, `"public_key":"${"6".repeat(62)}58"`)))), "election: public key is not the trustees' key"],
  "the identity as election key": [resetUp((d) => (d[0] = utf8(text(d[0]!).replace(/"public_key":"[0-9a-f]{64}"/, `"public_key":"${"0".repeat(63)}1"`)))), "election: public key: the identity"],
  "another group": [resetUp((d) => (d[0] = utf8(text(d[0]!).replace('"Ed25519"', '"RFC-3526-2048"')))), 'election: group is not Ed25519: "RFC-3526-2048"'],
  "more answers wanted than there are": [resetUp((d) => (d[0] = utf8(text(d[0]!).replace('"max":1', '"max":4')))), "election: question outside the profile"],
  "a credential twice": [resetUp((d) => (d[2] = utf8(text(d[2]!).replace(/^\[("\w{64}")/, "[$1,$1")))), "credentials: not a list of distinct elements"],
  "the identity as credential": [resetUp((d) => (d[2] = utf8(`["${"0".repeat(63)}1"]`))), "credentials: number 1: the identity"],
  "credentials with spaces": [resetUp((d) => (d[2] = utf8(text(d[2]!).replace(",", ", ")))), "credentials: number 2: byte 1: not in canonical form"],
  "a credential outside the group": [resetUp((d) => (d[2] = utf8(`["${"9".repeat(62)}a6"]`))), "credentials: number 1: byte 1: element"],
  "no credentials": [resetUp((d) => (d[2] = utf8("[]"))), "event 1 (Ballot): credential: unknown"],
  "half a list of credentials": [resetUp((d) => (d[2] = utf8(text(d[2]!).slice(0, -1)))), "credentials: not in canonical form"],
  "another number of ballots": [edited(TALLY!, 1, '"num_tallied":4,"total_weight":4', '"num_tallied":5,"total_weight":5'), "says 5 ballots, the archive has 4"],
  "a decryption by nobody": [edited(PARTIAL1!, 1, '"owner":3', '"owner":4'), "trustee: not on the list: 4 of 3"],
  "a decryption by another": [edited(PARTIAL1!, 1, '"owner":3', '"owner":2'), "partial decryption: does not hold: trustee 2: question 1: choice 1"],
  "a decryption twice": [told((s) => s.splice(PARTIAL2!, 0, s[PARTIAL1!]!)), "chain: event out of order: trustee 3 decrypts twice"],
  "one decryption": [told((s) => s.splice(PARTIAL2!, 1)), "fewer than the threshold: item 1: 1, want 2"],
  "the result moved": [edited(RESULT!, 0, "[[", "[[1"), "result: not what the factors give: question 1: choice 1: not 1"],
  "a result of another shape": [edited(RESULT!, 0, "]]", ",0]]"), "result: not what the factors give: shape"],
  "a result below zero": [edited(RESULT!, 0, "[[", "[[-"), "result: byte"],
};

/** The story with another setup, whose payload names it. */
function resetUp(change: (data: Uint8Array[]) => unknown): Uint8Array {
  return told((s) => {
    const { data } = s[SETUP!]!;
    change(data);
    const [election, trustees, credentials] = data.slice(0, 3).map((d) => hex(digest(d)));
    data[3] = utf8(JSON.stringify({ election, trustees, credentials }));
  });
}

for (const [name, [archive, words]] of Object.entries(STORIES)) {
  test(`a story that never happened: ${name}`, async () => {
    const report = await verify(archive);
    refused(report, words);
    assert.equal(report.result !== undefined, report.state === "result");
  });
}

test("the chain, broken by hand", async () => {
  const files = filesOf(steps);
  const edit = (i: number, old: string | RegExp, by: string) =>
    files.map((file, k) => (k === i ? { ...file, content: utf8(text(file.content).replace(old, by)) } : file));
  const [EVENT0, BALLOT, EVENT1, , EVENT2] = [4, 5, 6, 7, 8];
  const swapped = (i: number, j: number) => files.map((file, k) => (k === i ? files[j]! : k === j ? files[i]! : file));
  const cases: [Parameters<typeof write>[0], string][] = [
    [swapped(EVENT1!, EVENT2!), "event 1 (Ballot): chain: broken: parent or height"],
    [swapped(BALLOT!, EVENT1!), "event 1 (Ballot): chain: broken: payload is not the data before it"],
    [edit(EVENT1!, '"height":1', '"height":2'), "event 1 (Ballot): chain: broken: parent or height"],
    [edit(EVENT1!, '"height":1', '"height":01'), "event 1: byte"],
    [edit(EVENT1!, /"parent":"\w+",/, ""), "event 1 (Ballot): chain: broken: parent"],
    [edit(EVENT0!, "{", `{"parent":"${"0".repeat(64)}",`), "event 0 (Setup): chain: broken: parent"],
    [edit(EVENT1!, /,"payload":"\w+"/, ""), "event 1 (Ballot): chain: broken: payload"],
    [edit(EVENT1!, '"type":', '"type": '), "event 1: byte"],
    [edit(EVENT1!, "}", "} "), "event 1: byte"],
    [edit(EVENT1!, "Ballot", "B".repeat(600)), "at most 512 expected"],
  ];
  for (const [broken, words] of cases) refused(await verify(write(broken)), words);
});

test("the first fault is the one that is named: a bad ballot, although the chain breaks later", async () => {
  const bad = stepsOf(bytesOf(`${VECTORS}/refused/individual-proof.bel`));
  bad.push({ type: "Setup", data: [] });
  refused(await verify(tell(bad)), "event 2 (Ballot)");
});

test("every block of an archive may be its end only where an event ends", async () => {
  const whole = new Map<number, State>();
  for (const [i, state] of (["open", "open", "open", "open", "open", "closed", "aggregated", "aggregated", "aggregated", "result"] as State[]).entries()) {
    whole.set(tell(steps.slice(0, i + 1)).length, state);
  }
  for (let n = 0; n < vote.archive.length; n += 2048) {
    const report = await verify(vote.archive.slice(0, n));
    assert.equal(report.valid, whole.has(n), `${n} bytes: ${report.reason}`);
  }
});

test("nothing in an archive is free: one bit anywhere", async () => {
  for (let k = 0; k < 60; k++) {
    const spoiled = vote.archive.slice();
    const at = Math.floor((k * 7919.7) % spoiled.length);
    spoiled[at]! ^= 1 << k % 8;
    const report = await verify(spoiled);
    assert.ok(!report.valid, `byte ${at}, bit ${k % 8}`);
  }
});

test("the file: what does not begin as an archive, and headers that are not as ours", async () => {
  const field = (at: number, offset: number, value: string) => mended(at, (b) => b.write(value, at + offset, "latin1"));
  for (const bytes of [new Uint8Array(), vote.archive.slice(0, 511), vote.archive.slice(1024), field(0, 0, "belenios"), new Uint8Array(5000)]) {
    refused(await verify(bytes), "archive: does not begin with the header BELENIOS");
  }
  refused(await verify(vote.archive.slice(0, 512)), "archive: ends in the middle of a file");
  for (const [offset, value] of [[100, "0000755\0"], [108, "0000001\0"], [136, "00000000001\0"], [156, "2"], [157, "x"], [257, "ustar"], [511, "\u0001"], [0, "README"], [99, "x"], [124, "-0000000001\0"]] as const) {
    refused(await verify(field(1024, offset, value)), "file 2: archive: header not in canonical form");
  }
  refused(await verify(field(1024, 124, "77777777777\0")), "file 2: archive: ends in the middle of a file");
  refused(await verify(field(1024, 0, "a".repeat(64))), "file 2: archive: content does not match its name");
  const padded = vote.archive.slice();
  padded[1023] = 1;
  refused(await verify(padded), "archive: header not in canonical form");
  refused(await verify(new Uint8Array([...vote.archive, ...new Uint8Array(512)])), "archive: header not in canonical form");
  refused(await verify(new Uint8Array([...vote.archive, 0])), "archive: ends in the middle of a file");
  const head = (json: string) => mended(0, (b) => {
    b.fill(0, 512, 1024).write(json, 512, "latin1");
    b.write(`${json.length.toString(8).padStart(11, "0")}\0`, 124, "latin1");
  });
  refused(await verify(head('{"version":2,"timestamp":"1700000000"}')), "archive: version is not 1");
  refused(await verify(head('{"version":1,"timestamp":"01700000000"}')), "archive: header: not in canonical form");
  refused(await verify(head('{"version":1,"timestamp":"8589934592"}')), "archive: header: not in canonical form");
  refused(await verify(head('{"version":1}')), "archive: header: not in canonical form");
});

/** The vote's archive with a change, and the checksum of the header at that place mended. */
function mended(at: number, change: (b: Buffer) => unknown): Uint8Array {
  const b = Buffer.from(vote.archive);
  change(b);
  b.write("        ", at + 148, "latin1");
  b.write(`${b.subarray(at, at + 512).reduce((sum, byte) => sum + byte, 0).toString(8).padStart(6, "0")}\0 `, at + 148, "latin1");
  return new Uint8Array(b);
}

test("soundness: each number and point of a ballot, altered with the hash and the chain mended, is refused", async () => {
  const ballot = text(steps[BALLOT1!]!.data[0]!);
  const at = [...ballot.matchAll(/"(challenge|response|alpha|beta|credential)":"([^"]+)"/g)];
  assert.ok(at.length > 40);
  for (const m of at) {
    const other = /^[0-9a-f]{64}$/.test(m[2]!) ? `${"6".repeat(62)}58` : `${BigInt(m[2]!) + 1n}`;
    const from = m.index! + m[1]!.length + 4;
    const { signature, ...unsigned } = JSON.parse(ballot.slice(0, from) + other + ballot.slice(from + m[2]!.length));
    const hash = Buffer.from(digest(JSON.stringify(unsigned))).toString("base64").replace("=", "");
    const mended = JSON.stringify({ ...unsigned, signature: { ...signature, hash } });
    const archive = tell([steps[SETUP!]!, { type: "Ballot", data: [utf8(mended)] }]);
    refused(await verify(archive), m[1] === "credential" ? /credential: unknown|proof does not hold/ : /proof does not hold/);
  }
});

test("a ciphertext in two ballots", async () => {
  const echo: Hand = {
    ...hand,
    run: async <T>(name: string, input: unknown, report: (progress: unknown) => void) => {
      const found = await hand.run<{ checked: { firstAlpha: string }[] }>(name, input, report);
      for (const ballot of found.checked) ballot.firstAlpha = "ab";
      return found as T;
    },
  };
  refused(await verify(vote.archive.slice(0, vote.endsAt), { workshop: { hire: async () => echo } }), "ballot: ciphertext of another ballot: alpha ab");
});
