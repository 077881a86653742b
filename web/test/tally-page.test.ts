/** The member's page of the count: what a member sees and does, and what leaves the page, against servers good and bad. */
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { publicOf, secretOf } from "../src/credential";
import { Transcript } from "../src/ceremony/transcript";
import { Member, newSeed, signingKey } from "../src/ceremony/member";
import { base64, digest, hex, utf8 } from "../src/hash";
import { secureScalar } from "../src/random";
import { sign } from "../src/zkp";
import { Context } from "../src/member/context";
import { Workshop, type Jobs } from "../src/member/jobs";
import { readFile, writeKeyFile, type KeyFile } from "../src/member/keyfile";
import { NoAnswer, Refused, type PollState, type Seat, type SeatState } from "../src/member/seat";
import { nextStep, tallyTask } from "../src/member/tally";
import { digitsOf, plainly } from "../src/member/tally-check";
import { words } from "../src/member/tally-words";
import { words as shell } from "../src/member/words";
import { verifyJobs } from "../src/verify/jobs";
import { stepsOf, tell, type Step } from "./archives";
import { downloads, FakeElement, openDocument, storage, UNREADABLE, until } from "./page";
import { add, begin } from "./transcripts";
import { open, read, seal } from "./vectors";

openDocument();
beforeEach(() => {
  storage.clear();
  storage.full = false;
});

const ceremony = JSON.parse(read("../crypto/testdata/ceremony.json"));
const transcript = Transcript.parse(ceremony.transcript);
const MEETING: string = ceremony.meeting;
const OTHER = "5uRkMcGNk11TXZgniyV5Bg";
const NAMES = ["Nguyễn Văn An", "Trần Thị Bình", "Lê Văn Cường"];
const SLIPS = 7;

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const json = (value: unknown) => utf8(JSON.stringify(value));
const codeOf = (i: number) => `${"ABCDE"}-${"FGHJKL"}-${"MNPQR"}-STUVW${"123456789"[i]}`;

/** An election under the board's key, or another's. */
function electionOf(uuid: string, name: string, board = transcript): string {
  const question = { answers: ["Tín nhiệm cao", "Tín nhiệm", "Tín nhiệm thấp"], blank: true, min: 1, max: 1, question: "Nguyễn Thị Minh\nBí thư" };
  return JSON.stringify({ version: 1, description: "Hội trường A", name, group: "Ed25519", public_key: board.electionKey, questions: [question], uuid });
}

/** Setup, ballots and the end of a poll. */
function storyOf(election: string, ballots: number, board = transcript): Step[] {
  const { uuid } = JSON.parse(election);
  const codes = Array.from({ length: SLIPS }, (_, i) => codeOf(i));
  const data = [utf8(election), utf8(board.trustees), json(codes.map((code) => publicOf(secretOf(uuid, code))).sort())];
  const [e, t, c] = data.map((d) => hex(digest(d)));
  const cast = codes.slice(0, ballots).map((code, i) => ({ type: "Ballot", data: [utf8(seal(open(election), code, [i % 3]).ballot)] }));
  return [{ type: "Setup", data: [...data, json({ election: e, trustees: t, credentials: c })] }, ...cast, { type: "EndBallots", data: [] }];
}

const stories = new Map<string, Step[]>();

/** The story of a poll with five ballots of seven slips, made once. */
function story(uuid: string, name: string): Step[] {
  const key = `${uuid} ${name}`;
  const told = stories.get(key) ?? storyOf(electionOf(uuid, name), 5);
  stories.set(key, told);
  return told;
}

function headOf(archive: Uint8Array): string {
  const size = parseInt(text(archive.slice(lastHeader(archive) + 124, lastHeader(archive) + 135)), 8);
  const at = lastHeader(archive) + 512;
  return hex(digest(archive.subarray(at, at + size)));
}

function lastHeader(archive: Uint8Array): number {
  return archive.length - 1024; // an event fills one block
}

/** One box on the server. */
interface Box {
  uuid: string;
  name: string;
  rehearsal: boolean;
  steps: Step[];
  signatures: { owner: number; signature: unknown }[];
  contributed: number[];
  /** What the server says of it instead. */
  lie: Partial<PollState>;
}

class Server {
  meeting: SeatState["meeting"]["state"] = "closed";
  min = 5;
  boxes: Box[] = [];
  /** What members are given instead of a box. */
  instead: ((steps: Step[]) => Step[]) | undefined;
  papers: string | undefined;
  /** What members are given instead of the ceremony, and of the paper alone. */
  ceremony: string = ceremony.transcript;
  election: string | undefined;
  /** Whether the counts of slips do not agree yet. */
  unreconciled = false;
  posts: [path: string, body: string][] = [];
  /** What happens to the next posts. */
  faults: Error[] = [];
  private readonly listeners = new Set<() => void>();

