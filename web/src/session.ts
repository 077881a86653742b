/**
 * One slip's way through the page: load, check, mark, review, seal, send. A session holds the code
 * and the marks until the ballot is sealed, and drops them then.
 */
import * as api from "./api";
import { type Mark, type Sealed } from "./ballot";
import type { Slip } from "./credential";
import { breathe, LocalEngine, type Engine, type SlipProof } from "./engine";
import { parseElection, type Election } from "./election";
import type { Frame, Step, StepOptions } from "./frame";
import { backoff, type Fate, type Outbox, type Pending } from "./outbox";
import { button, h } from "./dom";
import { words } from "./strings";
import { startEngine } from "./worker";
import { codeEntry, compareDigits } from "./steps/code";
import { intro } from "./steps/intro";
import { list, person } from "./steps/mark";
import { encrypting, notSent, recorded, refused, sending, usedTracker } from "./steps/outcome";
import { review, unmarked } from "./steps/review";
import { busy, notLoaded, notOpen, otherSlip, stop } from "./steps/stop";

/** Where the voter is while marking. It stands in the browser's history; marks never do. */
export type View = { at: "intro" } | { at: "person"; i: number; review?: true } | { at: "list" } | { at: "review" };

/** What a session works with. */
export interface Surroundings {
  frame: Frame;
  outbox: Outbox;
  uuid: string;
  /** An address of this very script, for the worker. */
  script: Promise<string>;
}

/** Thrown inside a session that another scan has replaced. */
class Replaced extends Error {}

const RECHECK = 5_000; // ms between two looks at a poll that is not open

export class Session {
  /** The hash of the ballot this session has sealed or found. */
  following: string | undefined;
  private slip: Slip | undefined;
  private typed = "";
  private bytes: Uint8Array = new Uint8Array();
  private election!: Election;
  private engine: Promise<Engine> | undefined;
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

