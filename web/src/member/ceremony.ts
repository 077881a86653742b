/**
 * Making the board's key, from a member's side: docs/PROTOCOL.md §6. One instruction at a time. The
 * page holds the seed in memory alone; what it needs besides comes from the transcript, so that it
 * can be closed at any step and gone on with from the seed.
 *
 * The server is not believed to show the same thing twice. Each transcript must continue the last
 * one, and the device notes the promises for which it gave its certificate away: who could exchange
 * them afterwards would know the four digits before choosing keys of the same digits. Until the
 * own commit, which signs for all certificates, a device that has no such note does not go on.
 */
import { Member, WrongSeed } from "../ceremony/member";
import { CeremonyFault, Transcript, type Step } from "../ceremony/transcript";
import { breathe } from "../engine";
import { digest, hex } from "../hash";
import type { Text } from "../strings";
import { words } from "./ceremony-words";
import { compareDigits, failed, fault, finished, waiting, waitingFor, type Names } from "./ceremony-screens";
import { makeSeed } from "./ceremony-seed";
import { Still, watching, type Changes } from "./changes";
import type { Context, Task } from "./context";
import { checkKeyFile, KeyError, type KeyFile, type Owner } from "./keyfile";
import type { Notes } from "./notes";
import { box, para, title } from "./say";
import { Refused, type SeatState } from "./seat";
import { askForKey } from "./unlock";

/** Leads a member through the ceremony, and through the next one if this one fails. */
export const ceremonyTask: Task = (_root, ctx) => watching(ctx, (changes) => new Flow(ctx, changes).run());

/** Thrown out of a screen when its ceremony has ended without a key, or another has begun. */
class Superseded extends Error {}

/** What the server shows at one moment. */
interface Moment {
  state: SeatState;
  t: Transcript;
}

class Flow {
  /** The member of the ceremony `member.terms.ceremony`, once the seed is known. */
  private member: Member | undefined;
  private seed = "";
  /** Hash of the trustees for which a key file with this key is known to be saved. */
  private saved = "";
  /** What that file has recorded. */
  private kept = records(undefined);
  /** C for which the digits were compared. */
  private compared = "";
  /** Identifier of the ceremony that is looked at. */
  private ceremony = "";
  /** The last transcript of that ceremony that was accepted. */
  private seen: Transcript | undefined;
  private readonly screen: Still;

  constructor(private readonly ctx: Context, private readonly changes: Changes) {
    this.screen = new Still(ctx);
  }

  /** Runs until the key is made and nothing more is to be done here. */
  async run(): Promise<void> {
    for (;;) {
      const { seen } = this.changes;
      try {
        const next = await this.turn();
        if (next === "end") return;
        if (next === "wait") await this.changes.after(seen);
      } catch (error) {
        if (!(error instanceof Superseded)) throw error;
      }
    }
  }

  /** Looks at the ceremony and does what it asks for, up to one message. */
  private async turn(): Promise<"again" | "wait" | "end"> {
    const state = await this.ctx.ask(() => this.ctx.api.getState());
    if (state.seat.index < 1) return this.last([title(words.title), box("note", words.onlyMembers)]);
    if (state.ceremony.state === "none") return this.still("none", [title(words.title), box("wait", words.notBegun)]);
    const text = await this.ctx.ask(() => this.ctx.api.getText("ceremony"));
    this.ceremony = state.ceremony.id;
    this.forgetOther();
    const t = transcriptOf(text, state, this.seen);
    if (!(t instanceof Transcript)) return this.stop(t);
    try {
      return await this.act({ state, t });
    } catch (error) {
      if (error instanceof WrongSeed) return this.still("fault", fault(new CeremonyFault(state.seat.index, "hello", "another promise"), state.seat.index, namesOf(state)));
      if (!(error instanceof CeremonyFault)) throw error;
      return this.still("fault", fault(error, state.seat.index, namesOf(state)));
    }
  }

  private async act(now: Moment): Promise<"again" | "wait" | "end"> {
    const { state, t } = now;
    const own = state.seat.index;
    t.verify();
    if (this.seen) t.mustContinue(this.seen);
    if (this.member && t.has("hello", own) && !(await this.member.began(t))) throw new WrongSeed();
    this.seen = t;
    if (t.stage === "failed" || state.ceremony.state === "failed") return this.still("failed", failed(t.complaint, namesOf(state)));
    const doubt = this.doubt(now);
    if (doubt) return this.stop(doubt);
    if (!this.member) return this.enter(now);
    if (t.stage === "finished") return this.finish(now);
    if (t.has(t.stage, own)) return this.wait(now, false);
    await this.prepare(now, t.stage);
    this.wait(now, true);
    await breathe(); // the screen is shown before the powers are computed
    const message = await this.member.next(t);
    if (message === undefined) return "again";
    this.noteBefore(now, message);
    await this.send(message);
    return "again";
  }

