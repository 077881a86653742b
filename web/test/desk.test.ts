/** The desk: what scanners type, what is sent, and what is answered. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Sights } from "../src/member/desk-camera";
import { Desk, deskBody, readCounts, type Verdict } from "../src/member/desk-void";
import { words } from "../src/member/desk-words";
import { NoAnswer, Refused, type DeskCounts } from "../src/member/seat";
import { publicsOf } from "../src/member/slips-draw";
import { parsePapers, slipLink, type MeetingPapers } from "../src/member/slips-papers";
import { readScan, type Why } from "../src/scan-input";
import type { Proof } from "../src/zkp";
import { verifySchnorr } from "./verify";
import { vectors } from "./vectors";

const v = vectors[0]!;
const papers = parsePapers(v.election, JSON.parse(v.election).uuid);
const code = v.credentials[0]!;
const link = slipLink("https://phieu.example", papers, code);

// Reading

test("scanners: whatever they put around a link", () => {
  for (const typed of [
    link, `${link}\n`, `${link}\r\n`, `${link}\t`, `\t${link}`, ` ${link} `, `]Q1${link}`, `]Q3${link}\r`,
    link.replace("https", "http"), link.replace("phieu.example", "phieu.example:8443/duong/dan"), link.replace("#", "/#"),
    link.replace("phieu.example", "dia-chi-khac.example"),
  ]) assert.deepEqual(readScan(typed, papers), { kind: "code", code }, JSON.stringify(typed));
});

test("codes typed by hand", () => {
  for (const typed of [code, code.replace(/-/g, ""), code.replace(/-/g, " "), `${code}\n`, code.replace(/-/g, "–")]) {
    assert.deepEqual(readScan(typed, papers), { kind: "code", code }, typed);
  }
});

test("slips of another meeting, or of other papers", () => {
  assert.deepEqual(readScan(link.replace(papers.uuid, "AnotherMeetingXX"), papers), { kind: "elsewhere" });
  assert.deepEqual(readScan(link.replace(papers.slipFingerprint, "2".repeat(22)), papers), { kind: "elsewhere" });
});

test("what cannot be read, and why", () => {
  const swapped = [...link].map((c) => (c === c.toLowerCase() ? c.toUpperCase() : c.toLowerCase())).join("");
  const cases: [Why, string][] = [
    ["empty", ""], ["empty", " \r\n"], ["empty", "]Q1"],
    ["caps", swapped],
    ["input-method", link.replace(code, code.replace(/^./, "ơ"))],
    ["input-method", code.replace(/^./, "ơ")],
    ["not-a-slip", "https://phieu.example/"], ["not-a-slip", link.replace("#", "")], ["not-a-slip", link.slice(0, -1)],
    ["not-a-slip", `${link}${link}`], ["not-a-slip", link.replace("/v/", "/board/")], ["not-a-slip", "https>&&phieu.example&v"],
    ["not-a-slip", link.replace(code, code.replace(/-/g, ""))],
    ["bad-characters", code.replace(/^./, "0")], ["bad-characters", "8934567890123"],
    ["short", code.slice(1)], ["long", `${code}1`],
  ];
  for (const [why, typed] of cases) {
    const scan = readScan(typed, papers);
    assert.equal(scan.kind === "unreadable" && scan.why, why, typed);
    assert.ok(words.unreadableMore(why, "0").vi);
  }
});

// Voiding

/** What the desk sends. */
interface Body {
  kind: keyof DeskCounts;
  proofs: Record<string, { credential: string; signature: Proof }>;
}

/** A server with one slip of each fate; it counts a slip once. */
class Server {
  readonly bodies: string[] = [];
  readonly counts: DeskCounts = { unissued: 11, exchanged: 0, returned: 0 };
  private readonly voided = new Set<string>();

  constructor(private readonly refusals: Record<string, Refused> = {}) {}

  post = async (body: string): Promise<DeskCounts> => {
    this.bodies.push(body);
    const { kind, proofs } = JSON.parse(body) as Body;
    const { credential } = proofs[papers.uuid]!;
    if (this.refusals[credential]) throw this.refusals[credential];
    if (!this.voided.has(credential)) this.counts[kind]++;
    this.voided.add(credential);
    return { ...this.counts };
  };
}

const refusing = (n: number, error: Refused) => ({ [v.publicCredentials.find((wire) => wire === publicsOf(papers.uuid, [v.credentials[n]!])[0])!]: error });

/** The meeting of the vectors with a second paper. */
function twoPapers(): MeetingPapers {
  const { uuid } = papers;
  const second = v.election.replace(uuid, uuid.split("").reverse().join(""));
  return parsePapers(`{"meeting":"MeetingMeetingMeeting1","elections":[${second},${v.election}]}`, "MeetingMeetingMeeting1");
}

