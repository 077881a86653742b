/** The recheck of a poll: a good one, what may be missing, and what a server could have altered. */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { NoAnswer, type Get } from "../src/check/fetch";
import { recheck, type Needs, type Verdict } from "../src/check/recheck";
import { Contradiction, Memory } from "../src/check/seen";
import { outcomeOf } from "../src/check/show";
import { open, plainly } from "../src/check/words";
import { digest, hex, utf8 } from "../src/hash";
import { digitsOf } from "../src/log/policy";
import { trackersRoot } from "../src/log/trackers";
import { Notes } from "../src/member/notes";
import { bytesOf, verify, VECTORS, vote, workshop } from "./archives";
import { committed, filesOf, headOf, plainConsistency, plainLeaf, plainRoot, signer, signNote, signPolicy, textsOf, type Said, type Signer } from "./logs";

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

const policyOf = (by: Signer, by2: Signer): string => `log ${by.text}\nwitness so-noi-vu ${by2.text}\nquorum so-noi-vu\n`;

/** A log that tells a story, as files under /log, with one witness. */
async function logOf(story: readonly Said[], by: Signer = log, by2: Signer = witness): Promise<Record<string, Uint8Array>> {
  const texts = textsOf(story);
  const files = filesOf(texts, signNote(headOf(by.name, texts), by, [by2]));
  const list: Record<string, Uint8Array> = { "/log/policy": signPolicy(policyOf(by, by2), by) };
  const at = `000.p/${texts.length}`;
  for (const path of ["checkpoint", `tile/entries/${at}`, `tile/0/${at}`]) list[`/log/${path}`] = (await files(path)) as Uint8Array;
  return list;
}

const FILES = {
  [`/api/v1/elections/${uuid}/archive`]: vote.archive, [`/api/v1/elections/${uuid}/closing`]: utf8(vote.closing),
  [`/api/v1/elections/${uuid}/shares`]: utf8(vote.shares), [`/board/${uuid}/files/result.json`]: resultFile,
  ...(await logOf(STORY)),
};

/** A browser that was here on a day, if it keeps what it sees. */
const browser = (day = "2026-11-22", notes = new Notes("seen")) => new Memory(notes, "https://hop.example.vn", () => day);

function check(changed: Record<string, Uint8Array | undefined> = {}, more: Partial<Needs> = {}): Promise<Verdict> {
  const files: Record<string, Uint8Array | undefined> = { ...FILES, ...changed };
  const get: Get = async (path) => files[path];
  return recheck({ uuid, get, workshop, workers: 2, shown, seen: browser(), progress: () => {}, ...more });
}

const states = ({ findings }: Verdict) => findings.map(({ check, state }) => `${check} ${state}`).join(", ");
const why = ({ findings }: Verdict) => findings.find(({ state }) => state !== "good" && state !== "note")?.why ?? "";