  // What this device has seen

  /** What is noted here: the hash of an own hello → "", and once the certificate left, the hash of all hellos. */
  private notes({ state }: Moment): Notes {
    return this.ctx.notes(`homphieu-hellos/${state.ceremony.id}/${state.seat.index}`);
  }

  /** Why this device must not go on from its promise, if it must not. */
  private doubt(now: Moment): Text | undefined {
    const { t, state: { seat: { index: own } } } = now;
    const promise = t.message("hello", own);
    if (promise === undefined || t.has("commit", own)) return undefined;
    const hellos = this.notes(now).get(hex(digest(promise)));
    if (hellos === undefined || (hellos === "" && t.has("certificate", own))) return words.forgotten;
    return hellos === "" || hellos === t.hellosHash ? undefined : words.otherHellos;
  }

  /** Notes what a message stands upon, before it leaves. */
  private noteBefore(now: Moment, message: string): void {
    const { t } = now;
    if (t.stage === "hello") this.notes(now).note(hex(digest(message)), "");
    const promise = t.message("hello", now.state.seat.index);
    if (t.stage === "certificate" && promise !== undefined) this.notes(now).note(hex(digest(promise)), t.hellosHash);
  }

  // The seed

  /** Gets the seed: a new one, or the one with which this member has begun. */
  private async enter({ state, t }: Moment): Promise<"again"> {
    const { meeting, seat, ceremony } = state;
    if (t.has("hello", seat.index)) {
      const head = t.stage === "finished" ? words.checkKey : words.resume;
      const { seed, file } = await this.during(askForKey(this.ctx, head, ownerOf(state), async (given) => {
        if (given.file && (t.stage === "done" || t.stage === "finished")) await checkKeyFile(given.file, t);
        if (!(await new Member(given.seed, t, seat.index).began(t))) throw new KeyError("wrong-seed");
        return given;
      }));
      this.saved = file?.transcript.trusteesHash ?? "";
      this.kept = records(file);
      this.seed = seed;
    } else {
      this.seed = await this.during(makeSeed(this.ctx, {
        meeting: meeting.uuid, meetingTitle: meeting.title, ceremony: ceremony.id, threshold: ceremony.threshold,
        size: ceremony.size, name: seat.name, index: seat.index,
      }));
    }
    this.member = new Member(this.seed, { meeting: t.meeting, ceremony: t.ceremony, threshold: t.threshold, size: t.size }, seat.index);
    return "again";
  }

  /** Another ceremony has begun: its seed is another. */
  private forgetOther(): void {
    if (this.seen && this.seen.ceremony !== this.ceremony) this.seen = undefined;
    if (!this.member || this.member.terms.ceremony === this.ceremony) return;
    this.member = undefined;
    this.seed = "";
    this.saved = "";
    this.kept = records(undefined);
    this.compared = "";
  }

  // Before a message

  /** What people must have done before the message of a step is made. */
  private async prepare(now: Moment, step: Step): Promise<void> {
    const { state, t } = now;
    const own = state.seat.index;
    if (step === "commit" && this.compared !== t.context) {
      await this.during(compareDigits(this.ctx, t, own, namesOf(state)));
      this.compared = t.context;
    }
    if (step === "done" && this.saved !== t.trusteesHash) await this.save(now);
  }

  /** Has the key file saved, with what the one before it had recorded. */
  private async save({ state, t }: Moment): Promise<void> {
    const { seed } = this;
    const { meeting, seat } = state;
    const share = await new Member(seed, t, seat.index).share(t);
    await this.during(this.ctx.saveKeyFile({
      meeting: meeting.uuid, title: meeting.title, name: seat.name, index: seat.index, seed, share, transcript: t, ...this.kept,
    }));
    this.saved = t.trusteesHash;
  }

  /** A message that is refused may be there already, from this member's other tab: the next turn looks. */
  private async send(message: string): Promise<void> {
    try {
      await this.ctx.ask(() => this.ctx.api.post("ceremony", message));
    } catch (error) {
      if (!(error instanceof Refused) || !(await this.isThere(message))) throw error;
    }
  }