  constructor(...boxes: Partial<Box>[]) {
    for (const b of boxes.length > 0 ? boxes : [{}]) {
      const { uuid = MEETING, name = "Hội nghị" } = b;
      this.boxes.push({ uuid, name, rehearsal: false, steps: story(uuid, name), signatures: [], contributed: [], lie: {}, ...b });
    }
  }

  changed(): void {
    for (const listener of [...this.listeners]) listener();
  }

  /** The archive as it stands: while the meeting is only sealed, its setup. */
  archive({ steps }: Box): Uint8Array {
    const shown = this.instead ? this.instead(steps) : steps;
    return tell(this.meeting === "sealed" ? shown.slice(0, 1) : shown);
  }

  statement(b: Box): Record<string, unknown> {
    const election = text(b.steps[0]!.data[0]!);
    const cast = b.steps.filter(({ type }) => type === "Ballot").length;
    return {
      schema: 1, election: base64(digest(election)), end_ballots: headOf(tell(b.steps)),
      slips: { printed: SLIPS, issued: SLIPS, exchanged: 0, unissued: 0, returned: 1, not_returned: SLIPS - 1 - cast, cast }, voided: [],
    };
  }

  closing(b: Box): string {
    return JSON.stringify({ ...this.statement(b), signatures: b.signatures });
  }

  /** Lets members sign elsewhere. */
  signed(...owners: number[]): this {
    for (const b of this.boxes) {
      const message = `sigmsg|homphieu-closing-v1|${JSON.stringify(this.statement(b))}|`;
      b.signatures = owners.map((owner) => ({ owner, signature: sign(signingKey(ceremony.members[owner - 1].seed), message, secureScalar) }));
    }
    return this;
  }

  state(index: number): SeatState {
    const polls = this.boxes.map((b): PollState => ({
      election: b.uuid, title: b.name, rehearsal: b.rehearsal, state: this.meeting === "sealed" ? "sealed" : b.contributed.length >= 2 ? "tallied" : "closed",
      cast: b.steps.filter(({ type }) => type === "Ballot").length, end_ballots: headOf(tell(b.steps)),
      closing: b.signatures.length >= 2 ? "signed" : "unsigned", signed_by: b.signatures.map(({ owner }) => owner), contributed: b.contributed, ...b.lie,
    }));
    return {
      meeting: { uuid: MEETING, title: "Hội nghị", state: this.meeting, public_url: "https://x", ruleset: "reg96_2023", min_ballots: this.min },
      seat: { id: "x", role: "member", index, name: NAMES[index - 1] ?? "" },
      board: NAMES.map((name, i) => ({ index: i + 1, name, office: "member" as const })),
      ceremony: { id: transcript.ceremony, threshold: 2, size: 3, state: "done" },
      slips: { wanted: SLIPS, uploaded: true },
      polls,
    };
  }

  seat(index: number): Seat {
    return {
      base: "/staff/seats/x",
      getState: async () => this.state(index),
      getText: async (path: string) => text(this.get(path)),
      getBytes: async (path: string) => this.get(path),
      post: async (path: string, body: string) => this.post(path, body, index),
      watch: (listener: () => void) => {
        this.listeners.add(listener);
        return () => this.listeners.delete(listener);
      },
    } as unknown as Seat;
  }

  private get(path: string): Uint8Array {
    if (path === "ceremony") return utf8(this.ceremony);
    const papers = this.boxes.filter(({ rehearsal }) => !rehearsal).map(({ steps }) => text(steps[0]!.data[0]!));
    if (path === "papers") return utf8(this.papers ?? (papers.length === 1 ? papers[0]! : `{"meeting":"${MEETING}","elections":[${papers.join(",")}]}`));
    const [, uuid, what] = path.split("/");
    const b = this.boxes.find((other) => other.uuid === uuid)!;
    if (what === "closing" && this.unreconciled) throw new Refused("not-reconciled", "Chưa khớp. · They do not agree.");
    if (what === "election") return this.election === undefined ? b.steps[0]!.data[0]! : utf8(this.election);
    return what === "archive" ? this.archive(b) : utf8(this.closing(b));
  }

  private post(path: string, body: string, index: number): string {
    this.posts.push([path, body]);
    const fault = this.faults.shift();
    if (fault) throw fault;
    const [, uuid, what] = path.split("/");
    const b = this.boxes.find((other) => other.uuid === uuid)!;
    if (what === "closing") b.signatures = [...b.signatures, JSON.parse(body)].sort((x, y) => x.owner - y.owner);
    else b.contributed = [...b.contributed, index];
    if (this.boxes.every(({ rehearsal, contributed }) => rehearsal || contributed.length >= 2)) this.meeting = "tallied";
    return "";
  }
}

