/** The member's page of the ceremony: three members, each in a page of their own, and one server. */
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { seal } from "../src/ceremony/hpke";
import { Member, newSeed, signingKey } from "../src/ceremony/member";
import { commitStatement, sealInfo, Transcript, type Stage, type Terms } from "../src/ceremony/transcript";
import { encodeScalar, g, power, q } from "../src/group";
import { ceremonyTask } from "../src/member/ceremony";
import { words } from "../src/member/ceremony-words";
import { Context } from "../src/member/context";
import { Workshop } from "../src/member/jobs";
import { readFile, writeKeyFile, type KeyFile } from "../src/member/keyfile";
import { NoAnswer, Refused, type Seat, type SeatState } from "../src/member/seat";
import { words as shell } from "../src/member/words";
import { secureScalar } from "../src/random";
import { coefexpsMessage, signMessage } from "../src/threshold";
import { downloads, FakeElement, openDocument, storage, until } from "./page";
import { add, begin } from "./transcripts";

const windowListeners = openDocument();
beforeEach(() => {
  storage.clear();
  storage.full = false;
});
const NAMES = ["Nguyễn Văn An", "Trần Thị Bình", "Lê Văn Cường"];
const MEETING = "5uRkMcGNk11TXZgniyV5Bf";

/** What passes messages on, and may be told to do worse. */
class Server {
  state: SeatState["ceremony"]["state"] = "running";
  meeting: SeatState["meeting"]["state"] = "keys";
  t!: Transcript;
  names = NAMES;
  /** What members are shown instead. */
  lie: ((text: string, index: number) => string) | undefined;
  down = false;
  posted: string[] = [];
  private readonly listeners = new Set<() => void>();

  constructor() {
    this.begin();
  }

  begin(): void {
    this.t = begin({ meeting: MEETING, ceremony: newSeed(), threshold: 2, size: 3 });
    this.state = "running";
    this.changed();
  }

  changed(): void {
    for (const listener of [...this.listeners]) listener();
  }

  seat(index: number): Seat {
    const answer = <T>(value: () => T) => async (): Promise<T> => {
      if (this.down) throw new NoAnswer(0.01);
      return value();
    };
    return {
      base: "/staff/seats/x",
      getState: answer(() => this.stateOf(index)),
      getText: answer(() => this.lie?.(this.t.text, index) ?? this.t.text),
      post: async (path: string, body: string) => {
        assert.equal(path, "ceremony");
        await answer(() => undefined)();
        this.take(body);
        return "";
      },
      watch: (listener: () => void) => {
        this.listeners.add(listener);
        return () => this.listeners.delete(listener);
      },
    } as unknown as Seat;
  }

  private take(message: string): void {
    this.posted.push(message);
    const { type, index } = JSON.parse(message);
    const before = /homphieu-(.*)-v1/.exec(type)?.[1] as never;
    if (this.t.has(before, index)) throw new Refused("second-message", "Đã có. · It is there.");
    try {
      this.t = add(this.t, message);
    } catch {
      throw new Refused("malformed", "Không đúng. · Not right.");
    }
    this.t.verify();
    if (this.t.stage === "failed") this.state = "failed";
    if (this.t.stage === "finished") this.state = "done";
    this.changed();
  }

  private stateOf(index: number): SeatState {
    const { ceremony: id, threshold, size } = this.t;
    return {
      meeting: { uuid: MEETING, title: "Hội nghị", state: this.meeting, public_url: "https://x", ruleset: "reg96_2023", min_ballots: 5 },
      seat: { id: "x", role: "member", index, name: NAMES[index - 1] ?? "" },
      board: this.names.map((name, i) => ({ index: i + 1, name, office: "member" })),
      ceremony: { id: this.state === "none" ? "" : id, threshold, size, state: this.state },
      slips: { wanted: 5, uploaded: false },
      polls: [],
    };
  }
}

/** A member before the page. */
class Person {
  readonly root = new FakeElement("div");
  seed = "";
  failure: unknown;
  readonly ended: Promise<void>;

  constructor(server: Server, readonly index: number) {
    const ctx = new Context(this.root as never, server.seat(index), new Workshop(Promise.resolve(""), {}));
    this.ended = ceremonyTask(this.root as never, ctx).catch((error) => void (this.failure = error));
  }