test("a good poll is valid", async () => {
  const phases = new Set<string>();
  const verdict = await check({}, { progress: (phase) => phases.add(phase) });
  assert.deepEqual([verdict.outcome, states(verdict)],
    ["valid", "archive good, tally good, closing good, numbers good, log good, seen note, sealed good, closed good, result good"], why(verdict));
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

/** A result.json that says 4.0 for 4, and the log with it. */
async function spelled(): Promise<Record<string, Uint8Array>> {
  const file = utf8(new TextDecoder().decode(resultFile).replace('"collected":4', '"collected":4.0'));
  return { [`/board/${uuid}/files/result.json`]: file, ...(await told("result.json", sha(file))) };
}

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
    ["a policy that its log has not signed", { "/log/policy": utf8(`log ${log.text}\nquorum none\n`) }, {}, "policy: malformed: not signed by the log"],
    ["a policy of one's own that names no log", {}, { policy: utf8("quorum none\n") }, "is no log of the policy"],
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
    ["a result.json with a number spelled otherwise", await spelled(), {}, "result.json: other numbers"],
    ["a result.json that is none", { [`/board/${uuid}/files/result.json`]: utf8("{}"), ...(await told("result.json", sha("{}"))) }, {}, "result.json: other numbers"],
    ["taken back", await logOf([...STORY, ["correction", { of: 0, reason: "Hủy" }]]), {}, `log: poll ${uuid}: taken back by entry 4`],
    ["closing taken back", await logOf([...STORY, ["correction", { of: 1, reason: "Sai" }]]), {}, `log: poll ${uuid}: from closed on, taken back by entry 4`],
    ["result taken back", await logOf([...STORY, ["correction", { of: 2, reason: "Sai" }]]), {}, `log: poll ${uuid}: from result on, taken back by entry 4`],
    ["opening taken back", await logOf([...STORY, ["correction", { of: 3, reason: "Sai" }]]), {}, `log: poll ${uuid}: from opened on, taken back by entry 4`],
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

test("what was taken back and said anew is valid again, and not opened is not complete", async () => {
  const again = committed(uuid, 5, ITEMS);
  const story: Said[] = [...STORY, ["correction", { of: 2, reason: "Lập lại" }], again.result];
  assert.equal(why(await check(await logOf(story))), "notOpened");
  assert.equal((await check(await logOf([...story, again.opened]))).outcome, "valid");
});

test("what was corrected is said with its reason, and whether a released result was replaced", async () => {
  const reason = "Lập lại";
  const [early, late] = [committed(uuid, 4, ITEMS), committed(uuid, 5, ITEMS)];
  const cases: [string, Said[], Verdict["corrections"]][] = [
    ["never", STORY, []],
    ["printed anew before the release", [SEALED, CLOSED, RESULT, ["correction", { of: 2, reason }], early.result, early.opened], [{ number: 3, of: 2, reason, released: false }]],
    ["after the release", [...STORY, ["correction", { of: 2, reason }], late.result, late.opened], [{ number: 4, of: 2, reason, released: true }]],
  ];
  for (const [name, story, corrections] of cases) {
    const verdict = await check(await logOf(story));
    assert.deepEqual([verdict.outcome, verdict.corrections], ["valid", corrections], name);
    const [kind, { vi, en }] = outcomeOf(verdict);
    const replaced = corrections.some(({ released }) => released);
    assert.equal(kind, replaced ? "wait" : "done", name);
    assert.equal(vi.includes("NHƯNG ĐÃ ĐÍNH CHÍNH ở mục 4: Lập lại"), replaced, vi);
    assert.equal(en === "VALID, BUT CORRECTED by entry 4: Lập lại", replaced, en);
  }
  const lies = await check({ ...(await logOf([...STORY, ["correction", { of: 3, reason }]])), "/log/tile/entries/000.p/5": undefined });
  assert.deepEqual([lies.outcome, lies.corrections], ["refused", []], "of a log that does not hold nothing is said");
});

const grown = await logOf([...STORY, ["package", { agency: "Sở Nội vụ", hash: H }]]);
const seenState = ({ findings }: Verdict) => findings.find((finding) => finding.check === "seen");

test("the first time there is nothing to compare with, later there is", async () => {
  const seen = browser();
  const first = await check({}, { seen });
  assert.deepEqual([first.outcome, seenState(first)], ["valid", { check: "seen", state: "note", why: "firstSeen" }]);
  assert.match(open.firstSeen!.vi, /lần đầu, chưa có gì để so/);
  assert.deepEqual(seenState(await check(grown, { seen })), { check: "seen", state: "good" });
  const other = new Memory(new Notes("seen"), "https://khac.example.vn");
  assert.equal(seenState(await check({}, { seen: other }))?.state, "note", "another address");
});

test("a log that this browser has seen otherwise is refused, with evidence", async () => {
  const seen = browser();
  await check(grown, { seen });
  assert.match(why(await check({}, { seen })), /^shrunk: the log hop.example.vn\/log has 4 entries, on 2026-11-22 it had 5$/);
  const story: Said[] = [["package", { agency: "Sở Tài chính", hash: H }], SEALED, CLOSED, ...Object.values(committed(uuid, 3, ITEMS))];
  const same = await check(await logOf(story), { seen });
  assert.match(why(same), /^fork: the log hop.example.vn\/log shows two histories: its first 5 entries are not those that it had on 2026-11-22$/);
  const longer = await check(await logOf([...story, ["package", { agency: "Sở Y tế", hash: H }]]), { seen });
  const text = (verdict: Verdict) => seenState(verdict)?.contradiction?.more.evidence ?? "";
  const note = ({ "/log/checkpoint": signed }: Record<string, Uint8Array>) => new TextDecoder().decode(signed);
  assert.equal(text(same), `homphieu evidence v1\n${log.text}\n\n${note(grown)}\n${note(await logOf(story))}`);
  const leaves = textsOf([...story, ["package", { agency: "Sở Y tế", hash: H }]]).map(plainLeaf);
  const lines = [`root ${plainRoot(leaves.slice(0, 5)).toString("base64")}`, ...plainConsistency(leaves, 5).map((hash) => hash.toString("base64"))];
  assert.deepEqual(text(longer).split("\n\n")[0]!.split("\n").slice(2), lines);
  for (const verdict of [same, longer]) assert.ok(verdict.outcome === "refused" && !seenState(verdict)?.contradiction?.more.other, "nobody can accept that");
  assert.equal((await check(grown, { seen })).outcome, "valid", "what was refused is not kept");
});

test("a log that was renamed or dropped is refused until a person accepts it", async () => {
  const waiting: Record<string, Uint8Array | undefined> = { "/log/checkpoint": undefined };
  const [renamed, rekeyed] = [signer("moi.example.vn/log", 1), signer(log.name, 1)];
  const changes: [string, Record<string, Uint8Array | undefined>, RegExp][] = [
    ["another name", await logOf(STORY, renamed), / on 2026-11-22 it was hop.example.vn\/log\+.* with 5 entries, now it is moi.example.vn\/log\+/],
    ["another key", await logOf(STORY, rekeyed), /, now it is hop.example.vn\/log\+/],
    ["another name, nothing published", { ...(await logOf(STORY, renamed)), ...waiting }, /, now it is moi.example.vn\/log\+/],
    ["none", { "/log/policy": undefined, ...waiting }, /, now there is none$/],
  ];
  for (const [name, changed, words] of changes) {
    const notes = new Notes("seen");
    await check(grown, { seen: browser("2026-11-22", notes) });
    const seen = browser("2026-12-31", notes);
    for (let again = 0; again < 2; again++) {
      const verdict = await check(changed, { seen });
      const found = seenState(verdict)?.contradiction;
      assert.ok(verdict.outcome === "refused" && found instanceof Contradiction && found.more.other === "log" && words.test(found.message), `${name}: ${states(verdict)}: ${why(verdict)}`);
      assert.match(plainly(found.message).vi, name === "none" ? /bây giờ thì không/ : /bị thay bằng một sổ khác/);
      assert.deepEqual([found.before.day, found.before.key.text, found.before.checkpoint.size], ["2026-11-22", log.text, 5]);
    }
    seen.forget();
    const verdict = await check(changed, { seen });
    assert.notEqual(verdict.outcome, "refused", name);
    if (verdict.log) assert.equal(seenState(verdict)?.state, "note");
  }
});

test("false witnesses under the right names are refused until a person accepts them", async () => {
  const falseOne = signer(witness.name, 4);
  assert.equal((await check(await logOf(STORY, log, falseOne))).outcome, "valid", "who has seen nothing before cannot tell");
  const notes = new Notes("seen");
  await check(grown, { seen: browser("2026-11-22", notes) });
  const seen = browser("2026-12-31", notes);
  const shown = await logOf([...STORY, ["package", { agency: "Sở Nội vụ", hash: H }]], log, falseOne);
  const digits = [witness, falseOne].map((w) => digitsOf(policyOf(log, w)));
  for (const changed of [shown, { ...shown, "/log/checkpoint": undefined }]) {
    const verdict = await check(changed, { seen });
    const found = seenState(verdict)?.contradiction;
    assert.ok(verdict.outcome === "refused" && found?.more.other === "policy" && found.more.evidence === undefined, why(verdict));
    assert.equal(found.message, `policy: another than this browser has seen here: on 2026-11-22 its digits were ${digits[0]}, now they are ${digits[1]}`);
    assert.match(plainly(found.message).vi, /Tên có thể vẫn như cũ/);
  }
  assert.equal((await check(grown, { seen })).outcome, "valid", "what was refused is not kept");

  seen.forgetPolicy();
  const accepted = await check(shown, { seen });
  assert.deepEqual([accepted.outcome, seenState(accepted)], ["valid", { check: "seen", state: "note", why: "firstWitnesses" }]);
  assert.deepEqual(seenState(await check(shown, { seen }))?.state, "good", "and kept");
  assert.match(why(await check(await logOf(STORY, log, falseOne), { seen })), /^shrunk/, "its entries were not forgotten");
  assert.equal(seenState(await check(grown, { seen }))?.contradiction?.more.other, "policy", "nor can it go back unseen");
});

test("another quorum is another policy; comments and addresses are nothing", async () => {
  const policy = (text: string) => ({ "/log/policy": new Uint8Array(signPolicy(text, log)) });
  const seen = browser();
  await check({}, { seen });
  const same = `# năm 2026\nlog ${log.text} https://hop.example.vn/log\nwitness  so-noi-vu  ${witness.text} https://w0.example.vn\nquorum so-noi-vu\n`;
  assert.equal((await check(policy(same), { seen })).outcome, "valid");
  for (const other of [policyOf(log, witness).replace(/quorum .*/, "quorum none"), policyOf(log, witness).replace(/so-noi-vu/g, "so-tai-chinh")]) {
    assert.match(why(await check(policy(other), { seen })), /^policy: another than this browser/);
  }
});

test("a policy of one's own is not what the server says, and is not kept as that", async () => {
  const own = utf8(`${policyOf(log, witness)}log ${signer("khac.example.vn/log", 1).text}\n`.replace(/so-noi-vu/g, "noi-vu"));
  const seen = browser();
  assert.equal(seenState(await check({}, { seen, policy: own }))?.why, "firstSeen");
  assert.equal(seenState(await check({}, { seen, policy: own }))?.state, "good");
  assert.equal(seenState(await check({}, { seen }))?.why, "firstWitnesses");
  for (const policy of [own, undefined]) assert.equal(seenState(await check({}, { seen, ...(policy && { policy }) }))?.state, "good");
});

test("the same log of which nothing is published now is not complete, and not forgotten", async () => {
  const seen = browser();
  await check(grown, { seen });
  const verdict = await check({ "/log/checkpoint": undefined }, { seen });
  assert.deepEqual([verdict.outcome, why(verdict)], ["incomplete", "notPublished"]);
  assert.match(why(await check({}, { seen })), /^shrunk/);
});

test("notes that cannot be read are as good as lost", async () => {
  for (const text of ["", "null", "{}", "[1]", '{"day":"2026-11-22","key":"x","note":"y"}', `{"day":1,"key":"${log.text}","note":"forged"}`]) {
    const notes = new Notes("seen");
    notes.note("https://hop.example.vn", text);
    assert.equal(browser("2026-11-22", notes).recall(), undefined, text);
  }
});

test("what the log waits for is said when it lacks something", async () => {
  const heads = (change: object) => ({ "/log/heads.json": utf8(JSON.stringify({ signed: 4, published: 2, cosigned: ["so-noi-vu"], missing: ["so-tai-chinh"], required: true, ...change })) });
  const lacking = await logOf([SEALED, CLOSED]);
  const waits = async (changed: Record<string, Uint8Array | undefined>) => (await check(changed)).waiting;
  assert.deepEqual(await waits({ ...lacking, ...heads({}) }), { signed: 4, published: 2, missing: ["so-tai-chinh"], required: true });
  assert.deepEqual((await waits({ "/log/checkpoint": undefined, ...heads({ signed: 0, published: 0 }) }))?.missing, ["so-tai-chinh"]);
  assert.equal(await waits({ ...lacking, ...heads({ published: 4 }) }), undefined, "a witness more than are needed");
  assert.equal(await waits({ ...lacking, ...heads({ missing: [] }) }), undefined);
  assert.equal(await waits(heads({})), undefined, "a valid poll waits for nobody");
  for (const text of ["", "null", "<html>", "{}"]) assert.equal(await waits({ ...lacking, "/log/heads.json": utf8(text) }), undefined, text);
  assert.equal(await waits(lacking), undefined);
});

test("what cannot be downloaded is no verdict", async () => {
  const get: Get = async (path) => {
    if (path.endsWith("/shares")) throw new NoAnswer(path);
    return (FILES as Record<string, Uint8Array>)[path];
  };
  await assert.rejects(check({}, { get }), NoAnswer);
});