const KEY = readFile(ceremony.key_file);
const OWNER = "key" in KEY ? KEY.key.index : 0;
const OTHER_OWNER = (OWNER % 3) + 1;

/** The key file of the golden ceremony, with other records. */
function keyFile(records: Partial<Pick<KeyFile, "sealed" | "contributed">> = {}): string {
  assert.ok("key" in KEY);
  return writeKeyFile({ ...KEY.key, sealed: {}, contributed: {}, ...records });
}

/** What a member saw being sealed. */
function sealedOf(...boxes: Box[]): Record<string, string> {
  return Object.fromEntries(boxes.map(({ uuid, steps }) => [uuid, hex(digest(steps[0]!.data[3]!))]));
}

/** A member before the page. */
class Person {
  readonly root = new FakeElement("div");
  failure: unknown;
  readonly ended: Promise<void>;

  constructor(readonly server: Server, index = OWNER) {
    const ctx = new Context(this.root as never, server.seat(index), new Workshop(Promise.resolve(""), verifyJobs as Jobs));
    this.ended = tallyTask(this.root as never, ctx).catch((error) => void (this.failure = error));
  }

  async sees(what: string): Promise<void> {
    await until(() => this.root.textContent.includes(what) || this.failure !== undefined, () => `“${what}” in: ${this.root.textContent}`);
    if (this.failure) throw this.failure;
  }

  async press(label: string): Promise<void> {
    const there = () => this.root.all((e) => e.tag === "button" && !e.disabled && e.textContent.includes(label)).length > 0;
    await until(() => this.failure !== undefined || there(), () => `button “${label}” in: ${this.root.textContent}`);
    if (this.failure) throw this.failure;
    this.root.button(label).click();
  }

  async opens(file: string): Promise<void> {
    await this.sees(shell.orType.vi);
    this.root.choose(shell.keyFile.vi, file);
  }

  async saves(): Promise<KeyFile> {
    await this.sees(shell.saveKeyWhere.vi);
    await this.press(shell.saveKey.vi);
    const [file] = await downloads();
    await this.press(shell.keySaved.vi);
    const saved = readFile(file!.content);
    assert.ok("key" in saved);
    return saved.key;
  }

  /** Everything up to the comparison of the end. */
  async reachesEnd(file = keyFile({ sealed: sealedOf(...this.server.boxes) })): Promise<void> {
    await this.press(words.shareHere.vi);
    await this.opens(file);
    await this.sees(words.typeCast.vi);
  }

  async types(cast: string): Promise<void> {
    await this.sees(words.typeCast.vi);
    this.root.type(words.typeCast.vi, cast);
    await this.press(words.shareGo.vi);
  }

  /** Sees a refusal, after which nothing has left the page. */
  async stopped(why: string): Promise<void> {
    await this.sees(words.stop.vi);
    await this.sees(why);
    assert.deepEqual([this.server.posts, await downloads()], [[], []]);
  }
}

test("a member records what was sealed, signs the closing record and opens the result", async () => {
  const server = new Server();
  const [b] = server.boxes as [Box];
  server.meeting = "sealed";
  const person = new Person(server);
  await person.opens(keyFile());
  await person.sees(words.sealTitle.vi);
  await person.sees("Nguyễn Thị Minh – Bí thư");
  await person.sees(words.slips(SLIPS).vi);
  const slipDigits = BigInt(`0x${hex(digest(base64(digest(b.steps[0]!.data[0]!))))}`).toString().slice(0, 24);
  assert.ok(person.root.textContent.includes(slipDigits));
  await person.press(words.sameRecord.vi);
  const recorded = await person.saves();
  assert.deepEqual(recorded.sealed, sealedOf(b));
  await person.sees(words.recorded.vi);

  server.meeting = "closed";
  server.changed();
  await person.opens(writeKeyFile(recorded)); // the page has not kept the key
  await person.sees(words.closeTitle.vi);
  await person.sees(words.closeChecked(5).vi);
  await person.sees("5 + 1 + 1 = 7");
  await person.sees(digitsOf(headOf(server.archive(b))));
  await person.press(words.closeAgree.vi);
  await until(() => server.posts.length === 1, () => "signed");
  await person.sees(words.waitClosing.vi);

  server.signed(...[OWNER, OTHER_OWNER].sort());
  server.changed();
  await person.press(words.shareHere.vi);
  await person.sees(words.endDigits.vi);
  assert.ok(person.root.textContent.includes(digitsOf(headOf(server.archive(b)))));
  await person.types("5");
  const file = await person.saves();
  assert.deepEqual([file.sealed, file.contributed], [sealedOf(b), { [MEETING]: headOf(server.archive(b)) }]);
  assert.equal(server.posts.length, 1, "the key file is saved before anything is sent");
  await until(() => server.posts.length === 2, () => "sent");
  const { owner, election } = JSON.parse(server.posts[1]![1]);
  assert.deepEqual([owner, election], [OWNER, base64(digest(b.steps[0]!.data[0]!))]);
  await person.sees(words.waitShares.vi);
  b.contributed = [1, 2];
  server.meeting = "tallied";
  server.changed();
  await person.sees(words.finished.vi);
  await person.ended;
});