  async sees(text: string): Promise<void> {
    await until(() => this.root.textContent.includes(text) || this.failure !== undefined, () => `“${text}” in: ${this.root.textContent}`);
    if (this.failure) throw this.failure;
  }

  async press(label: string): Promise<void> {
    await until(() => this.failure !== undefined || this.root.all((e) => e.tag === "button" && !e.disabled && e.textContent.includes(label)).length > 0, () => `button “${label}” in: ${this.root.textContent}`);
    if (this.failure) throw this.failure;
    this.root.button(label).click();
  }

  /** Makes the seed and copies it. */
  async copySeed(): Promise<void> {
    await this.press(words.begin.vi);
    await this.sees(words.seedTitle.vi);
    const [code] = this.root.all((e) => e.attributes.get("class") === "code");
    this.seed = (code as FakeElement).textContent;
    assert.match(this.seed, /^[1-9A-HJ-NP-Za-km-z]{22}$/);
    assert.equal(this.root.button(words.copied.vi).disabled, true); // paper alone is not enough
    await this.press(words.saveSeed.vi);
    await downloads();
    await this.press(words.copied.vi);
  }

  async typeSeed(seed = this.seed): Promise<void> {
    await this.sees(shell.seed.vi);
    this.root.type(shell.seed.vi, seed);
  }

  async begin(): Promise<void> {
    await this.copySeed();
    await this.typeSeed();
    this.root.button(words.check.vi).click();
  }

  async compare(): Promise<void> {
    await this.sees(words.digitsHow.vi);
    await this.sees(words.allSame.vi);
    for (const [i, name] of NAMES.entries()) if (i + 1 !== this.index) this.root.tick(name);
    await this.press(words.allSame.vi);
  }

  /** Types the seed with which to go on. */
  async opens(seed: string): Promise<void> {
    await this.typeSeed(seed);
    await this.press(shell.useSeed.vi);
  }

  async save(n = 1): Promise<string> {
    await this.sees(shell.saveKeyWhere.vi);
    assert.equal(this.root.button(shell.keySaved.vi).disabled, true);
    await this.press(shell.saveKey.vi);
    const [file] = await downloads();
    assert.equal(file?.name, `khoa-${this.index}-${n}.json`);
    await this.press(shell.keySaved.vi);
    return file?.content ?? "";
  }
}

const persons = (server: Server) => [1, 2, 3].map((index) => new Person(server, index));
const each = async (people: Person[], act: (person: Person) => Promise<unknown>) => {
  for (const person of people) await act(person);
};

const read = (content: string): { key: KeyFile } => {
  const file = readFile(content);
  assert.ok("key" in file);
  return file;
};

const leaving = () => {
  let asked = false;
  for (const listener of windowListeners.get("beforeunload") ?? []) listener({ preventDefault: () => (asked = true) });
  return asked;
};

test("a whole ceremony: nothing is sent before the seed is on paper, nor a commit before the digits are compared", async () => {
  const server = new Server();
  const people = persons(server);
  await each(people, (person) => person.copySeed());
  assert.equal(server.posted.length, 0);
  assert.equal(leaving(), true);
  await each(people, async (person) => {
    await person.typeSeed();
    person.root.button(words.check.vi).click();
  });
  await each(people, (person) => person.sees(words.digitsHow.vi));
  assert.equal(leaving(), false);
  assert.equal(server.posted.length, 6);
  for (const person of people) {
    for (const index of [1, 2, 3]) assert.ok(person.root.textContent.includes(server.t.digits(index)));
    assert.equal(person.root.button(words.allSame.vi).disabled, true);
    assert.throws(() => person.root.tick(NAMES[person.index - 1] as string), /no label/);
  }
  await people[0]?.compare();
  await people[0]?.sees(words.waitTitle.vi);
  assert.equal(server.t.stage, "commit");
  for (const index of [1, 2, 3]) assert.ok(people[0]?.root.textContent.includes(server.t.digits(index)), "the digits stay in sight");
  await people[0]?.sees(words.digitsStay.vi);
  await people[0]?.sees(words.ofMembers(2, 3).vi);
  await each(people.slice(1), (person) => person.compare());
  for (const person of people) {
    const file = readFile(await person.save());
    assert.ok("key" in file && file.key.seed === person.seed && file.key.index === person.index && file.key.name === NAMES[person.index - 1]);
  }
  await each(people, (person) => person.sees(words.finishedTitle.vi));
  server.t.verify();
  assert.equal(server.t.stage, "finished");
  assert.ok(server.posted.every((message) => people.every(({ seed }) => !message.includes(seed))));
});

