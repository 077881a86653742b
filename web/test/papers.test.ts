/** Several ballot papers on one slip: what the server says of them, and the lines to mark. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { getMeeting, getStatus, NoAnswer, Refused } from "../src/api";
import { parseElection, slipNames } from "../src/election";
import { utf8 } from "../src/hash";
import { fetchPapers, linesOf, missing, opensPaper, readPapers, unmarked } from "../src/papers";
import { vectors } from "./vectors";

const text = (uuid: string, name: string, questions: string[], blank = true) => {
  const good = JSON.parse(vectors[0]!.election);
  return JSON.stringify({
    ...good, uuid, name,
    questions: questions.map((question) => ({ ...(blank && { blank: true }), answers: ["A", "B"], min: 1, max: 1, question })),
  });
};

const MEETING = "HomPhieuMeeting";
const elections: Record<string, string> = {
  HomPhieuPaper2: text("HomPhieuPaper2", "Kỳ họp thứ 12\nPhiếu số 1", ["An\nBí thư", "Bình"]),
  HomPhieuPaper1: text("HomPhieuPaper1", "Kỳ họp thứ 12\nPhiếu số 2", ["Cúc"], false),
};

/** Answers requests by path. */
async function served<T>(answers: Record<string, string>, act: () => Promise<T>): Promise<T> {
  const real = globalThis.fetch;
  globalThis.fetch = async (input) => {
    const body = answers[String(input).replace("/api/v1/", "")];
    if (body !== undefined) return new Response(body, { headers: { "Content-Type": "application/json" } });
    return new Response('{"code":"unknown-election"}', { status: 404, headers: { "Content-Type": "application/problem+json" } });
  };
  try {
    return await act();
  } finally {
    globalThis.fetch = real;
  }
}

const meeting = (o: object) => ({ [`meetings/${MEETING}`]: JSON.stringify({ uuid: MEETING, elections: Object.keys(elections), documents: [], ...o }) });
const asked = (o: object) => served(meeting(o), () => getMeeting(MEETING));

test("a meeting's papers come in its order, with their exact bytes", async () => {
  const status = (form: string) => JSON.stringify({ state: "open", form });
  const answers = Object.fromEntries(Object.entries(elections).flatMap(([uuid, body], i) =>
    [[`elections/${uuid}`, body], [`elections/${uuid}/status`, status(i === 0 ? "party" : "state")]]));
  const fetched = await served({ ...meeting({}), ...answers }, () => fetchPapers(MEETING));
  const { papers } = readPapers(fetched);
  assert.deepEqual(papers.map(({ uuid, number, of }) => [uuid, number, of]), [["HomPhieuPaper2", 1, 2], ["HomPhieuPaper1", 2, 2]]);
  assert.deepEqual(fetched.statuses.map(({ form }) => form), ["party", "state"], "the state of each poll");
  assert.deepEqual(papers.map(({ election }) => [election.name, election.paper]), [["Kỳ họp thứ 12", "Phiếu số 1"], ["Kỳ họp thứ 12", "Phiếu số 2"]]);
  const names = slipNames(papers.map(({ election }) => election));
  assert.deepEqual(slipNames(papers.map(({ election }) => election).reverse()), names, "in whatever order");
  assert.notDeepEqual(slipNames([papers[0]!.election]), names, "one left out");
  await assert.rejects(served(meeting({}), () => fetchPapers(MEETING)), Refused, "a paper that is missing");
  await assert.rejects(served({}, () => fetchPapers(MEETING)), Refused, "no such meeting");
  assert.throws(() => readPapers({ ...fetched, sources: [{ ...fetched.sources[0]!, uuid: "HomPhieuPaper1" }] }), "another paper's bytes");
});

test("an answer that cannot be the server's is asked for again", async () => {
  for (const o of [
    { uuid: "HomPhieuOther1" }, { elections: [] }, { elections: "HomPhieuPaper1" }, { elections: ["../../staff"] }, { elections: [1] },
    { elections: ["HomPhieuPaper1", "HomPhieuPaper1"] }, { documents: undefined }, { elections: Array.from({ length: 51 }, (_, i) => `HomPhieuPaper${100 + i}`.replace(/0/g, "x")) },
  ]) await assert.rejects(asked(o), NoAnswer, JSON.stringify(o));
});

test("a poll is abandoned when the server says so, whatever the state of its box", async () => {
  for (const [o, abandoned] of [[{ abandoned: true }, true], [{ abandoned: false }, false], [{}, false], [{ abandoned: "true" }, false]] as const) {
    const body = JSON.stringify({ state: "sealed", form: "state", trial: false, ...o });
    const status = await served({ "elections/HomPhieuPaper1/status": body }, () => getStatus("HomPhieuPaper1"));
    assert.deepEqual(status, { state: "sealed", abandoned, form: "state", trial: false });
  }
});

test("only documents of this meeting on this server are offered", async () => {
  const good = { election: "HomPhieuPaper2", question: 1, kind: "report", title: "Báo cáo", href: `/api/v1/meetings/${MEETING}/documents/0aff`, bytes: 5 };
  const bad = [
    { href: "https://example.com/x.pdf" }, { href: "javascript:alert(1)" }, { href: `//example.com/api/v1/meetings/${MEETING}/documents/0a` },
    { href: `/api/v1/meetings/${MEETING}/documents/../../x` }, { href: "/api/v1/meetings/HomPhieuOther1/documents/0aff" }, { kind: "payslip" },
    { question: "1" }, { question: 0.5 }, { election: 7 }, { title: undefined },
  ].map((change) => ({ ...good, ...change }));
  const { documents } = await asked({ documents: [...bad, null, "x", good] });
  assert.deepEqual(documents, [good]);
});

test("lines: one after another, with the documents of each person", () => {
  const { papers } = readPapers({ sources: Object.entries(elections).map(([uuid, body]) => ({ uuid, bytes: utf8(body) })), documents: [] });
  const document = { election: "HomPhieuPaper1", question: 0, kind: "report" as const, title: "", href: "" };
  const lines = linesOf(papers, [document, { ...document, question: 9 }]);
  assert.deepEqual(lines.map(({ question }) => question.name), ["An", "Bình", "Cúc"]);
  assert.deepEqual(lines.map(({ documents }) => documents.length), [0, 0, 1]);
  assert.deepEqual(lines.map((_, i) => opensPaper(lines, i)), [true, false, true]);
  assert.deepEqual(unmarked({ lines, marks: [null, 1, null] }), [0, 2]);
  assert.deepEqual(missing({ lines, marks: [null, 1, null] }), [2], "a line that must not be blank");
  const [only] = readPapers({ sources: [{ uuid: "HomPhieuPaper2", bytes: utf8(elections.HomPhieuPaper2!) }], documents: [] }).papers;
  assert.equal(opensPaper(linesOf([only!], []), 0), false, "a single paper is not announced");
});

test("the name of a single paper is the meeting's", () => {
  const { name, paper } = parseElection(utf8(vectors[0]!.election), JSON.parse(vectors[0]!.election).uuid);
  assert.deepEqual([name, paper], [JSON.parse(vectors[0]!.election).name, ""]);
});
