/** Slips made in a board member's browser: codes, public half, papers, sheets. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { parseFragment } from "../src/credential";
import { BASE58, digest, base58, utf8 } from "../src/hash";
import { randomBase58 } from "../src/random";
import { Transcript } from "../src/ceremony/transcript";
import { readCount, carryKey, headingOf, mayMake, MOST } from "../src/member/slips";
import { derive, newCode, newCodes, publicsOf, readPublicHalf, slipsJobs, uploadBody, type Fault, type PublicHalf } from "../src/member/slips-draw";
import { parsePapers, slipLink } from "../src/member/slips-papers";
import { modules } from "../src/member/slips-print";
import { PAGE_HEIGHT, PAGE_WIDTH, pagesOf, PER_PAGE, SEAL, sheets, TooLong, type Heading, type Mark, type Sheet, type Slip } from "../src/member/slips-sheet";
import { refusal, Refused, type MeetingState, type SeatState } from "../src/member/seat";
import { fileFaults, words } from "../src/member/slips-words";
import { words as deskWords, kinds } from "../src/member/desk-words";
import { decodeQR } from "qr/decode.js";
import { read, vectors } from "./vectors";

const golden = JSON.parse(read("../crypto/testdata/golden.json"));
const form = /^[1-9A-HJ-NP-Za-km-z]{5}-[1-9A-HJ-NP-Za-km-z]{6}-[1-9A-HJ-NP-Za-km-z]{5}-[1-9A-HJ-NP-Za-km-z]{6}$/;
const silent = () => undefined;

// Codes

test("codes have the form of the protocol and differ", () => {
  const codes = newCodes(500);
  assert.equal(new Set(codes).size, 500);
  for (const code of codes) assert.match(code, form);
  assert.notDeepEqual(codes, [...codes].sort(), "in the order of the draw");
});

test("every character falls on every place equally often", () => {
  const draws = 5800;
  const seen = Array.from({ length: 22 }, () => new Map<string, number>());
  for (let i = 0; i < draws; i++) [...newCode().replace(/-/g, "")].forEach((c, at) => seen[at]!.set(c, (seen[at]!.get(c) ?? 0) + 1));
  for (const counts of seen) {
    assert.equal(counts.size, 58);
    const expected = draws / 58;
    const chiSquare = [...BASE58].reduce((sum, c) => sum + ((counts.get(c) ?? 0) - expected) ** 2 / expected, 0);
    assert.ok(chiSquare < 140, `chi-square ${chiSquare} with 57 degrees of freedom`); // beyond once in 10^8
  }
});

test("bytes that would favour some characters are drawn again", () => {
  const given = [...Array(24).keys()].map((i) => 255 - i).concat([231, 0, 57, 58]); // 255 … 232 are dropped
  let at = 0;
  const word = randomBase58(4, (bytes) => bytes.forEach((_, i) => (bytes[i] = given[at++ % given.length]!)));
  assert.equal(word, BASE58[57]! + BASE58[0]! + BASE58[57]! + BASE58[0]!);
});

test("what was drawn is wiped", () => {
  let last: Uint8Array = new Uint8Array();
  randomBase58(22, (bytes) => {
    last = bytes;
    bytes.fill(7);
  });
  assert.ok(last.every((byte) => byte === 0));
});

// The public half

test("public credentials are those of the Go implementation", () => {
  for (const { uuid, code, public: wire } of golden.credentials) assert.deepEqual(publicsOf(uuid, [code]), [wire]);
});

test("the public half has a sorted list for each paper, and tells its progress", async () => {
  const elections = ["HomPhieuGo1den", "HomPhieuGo1den2"];
  const codes = newCodes(40);
  const seen: number[] = [];
  const half = await derive({ elections, codes }, ({ done, all }) => seen.push(done / all));
  assert.deepEqual(seen, [0.4, 0.8, 1]);
  half.forEach(({ election, credentials }, i) => {
    assert.equal(election, elections[i]);
    assert.deepEqual(credentials, codes.map((code) => publicsOf(election, [code])[0]).sort());
  });
  assert.notDeepEqual(half[0]!.credentials, half[1]!.credentials);
});

test("upload: the exact JSON, and nothing of a code in it", async () => {
  assert.equal(uploadBody([{ election: "B", credentials: ["01", "02"] }, { election: "A", credentials: ["03"] }]), '{"B":["01","02"],"A":["03"]}');
  const codes = newCodes(3);
  const body = uploadBody(await derive({ elections: ["HomPhieuGo1den"], codes }, silent));
  assert.match(body, /^\{"HomPhieuGo1den":\["[0-9a-f]{64}","[0-9a-f]{64}","[0-9a-f]{64}"\]\}$/);
  for (const code of codes) assert.ok(!body.includes(code) && !body.includes(code.slice(0, 5)));
});

const one = "HomPhieuGo1den";
const two = "HomPhieuGo2den";

/** The public half of a few slips, as the command writes it. */
async function half(...elections: string[]): Promise<PublicHalf> {
  return derive({ elections, codes: newCodes(4) }, silent);
}

