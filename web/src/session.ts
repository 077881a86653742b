/**
 * One slip's way through the page: load, check, mark, review, seal, send. A slip may serve several
 * ballot papers; they are marked one after another and cast together, one sealed ballot each. A
 * session holds the code and the marks until the ballots are sealed, and drops them then.
 */
import * as api from "./api";
import { type Mark, type Sealed } from "./ballot";
import type { Slip } from "./credential";
import type { Engine, SlipProof } from "./engine";
import { slipNames, type SlipNames } from "./election";
import type { Frame, Step, StepOptions } from "./frame";
import { backoff, type Fate, type Outbox, type Pending } from "./outbox";
import { button, h } from "./dom";
import { fetchPapers, linesOf, missing, readPapers, type FetchedPapers, type Line, type Paper, type Papers } from "./papers";
import { words, type Text } from "./strings";
import { localEngine, startEngine } from "./worker";
import { codeEntry, compareDigits, digitsDiffer } from "./steps/code";
import { intro } from "./steps/intro";
import { list, person } from "./steps/mark";
import { encrypting, notSent, recorded, refused, sending, usedTrackers, type CastBallot } from "./steps/outcome";
import { review } from "./steps/review";
import { busy, notLoaded, notOpen, otherSlip, stop } from "./steps/stop";

/** Where the voter is while marking. It stands in the browser's history; marks never do. */
export type View = { at: "intro" } | { at: "person"; i: number; review?: true } | { at: "list" } | { at: "review" };

/** What a session works with. */
export interface Surroundings {
  frame: Frame;
  outbox: Outbox;
  /** The name in the page's address: the meeting's, or that of the one election. */
  uuid: string;
  /** An address of this very script, for the worker. */
  script: Promise<string>;
}

/** Thrown inside a session that another scan has replaced. */
class Replaced extends Error {}

/** A paper with the proof that the slip is held, and what is known of its ballot. */
interface Checked {
  paper: Paper;
  proof: SlipProof;
  /** The sealed ballot of this slip that this phone has kept. */
  kept: Pending | undefined;
}

/** What the server says of a paper for which this phone keeps no ballot. */
interface Answered extends Checked {
  slip: api.SlipState;
  poll: api.Status;
}

const STOPPED: StepOptions = { end: "stopped" };
const RECHECK = 5_000; // ms between two looks at a poll that is not open

export class Session {
  /** The hashes of the ballots this session has sealed or found. */
  readonly following = new Set<string>();
  private slip: Slip | undefined;
  private typed = "";
  private all!: Papers;
  private names!: SlipNames;
  private engine: Promise<Engine> | undefined;
  /** The papers that are being marked: those for which the slip has not been used. */
  private open: readonly Paper[] = [];
  /** The ballots of the other papers: kept here on their way, or cast before. */
  private earlier: { kept: Pending[]; used: CastBallot[] } = { kept: [], used: [] };
  private lines: readonly Line[] = [];
  private marks: Mark[] = [];
  private view: View | undefined;
  /** Whether the voter marks in the list rather than person by person. */
  private asList = false;
  private sealing = false;
  private stopped = false;
  private wake: (() => void) | undefined;

  constructor(private readonly on: Surroundings, slip: Slip | undefined) {
    this.slip = slip;
  }

  /** Runs until the voter has reached a last page, or marking has begun. */
  run(): void {
    this.guard(this.load());
  }

  /** Ends the session: it shows nothing any more. Ballots being sealed still go out. */
  replace(): void {
    this.stopped = true;
    this.wake?.();
    if (!this.sealing) this.forget();
  }

  /** Whether marks would be lost if the page went away. */
  holdsMarks(): boolean {
    return this.view !== undefined && this.marks.some((mark) => mark !== null);
  }

  /** Whether `slip` is the one being marked. */
  isFor(slip: Slip): boolean {
    return this.view !== undefined && this.slip?.code === slip.code;
  }