test("the signature that is sent holds over the whole statement", async () => {
  const server = new Server();
  const person = new Person(server);
  await person.opens(keyFile());
  await person.press(words.same.vi); // the key has no record of the sealing
  await person.press(words.closeAgree.vi);
  await until(() => server.posts.length === 1, () => "signed");
  const own = JSON.parse(server.posts[0]![1]);
  const [b] = server.signed(OTHER_OWNER).boxes as [Box];
  b.signatures = [own, ...b.signatures].sort((x, y) => x.owner - y.owner);
  server.changed();
  await person.press(words.shareHere.vi);
  await person.sees(words.noRecord.vi); // the closing file, with this signature in it, was accepted
});

test("several papers, one after another", async () => {
  const server = new Server({ uuid: "5uRkMcGNk11TXZgniyV5B1", name: "Hội nghị\nPhiếu 1" }, { uuid: "5uRkMcGNk11TXZgniyV5B2", name: "Hội nghị\nPhiếu 2" }).signed(1, 2);
  const person = new Person(server);
  await person.reachesEnd();
  for (const n of [1, 2]) {
    await person.types("5");
    assert.equal(Object.keys((await person.saves()).contributed).length, n);
    await until(() => server.posts.length === n, () => "sent");
  }
  assert.deepEqual(server.posts.map(([path]) => path), server.boxes.map(({ uuid }) => `polls/${uuid}/contribution`));
});

test("who has typed the seed compares a slip, and gets a key file", async () => {
  const server = new Server().signed(1, 3);
  const person = new Person(server);
  await person.press(words.shareHere.vi);
  await person.sees(shell.seed.vi);
  person.root.type(shell.seed.vi, ceremony.members[OWNER - 1].seed);
  await person.press(shell.useSeed.vi);
  await person.sees(words.noRecord.vi);
  await person.press(words.same.vi);
  await person.types("5");
  const file = await person.saves();
  assert.deepEqual([file.index, file.name, Object.keys(file.contributed)], [OWNER, NAMES[OWNER - 1], [MEETING]]);
  await until(() => server.posts.length === 1, () => "sent");
});

/** Offers a signed box that was tampered with, to a member who saw it sealed. */
async function refusesBox(change: (steps: Step[]) => Step[], why: string): Promise<void> {
  const server = new Server().signed(1, 2);
  server.instead = change;
  const person = new Person(server);
  await person.press(words.shareHere.vi);
  await person.opens(keyFile({ sealed: sealedOf(...server.boxes) }));
  await person.stopped(why);
}

test("ballots dropped, added or swapped after the board has signed: nothing is sent", async () => {
  const other = stepsOf(tell(storyOf(electionOf(MEETING, "Hội nghị"), 6)));
  await refusesBox((steps) => [...steps.slice(0, 2), ...steps.slice(3)], words.badClosing.vi);
  await refusesBox((steps) => [...steps.slice(0, -1), other[6]!, ...steps.slice(-1)], words.badClosing.vi);
  await refusesBox((steps) => [steps[0]!, other[1]!, ...steps.slice(2)], words.badClosing.vi);
  await refusesBox((steps) => [steps[0]!, steps[2]!, steps[1]!, ...steps.slice(3)], words.badClosing.vi);
  await refusesBox((steps) => [...steps.slice(0, 2), steps[1]!, ...steps.slice(3)], words.badTwice.vi);
});

test("a ballot that is not valid, a false setup, no end", async () => {
  await refusesBox((steps) => steps.map((s, i) => (i === 1 ? { ...s, data: [utf8(text(s.data[0]!).replace('"challenge":"', '"challenge":"1'))] } : s)), words.badBallot.vi);
  await refusesBox((steps) => steps.map((s, i) => (i === 0 ? { ...s, data: [s.data[1]!, s.data[0]!, ...s.data.slice(2)] } : s)), words.badSetup.vi);
  await refusesBox((steps) => steps.slice(0, -1), words.badClosing.vi);
});