test("the seed must be given back: typed, or as a file with two groups", async () => {
  const server = new Server();
  const person = new Person(server, 1);
  await person.copySeed();
  const wrong = `${person.seed.slice(0, 6)}${person.seed[6] === "2" ? "3" : "2"}${person.seed.slice(7)}`;
  for (const [typed, says] of [[wrong, "nhóm 2"], ["x", "1"], [`${person.seed}0`, "0"]] as const) {
    await person.typeSeed(typed);
    person.root.button(words.check.vi).click();
    await person.sees(says);
  }
  await person.press(words.look.vi);
  await person.press(words.saveSeed.vi);
  const [file] = await downloads();
  assert.equal(file?.name, "khoa-hat-giong-1.json");
  await person.press(words.copied.vi);
  const submit = () => person.root.all((e) => e.tag === "button" && e.textContent.includes(words.check.vi))[1]?.click();
  submit();
  await person.sees(words.noFile.vi);
  person.root.choose(words.backFileLabel.vi, "{}");
  await person.sees(words.wrongFile.vi);
  person.root.choose(words.backFileLabel.vi, file?.content as string);
  await person.sees(words.rightFile.vi);
  const asked = [1, 2, 3, 4].filter((n) => person.root.all((e) => e.tag === "label" && e.textContent.startsWith(words.group(n).vi)).length > 0);
  assert.equal(asked.length, 2);
  submit();
  await person.sees(`nhóm ${asked[0]}, nhóm ${asked[1]}`);
  assert.equal(server.posted.length, 0);
  const groups = /^(.{5})(.{6})(.{5})(.{6})$/.exec(person.seed) as RegExpExecArray;
  for (const n of asked) person.root.type(words.group(n).vi, groups[n] as string);
  submit();
  await person.sees(words.waitTitle.vi);
  assert.equal(server.posted.length, 1);
  assert.ok(person.root.textContent.includes(NAMES[1] as string));
});

test("a page that is closed goes on from the seed, at every step", async () => {
  const server = new Server();
  let people = persons(server);
  const seeds = new Map<number, string>();
  await each(people, async (person) => {
    await person.begin();
    seeds.set(person.index, person.seed);
  });
  const reload = async () => {
    people = persons(server);
    await each(people, async (person) => {
      await person.sees(words.resume.vi);
      await person.typeSeed(newSeed());
      await person.press(shell.useSeed.vi);
      await person.sees(shell.fault("wrong-seed", "").vi);
      await person.typeSeed(seeds.get(person.index));
      await person.press(shell.useSeed.vi);
    });
  };
  await each(people, (person) => person.sees(words.digitsHow.vi));
  await reload();
  await each(people, (person) => person.compare());
  await each(people, (person) => person.sees(shell.saveKeyWhere.vi));
  await reload();
  const files = [];
  for (const person of people) files.push(await person.save());
  await each(people, (person) => person.sees(words.finishedTitle.vi));
  // And who comes back later, with the file or the seed, can save the key file again.
  const late = new Person(server, 2);
  await late.sees(words.checkKey.vi);
  late.root.choose(shell.keyFile.vi, files[0] as string);
  await late.sees(NAMES[0] as string);
  await late.opens(newSeed());
  await late.sees(shell.fault("wrong-seed", "").vi);
  const { key: first } = read(files[1] as string);
  const records = { sealed: { [MEETING]: "ab".repeat(32) }, contributed: { [server.t.ceremony]: "cd".repeat(32) } };
  late.root.choose(shell.keyFile.vi, writeKeyFile({ ...first, ...records }));
  await late.press(words.saveAgain.vi);
  const { key: again } = read(await late.save(3));
  assert.deepEqual([again.seed, again.share, again.transcript.trustees], [first.seed, first.share, first.transcript.trustees]);
  assert.deepEqual([again.sealed, again.contributed], [records.sealed, records.contributed]);
  const typed = new Person(server, 2);
  await typed.opens(first.seed);
  assert.equal(read(await typed.save()).key.share, first.share); // no file is known: it is offered before all is well
  await typed.press(words.saveAgain.vi);
  server.meeting = "sealed";
  const sealed = new Person(server, 2);
  await sealed.opens(first.seed);
  await sealed.sees(words.finishedWhat.vi);
  await sealed.ended;
  assert.throws(() => sealed.root.button(words.saveAgain.vi), /no button/);
});