test("the body: for each paper the public credential and a signature, nothing of the code", () => {
  for (const all of [papers, twoPapers()]) {
    const body = deskBody("exchanged", all, code);
    const { kind, proofs } = JSON.parse(body) as Body;
    assert.deepEqual([kind, Object.keys(proofs)], ["exchanged", all.elections.map(({ uuid }) => uuid)]);
    assert.equal(body, JSON.stringify({ kind, proofs: Object.fromEntries(Object.entries(proofs).map(([uuid, { credential, signature: { challenge, response } }]) =>
      [uuid, { credential, signature: { challenge, response } }])) }));
    assert.ok(!body.includes(code.slice(0, 5)));
    const credentials = all.elections.map(({ uuid }) => publicsOf(uuid, [code])[0]!);
    assert.ok(v.publicCredentials.includes(credentials.at(-1)!));
    for (const [i, { uuid, fingerprint }] of all.elections.entries()) {
      const { credential, signature } = proofs[uuid]!;
      const signed = (as: string) => verifySchnorr(credential, `sigmsg|homphieu-desk-v1|${as}|${all.uuid}|${fingerprint}|${credentials.join(",")}|`, signature);
      assert.deepEqual([credential, signed("exchanged"), signed("returned")], [credentials[i], true, false]);
      assert.ok(!verifySchnorr(credential, `sigmsg|homphieu-slip-v1|${fingerprint}|`, signature));
    }
  }
});

test("a slip that is scanned again is proved anew", () => {
  assert.notEqual(deskBody("returned", papers, code), deskBody("returned", papers, code));
});

test("a slip is voided, and the same slip again is said to be the same", async () => {
  const server = new Server();
  const desk = new Desk(papers, server.post);
  assert.deepEqual(await desk.take(link, "unissued"), { kind: "voided", as: "unissued", counts: { unissued: 12, exchanged: 0, returned: 0 }, again: false });
  assert.deepEqual(await desk.take(code, "unissued"), { kind: "voided", as: "unissued", counts: { unissued: 12, exchanged: 0, returned: 0 }, again: true });
  assert.equal((await desk.take(v.credentials[1]!, "returned") as Verdict & { again: boolean }).again, false);
  assert.deepEqual(desk.counts, { unissued: 12, exchanged: 0, returned: 1 });
});

test("slips scanned faster than they are answered take their turns", async () => {
  const server = new Server();
  const desk = new Desk(papers, server.post);
  const verdicts = [code, v.credentials[1]!, code].map((typed) => desk.take(typed, "returned"));
  assert.equal(desk.waiting, 3);
  assert.deepEqual((await Promise.all(verdicts)).map((verdict) => verdict.kind === "voided" && [verdict.counts.returned, verdict.again]),
    [[1, false], [2, false], [2, true]]);
  assert.equal(desk.waiting, 0);
});

test("what other desks have done is known, and late news takes nothing back", async () => {
  const desk = new Desk(papers, new Server().post);
  desk.learn({ unissued: 11, exchanged: 0, returned: 0 });
  assert.equal((await desk.take(code, "unissued") as Verdict & { again: boolean }).again, false);
  desk.learn({ unissued: 11, exchanged: 3, returned: 0 });
  assert.deepEqual(desk.counts, { unissued: 12, exchanged: 3, returned: 0 });
  assert.equal((await desk.take(code, "unissued") as Verdict & { again: boolean }).again, true);
});

test("refusals: each has its verdict, and the next slip goes on", async () => {
  const other = new Refused("wrong-state", "Chưa làm được. · Not yet.");
  const server = new Server({
    ...refusing(0, new Refused("spent-credential", "x")),
    ...refusing(1, new Refused("unknown-credential", "x")),
    ...refusing(2, other),
  });
  const desk = new Desk(papers, server.post);
  assert.deepEqual(await Promise.all([0, 1, 2].map((n) => desk.take(v.credentials[n]!, "unissued"))),
    [{ kind: "spent" }, { kind: "unknown" }, { kind: "refused", error: other }]);
  assert.equal(desk.counts, undefined);
  assert.equal((await desk.take(v.credentials[3]!, "unissued")).kind, "voided");
});

test("nothing is sent for what is not a slip of this meeting", async () => {
  const server = new Server();
  const desk = new Desk(papers, server.post);
  assert.deepEqual(await desk.take(link.replace(papers.uuid, "AnotherMeetingXX"), "unissued"), { kind: "elsewhere" });
  assert.equal((await desk.take("xyz", "unissued")).kind, "unreadable");
  assert.deepEqual([server.bodies.length, desk.waiting], [0, 0]);
});

test("an answer that is no answer is asked again", () => {
  assert.deepEqual(readCounts('{"counts":{"unissued":1,"exchanged":0,"returned":2}}'), { unissued: 1, exchanged: 0, returned: 2 });
  for (const answer of ["", "null", "{}", '{"counts":{}}', '{"counts":{"unissued":1,"exchanged":0}}', '{"counts":{"unissued":-1,"exchanged":0,"returned":0}}', '{"counts":{"unissued":"1","exchanged":0,"returned":0}}']) {
    assert.throws(() => readCounts(answer), NoAnswer, answer);
  }
});

test("a slip before the camera is meant once until it has gone", () => {
  const sights = new Sights();
  assert.deepEqual([sights.isNew(link, 0), sights.isNew(link, 150), sights.isNew(link, 3_000), sights.isNew(link, 5_900)], [true, false, false, false]);
  assert.equal(sights.isNew(link, 9_000), true, "it was away for more than three seconds");
  assert.equal(sights.isNew(code, 9_100), true, "another");
  assert.equal(sights.isNew(link, 9_200), true, "the first again");
  assert.ok(!JSON.stringify(sights).includes(code));
});