test("a box that is valid, but another one", async () => {
  const steps = storyOf(electionOf(MEETING, "Hội nghị "), 5);
  const server = new Server({ steps }).signed(1, 2);
  const person = new Person(server);
  await person.press(words.shareHere.vi);
  await person.opens(keyFile({ sealed: sealedOf({ ...server.boxes[0]!, steps: story(MEETING, "Hội nghị") }) }));
  await person.stopped(words.otherSetup.vi);
});

test("a box that the key file does not name, when it names others", async () => {
  const server = new Server().signed(1, 2);
  const person = new Person(server);
  await person.press(words.shareHere.vi);
  await person.opens(keyFile({ sealed: { [OTHER]: "0".repeat(64) } }));
  await person.stopped(words.otherSetup.vi);
});

test("a second end of a box gets no second share", async () => {
  const server = new Server().signed(1, 2);
  const person = new Person(server);
  await person.press(words.shareHere.vi);
  await person.opens(keyFile({ sealed: sealedOf(...server.boxes), contributed: { [MEETING]: "0".repeat(64) } }));
  await person.stopped(words.otherEnd.vi);
});

test("the same end again: the file is not saved once more, and the share is sent", async () => {
  const server = new Server().signed(1, 2);
  const person = new Person(server);
  await person.reachesEnd(keyFile({ sealed: sealedOf(...server.boxes), contributed: { [MEETING]: headOf(server.archive(server.boxes[0]!)) } }));
  await person.types("5");
  await until(() => server.posts.length === 1, () => "sent");
  assert.deepEqual(await downloads(), []);
});

test("a server that says two things", async () => {
  for (const lie of [{ cast: 6 }, { end_ballots: "0".repeat(64) }]) {
    const server = new Server({ lie }).signed(1, 2);
    const person = new Person(server);
    await person.press(words.shareHere.vi);
    await person.opens(keyFile());
    await person.stopped(words.twoBoxes.vi);
  }
});

test("a rehearsal is done by the same steps, and not after sealing", async () => {
  const rehearsal = { uuid: OTHER, name: "TẬP DƯỢT · Hội nghị", rehearsal: true };
  const server = new Server(rehearsal).signed(1, 2);
  server.meeting = "slips";
  const person = new Person(server);
  await person.reachesEnd(keyFile());
  await person.types("5");
  assert.deepEqual(Object.keys((await person.saves()).contributed), [OTHER]);
  await until(() => server.posts.length === 1, () => "sent");

  const again = new Server(rehearsal).signed(1, 2);
  again.meeting = "slips";
  const late = new Person(again);
  await late.press(words.shareHere.vi);
  await late.opens(keyFile({ sealed: { [MEETING]: "0".repeat(64) } }));
  await late.stopped(words.rehearsalOver.vi);
});

test("a real box that is called a rehearsal, and the other way round", async () => {
  for (const box of [{ rehearsal: true }, { name: "TẬP DƯỢT · Hội nghị" }]) {
    const server = new Server(box).signed(1, 2);
    if (box.rehearsal) server.meeting = "slips";
    const person = new Person(server);
    await person.press(words.shareHere.vi);
    await person.opens(keyFile());
    await person.stopped(words.falseRehearsal.vi);
  }
});

test("too few ballots are not opened", async () => {
  const server = new Server().signed(1, 2);
  server.min = 6;
  const person = new Person(server);
  await person.press(words.shareHere.vi);
  await person.opens(keyFile({ sealed: sealedOf(...server.boxes) }));
  await person.stopped(words.tooFew(5, 6).vi);
});

test("fewer than five are never opened, whatever the server says, nor in a rehearsal", async () => {
  for (const box of [{}, { uuid: OTHER, name: "TẬP DƯỢT · Hội nghị", rehearsal: true }]) {
    const { uuid = MEETING, name = "Hội nghị", rehearsal } = box as Partial<Box>;
    const server = new Server({ ...box, steps: storyOf(electionOf(uuid, name), 4) }).signed(1, 2);
    if (rehearsal) server.meeting = "slips";
    for (const least of [0, "x", undefined]) {
      server.min = least as number;
      const person = new Person(server);
      await person.press(words.shareHere.vi);
      await person.opens(keyFile(rehearsal ? {} : { sealed: sealedOf(...server.boxes) }));
      await person.stopped(words.tooFew(4, 5).vi);
    }
  }
});

/** Two ends of one box: five ballots each, of which one differs. */
function twoEnds(): [Step[], Step[]] {
  const all = storyOf(electionOf(MEETING, "Hội nghị"), 6);
  const end = all[7]!;
  return [[...all.slice(0, 6), end], [...all.slice(0, 5), all[6]!, end]];
}

