/** The recheck of a poll: a good one, what may be missing, and what a server could have altered. */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { NoAnswer, type Get } from "../src/check/fetch";
import { recheck, type Needs, type Verdict } from "../src/check/recheck";
import { plainly } from "../src/check/words";
import { digest, hex, utf8 } from "../src/hash";
import { trackersRoot } from "../src/log/trackers";
import { Notes } from "../src/member/notes";
import { bytesOf, verify, VECTORS, vote, workshop } from "./archives";
import { committed, filesOf, headOf, signer, signNote, textsOf, type Said, type Signer } from "./logs";

const log = signer("hop.example.vn/log", 1);
const witness = signer("w0.example.vn", 4);
const sha = (data: string | Uint8Array) => hex(digest(data));

const report = await verify(vote.archive, { shares: utf8(vote.shares), closing: utf8(vote.closing) });
const uuid = report.election!.uuid;
const shown = (report.result ?? []).map((row, i) => (report.election!.questions[i]!.blank ? [...row.slice(1), row[0]!] : row));
const people = shown.map(([high, confidence, low, invalid]) => ({ high, confidence, low, invalid }));
const resultFile = utf8(JSON.stringify({ schema: "homphieu-result-v1", election: uuid, collected: 4, people }));

/** What an honest server says of the golden vote in its log. */
const SEALED: Said = ["sealed", { election: uuid, fingerprint: report.election!.fingerprint }];
const CLOSED: Said = ["closed", {
  election: uuid, ballots: 4, last_event: report.endBallots, closing: sha(vote.closing), trackers: hex(trackersRoot(report.trackers)),
}];
const ITEMS = [{ name: "last_event", hash: report.lastEvent }, { name: "result.json", hash: sha(resultFile) }, { name: "shares.json", hash: sha(vote.shares) }];
const { result: RESULT, opened: OPENED } = committed(uuid, 2, ITEMS);
const STORY = [SEALED, CLOSED, RESULT, OPENED];

/** A log that tells a story, as files under /log. */
async function logOf(story: readonly Said[], by: Signer = log): Promise<Record<string, Uint8Array>> {
  const texts = textsOf(story);
  const files = filesOf(texts, signNote(headOf(by.name, texts), by, [witness]));
  const list: Record<string, Uint8Array> = { "/log/policy": utf8(`log ${by.text}\nwitness so-noi-vu ${witness.text}\nquorum so-noi-vu\n`) };
  const at = `000.p/${texts.length}`;
  for (const path of ["checkpoint", `tile/entries/${at}`, `tile/0/${at}`]) list[`/log/${path}`] = (await files(path)) as Uint8Array;
  return list;
}

const FILES = {
  [`/api/v1/elections/${uuid}/archive`]: vote.archive, [`/api/v1/elections/${uuid}/closing`]: utf8(vote.closing),
  [`/api/v1/elections/${uuid}/shares`]: utf8(vote.shares), [`/board/${uuid}/files/result.json`]: resultFile,
  ...(await logOf(STORY)),
};

function check(changed: Record<string, Uint8Array | undefined> = {}, more: Partial<Needs> = {}): Promise<Verdict> {
  const files: Record<string, Uint8Array | undefined> = { ...FILES, ...changed };
  const get: Get = async (path) => files[path];
  return recheck({ uuid, get, workshop, workers: 2, shown, seen: new Notes("seen"), progress: () => {}, ...more });
}

const states = ({ findings }: Verdict) => findings.map(({ check, state }) => `${check} ${state}`).join(", ");
const why = ({ findings }: Verdict) => findings.find(({ state }) => state !== "good")?.why ?? "";

test("a good poll is valid", async () => {
  const phases = new Set<string>();
  const verdict = await check({}, { progress: (phase) => phases.add(phase) });
  assert.deepEqual([verdict.outcome, states(verdict)],
    ["valid", "archive good, tally good, closing good, numbers good, log good, seen good, sealed good, closed good, result good"], why(verdict));
  assert.deepEqual([...phases], ["log", "archive", "ballots", "compare"]);
  assert.deepEqual([verdict.log?.quorum.cosigned, verdict.report.result], [["so-noi-vu"], vote.result]);
});

const path = (name: string) => `/api/v1/elections/${uuid}/${name}`;