test("who says that digits differ sends nothing", async () => {
  const server = new Server();
  const people = persons(server);
  await each(people, (person) => person.begin());
  const [one] = people as [Person];
  await one.press(words.different.vi);
  await one.sees(words.differentTitle.vi);
  assert.equal(server.posted.length, 6);
  await one.press(words.compareAgain.vi);
  assert.equal(one.root.button(words.allSame.vi).disabled, true);
});

test("when the secretary begins again, pages go on with new seeds", async () => {
  const server = new Server();
  const people = persons(server);
  await each(people, (person) => person.begin());
  await each(people, (person) => person.sees(words.digitsHow.vi));
  const old = people.map(({ seed }) => seed);
  server.state = "failed";
  server.changed();
  await each(people, (person) => person.sees(words.brokenOff.vi));
  server.begin();
  await each(people, (person) => person.begin());
  await each(people, (person) => person.sees(words.digitsHow.vi));
  assert.ok(people.every(({ seed }, i) => seed !== old[i]));
  // In the middle of copying the seed, too.
  server.begin();
  const [one] = people as [Person];
  await one.copySeed();
  server.begin();
  await one.sees(words.begin.vi);
});

test("before it begins, and for who is not on the board", async () => {
  const server = new Server();
  server.state = "none";
  const member = new Person(server, 1);
  await member.sees(words.notBegun.vi);
  server.begin();
  await member.sees(words.begin.vi);
  const chair = new Person(server, 0);
  await chair.sees(words.onlyMembers.vi);
  await chair.ended;
});

test("what does not hold is named, and nothing more is sent", async () => {
  const server = new Server();
  const people = persons(server);
  await each(people, (person) => person.begin());
  await each(people, (person) => person.sees(words.digitsHow.vi));
  const forged = (text: string) => {
    const o = JSON.parse(text);
    o.messages[4].transport.signature.challenge = "1";
    return JSON.stringify(o);
  };
  const { length } = server.posted;
  const lies: [(text: string) => string, string][] = [
    [forged, words.faultOf(NAMES[1] as string, "certificate").vi],
    [(text: string) => ` ${text}`, words.faultForm.vi],
    [() => begin({ meeting: MEETING, ceremony: newSeed(), threshold: 2, size: 3 }).text, words.faultTerms.vi],
  ];
  for (const [lie, says] of lies) {
    server.lie = lie;
    const person = new Person(server, 1);
    await person.sees(says);
  }
  assert.equal(server.posted.length, length);
});

test("somebody who speaks in this member's name is found out", async () => {
  const server = new Server();
  const [one] = persons(server) as [Person];
  await one.begin();
  await one.sees(words.waitTitle.vi);
  server.lie = (text) => {
    const o = JSON.parse(text);
    o.messages[0].hash = "0".repeat(64);
    return JSON.stringify(o);
  };
  server.changed();
  await one.sees(words.faultOwn.vi);
});

test("a member whose promise was exchanged while nobody looked is told so", async () => {
  const server = new Server();
  const [one] = persons(server) as [Person];
  const empty = server.t.text;
  const { text: others } = await played(server.t, [newSeed(), newSeed(), newSeed()], "finished");
  server.lie = () => (server.posted.length === 0 ? empty : others); // the page never sees its own hello
  await one.begin();
  await one.sees(words.faultOwn.vi);
  const twin = new Person(server, 1);
  await twin.opens(one.seed);
  await twin.sees(shell.fault("wrong-seed", "").vi);
  assert.doesNotMatch(twin.root.textContent, new RegExp(words.finishedTitle.vi));
});