/** The server comes to the same point of the count again, with another end. */
function endsAnew(server: Server, steps: Step[]): void {
  Object.assign(server.boxes[0]!, { steps, contributed: [], signatures: [] });
  server.meeting = "closed";
}

test("one page decrypts one end of a box, though the key file is that of before", async () => {
  const [one, other] = twoEnds();
  const server = new Server({ steps: one }).signed(1, 2);
  const person = new Person(server);
  const file = keyFile({ sealed: sealedOf(...server.boxes) });
  await person.reachesEnd(file);
  await person.types("5");
  await person.saves();
  await until(() => server.posts.length === 1, () => "sent");
  endsAnew(server, other);
  server.signed(1, 2);
  server.posts = [];
  server.changed();
  await person.opens(file);
  await person.stopped(words.otherEndHere.vi);
});

test("one device decrypts one end of a box, though the seed is typed in another page, and signs no other", async () => {
  const [one, other] = twoEnds();
  const server = new Server({ steps: one }).signed(1, 2);
  const opens = async (person: Person) => {
    await person.sees(shell.seed.vi);
    person.root.type(shell.seed.vi, ceremony.members[OWNER - 1].seed);
    await person.press(shell.useSeed.vi);
  };
  const first = new Person(server);
  await first.press(words.shareHere.vi);
  await opens(first);
  await first.press(words.same.vi);
  await first.types("5");
  await first.saves();
  await until(() => server.posts.length === 1, () => "sent");
  assert.equal(storage.getItem(`homphieu-ends/${transcript.ceremony}/${OWNER}`), JSON.stringify({ [MEETING]: headOf(tell(one)) }));
  endsAnew(server, other);
  server.posts = [];
  const signing = new Person(server);
  await opens(signing);
  await signing.stopped(words.otherEndHere.vi);
  server.signed(1, 2);
  const sharing = new Person(server);
  await sharing.press(words.shareHere.vi);
  await opens(sharing);
  await sharing.stopped(words.otherEndHere.vi);
});

test("one device signs one end of a box, and decrypts no other; where nothing is kept, one page", async () => {
  for (const full of [false, true]) {
    storage.full = full;
    const [one, other] = twoEnds();
    const server = new Server({ steps: one });
    const person = new Person(server);
    const file = keyFile({ sealed: sealedOf(...server.boxes) });
    await person.opens(file);
    await person.press(words.closeAgree.vi);
    await until(() => server.posts.length === 1, () => "signed");
    endsAnew(server, other);
    server.posts = [];
    server.changed();
    await person.stopped(words.otherEndHere.vi); // the page has kept the key for the share
    server.signed(1, 2);
    await person.press(words.again.vi);
    await person.press(words.shareHere.vi);
    await person.stopped(words.otherEndHere.vi);
    storage.clear();
  }
});

test("a box that is valid, but of another board's key", async () => {
  let t = begin({ meeting: MEETING, ceremony: newSeed(), threshold: 2, size: 3 });
  const members = t.indices.map((index) => new Member(newSeed(), t, index));
  while (t.stage !== "finished") for (const index of t.missing) t = add(t, (await members[index - 1]!.next(t)) as string);
  const server = new Server({ steps: storyOf(electionOf(MEETING, "Hội nghị", t), 5, t) });
  for (const meeting of ["sealed", "closed"] as const) { // before it is recorded, and before it is signed without a record
    server.meeting = meeting;
    const person = new Person(server);
    await person.opens(keyFile());
    await person.stopped(words.otherTrustees.vi);
  }
  const seed = new Person(server);
  await seed.sees(shell.seed.vi);
  seed.root.type(shell.seed.vi, ceremony.members[OWNER - 1].seed);
  await seed.press(shell.useSeed.vi);
  await seed.stopped(words.otherTrustees.vi);
});

test("a box of the same board, but another poll's", async () => {
  const server = new Server();
  server.instead = () => story(OTHER, "Hội nghị");
  const person = new Person(server);
  await person.opens(keyFile());
  await person.stopped(words.otherElection.vi);
});

test("before the closing record is signed: a box that is open, or not as the server says, or whose voters are voided", async () => {
  const open = new Server();
  open.instead = (steps) => steps.slice(0, -1);
  const voided = publicOf(secretOf(MEETING, codeOf(0)));
  const voters = new Server();
  voters.statement = (b) => ({ ...Server.prototype.statement.call(voters, b), voided: [voided] });
  const cases: [Server, string][] = [
    [open, words.notEnded.vi],
    [new Server({ lie: { cast: 6 } }), words.twoBoxes.vi],
    [new Server({ lie: { end_ballots: "0".repeat(64) } }), words.twoBoxes.vi],
    [voters, words.badClosing.vi],
  ];
  for (const [server, why] of cases) {
    const person = new Person(server);
    await person.opens(keyFile({ sealed: sealedOf(...server.boxes) }));
    await person.stopped(why);
  }
});