test("what is not there (yet) leaves it incomplete, never valid", async () => {
  const cases: [string, Record<string, Uint8Array | undefined>, string][] = [
    ["no log", { "/log/policy": undefined }, "noLog"],
    ["nothing published", { "/log/checkpoint": undefined }, "notPublished"],
    ["sealed and closed only", await logOf([SEALED, CLOSED]), "notLogged"],
    ["not opened", await logOf([SEALED, CLOSED, RESULT]), "notOpened"],
    ["another poll", await logOf([["sealed", { election: "Testpo11123456", fingerprint: report.election!.fingerprint }]]), "notLogged"],
    ["not counted", { [path("archive")]: vote.archive.slice(0, vote.endsAt), [path("shares")]: undefined, ...(await logOf([SEALED, CLOSED])) }, "notCounted"],
    ["not closed", { [path("archive")]: vote.archive.slice(0, vote.sealedAt), [path("shares")]: undefined, [path("closing")]: undefined, ...(await logOf([SEALED])) }, "notClosed"],
  ];
  for (const [name, changed, words] of cases) {
    const verdict = await check(changed, name.startsWith("not c") ? { shown: undefined as never } : {});
    assert.deepEqual([verdict.outcome, why(verdict)], ["incomplete", words], `${name}: ${states(verdict)}`);
  }
  const unreleased = await check({ [`/board/${uuid}/files/result.json`]: undefined });
  assert.equal(unreleased.outcome, "valid", "result.json is not for everybody");
});

const H = "ab".repeat(32);
const said = ([kind, members]: Said, change: object): Said => [kind, { ...members, ...change }];
const opening = (name: string, hash: string) => committed(uuid, 2, ITEMS.map((item) => (item.name === name ? { name, hash } : item)));
const told = (name: string, hash: string) => logOf([SEALED, CLOSED, opening(name, hash).result, opening(name, hash).opened]);
const otherFile = utf8(new TextDecoder().decode(resultFile).replace(/"high":(\d)/, (_, n) => `"high":${Number(n) + 1}`));

test("what contradicts is refused, with the reason", async () => {
  const bad = utf8(vote.closing.replace('"unissued":', '"unissued":1'));
  const cases: [string, Record<string, Uint8Array | undefined>, Partial<Needs>, string][] = [
    ["no archive", { [path("archive")]: undefined }, {}, "archive: does not begin"],
    ["archive of another poll", { [path("archive")]: bytesOf(`${VECTORS}/one-trustee/${readdirSync(`${VECTORS}/one-trustee`).find((f) => f.endsWith(".bel"))}`) }, {}, `not ${uuid}`],
    ["no strong proofs", { [path("shares")]: undefined }, {}, "strict: file missing beside the archive: strong"],
    ["no closing file", { [path("closing")]: undefined }, {}, "strict: file missing beside the archive: closing"],
    ["another closing file", { [path("closing")]: bad }, {}, "closing file: does not hold"],
    ["altered proofs", { [path("shares")]: utf8(vote.shares.replace('"response":"', '"response":"1')) }, {}, "shares: "],
    ["other numbers on the page", {}, { shown: shown.map((row, i) => (i === 0 ? [row[0]! + 1, ...row.slice(1)] : row)) }, "page: the numbers shown"],
    ["fewer people on the page", {}, { shown: shown.slice(1) }, "page: the numbers shown"],
    ["numbers before there is a result", { [path("archive")]: vote.archive.slice(0, vote.endsAt), [path("shares")]: undefined }, {}, "page: shows numbers"],
    ["a false policy", { "/log/policy": utf8("quorum none\n") }, {}, "policy: names no log"],
    ["a policy that is none", { "/log/policy": utf8("<!doctype html>") }, {}, "policy: malformed"],
    ["a log without its entries", { "/log/tile/entries/000.p/4": undefined }, {}, "entry 0: tile/entries/000.p/4: missing"],
    ["another sealed poll", await logOf([said(SEALED, { fingerprint: "A".repeat(43) }), CLOSED, RESULT, OPENED]), {}, "entry 0 (sealed): another election"],
    ["another number of ballots", await logOf([SEALED, said(CLOSED, { ballots: 5 }), RESULT, OPENED]), {}, "entry 1 (closed): number of ballots: 5, the archive has 4"],
    ["another end", await logOf([SEALED, said(CLOSED, { last_event: H }), RESULT, OPENED]), {}, "entry 1 (closed): last event"],
    ["another closing in the log", await logOf([SEALED, said(CLOSED, { closing: H }), RESULT, OPENED]), {}, "entry 1 (closed): closing file"],
    ["other trackers", await logOf([SEALED, said(CLOSED, { trackers: H }), RESULT, OPENED]), {}, "entry 1 (closed): trackers"],
    ["another result opened", await told("last_event", H), {}, "entry 3 (opened): last_event"],
    ["other strong proofs opened", await told("shares.json", H), {}, "entry 3 (opened): shares.json"],
    ["another result.json opened", await told("result.json", H), {}, "entry 3 (opened): result.json"],
    ["a result.json that lies, and the log with it", { [`/board/${uuid}/files/result.json`]: otherFile, ...(await told("result.json", sha(otherFile))) }, {}, "result.json: other numbers"],
    ["a result.json that is none", { [`/board/${uuid}/files/result.json`]: utf8("{}"), ...(await told("result.json", sha("{}"))) }, {}, "result.json: other numbers"],
    ["taken back", await logOf([...STORY, ["correction", { of: 0, reason: "Hủy" }]]), {}, "was taken back by entry 4"],
    ["still open, but closed in the log", { [path("archive")]: vote.archive.slice(0, vote.sealedAt), [path("shares")]: undefined, [path("closing")]: undefined }, { shown: undefined as never }, "the archive says that voting goes on"],
    ["no result, but opened in the log", { [path("archive")]: vote.archive.slice(0, vote.endsAt), [path("shares")]: undefined }, { shown: undefined as never }, "the archive has no result"],
    ["a policy of one's own", {}, { policy: utf8(`log ${signer("hop.example.vn/log", 1).text}\nquorum none\n`) }, "no signature of hop.example.vn/log"],
  ];
  for (const [name, changed, more, words] of cases) {
    const verdict = await check(changed, more);
    const bad = verdict.findings.find(({ state }) => state === "bad");
    assert.ok(verdict.outcome === "refused" && bad?.why?.includes(words), `${name}: ${states(verdict)}: ${bad?.why}\nwant ${words}`);
    assert.equal(verdict.findings[verdict.findings.length - 1]?.state, "bad", "nothing is looked at after the first fault");
    assert.ok(plainly(bad!.why!).vi.length > 20);
  }
});