  /** Ends the session: it shows nothing any more. A ballot being sealed still goes out. */
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
    this.show(otherSlip(this.on.frame, () => this.open(this.view ?? { at: "intro" }), switchOver));
  }

  /** The browser's back or forward button: another view of the same ballot. */
  goBack(view: View | undefined): void {
    if (this.view) this.open(view ?? { at: "intro" });
  }

  // Loading and checking

  private async load(): Promise<void> {
    const { frame, uuid } = this.on;
    this.show(busy(frame, words.loading));
    try {
      this.bytes = await this.ask(() => api.getElection(uuid));
      await this.status();
    } catch (error) {
      if (!(error instanceof api.Refused)) throw error;
      return this.show(stop(frame, words.wrongPoll, words.wrongPollMore));
    }
    try {
      this.election = parseElection(this.bytes, uuid);
    } catch {
      return this.show(stop(frame, words.badElection, words.badElectionMore));
    }
    const waiting = this.slip ? undefined : this.on.outbox.waiting().find((pending) => pending.uuid === uuid);
    if (waiting) return this.follow(waiting);
    this.engine = startEngine(this.on.script, this.bytes, uuid);
    return this.slip ? this.scanned(this.slip) : this.typeCode();
  }

  private async status(): Promise<api.Status> {
    const status = await this.ask(() => api.getStatus(this.on.uuid));
    this.on.frame.form = status.form;
    this.on.frame.showTrial(status.trial);
    return status;
  }

  private scanned(slip: Slip): Promise<void> | void {
    if (slip.fingerprint === this.election.slipFingerprint) return this.check(slip.code);
    this.show(stop(this.on.frame, words.wrongPoll, words.wrongPollMore));
  }

  private typeCode(): void {
    const { frame } = this.on;
    this.show(codeEntry(frame, this.typed, (code) => {
      this.typed = code;
      this.show(compareDigits(frame, this.election.name, this.election.digits,
        () => this.guard(this.check(code)),
        () => this.show(stop(frame, words.wrongPoll, words.wrongPollMore))));
    }));
  }

  /** Asks the server about the slip, and goes where its state leads. */
  private async check(code: string): Promise<void> {
    this.slip = { code, fingerprint: this.election.slipFingerprint };
    this.show(busy(this.on.frame, words.checking));
    const proof = await this.withEngine((engine) => engine.prove(code));
    const waiting = this.on.outbox.find(this.on.uuid, proof.credential);
    if (waiting) return this.follow(waiting);
    try {
      const slip = await this.ask(() => api.getSlip(this.on.uuid, proof));
      const status = await this.status();
      await this.admit(slip, status, proof);
    } catch (error) {
      if (!(error instanceof api.Refused)) throw error;
      this.unknown();
    }
  }

  private async admit(slip: api.SlipState, status: api.Status, proof: SlipProof): Promise<void> {
    const { frame, uuid } = this.on;
    if (slip.state === "used") {
      const { tracker } = slip;
      return this.show(() => stop(frame, words.used, words.usedMore, h("p", {}, frame.say(words.usedByYou)), tracker ? usedTracker(frame, uuid, tracker) : undefined)());
    }
    if (slip.state === "voided") return this.show(stop(frame, words.voided, words.voidedMore));
    if (status.state === "sealed") return this.awaitOpening(proof);
    if (status.state !== "open") return this.show(stop(frame, words.closed, words.closedMore));
    this.marks = this.election.questions.map(() => null);
    this.open({ at: "intro" });
  }

  private unknown(): void {
    const { frame } = this.on;
    if (this.typed === "") return this.show(stop(frame, words.unknown, words.unknownScanned));
    this.show(() => stop(frame, words.unknown, words.unknownMore,
      button(frame.say(words.typeAgain), "button-main", () => this.typeCode()))());
  }

  /** Looks again every few seconds, and when the voter asks, until the poll is not sealed any more. */
  private async awaitOpening(proof: SlipProof): Promise<void> {
    const { frame, uuid } = this.on;
    let asked = false;
    this.show(notOpen(frame, this.election.name, () => {
      asked = true;
      this.wake?.();
    }));
    for (;;) {
      await this.sleep(RECHECK);
      const status = await api.getStatus(uuid).catch(() => undefined);
      this.alive();
      if (status && status.state !== "sealed") return this.admit(await this.ask(() => api.getSlip(uuid, proof)), status, proof);
      if (asked) frame.announce(frame.say(words.stillNotOpen));
      asked = false;
    }
  }

  // Marking

  /** Goes to a view, as a new entry of the history. */
  private go(view: View): void {
    history.pushState(view, "");
    this.open(view);
  }

  private open(view: View): void {
    this.view = view;
    if (view.at === "list") this.asList = true;
    if (view.at === "person" && !view.review) this.asList = false;
    this.show(this.stepOf(view), { cover: view.at !== "intro" });
  }

  private stepOf(view: View): Step {
    const { frame } = this.on;
    const { election, marks } = this;
    switch (view.at) {
      case "intro":
        return intro(frame, election, () => this.holdsMarks(), () => this.go(this.asList ? { at: "list" } : { at: "person", i: 0 }));
      case "person":
        return this.personStep(view.i, view.review === true);
      case "list":
        return list(frame, { election, marks }, () => this.go({ at: "review" }), () => this.go({ at: "person", i: 0 }));
      case "review":
        return review(frame, { election, marks }, {
          change: (i) => this.go({ at: "person", i, review: true }),
          back: () => this.go(this.asList ? { at: "list" } : { at: "person", i: election.questions.length - 1 }),
          cast: () => this.guard(this.cast()),
        });
    }
  }

  private personStep(i: number, fromReview: boolean): Step {
    const { election, marks } = this;
    const last = i === election.questions.length - 1;
    return person(this.on.frame, { election, marks }, i, {
      back: () => this.go(i === 0 ? { at: "intro" } : { at: "person", i: i - 1 }),
      next: () => this.go(last ? { at: "review" } : { at: "person", i: i + 1 }),
      list: () => this.go({ at: "list" }),
      ...(fromReview && { review: () => this.go({ at: "review" }) }),
    });
  }

  // Casting

  private async cast(): Promise<void> {
    const { outbox, uuid } = this.on;
    const { slip, marks, election } = this;
    if (!this.view || !slip || unmarked({ election, marks }).some((i) => !election.questions[i]?.blank)) return;
    this.view = undefined;
    this.sealing = true;
    let sealed: Sealed;
    try {
      sealed = await this.seal(slip.code, [...marks]);
    } finally {
      this.sealing = false;
      this.forget();
    }
    const pending = { uuid, ...sealed };
    this.following = pending.hash; // before the outbox speaks: this ballot is not another's
    outbox.add(pending);
    this.follow(pending);
  }

  private async seal(code: string, marks: Mark[]): Promise<Sealed> {
    const { step, set } = encrypting(this.on.frame, marks.length);
    this.show(step);
    return this.withEngine((engine) => engine.seal(code, marks, set));
  }

  /** Lets the worker do it, or this thread if the worker has died. */
  private async withEngine<T>(work: (engine: Engine) => Promise<T>): Promise<T> {
    try {
      return await work(await this.engine!);
    } catch {
      this.alive();
      const local = new LocalEngine(breathe);
      await local.load(this.bytes, this.on.uuid);
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

  /** Shows a sealed ballot's fate until it is settled. */
  private follow(pending: Pending): void {
    this.forget();
    this.following = pending.hash;
    const { frame, outbox } = this.on;
    let shown: Fate | undefined;
    const look = () => {
      if (this.stopped) return end();
      const fate = outbox.fate(pending.hash);
      if (!fate || fate === shown) return;
      if (fate.kind === "waiting" && fate.tries > 1 && shown) frame.announce(frame.say(words.stillNotSent));
      else this.show(this.fateStep(pending, fate));
      shown = fate;
      if (fate.kind === "waiting") return;
      end();
      outbox.forget(pending.hash);
    };
    const end = outbox.onChange(look);
    look();
    outbox.kick();
  }

  private fateStep(pending: Pending, fate: Fate): Step {
    const { frame, outbox, uuid } = this.on;
    switch (fate.kind) {
      case "recorded": return recorded(frame, pending);
      case "refused": return refused(frame, uuid, fate);
      case "waiting":
        return fate.tries === 0 ? sending(frame) : notSent(frame, outbox.keeps(pending.hash), () => outbox.kick());
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
    work.catch(() => this.show(stop(this.on.frame, words.notSealed, words.notSealedMore)));
  }
}