test("who has no record of the sealing compares a slip before signing", async () => {
  const server = new Server();
  const person = new Person(server);
  await person.opens(keyFile());
  await person.sees(words.noRecord.vi);
  assert.throws(() => person.root.button(words.closeAgree.vi), /no button/);
  await person.press(words.differs.vi);
  await person.stopped(words.memberSays.vi);
});

test("the key is opened for a ceremony that is finished, and the one of its file", async () => {
  const o = JSON.parse(ceremony.transcript);
  const early = new Server();
  early.ceremony = JSON.stringify({ ...o, messages: o.messages.slice(0, -1) });
  const person = new Person(early);
  await person.ended;
  assert.match(String(person.failure), /ceremony: not finished/);

  // The same members once more, from the same seeds: other polynomials, another key.
  let t = begin({ meeting: MEETING, ceremony: transcript.ceremony, threshold: 2, size: 3 });
  const members = t.indices.map((index) => new Member(ceremony.members[index - 1].seed, t, index));
  while (t.stage !== "finished") for (const index of t.missing) t = add(t, (await members[index - 1]!.next(t)) as string);
  const server = new Server();
  server.ceremony = t.text;
  const other = new Person(server);
  await other.opens(keyFile());
  await other.sees(shell.fault("other-transcript", "").vi);
});

test("what is recorded is an empty box, and the paper that voters get", async () => {
  const full = new Server();
  full.meeting = "sealed";
  full.archive = ({ steps }) => tell(steps.slice(0, 2));
  const person = new Person(full);
  await person.opens(keyFile());
  await person.stopped(words.notEmpty.vi);

  const other = new Server();
  other.meeting = "sealed";
  other.election = electionOf(MEETING, "Hội nghị khác");
  const voter = new Person(other);
  await voter.opens(keyFile());
  await voter.stopped(words.otherPapers.vi);
});

test("another number on the projector: the page waits for the right one, or stops", async () => {
  const server = new Server().signed(1, 2);
  const person = new Person(server);
  await person.reachesEnd();
  await person.types("6");
  await person.sees(words.typedOther("6").vi);
  const shown = () => person.root.all((e) => e.attributes.get("class") === "counter-number")[0]!;
  const hidden = () => person.root.all((e) => e.tag === "section" && e.hidden && e.textContent.includes(words.inBox.vi)).length === 1;
  assert.deepEqual([shown().textContent, hidden()], ["", true]);
  person.root.type(words.typeCast.vi, "5");
  assert.deepEqual([shown().textContent, hidden()], ["5", false]);
  person.root.type(words.typeCast.vi, "6");
  assert.deepEqual([shown().textContent, hidden()], ["", true]);
  assert.deepEqual(server.posts, []);
  await person.press(words.differs.vi);
  await person.stopped(words.memberSays.vi);
  await person.press(words.again.vi);
  await person.sees(words.typeCast.vi);
});

test("a ledger that does not agree with the table, or with the box, is not signed", async () => {
  const server = new Server();
  const person = new Person(server);
  await person.opens(keyFile({ sealed: sealedOf(...server.boxes) }));
  await person.press(words.closeDiffers.vi);
  await person.stopped(words.memberSays.vi);

  const lying = new Server();
  lying.statement = (b) => ({ ...Server.prototype.statement.call(lying, b), slips: { printed: 7, issued: 7, exchanged: 0, unissued: 0, returned: 0, not_returned: 1, cast: 6 } });
  const other = new Person(lying);
  await other.opens(keyFile());
  await other.stopped(words.badClosing.vi);
});

test("while the counts do not agree the page waits, and then goes on", async () => {
  const server = new Server();
  server.unreconciled = true;
  const person = new Person(server);
  await person.sees("Chưa khớp.");
  await person.sees(words.closeEarly.vi);
  server.unreconciled = false;
  server.changed();
  await person.opens(keyFile({ sealed: sealedOf(...server.boxes) }));
  await person.sees(words.closeTitle.vi);
});

test("what is recorded already is only compared again", async () => {
  const server = new Server();
  server.meeting = "sealed";
  const person = new Person(server);
  await person.opens(keyFile({ sealed: sealedOf(...server.boxes) }));
  await person.sees(words.recorded.vi);
  assert.deepEqual(await downloads(), []);
  const other = new Person(server);
  await other.opens(keyFile({ sealed: { [MEETING]: "0".repeat(64) } }));
  await other.stopped(words.otherSetup.vi);
});