  /** Asks what to do with a second slip, scanned while marks exist. */
  askAbout(switchOver: () => void): void {
    this.show(otherSlip(this.on.frame, () => this.visit(this.view ?? { at: "intro" }), switchOver));
  }

  /** The browser's back or forward button: another view of the same ballots. */
  goBack(view: View | undefined): void {
    if (this.view) this.visit(view ?? { at: "intro" });
  }

  // Loading and checking

  private async load(): Promise<void> {
    const { frame, outbox, uuid } = this.on;
    this.show(busy(frame, words.loading));
    let fetched: FetchedPapers;
    try {
      fetched = await this.ask(() => fetchPapers(uuid));
    } catch (error) {
      if (!(error instanceof api.Refused)) throw error;
      return this.showWrongPoll();
    }
    this.heed(fetched.statuses);
    try {
      this.all = readPapers(fetched);
    } catch {
      return this.show(stop(frame, words.badElection, words.badElectionMore), STOPPED);
    }
    this.names = slipNames(this.all.papers.map(({ election }) => election));
    const waiting = this.slip ? [] : onePerPaper(this.all.papers, outbox.waiting());
    if (waiting.length > 0) return this.follow(waiting);
    if (!this.slip && fetched.statuses.some(({ abandoned }) => abandoned)) return this.showStop(words.abandoned, words.abandonedMore, []);
    this.engine = startEngine(this.on.script, this.all.papers);
    return this.slip ? this.scanned(this.slip) : this.typeCode();
  }

  /** Of the states of polls, the first says how voters are addressed, any that it is a sample. */
  private heed(statuses: readonly api.Status[]): void {
    const { frame } = this.on;
    frame.form = statuses[0]?.form ?? frame.form;
    frame.showTrial(statuses.some(({ trial }) => trial));
  }

  private scanned(slip: Slip): Promise<void> | void {
    if (slip.fingerprint === this.names.slipFingerprint) return this.check(slip.code);
    this.showWrongPoll();
  }

  private typeCode(): void {
    const { frame } = this.on;
    this.show(codeEntry(frame, this.typed, (code) => {
      this.typed = code;
      this.compare(code);
    }));
  }

  private compare(code: string): void {
    const { frame } = this.on;
    const [first] = this.all.papers as [Paper];
    this.show(compareDigits(frame, first.election.name, this.names.digits,
      () => this.guard(this.check(code)),
      () => this.show(digitsDiffer(frame, () => this.compare(code)))));
  }

  /** Asks the server about the slip, paper by paper, and goes where its state leads. */
  private async check(code: string): Promise<void> {
    this.slip = { code, fingerprint: this.names.slipFingerprint };
    this.show(busy(this.on.frame, words.checking));
    const checked = await this.prove(code);
    if (checked.every(({ kept }) => kept)) return this.follow(keptOf(checked));
    await this.inquire(checked);
  }

  private async prove(code: string): Promise<Checked[]> {
    const checked: Checked[] = [];
    for (const paper of this.all.papers) {
      const proof = await this.withEngine((engine) => engine.prove(paper.uuid, code));
      checked.push({ paper, proof, kept: this.on.outbox.find(paper.uuid, proof.credential) });
    }
    return checked;
  }

  private async inquire(checked: Checked[]): Promise<void> {
    const asked = checked.filter(({ kept }) => !kept);
    try {
      const answered = await this.ask(() => Promise.all(asked.map(async (c) => {
        const [slip, poll] = await Promise.all([api.getSlip(c.paper.uuid, c.proof), api.getStatus(c.paper.uuid)]);
        return { ...c, slip, poll };
      })));
      this.heed(answered.map(({ poll }) => poll));
      await this.admit(checked, answered);
    } catch (error) {
      if (!(error instanceof api.Refused)) throw error;
      this.unknown();
    }
  }

