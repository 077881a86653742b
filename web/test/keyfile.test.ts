/** Key files and seed files: against the Go implementation's vector, and what is wrong with others. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Transcript } from "../src/ceremony/transcript";
import {
  checkKeyFile, checkOwner, keyFileName, KeyError, readFile, recover, seedFileName, writeKeyFile, writeSeedFile, type KeyFault, type KeyFile,
} from "../src/member/keyfile";
import { givenFile } from "../src/member/unlock";
import { read } from "./vectors";

const golden = JSON.parse(read("../crypto/testdata/ceremony.json"));
const owner = { meeting: golden.meeting, ceremony: golden.ceremony, index: 2 };
const h = "ab".repeat(32);
const seedFile = { meeting: golden.meeting, ceremony: golden.ceremony, name: "Trần Thị Bình", index: 2, seed: golden.members[1].seed };

function keyOf(content: string): KeyFile {
  const read = readFile(content);
  assert.ok("key" in read);
  return read.key;
}

const refuses = (fault: KeyFault, name = "") => (error: unknown) => error instanceof KeyError && error.fault === fault && error.owner === name;

/** The golden file with some members replaced. */
const changed = (change: object) => JSON.stringify({ ...JSON.parse(golden.key_file), ...change });

test("golden: a key file is read and written byte for byte", async () => {
  const file = keyOf(golden.key_file);
  assert.equal(writeKeyFile(file), golden.key_file);
  assert.deepEqual([file.index, file.name, `${file.share}`], [2, 'Nguyễn Thị "Ánh" <A&B>', golden.members[1].share]);
  checkOwner(file, owner);
  await checkKeyFile(file, Transcript.parse(golden.transcript));
  const given = givenFile(golden.key_file, owner);
  assert.ok(given.file);
  assert.deepEqual([given.seed, writeKeyFile(given.file)], [golden.members[1].seed, golden.key_file]);
});

test("key files in any spelling", () => {
  const o = JSON.parse(golden.key_file);
  const turned = Object.fromEntries(Object.entries(o).reverse());
  for (const content of [JSON.stringify(o), `\n${JSON.stringify(turned, null, 8)}\n`]) assert.equal(writeKeyFile(keyOf(content)), golden.key_file);
});

test("key files keep what was recorded, and their names count it", () => {
  const file = keyOf(changed({ sealed: { [golden.meeting]: h }, contributed: { [golden.ceremony]: h } }));
  assert.deepEqual([file.sealed, file.contributed], [{ [golden.meeting]: h }, { [golden.ceremony]: h }]);
  assert.equal(keyFileName(file), "khoa-2-3.json");
  assert.equal(keyFileName(keyOf(golden.key_file)), "khoa-2-1.json");
  assert.equal(writeKeyFile(keyOf(writeKeyFile(file))), writeKeyFile(file));
});

test("seed files", () => {
  assert.deepEqual(readFile(writeSeedFile(seedFile)), { seed: seedFile });
  assert.deepEqual(givenFile(writeSeedFile(seedFile), owner), { seed: seedFile.seed });
  assert.equal(seedFileName(seedFile), "khoa-hat-giong-2.json");
  for (const change of [{ seed: "1" }, { seed: undefined }, { more: 1 }, { index: 0 }, { ceremony: 1 }, { name: null }]) {
    assert.throws(() => readFile(JSON.stringify({ ...JSON.parse(writeSeedFile(seedFile)), ...change })), refuses("damaged"));
  }
});

test("what is no key file", () => {
  for (const content of ["", "x", "null", "[]", "1", "{}", '{"type":"homphieu-keyfile-v2"}', golden.transcript, golden.key_file.slice(1)]) {
    assert.throws(() => readFile(content), refuses("not-a-key-file"), content);
  }
});

test("what is damaged", () => {
  const o = JSON.parse(golden.key_file);
  const transcript = (n: number) => ({ ...o.transcript, messages: o.transcript.messages.slice(0, n) });
  const bad: Record<string, object> = {
    "an unknown member": { more: 1 },
    "no title": { title: undefined },
    "an index beyond the board": { index: 4 },
    "a short seed": { seed: o.seed.slice(1) },
    "a share that is no scalar": { share: `0${o.share}` },
    "another meeting than the transcript's": { meeting: golden.ceremony },
    "a transcript without keys": { transcript: transcript(12) },
    "a transcript of nothing": { transcript: null },
    "a complaint": { meeting: JSON.parse(golden.failed.transcript).meeting, transcript: JSON.parse(golden.failed.transcript) },
    "sealed that is a list": { sealed: [] },
    "sealed without hashes": { sealed: { [golden.meeting]: "ab" } },
    "contributed without uuids": { contributed: { x: h } },
    "no record": { contributed: null },
  };
  for (const name of Object.keys(bad)) assert.throws(() => readFile(changed(bad[name] as object)), refuses("damaged"), name);
  keyOf(changed({ transcript: transcript(15) }));
});

test("what belongs to others: each is told apart", () => {
  const file = keyOf(golden.key_file);
  assert.throws(() => checkOwner(file, { ...owner, meeting: golden.ceremony }), refuses("other-meeting"));
  assert.throws(() => checkOwner(file, { ...owner, index: 1 }), refuses("other-member", file.name));
  assert.throws(() => checkOwner(file, { ...owner, ceremony: golden.meeting }), refuses("other-ceremony"));
  assert.throws(() => givenFile(writeSeedFile(seedFile), { ...owner, index: 3 }), refuses("other-member", seedFile.name));
});

test("what does not belong together", async () => {
  const t = Transcript.parse(golden.transcript);
  const file = keyOf(golden.key_file);
  await assert.rejects(checkKeyFile({ ...file, share: file.share + 1n }, t), refuses("damaged"));
  await assert.rejects(checkKeyFile({ ...file, seed: golden.members[0].seed }, t), refuses("wrong-seed"));
  const o = JSON.parse(golden.transcript);
  o.messages[14].key.pok.response = "1";
  const forged = keyOf(changed({ transcript: o }));
  await assert.rejects(checkKeyFile(forged, t), refuses("other-transcript"));
  await assert.rejects(checkKeyFile(forged, forged.transcript), refuses("damaged"));
});

test("the share comes out of the seed again", async () => {
  const t = Transcript.parse(golden.transcript);
  assert.equal(`${await recover(golden.members[2].seed, 3, t)}`, golden.members[2].share);
  await assert.rejects(recover(golden.members[2].seed, 2, t), refuses("wrong-seed"));
});