test("credentials.json: a list for one paper, an object for several", async () => {
  const single = await half(one);
  assert.deepEqual(await readPublicHalf({ elections: [one], text: JSON.stringify(single[0]!.credentials) }, silent), single);
  const both = await half(one, two);
  assert.deepEqual(await readPublicHalf({ elections: [one, two], text: uploadBody(both) }, silent), both);
  const otherOrder = uploadBody([both[1]!, both[0]!]);
  assert.deepEqual(await readPublicHalf({ elections: [one, two], text: otherOrder }, silent), both, "in the order of the papers");
});

test("credentials.json: what is refused, and each with words", async () => {
  const { credentials } = (await half(one))[0]!;
  const list = JSON.stringify(credentials);
  const refused = async (fault: Fault, text: string, elections = [one]) => {
    await assert.rejects(async () => readPublicHalf({ elections, text }, silent), { message: fault }, text.slice(0, 80));
    assert.ok(fileFaults[fault].vi && fileFaults[fault].en);
  };
  await refused("not-credentials", "");
  await refused("not-credentials", "%PDF-1.4");
  await refused("not-credentials", "null");
  await refused("not-credentials", '"x"');
  await refused("not-credentials", ` ${list}`);
  await refused("not-credentials", JSON.stringify(credentials, undefined, 1));
  await refused("not-credentials", JSON.stringify([1, 2]));
  await refused("not-credentials", list.toUpperCase());
  await refused("not-credentials", JSON.stringify(credentials.map((wire) => wire.slice(1))));
  await refused("unequal", "[]");
  await refused("twice", JSON.stringify([...credentials, credentials[3]]));
  await refused("not-ascending", JSON.stringify([...credentials].reverse()));
  await refused("not-an-element", JSON.stringify(["0".repeat(63) + "1", ...credentials]));
  await refused("not-an-element", JSON.stringify(["0".repeat(64), ...credentials]));
  await refused("not-an-element", JSON.stringify([...credentials, "f".repeat(64)]));
  await refused("other-papers", `{"${one}":${list}}`);
  await refused("not-credentials", list, [one, two]);
  await refused("other-papers", `{"${one}":${list}}`, [one, two]);
  await refused("other-papers", `{"${one}":${list},"HomPhieuGo3den":${list}}`, [one, two]);
  await refused("unequal", `{"${one}":${list},"${two}":${JSON.stringify(credentials.slice(1))}}`, [one, two]);
});

test("the jobs of the worker are these two", async () => {
  const codes = newCodes(1);
  const made = (await slipsJobs.deriveSlips!({ elections: [one], codes } as never, silent)) as PublicHalf;
  assert.deepEqual(await slipsJobs.checkSlips!({ elections: [one], text: JSON.stringify(made[0]!.credentials) } as never, silent), made);
});

// Papers

const first = vectors[0]!.election;
const meeting = "MeetingMeetingMeeting1";
const uuidOf = (election: string): string => JSON.parse(election).uuid;
/** Another paper: hostile to whoever looks for its end without reading strings. */
const second = first.replace(uuidOf(first), "PaperNumberTwo2").replace(/"description":"[^"]*"/, '"description":"}]}\\" {\\\\"');
const several = `{"meeting":"${meeting}","elections":[${first},${second}]}`;

test("papers: one election is the meeting's own", () => {
  const papers = parsePapers(first, uuidOf(first));
  assert.equal(papers.elections.length, 1);
  assert.equal(papers.text, first);
  const { fingerprint } = papers.elections[0]!;
  assert.equal(papers.slipFingerprint, base58(digest(fingerprint)).slice(0, 22));
});