  private async admit(checked: Checked[], answered: Answered[]): Promise<void> {
    const { frame } = this.on;
    const used = answered.filter(({ slip }) => slip.state === "used").map(({ paper, slip }) => castBefore(paper, slip.tracker));
    const unused = answered.filter(({ slip }) => slip.state === "unused");
    this.earlier = { kept: keptOf(checked), used };
    if (answered.some(({ slip }) => slip.state === "voided")) return this.showStop(words.voided, words.voidedMore, used);
    if (answered.some(({ poll }) => poll.abandoned)) return this.showStop(words.abandoned, words.abandonedMore, used);
    if (unused.length === 0 && this.earlier.kept.length > 0) return this.follow(this.earlier.kept);
    if (unused.length === 0) {
      return this.show(() => stop(frame, words.used, words.usedMore, h("p", {}, frame.say(words.usedByYou)), usedTrackers(frame, used))(), STOPPED);
    }
    if (unused.some(({ poll }) => poll.state === "sealed")) return this.awaitOpening(checked);
    if (unused.some(({ poll }) => poll.state !== "open")) return this.showStop(words.closed, words.closedMore, used);
    this.open = unused.map(({ paper }) => paper);
    this.lines = linesOf(this.open, this.all.documents);
    this.marks = this.lines.map(() => null);
    this.visit({ at: "intro" });
  }

  private showStop(title: Text, more: Text, used: CastBallot[]): void {
    const { frame } = this.on;
    this.show(() => stop(frame, title, more, used.length > 0 ? usedTrackers(frame, used) : undefined)(), STOPPED);
  }

  private showWrongPoll(): void {
    this.show(stop(this.on.frame, words.wrongPoll, words.wrongPollMore), STOPPED);
  }

  private unknown(): void {
    const { frame } = this.on;
    if (this.typed === "") return this.show(stop(frame, words.unknown, words.unknownScanned), STOPPED);
    this.show(() => stop(frame, words.unknown, words.unknownMore,
      button(frame.say(words.typeAgain), "button-main", () => this.typeCode()))(), STOPPED);
  }

  /** Looks again every few seconds, and when the voter asks, until no poll is sealed any more, or it never opens. */
  private async awaitOpening(checked: Checked[]): Promise<void> {
    const { frame } = this.on;
    const [first] = this.all.papers as [Paper];
    let asked = false;
    this.show(notOpen(frame, first.election.name, () => {
      asked = true;
      this.wake?.();
    }));
    for (;;) {
      await this.sleep(RECHECK);
      const polls = await Promise.all(this.all.papers.map(({ uuid }) => api.getStatus(uuid))).catch(() => undefined);
      this.alive();
      if (polls && polls.every(({ state, abandoned }) => state !== "sealed" || abandoned)) return this.inquire(checked);
      if (asked) frame.announce(frame.say(words.stillNotOpen));
      asked = false;
    }
  }

  // Marking

  /** Goes to a view, as a new entry of the history; on a shared machine the history stays empty. */
  private go(view: View): void {
    if (!this.on.frame.host) history.pushState(view, "");
    this.visit(view);
  }

  private visit(view: View): void {
    this.view = view;
    if (view.at === "list") this.asList = true;
    if (view.at === "person" && !view.review) this.asList = false;
    this.show(this.stepOf(view), { cover: view.at !== "intro" });
  }

  private stepOf(view: View): Step {
    const { frame } = this.on;
    const { lines, marks } = this;
    switch (view.at) {
      case "intro":
        return intro(frame, this.open, () => this.holdsMarks(), () => this.go(this.asList ? { at: "list" } : { at: "person", i: 0 }));
      case "person":
        return this.personStep(view.i, view.review === true);
      case "list":
        return list(frame, { lines, marks }, () => this.go({ at: "review" }), () => this.go({ at: "person", i: 0 }));
      case "review":
        return review(frame, { lines, marks }, {
          change: (i) => this.go({ at: "person", i, review: true }),
          back: () => this.go(this.asList ? { at: "list" } : { at: "person", i: lines.length - 1 }),
          cast: () => this.guard(this.cast()),
        });
    }
  }