/** A ceremony of these terms as members with these seeds go on with it, up to a stage; who has no seed is waited for. */
async function played(terms: Terms, seeds: readonly string[], stage: Stage, from = begin(terms)): Promise<Transcript> {
  const members = seeds.map((seed, i) => new Member(seed, terms, i + 1));
  let t = from;
  while (t.stage !== stage) {
    const ready = t.missing.filter((index) => seeds[index - 1]);
    for (const index of ready) t = add(t, (await members[index - 1]?.next(t)) as string);
    if (t.missing.length > 0 && ready.length === 0) break;
  }
  return t;
}

/** Shows promises of members 2 and 3 that nobody can keep, until the first member's certificate is there. */
async function opened(server: Server): Promise<Person> {
  const [one] = persons(server) as [Person];
  const hello = (index: number) => JSON.stringify({ type: "homphieu-hello-v1", ceremony: server.t.ceremony, index, hash: `${index}`.repeat(64) });
  server.t = add(add(server.t, hello(2)), hello(3));
  await one.begin();
  await until(() => server.posted.length === 2, () => "certificate");
  return one;
}

test("promises that are exchanged after the certificate left: the page stops, and so does one that is opened anew", async () => {
  const server = new Server();
  const one = await opened(server);
  const t = await played(server.t, [one.seed, newSeed(), newSeed()], "commit");
  assert.equal(t.message("certificate", 1), server.posted[1]);
  server.t = t;
  server.changed();
  await one.sees(words.faultOf(NAMES[1] as string, "hello").vi);
  const again = new Person(server, 1);
  await again.sees(words.otherHellos.vi);
  server.t = Transcript.parse(JSON.stringify({ ...JSON.parse(t.text), messages: JSON.parse(t.text).messages.slice(0, 2) }));
  const early = new Person(server, 1); // as if the certificate had never left
  await early.sees(words.otherHellos.vi);
  assert.equal(server.posted.length, 2);
});

test("in one sitting nothing is taken back: neither a message nor the terms", async () => {
  const server = new Server();
  const people = persons(server);
  await each(people, (person) => person.begin());
  await each(people, (person) => person.sees(words.digitsHow.vi));
  const [one] = people as [Person];
  const digits = server.t;
  await one.compare();
  await until(() => server.posted.length === 7, () => "commit");
  await one.sees(words.waitTitle.vi);
  server.t = digits; // the commit is hidden, to be asked for again
  server.changed();
  await one.sees(words.faultOwn.vi);
  server.t = begin({ ...digits, meeting: MEETING, ceremony: digits.ceremony, threshold: 3, size: 4 });
  server.names = [...NAMES, "Phạm Văn Dũng"];
  server.changed();
  await one.sees(words.faultTerms.vi);
  assert.equal(server.posted.length, 7);
});

test("before the commit no other device goes on; after it any does", async () => {
  const server = new Server();
  const one = new Person(server, 1);
  const seeds = ["", newSeed(), newSeed()];
  const others = async (stage: Stage) => {
    server.t = await played(server.t, seeds, stage, server.t);
    server.changed();
  };
  const elsewhere = async () => {
    const kept = new Map(storage.kept);
    storage.clear();
    const other = new Person(server, 1);
    await other.sees(words.forgotten.vi);
    assert.throws(() => other.root.field(shell.seed.vi), /no label/);
    for (const [name, value] of kept) storage.setItem(name, value);
  };
  await one.begin();
  await until(() => server.t.has("hello", 1), () => "hello");
  await elsewhere();
  await others("certificate");
  await until(() => server.t.has("certificate", 1), () => "certificate");
  await elsewhere();
  await others("commit");
  await elsewhere();
  await one.compare();
  await until(() => server.t.has("commit", 1), () => "commit");
  storage.clear();
  const other = new Person(server, 1);
  await other.opens(one.seed);
  await others("reveal");
  await until(() => server.t.has("reveal", 1), () => "reveal");
});

test("a browser that keeps nothing: the page goes on, but none after it", async () => {
  storage.full = true;
  const server = new Server();
  const people = persons(server);
  await each(people, (person) => person.begin());
  await each(people, (person) => person.sees(words.digitsHow.vi));
  const again = new Person(server, 1);
  await again.sees(words.forgotten.vi);
  await each(people, (person) => person.compare());
  await each(people, (person) => person.sees(shell.saveKeyWhere.vi));
  assert.deepEqual([...storage.kept], []);
});