test("papers: several have their exact bytes, and one fingerprint in whatever order", () => {
  const papers = parsePapers(several, meeting);
  assert.deepEqual(papers.elections.map(({ uuid }) => uuid), [uuidOf(first), "PaperNumberTwo2"]);
  const phis = [first, second].map((text) => parsePapers(text, uuidOf(text)).elections[0]!.fingerprint);
  assert.deepEqual(papers.elections.map(({ fingerprint }) => fingerprint), phis);
  const hash = digest(phis.sort().join(","));
  assert.equal(papers.slipFingerprint, base58(hash).slice(0, 22));
  const turned = parsePapers(`{"meeting":"${meeting}","elections":[${second},${first}]}`, meeting);
  assert.deepEqual([turned.slipFingerprint, turned.digits], [papers.slipFingerprint, papers.digits]);
});

test("papers: what is refused", () => {
  for (const [name, text] of Object.entries({
    "another meeting": several.replace(meeting, "SomeOtherMeeting1"),
    "a single one under a meeting": `{"meeting":"${meeting}","elections":[${first}]}`,
    "none": `{"meeting":"${meeting}","elections":[]}`,
    "one twice": `{"meeting":"${meeting}","elections":[${first},${first}]}`,
    "more behind": `${several} `,
    "cut off": several.slice(0, -3),
    "a single one with another uuid": first,
    "not an election": `{"meeting":"${meeting}","elections":[{},{}]}`,
    "the meeting's own uuid among several": several.replace(uuidOf(first), meeting),
    "nothing": "",
  })) assert.throws(() => parsePapers(text, meeting), name);
});