  private personStep(i: number, fromReview: boolean): Step {
    const { lines, marks } = this;
    const last = i === lines.length - 1;
    return person(this.on.frame, { lines, marks }, i, {
      back: () => this.go(i === 0 ? { at: "intro" } : { at: "person", i: i - 1 }),
      next: () => this.go(last ? { at: "review" } : { at: "person", i: i + 1 }),
      list: () => this.go({ at: "list" }),
      ...(fromReview && { review: () => this.go({ at: "review" }) }),
    });
  }

  // Casting

  private async cast(): Promise<void> {
    const { outbox } = this.on;
    const { slip, lines, marks } = this;
    if (!this.view || !slip || missing({ lines, marks }).length > 0) return;
    this.view = undefined;
    this.sealing = true;
    let sealed: Pending[];
    try {
      sealed = await this.sealAll(slip.code, [...marks]);
    } finally {
      this.sealing = false;
      this.forget();
    }
    for (const { hash } of sealed) this.following.add(hash); // before the outbox speaks: these are not another's
    outbox.add(...sealed);
    this.follow([...this.earlier.kept, ...sealed]);
  }

  /** Seals one ballot for each open paper. Nothing leaves before all of them are sealed. */
  private async sealAll(code: string, marks: Mark[]): Promise<Pending[]> {
    const { step, set } = encrypting(this.on.frame, marks.length);
    this.show(step, { casting: true });
    const all: Pending[] = [];
    let before = 0;
    for (const { uuid, election } of this.open) {
      const own = marks.slice(before, before + election.questions.length);
      const sealed: Sealed = await this.withEngine((engine) => engine.seal(uuid, code, own, (done) => set(before + done)));
      all.push({ uuid, ...sealed });
      before += own.length;
    }
    return all;
  }

  /** Lets the worker do it, or this thread if the worker has died. */
  private async withEngine<T>(work: (engine: Engine) => Promise<T>): Promise<T> {
    try {
      return await work(await this.engine!);
    } catch {
      this.alive();
      const local = await localEngine(this.all.papers);
      this.engine = Promise.resolve(local);
      return work(local);
    }
  }

  /** Drops the code, the marks and the worker that has seen them. */
  private forget(): void {
    this.marks.fill(null);
    this.slip = undefined;
    this.typed = "";
    this.view = undefined;
    void this.engine?.then((engine) => engine.close());
    this.engine = undefined;
  }

  /**
   * Shows what becomes of sealed ballots until all of them are settled, together with those that
   * this slip has cast before: the page is green only when every paper's ballot is recorded.
   */
  private follow(ballots: Pending[]): void {
    this.forget();
    const { frame, outbox } = this.on;
    for (const { hash } of ballots) this.following.add(hash);
    let now: CastBallot[] = [];
    let shown: Stage | undefined;
    const look = () => {
      if (this.stopped) return end();
      const last = now;
      now = this.castBallots(ballots);
      if (sameFates(last, now)) return;
      const stage = stageOf(now);
      if (stage !== shown) this.show(this.stageStep(stage, () => now, ballots), optionsOf(stage));
      else if (!sameStates(last, now)) frame.refresh();
      else frame.announce(frame.say(words.stillNotSent));
      shown = stage;
      if (stage === "sending" || stage === "waiting") return;
      end();
      for (const { hash } of ballots) outbox.forget(hash);
    };
    const end = outbox.onChange(look);
    look();
    outbox.kick();
  }

  /** The ballots of this slip that are known, in the order of the papers. */
  private castBallots(ballots: readonly Pending[]): CastBallot[] {
    return this.all.papers.flatMap((paper) => {
      const { tracker, hash } = ballots.find(({ uuid }) => uuid === paper.uuid) ?? {};
      const fate = hash === undefined ? undefined : this.on.outbox.fate(hash);
      if (fate) return [{ paper, tracker, fate }];
      return this.earlier.used.filter((used) => used.paper === paper);
    });
  }