  /** Whether this member's message of that step is in, or the ceremony is another by now. */
  private async isThere(message: string): Promise<boolean> {
    const { type, ceremony, index } = JSON.parse(message) as { type: string; ceremony: string; index: number };
    const t = Transcript.parse(await this.ctx.ask(() => this.ctx.api.getText("ceremony")));
    const step = /^homphieu-(.*)-v1$/.exec(type)?.[1] as Step;
    return t.ceremony !== ceremony || t.stage === "failed" || t.has(step, index);
  }

  // Screens

  private wait({ state, t }: Moment, busy: boolean): "wait" {
    const names = namesOf(state);
    this.still(`wait ${t.stage}`, waiting(t, state.seat.index, names, busy));
    if (!busy) this.ctx.announce(waitingFor(t, names));
    return "wait";
  }

  /** Shows a screen until something changes. */
  private still(name: string, nodes: Parameters<Context["show"]>): "wait" {
    this.screen.show(name, nodes);
    return "wait";
  }

  /** Stops at something in the transcript that is no single member's. */
  private stop(why: Text): "wait" {
    return this.still("form", [title(words.faultTitle), box("stop", why, words.nothingSent), para(words.restart)]);
  }

  private last(nodes: Parameters<Context["show"]>): "end" {
    this.ctx.show(...nodes);
    return "end";
  }

  /**
   * The key is made, and it was opened here. Until the papers are sealed, who has lost the key file
   * and has the seed gets it again; later it would lack what was recorded in it since.
   */
  private async finish(now: Moment): Promise<"end"> {
    const { meeting } = now.state;
    if (!["draft", "keys", "slips", "rehearsed"].includes(meeting.state)) return this.last(finished());
    if (this.saved !== now.t.trusteesHash) await this.save(now);
    for (;;) {
      await this.during(this.ctx.choose<void>((again) => finished(() => again())));
      await this.save(now);
    }
  }

  /** Lets a screen run, but not longer than its ceremony. */
  private async during<T>(screen: Promise<T>): Promise<T> {
    let over = false;
    const ended = (async () => {
      while (!over) {
        const { seen } = this.changes;
        const { ceremony } = await this.ctx.ask(() => this.ctx.api.getState());
        if (ceremony.id !== this.ceremony || ceremony.state === "failed") throw new Superseded();
        await this.changes.after(seen);
      }
      return screen;
    })();
    try {
      return await Promise.race([screen, ended]);
    } finally {
      over = true;
      this.screen.gone();
      this.ctx.leave(); // which does nothing to a screen that has its answer
    }
  }
}

/** Reads a transcript that must be what the server says of the ceremony, and said before; or says what is wrong. */
function transcriptOf(text: string, state: SeatState, seen: Transcript | undefined): Transcript | Text {
  let t: Transcript;
  try {
    t = Transcript.parse(text);
  } catch {
    return words.faultForm;
  }
  const { meeting: { uuid: meeting }, ceremony: { id: ceremony, threshold, size } } = state;
  const agrees = [{ meeting, ceremony, threshold, size }, seen ?? t].every((terms) =>
    t.meeting === terms.meeting && t.ceremony === terms.ceremony && t.threshold === terms.threshold && t.size === terms.size);
  if (!agrees) return words.faultTerms;
  return haveNames(t, state) ? t : words.faultNames;
}

/** Whether all members can be told apart by their names. */
function haveNames({ indices }: Transcript, { board }: SeatState): boolean {
  const names = indices.map((index) => board.filter((member) => member.index === index).map(({ name }) => plain(name)).join());
  return !names.includes("") && new Set(names).size === names.length;
}

/** A name as an ear hears it: without the difference of capitals, spaces and spellings of letters. */
function plain(name: string): string {
  return name.normalize("NFC").trim().replace(/\s+/g, " ").toLowerCase();
}

/** What a key file has recorded, to be kept in the next one. */
function records(file: KeyFile | undefined): Pick<KeyFile, "sealed" | "contributed"> {
  return { sealed: file?.sealed ?? {}, contributed: file?.contributed ?? {} };
}

function ownerOf({ meeting, seat, ceremony }: SeatState): Owner {
  return { meeting: meeting.uuid, ceremony: ceremony.id, index: seat.index };
}

function namesOf({ board }: SeatState): Names {
  return (index) => board.find((member) => member.index === index)?.name ?? `${index}`;
}