test("papers carry the key of the board's ceremony, or not", () => {
  const { transcript: record } = JSON.parse(read("../crypto/testdata/ceremony.json"));
  const ceremony = Transcript.parse(record);
  const election = (publicKey: string) => parsePapers(first.replace(JSON.parse(first).public_key, publicKey), uuidOf(first)).elections[0]!;
  const good = election(ceremony.electionKey);
  assert.equal(carryKey([good, good], record, ceremony.meeting), true);
  assert.equal(carryKey([good, election(JSON.parse(first).public_key)], record, ceremony.meeting), false, "one paper with another key");
  assert.equal(carryKey([good], record, uuidOf(first)), false, "another meeting's ceremony");
  const unfinished = JSON.stringify({ ...JSON.parse(record), messages: JSON.parse(record).messages.slice(0, -1) });
  assert.equal(carryKey([good], unfinished, ceremony.meeting), false, "not finished");
  for (const other of ["", "{}", "null", record.replace(/"challenge":"./, '"challenge":"1')]) assert.equal(carryKey([good], other, ceremony.meeting), false);
});

test("the link on a slip", () => {
  const papers = parsePapers(first, uuidOf(first));
  const code = newCode();
  const want = `https://phieu.example/v/${uuidOf(first)}#${code}.${papers.slipFingerprint}`;
  assert.equal(slipLink("https://phieu.example", papers, code), want);
  assert.equal(slipLink("https://phieu.example/", papers, code), want);
  assert.deepEqual(parseFragment(want.slice(want.indexOf("#"))), { code, fingerprint: papers.slipFingerprint });
});

test("slips are made until the rehearsal, and after it while there are none", () => {
  const may = (state: MeetingState, uploaded: boolean) => mayMake({ meeting: { state }, slips: { uploaded } } as SeatState);
  assert.deepEqual([may("slips", false), may("slips", true), may("rehearsed", false)], [true, true, true]);
  assert.deepEqual([may("rehearsed", true), may("sealed", false), may("open", true), may("abandoned", false)], [false, false, false, false]);
});

test("the number of slips", () => {
  assert.equal(readCount(" 55 ", 55), 55);
  assert.equal(readCount(String(MOST), 1), MOST);
  for (const typed of ["", "54", String(MOST + 1), "5,5", "55.0", "1e3", "-60", "năm mươi", "100000"]) assert.equal(readCount(typed, 55), undefined, typed);
});

// Sheets

/** Every character as wide as these faces are on average. */
const measure = (text: string, face: string) => text.length * (face === "mono" ? 0.6 : 0.5);

const heading: Heading = {
  title: "Hội nghị Ban Chấp hành Đảng bộ tỉnh khóa XVII lấy phiếu tín nhiệm giữa nhiệm kỳ 2025–2030",
  detail: ["Hội trường Tỉnh ủy, số 1 đường Lê Lợi", "Ngày 5 tháng 12 năm 2026"],
  publicUrl: "https://phieu.tinhuy.example/",
  digits: "120455310987264413359802",
};

function deal(n: number): Slip[] {
  return newCodes(n).map((code) => ({ code, link: `https://phieu.tinhuy.example/v/${"U".repeat(22)}#${code}.${"F".repeat(22)}` }));
}

type TextMark = Mark & { kind: "text" };
const texts = (sheet: Sheet): TextMark[] => sheet.filter((mark): mark is TextMark => mark.kind === "text");

test("sheets: eight slips a page, the last page not full", () => {
  const dealt = deal(19);
  const all = [...sheets(heading, dealt, measure)];
  assert.equal(PER_PAGE, 8);
  assert.deepEqual([pagesOf(1), pagesOf(8), pagesOf(9), all.length], [1, 1, 2, 3]);
  assert.deepEqual(all.map((sheet) => sheet.filter(({ kind }) => kind === "qr").length), [8, 8, 3]);
});

test("sheets: every code once, in two lines, its capitals underlined", () => {
  const dealt = deal(19);
  const all = [...sheets(heading, dealt, measure)].map((sheet) => ({ lines: texts(sheet).filter(({ face }) => face === "mono"), bars: sheet.filter(({ kind }) => kind === "bar") }));
  const printed = all.flatMap(({ lines }) => lines.map(({ text }) => text));
  assert.deepEqual(printed.map((line, i) => (i % 2 === 0 ? line + printed[i + 1] : "")).filter(Boolean), dealt.map(({ code }) => code));
  const capitals = dealt.map(({ code }) => code.replace(/[^A-Z]/g, "").length).reduce((a, b) => a + b);
  assert.equal(all.reduce((n, { bars }) => n + bars.length, 0), capitals);
});

test("sheets: the QR code is the link, with modules that scan, under the fold", () => {
  const dealt = deal(8);
  const [sheet = []] = [...sheets(heading, dealt, measure)];
  const codes = sheet.filter((mark): mark is Mark & { kind: "qr" } => mark.kind === "qr");
  codes.forEach((mark, place) => {
    assert.equal(decode(mark.rows), dealt[place]!.link);
    assert.ok(mark.module >= 0.8);
    const left = 52.5 * (place % 4);
    const top = 148.5 * Math.floor(place / 4);
    const side = mark.rows.length * mark.module;
    assert.ok(mark.x - 4 * mark.module >= left - 0.01 && mark.x + side + 4 * mark.module <= left + 52.51, "quiet zone");
    assert.ok(mark.y - 4 * mark.module >= top + 100.99 && mark.y + side <= top + 148.5 - 4.99, "on the flap, off the sheet's edge");
  });
});

/** Reads a symbol back, as a picture of 4 × 4 dots a module. */
function decode(rows: boolean[][]): string {
  const scale = 4;
  const size = (rows.length + 8) * scale;
  const data = new Uint8Array(size * size * 4).fill(255);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      if (rows[Math.floor(y / scale) - 4]?.[Math.floor(x / scale) - 4]) data.fill(0, (y * size + x) * 4, (y * size + x) * 4 + 3);
    }
  }
  return decodeQR({ width: size, height: size, data }, {});
}

test("sheets: nothing but its own code tells one slip from another", () => {
  const [sheet = []] = [...sheets(heading, deal(8), measure)];
  const slips = Array.from({ length: 8 }, (_, place) => texts(sheet)
    .filter(({ x, y, face }) => face !== "mono" && Math.floor(x / 52.5) + 4 * Math.floor(y / 148.5) === place)
    .map(({ x, y, ...mark }) => JSON.stringify({ ...mark, x: (x % 52.5).toFixed(6), y: (y % 148.5).toFixed(6) })));
  assert.ok(slips[0]!.length > 10);
  for (const slip of slips) assert.deepEqual(slip, slips[0]);
});

test("sheets: a slip says what it must, within itself, and leaves the seal's place clear", () => {
  const [sheet = []] = [...sheets(heading, deal(1), measure)];
  const all = texts(sheet);
  const said = all.map(({ text }) => text).join(" ");
  for (const want of [heading.title, ...heading.detail, "1204 5531 0987 2644 1335 9802", "phieu.tinhuy.example,", "Không ghi tên – chỉ dùng một lần", "Capitals are underlined"]) {
    assert.ok(said.includes(want), want);
  }
  for (const { x, y, size, face, text, upwards } of all) {
    const length = measure(text, face) * size;
    const [right, top] = upwards ? [x, y - length] : [x + length, y - size];
    assert.ok(x >= 4.49 && right <= 48.01 && top >= 4.4 && y <= 101.01, text);
    assert.ok(upwards ? x - size > SEAL.x + SEAL.w : top > SEAL.y + SEAL.h, `${text} is off the seal's place`);
  }
  for (const mark of sheet) {
    if (mark.kind === "line") assert.ok(mark.toX <= PAGE_WIDTH && mark.toY <= PAGE_HEIGHT);
  }
});

test("sheets: long texts shrink, and endless ones are refused by name", () => {
  const size = (title: string) => texts([...sheets({ ...heading, title }, deal(1), measure)][0]!).find(({ text }) => title.startsWith(text))!.size;
  assert.ok(size("Hội nghị") > size("Hội nghị Ban Chấp hành ".repeat(8).trim()));
  const refused = (what: string, change: Partial<Heading>, dealt = deal(1)) => {
    assert.throws(() => [...sheets({ ...heading, ...change }, dealt, measure)], (error) => error instanceof TooLong && error.what === what, what);
    assert.notEqual(words.tooLongMore(what).en, words.tooLongMore("").en + what);
  };
  refused("title", { title: "Hội nghị ".repeat(100) });
  refused("detail", { detail: Array(9).fill("một dòng") });
  refused("address", { publicUrl: "x".repeat(500) });
  refused("link", {}, [{ code: newCode(), link: "x".repeat(153) }]);
  refused("link", {}, [{ code: newCode(), link: "x".repeat(5000) }]);
});

test("sheets: wider fonts only make it smaller", () => {
  const wide = (text: string, face: string) => measure(text, face) * (face === "mono" ? 1 : 1.25);
  const [sheet = []] = [...sheets({ ...heading, title: "Hội nghị" }, deal(8), wide)];
  for (const { x, size, face, text, upwards } of texts(sheet)) {
    assert.ok(upwards || (x % 52.5) + wide(text, face) * size <= 48.01, text);
  }
});

test("sheets: a word without spaces is broken, not run over the edge", () => {
  const title = "W".repeat(60);
  const lines = texts([...sheets({ ...heading, title }, deal(1), measure)][0]!).filter(({ text }) => /^W+$/.test(text));
  assert.equal(lines.map(({ text }) => text).join(""), title);
  assert.ok(lines.length > 1);
});

test("the path of a symbol has its dark modules and no others", () => {
  assert.equal(modules([[true, true, false, true], [false, false, false, false], [false, true, true, true]]),
    "M0 0h2v1h-2zM3 0h1v1h-1zM1 2h3v1h-3z");
});

test("the head of a slip: the meeting's name once, of the first paper place and date", () => {
  const papers = parsePapers(several, meeting);
  const { title, detail } = headingOf("https://x.example", papers);
  assert.equal(title, papers.elections[0]!.name);
  assert.deepEqual(detail, papers.elections[0]!.description);
});

// Words

test("a refusal says what in particular", () => {
  const error = new Refused("slips-refused", "Không nhận được. · These cannot be taken.", [{ vi: "có 5 phiếu, triệu tập 8 người", en: "5 slips for 8 persons" }]);
  assert.deepEqual(refusal(error), { vi: "Không nhận được. Có 5 phiếu, triệu tập 8 người.", en: "These cannot be taken. 5 slips for 8 persons." });
  assert.deepEqual(refusal(new Refused("x", "Một tiếng")), { vi: "Một tiếng", en: "Một tiếng" });
});

test("every word of slips and desk has both languages", () => {
  const check = (name: string, value: unknown): void => {
    const text = typeof value === "function" ? (value as (...args: unknown[]) => unknown)("unissued", 2) : value;
    if (Array.isArray(text)) return text.forEach((item, i) => check(`${name} ${i}`, item));
    const { vi, en } = text as { vi: string; en: string };
    assert.ok(vi && en && vi === vi.normalize("NFC") && !/undefined/.test(vi + en), name);
  };
  for (const [name, word] of Object.entries(words)) check(name, word);
  for (const [name, word] of Object.entries(kinds)) check(name, word);
  for (const [name, word] of Object.entries(deskWords)) if (name !== "unreadableMore") check(name, word);
  assert.ok(utf8(words.title.vi).length > 0);
});