test("a browser that kept the beginning alone is not known to have kept the promises", async () => {
  const server = new Server();
  const people = persons(server);
  await each(people, (person) => person.copySeed());
  const [one] = people as [Person];
  await one.typeSeed();
  one.root.button(words.check.vi).click();
  await until(() => server.posted.length === 1, () => "hello");
  storage.full = true;
  await each(people.slice(1), async (person) => {
    await person.typeSeed();
    person.root.button(words.check.vi).click();
  });
  await one.sees(words.digitsHow.vi);
  const again = new Person(server, 1);
  await again.sees(words.forgotten.vi);
});

test("what the browser keeps is public", async () => {
  const server = new Server();
  const [one, two] = persons(server) as [Person, Person];
  await one.begin();
  await two.begin();
  await until(() => server.posted.length === 2, () => "hellos");
  storage.kept.set(`homphieu-hellos/${server.t.ceremony}/2`, "{"); // what cannot be read is lost, not trusted
  for (const [place, value] of storage.kept) assert.ok([one.seed, two.seed].every((seed) => !`${place}${value}`.includes(seed)));
  const again = new Person(server, 2);
  await again.sees(words.forgotten.vi);
});

test("members whose names are missing or alike cannot be told apart", async () => {
  for (const names of [["Nguyễn Văn An", " nguyễn  văn an".normalize("NFD"), "Lê Văn Cường"], ["Nguyễn Văn An", " ", "Lê Văn Cường"], ["Nguyễn Văn An", "Trần Thị Bình"]]) {
    const server = new Server();
    server.names = names;
    const person = new Person(server, 1);
    await person.sees(words.faultNames.vi);
    server.names = NAMES;
    server.changed();
    await person.sees(words.begin.vi);
  }
});

/** A commit of the second member to a polynomial of its choice. */
async function commitTo(t: Transcript, seed: string, coefficients: bigint[]): Promise<string> {
  const signed = (message: string) => signMessage(signingKey(seed), message, secureScalar);
  const coefexps = signed(coefexpsMessage(coefficients.map((a) => power(g, a))));
  const plain = JSON.stringify({ polynomial: coefficients.map(encodeScalar), coefexps });
  const polynomial = await seal(t.transport(2), sealInfo("polynomial", t, t.context, 2, 2), plain);
  return JSON.stringify({ type: "homphieu-commit-v1", ceremony: t.ceremony, index: 2, polynomial, statement: signed(commitStatement(t, 2, t.context, coefexps, polynomial)) });
}

/** The transcript without what comes at and after a step. */
function before(t: Transcript, step: string): Transcript {
  const o = JSON.parse(t.text);
  const at = o.messages.findIndex(({ type }: { type: string }) => type === `homphieu-${step}-v1`);
  return at < 0 ? t : Transcript.parse(JSON.stringify({ ...o, messages: o.messages.slice(0, at) }));
}

/**
 * A ceremony that its second member tells in two ways, with polynomials that give the first member
 * the same share: everything of the first member's fits both. Its page has the key file of one.
 */
async function toldTwice(): Promise<{ server: Server; seeds: string[]; file: string; other: Transcript }> {
  const server = new Server();
  const one = new Person(server, 1);
  const seeds = ["", newSeed(), newSeed()] as const;
  const others = async (stage: Stage) => {
    server.t = await played(server.t, seeds, stage, server.t);
    server.changed();
  };
  const come = (step: "hello" | "certificate" | "commit" | "reveal" | "key") => until(() => server.t.has(step, 1), () => step);
  await one.begin();
  await come("hello");
  await others("certificate");
  await come("certificate");
  await others("commit");
  await one.compare();
  await come("commit");
  const common = await played(server.t, ["", "", seeds[2]], "reveal", server.t);
  const p = [secureScalar(), secureScalar()] as const;
  const c = secureScalar();
  const [first, second] = await Promise.all([[...p], [(p[0] + q - c) % q, (p[1] + c) % q]].map(async (coefficients) =>
    add(common, await commitTo(common, seeds[1], coefficients)))) as [Transcript, Transcript];
  server.t = first;
  server.changed();
  await come("reveal");
  const reveal = server.t.message("reveal", 1) as string;
  await others("key");
  await come("key");
  const key = server.t.message("key", 1) as string;
  await others("done");
  const file = await one.save();
  const other = await played(second, seeds, "done", add(await played(second, seeds, "key", add(second, reveal)), key));
  other.verify();
  assert.notEqual(other.trusteesHash, read(file).key.transcript.trusteesHash);
  await until(() => server.t.has("done", 1), () => "done");
  server.t = before(server.t, "done");
  server.posted = [];
  return { server, seeds: [one.seed, seeds[1], seeds[2]], file, other };
}

