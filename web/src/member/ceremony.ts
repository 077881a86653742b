/**
 * Making the board's key, from a member's side: docs/PROTOCOL.md §6. One instruction at a time. The
 * page holds the seed in memory alone; what it needs besides comes from the transcript, so that it
 * can be closed at any step and gone on with from the seed.
 */
import { Member, WrongSeed } from "../ceremony/member";
import { CeremonyFault, Transcript, type Step } from "../ceremony/transcript";
import { breathe } from "../engine";
import { words } from "./ceremony-words";
import { compareDigits, failed, fault, finished, waiting, waitingFor, type Names } from "./ceremony-screens";
import { makeSeed } from "./ceremony-seed";
import type { Context, Task } from "./context";
import { checkKeyFile, KeyError, type KeyFile, type Owner } from "./keyfile";
import { box, para, title } from "./say";
import { Refused, type SeatState } from "./seat";
import { askForKey, type Given } from "./unlock";

/** Leads a member through the ceremony, and through the next one if this one fails. */
export const ceremonyTask: Task = async (_root, ctx) => {
  const flow = new Flow(ctx);
  const stop = ctx.api.watch(() => flow.changed());
  try {
    await flow.run();
  } finally {
    stop();
  }
};

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
  /** Whether a key file with this key is known to be saved. */
  private saved = false;
  /** C for which the digits were compared. */
  private compared = "";
  /** What the screen shows, so that a change does not move the reader. */
  private shown = "";
  /** Identifier of the ceremony that is looked at. */
  private ceremony = "";
  private changes = 0;
  private wake: (() => void) | undefined;

  constructor(private readonly ctx: Context) {}

  /** The meeting has changed. */
  changed(): void {
    this.changes++;
    this.wake?.();
  }

  /** Runs until the key is made and nothing more is to be done here. */
  async run(): Promise<void> {
    for (;;) {
      const seen = this.changes;
      try {
        const next = await this.turn();
        if (next === "end") return;
        if (next === "wait") await this.changeAfter(seen);
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
    const t = transcriptOf(text, state);
    if (!(t instanceof Transcript)) return this.still("form", [title(words.faultTitle), box("stop", t, words.nothingSent), para(words.restart)]);
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
    if (t.stage === "failed" || state.ceremony.state === "failed") return this.still("failed", failed(t.complaint, namesOf(state)));
    if (t.stage === "finished") return this.finish(now);
    if (!this.member) return this.enter(now);
    if (t.has("hello", own) && !(await this.member.began(t))) throw new WrongSeed();
    if (t.has(t.stage, own)) return this.wait(now, false);
    await this.prepare(now, t.stage);
    this.wait(now, true);
    await breathe(); // the screen is shown before the powers are computed
    const message = await this.member.next(t);
    if (message !== undefined) await this.send(message);
    return "again";
  }

  // The seed

  /** Gets the seed: a new one, or the one with which this member has begun. */
  private async enter({ state, t }: Moment): Promise<"again"> {
    const { meeting, seat, ceremony } = state;
    if (t.has("hello", seat.index)) {
      const { seed, file } = await this.during(askForKey(this.ctx, words.resume, ownerOf(state), async (given) => {
        if (given.file && t.stage === "done") await checkKeyFile(given.file, t);
        if (!(await new Member(given.seed, t, seat.index).began(t))) throw new KeyError("wrong-seed");
        return given;
      }));
      this.saved = file !== undefined;
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
    if (!this.member || this.member.terms.ceremony === this.ceremony) return;
    this.member = undefined;
    this.seed = "";
    this.saved = false;
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
    if (step === "done" && !this.saved) {
      await this.during(this.ctx.saveKeyFile(await this.keyFile(now, this.seed)));
      this.saved = true;
    }
  }

  private async keyFile({ state, t }: Moment, seed: string): Promise<KeyFile> {
    const { meeting, seat } = state;
    const share = await new Member(seed, t, seat.index).share(t);
    return { meeting: meeting.uuid, title: meeting.title, name: seat.name, index: seat.index, seed, share, transcript: t, ...records(undefined) };
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

  /** Shows a screen until something changes; the same screen again does not move the reader. */
  private still(name: string, nodes: Parameters<Context["show"]>): "wait" {
    if (this.shown === name) this.ctx.update(...nodes);
    else this.ctx.show(...nodes);
    this.shown = name;
    return "wait";
  }

  private last(nodes: Parameters<Context["show"]>): "end" {
    this.ctx.show(...nodes);
    return "end";
  }

  /**
   * The key is made. Until the papers are sealed, who has lost the key file and has the seed gets it
   * again; later it would lack what was recorded in it since.
   */
  private async finish(now: Moment): Promise<"end"> {
    const { meeting } = now.state;
    if (!["draft", "keys", "slips", "rehearsed"].includes(meeting.state)) return this.last(finished());
    for (;;) {
      await this.during(this.ctx.choose<void>((again) => finished(() => again())));
      const given = this.seed ? { seed: this.seed } : await this.during(this.askAgain(now));
      const file = { ...(await this.keyFile(now, given.seed)), ...records(given.file) };
      await this.during(this.ctx.saveKeyFile(file));
    }
  }

  private askAgain({ state, t }: Moment): Promise<Given> {
    return askForKey(this.ctx, words.saveAgain, ownerOf(state), async (given) => {
      if (!(await new Member(given.seed, t, state.seat.index).began(t))) throw new KeyError("wrong-seed");
      return given;
    });
  }

  // Waiting

  private async changeAfter(seen: number): Promise<void> {
    if (this.changes === seen) await new Promise<void>((resolve) => (this.wake = resolve));
    this.wake = undefined;
  }

  /** Lets a screen run, but not longer than its ceremony. */
  private async during<T>(screen: Promise<T>): Promise<T> {
    let over = false;
    const ended = (async () => {
      while (!over) {
        const seen = this.changes;
        const { ceremony } = await this.ctx.ask(() => this.ctx.api.getState());
        if (ceremony.id !== this.ceremony || ceremony.state === "failed") throw new Superseded();
        await this.changeAfter(seen);
      }
      return screen;
    })();
    try {
      return await Promise.race([screen, ended]);
    } finally {
      over = true;
      this.shown = "";
      this.ctx.leave(); // which does nothing to a screen that has its answer
    }
  }
}

/** Reads a transcript that must be what the server says of the ceremony; or says what is wrong. */
function transcriptOf(text: string, { meeting, ceremony }: SeatState): Transcript | typeof words.faultForm {
  try {
    const t = Transcript.parse(text);
    const agrees = t.meeting === meeting.uuid && t.ceremony === ceremony.id && t.threshold === ceremony.threshold && t.size === ceremony.size;
    return agrees ? t : words.faultTerms;
  } catch {
    return words.faultForm;
  }
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