test("papers that are not those of the slips are not recorded", async () => {
  const server = new Server();
  server.meeting = "sealed";
  server.papers = electionOf(MEETING, "Hội nghị khác");
  const person = new Person(server);
  await person.opens(keyFile());
  await person.stopped(words.otherPapers.vi);

  const differing = new Server();
  differing.meeting = "sealed";
  const other = new Person(differing);
  await other.opens(keyFile());
  await other.press(words.differs.vi);
  await other.stopped(words.memberSays.vi);
});

test("while the network fails the very same bytes are sent again; so they are after a refusal", async () => {
  const server = new Server().signed(1, 2);
  server.faults = [new NoAnswer(0.01), new Refused("conflict", "Đang bận. · Busy."), new NoAnswer(0.01)];
  const person = new Person(server);
  await person.reachesEnd();
  await person.types("5");
  await person.saves();
  await person.sees("Đang bận.");
  await person.press(words.sendAgain.vi);
  await until(() => server.posts.length === 4, () => "sent");
  assert.equal(new Set(server.posts.map(([, body]) => body)).size, 1);
  await person.sees(words.waitShares.vi);
});

test("a share made by the command is taken from its file", async () => {
  const server = new Server().signed(1, 2);
  const election = base64(digest(server.boxes[0]!.steps[0]!.data[0]!));
  const person = new Person(server);
  await person.sees(words.byCommand.vi);
  const bring = (o: object) => person.root.choose(words.shareFile.vi, `${JSON.stringify(o)}\n`);
  bring({ type: "homphieu-keyfile-v1" });
  await person.sees(words.notShare.vi);
  bring({ type: "homphieu-contribution-v1", election, owner: OTHER_OWNER });
  await person.sees(words.otherMembers.vi);
  bring({ type: "homphieu-contribution-v1", election: "A".repeat(43), owner: OWNER });
  await person.sees(words.otherPoll.vi);
  assert.deepEqual(server.posts, []);
  const good = { type: "homphieu-contribution-v1", election, owner: OWNER };
  bring(good);
  await until(() => server.posts.length === 1, () => "sent");
  assert.deepEqual(server.posts, [[`polls/${MEETING}/contribution`, JSON.stringify(good)]]);
});

test("another member's file opens nothing", async () => {
  const server = new Server().signed(1, 2);
  const person = new Person(server, OTHER_OWNER);
  await person.press(words.shareHere.vi);
  await person.opens(keyFile());
  await person.sees(shell.fault("other-member", "key" in KEY ? KEY.key.name : "").vi);
});

test("a file that cannot be read is called that, and may be chosen again", async () => {
  const person = new Person(new Server().signed(1, 2));
  await person.press(words.shareHere.vi);
  await person.opens(UNREADABLE);
  await person.sees(shell.unread.vi);
  await person.opens(keyFile());
  await person.sees(words.noRecord.vi);
});

test("what is to be done next", () => {
  const server = new Server();
  const kind = (index = OWNER) => {
    const next = nextStep(server.state(index));
    return next.kind === "wait" ? next.for : next.kind === "end" ? next.because : next.kind;
  };
  assert.equal(kind(0), "stranger");
  assert.equal(kind(), "sign");
  server.signed(OWNER);
  assert.equal(kind(), "closing");
  server.signed(1, 2, 3);
  assert.equal(kind(), "share");
  server.boxes[0]!.contributed = [OWNER];
  assert.equal(kind(), "shares");
  for (const [state, want] of [["draft", "nothing"], ["keys", "nothing"], ["slips", "nothing"], ["sealed", "seal"], ["open", "seal"], ["tallied", "counted"], ["signed", "counted"]] as const) {
    server.meeting = state;
    assert.equal(kind(), want, state);
  }
});

test("every reason of a verifier has plain words", () => {
  const cases: [string, { vi: string }][] = [
    ["archive: does not begin with the header BELENIOS", words.badFile],
    ["file 28: archive: ends in the middle of a file", words.badFile],
    ["event 0 (Setup): trustees: item 1: trustee 1: public key: proof of knowledge", words.badSetup],
    ["event 1 (Ballot): credential: unknown", words.badUnknown],
    ["event 2 (Ballot): credential: already used", words.badTwice],
    ["ballot: ciphertext of another ballot: alpha 00", words.badTwice],
    ["event 2 (Ballot): ballot: proof does not hold: signature: challenge mismatch", words.badBallot],
    ["event 4 (Ballot): chain: broken: parent or height does not continue it", words.badChain],
    ["chain: event out of order: no Setup", words.badChain],
    ["event 7 (EncryptedTally): encrypted tally: not the product of the ballots", words.badCount],
    ["closing file: does not hold: voided credential 00: credential: already used", words.badClosing],
  ];
  for (const [reason, want] of cases) assert.equal(plainly(reason).vi, want.vi, reason);
});