test("only the trustees of the saved key file are confirmed: others in one sitting", async () => {
  const { server, file, other } = await toldTwice();
  const again = new Person(server, 1);
  await again.sees(words.resume.vi);
  server.t = other;
  again.root.choose(shell.keyFile.vi, file);
  await again.sees(words.faultOf(NAMES[1] as string, "commit").vi);
  assert.deepEqual(server.posted, []);
});

test("only the trustees of the saved key file are confirmed: others from the start", async () => {
  const { server, seeds, file, other } = await toldTwice();
  for (const stage of ["done", "finished"] as const) {
    server.t = await played(other, seeds, stage, other);
    const again = new Person(server, 1);
    await again.sees(stage === "finished" ? words.checkKey.vi : words.resume.vi);
    again.root.choose(shell.keyFile.vi, file);
    await again.sees(shell.fault("other-transcript", "").vi);
    assert.deepEqual(server.posted, []);
  }
});

test("only the trustees of the saved key file are confirmed: a file that was given before there were others", async () => {
  const { server, file, other } = await toldTwice();
  const o = JSON.parse(other.text);
  server.t = Transcript.parse(JSON.stringify({ ...o, messages: o.messages.slice(0, -1) }));
  assert.equal(server.t.stage, "key");
  const again = new Person(server, 1);
  await again.sees(words.resume.vi);
  again.root.choose(shell.keyFile.vi, file);
  await again.sees(words.waitTitle.vi);
  server.t = other;
  server.changed();
  const saved = read(await again.save()).key;
  await until(() => server.posted.length === 1, () => "done");
  assert.equal(saved.transcript.trusteesHash, other.trusteesHash);
  assert.ok(JSON.parse(server.posted[0] as string).statement.message.endsWith(other.trusteesHash));
});

test("a lost network loses nothing", async () => {
  const server = new Server();
  const people = persons(server);
  const [one] = people as [Person];
  await one.copySeed();
  server.down = true;
  await one.typeSeed();
  one.root.button(words.check.vi).click();
  await one.sees(shell.offline.vi);
  server.down = false;
  await until(() => server.posted.length === 1, () => "sent");
  await each(people.slice(1), (person) => person.begin());
  await each(people, (person) => person.sees(words.digitsHow.vi));
});

test("a message that is there already is not sent twice", async () => {
  const server = new Server();
  const people = persons(server);
  await each(people, (person) => person.begin());
  await each(people, (person) => person.sees(words.digitsHow.vi));
  const [one] = people as [Person];
  const twin = new Person(server, 1);
  await twin.typeSeed(one.seed);
  await twin.press(shell.useSeed.vi);
  await one.compare();
  await one.sees(words.waitTitle.vi);
  await twin.compare();
  await twin.sees(words.waitTitle.vi);
});

test("words: each has both languages", () => {
  const check = (name: string, word: unknown): void => {
    if (typeof word === "function") return check(name, word("certificate", "commit"));
    const o = word as Record<string, unknown>;
    if (typeof o.vi === "string") {
      for (const text of [o.vi, o.en]) assert.ok(typeof text === "string" && text.length > 0 && !/undefined|[{}]/.test(text), name);
      assert.equal(o.vi, o.vi.normalize("NFC"), name);
    } else for (const key of Object.keys(o)) check(`${name}.${key}`, o[key]);
  };
  const { faultOf, notSame, fault, ...plain } = { ...words, ...shell };
  for (const name of Object.keys(plain)) check(name, plain[name as keyof typeof plain]);
  check("faultOf", faultOf("An", "complaint"));
  check("notSame", notSame({ vi: "nhóm 1", en: "group 1" }));
  for (const cause of ["not-a-key-file", "damaged", "other-meeting", "other-ceremony", "other-member", "wrong-seed", "other-transcript"] as const) check(cause, fault(cause, "An"));
});