  private stageStep(stage: Stage, now: () => CastBallot[], ballots: readonly Pending[]): Step {
    const { frame, outbox } = this.on;
    switch (stage) {
      case "sending": return sending(frame, now);
      case "waiting": return notSent(frame, now, () => ballots.every(({ hash }) => outbox.keeps(hash) || outbox.fate(hash)?.kind !== "waiting"), () => outbox.kick());
      case "recorded": return recorded(frame, now());
      case "refused": return refused(frame, now());
    }
  }

  // Small parts

  private show(step: Step, options?: StepOptions): void {
    if (!this.stopped) this.on.frame.show(step, options);
  }

  /** Asks until an answer comes, showing that the network is missing. Throws Refused. */
  private async ask<T>(question: () => Promise<T>): Promise<T> {
    for (let failures = 1; ; failures++) {
      try {
        const answer = await question();
        this.alive();
        return answer;
      } catch (error) {
        if (!(error instanceof api.NoAnswer)) throw error;
        this.alive();
        if (failures === 1) this.show(notLoaded(this.on.frame, () => this.wake?.()));
        await this.sleep(1000 * Math.max(error.afterSeconds ?? 0, backoff(failures)));
      }
    }
  }

  /** Waits; wake, or the network coming back, ends it early. */
  private async sleep(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
      window.addEventListener("online", this.wake, { once: true });
    });
    window.removeEventListener("online", this.wake!);
    this.wake = undefined;
    this.alive();
  }

  private alive(): void {
    if (this.stopped && !this.sealing) throw new Replaced();
  }

  /** A session that was replaced ends without a word; any other failure is the phone's. */
  private guard(work: Promise<void>): void {
    work.catch(() => this.show(stop(this.on.frame, words.notSealed, words.notSealedMore), STOPPED));
  }
}

/** Where the ballots of a slip have got to, taken together. */
type Stage = "sending" | "waiting" | "refused" | "recorded";

function stageOf(ballots: readonly CastBallot[]): Stage {
  const fates = ballots.map(({ fate }) => fate);
  const waiting = fates.flatMap((fate) => (fate.kind === "waiting" ? [fate.tries] : []));
  if (waiting.some((tries) => tries > 0)) return "waiting";
  if (waiting.length > 0) return "sending";
  return fates.some(({ kind }) => kind === "refused") ? "refused" : "recorded";
}

function optionsOf(stage: Stage): StepOptions {
  switch (stage) {
    case "sending": return { casting: true };
    case "waiting": return {};
    case "refused": return STOPPED;
    case "recorded": return { end: "done" };
  }
}

/** Fates are replaced when they change, never altered. */
function sameFates(a: readonly CastBallot[], b: readonly CastBallot[]): boolean {
  return a.length === b.length && a.every(({ fate }, i) => fate === b[i]?.fate);
}

/** Tells whether a list of the ballots would look the same: another try alone changes nothing. */
function sameStates(a: readonly CastBallot[], b: readonly CastBallot[]): boolean {
  const state = ({ fate }: CastBallot) => (fate.kind === "waiting" ? `waiting ${fate.tries > 0}` : fate.kind);
  return a.map(state).join() === b.map(state).join();
}

function keptOf(checked: readonly Checked[]): Pending[] {
  return checked.flatMap(({ kept }) => (kept ? [kept] : []));
}

/** A ballot that the server says this slip has cast, on this phone or another. */
function castBefore(paper: Paper, tracker: string | undefined): CastBallot {
  const fate: Fate = { kind: "recorded" };
  return { paper, tracker, fate };
}

/**
 * The ballots that wait for these papers, unless two wait for the same one: then they are of several
 * voters, and the page cannot tell whose is whose.
 */
function onePerPaper(papers: readonly Paper[], waiting: readonly Pending[]): Pending[] {
  const own = waiting.filter(({ uuid }) => papers.some((paper) => paper.uuid === uuid));
  return new Set(own.map(({ uuid }) => uuid)).size === own.length ? own : [];
}