test("every archive of the refused vectors is refused, in plain words too", async () => {
  const kinds = new Set<string>();
  for (const file of readdirSync(`${VECTORS}/refused`).filter((name) => name.endsWith(".bel"))) {
    const archive = bytesOf(`${VECTORS}/refused/${file}`);
    const verdict = await check({ "/api/v1/elections/P3sZCvZ8arL3b6/archive": archive }, { uuid: "P3sZCvZ8arL3b6", shown: undefined as never });
    const bad = verdict.findings.find(({ state }) => state === "bad");
    assert.ok(verdict.outcome === "refused" && ["archive", "tally"].includes(bad!.check) && bad!.why === verdict.report.reason, `${file}: ${bad?.why}`);
    kinds.add(plainly(bad!.why!).en);
  }
  assert.ok(kinds.size >= 8 && !kinds.has("The archive does not hold."), [...kinds].join("\n"));
});

test("a log that this browser has seen otherwise is refused", async () => {
  const seen = new Notes("seen");
  assert.equal((await check({}, { seen })).outcome, "valid");
  const grown = await logOf([...STORY, ["package", { agency: "Sở Nội vụ", hash: H }]]);
  assert.equal((await check(grown, { seen })).outcome, "valid");
  assert.match(why(await check({}, { seen })), /^shrunk: the log has 4 entries, this browser has seen 5/);
  const fork = await logOf([["package", { agency: "Sở Tài chính", hash: H }], ...[SEALED, CLOSED].slice(), ...Object.values(committed(uuid, 3, ITEMS))]);
  assert.match(why(await check(fork, { seen })), /^fork: the log shows two histories: its first 5 entries/);
  const other = await logOf(STORY, signer("hop.example.vn/log", 1));
  assert.match(why(await check(other, { seen })), /^log: another key than this browser has seen before/);
  assert.equal((await check(grown, { seen })).outcome, "valid", "what was refused is not noted");
});

test("what cannot be downloaded is no verdict", async () => {
  const get: Get = async (path) => {
    if (path.endsWith("/shares")) throw new NoAnswer(path);
    return (FILES as Record<string, Uint8Array>)[path];
  };
  await assert.rejects(check({}, { get }), NoAnswer);
});
