/**
 * What a board member does after the papers are sealed: records them in the key file, signs the
 * closing record, and opens the result. The rehearsal is done by the same steps.
 *
 * The server is not believed. Before a key is used the whole ballot box is verified here, and a box
 * that is not the one that was sealed, or a second end of it, gets nothing.
 */
import { h, type Child } from "../dom";
import { Still, watching, type Changes } from "./changes";
import type { Context, OpenKey, Task } from "./context";
import { act, actions, badge, box, para, title } from "./say";
import { Refused, refusal, type PollState, type SeatState } from "./seat";
import { Distrust, distrusted } from "./tally-check";
import { signClosing } from "./tally-close";
import { recordSealing } from "./tally-seal";
import { askHow, makeShare } from "./tally-share";
import { words } from "./tally-words";

/** Leads a member through the count, whenever there is something to do. */
export const tallyTask: Task = (_root, ctx) => watching(ctx, (changes) => new Flow(ctx, changes).run());

/** What is to be done next, or why nothing is. */
export type Next =
  | { kind: "seal" }
  | { kind: "sign"; poll: PollState }
  | { kind: "share"; polls: PollState[] }
  | { kind: "wait"; for: "closing" | "shares"; polls: PollState[] }
  | { kind: "wait"; for: "nothing" }
  | { kind: "end"; because: "stranger" | "counted" };

/** What a member has to do in a state of the meeting. */
export function nextStep({ meeting, seat, polls }: SeatState): Next {
  if (seat.index < 1) return { kind: "end", because: "stranger" };
  const rehearsing = meeting.state === "slips" || meeting.state === "rehearsed";
  const closed = polls.filter(({ rehearsal, state }) => (rehearsal ? rehearsing : meeting.state === "closed") && state === "closed");
  const unsigned = closed.filter(({ closing }) => closing !== "signed");
  const poll = unsigned.find(({ signed_by: signers }) => !signers.includes(seat.index));
  if (poll) return { kind: "sign", poll };
  const open = closed.filter(({ closing, contributed }) => closing === "signed" && !contributed.includes(seat.index));
  if (open.length > 0) return { kind: "share", polls: open };
  if (unsigned.length > 0) return { kind: "wait", for: "closing", polls: unsigned };
  if (closed.length > 0) return { kind: "wait", for: "shares", polls: closed };
  if (meeting.state === "sealed" || meeting.state === "open") return { kind: "seal" };
  const counted = meeting.state === "tallied" || meeting.state === "signed";
  return counted ? { kind: "end", because: "counted" } : { kind: "wait", for: "nothing" };
}

class Flow {
  /** Open as long as there may be something to do with it. */
  private key: OpenKey | undefined;
  /** Whether this page has had recorded what was sealed. */
  private recorded = false;
  /** Whether shares are to be made in this page, and not brought. */
  private here = false;
  /** What was made and not yet taken, by its address: it is never made twice. */
  private readonly made = new Map<string, string>();
  private readonly screen: Still;

  constructor(private readonly ctx: Context, private readonly changes: Changes) {
    this.screen = new Still(ctx);
  }

  /** Runs until nothing more is to be done here. */
  async run(): Promise<void> {
    for (;;) {
      const { seen } = this.changes;
      try {
        const state = await this.ctx.ask(() => this.ctx.api.getState());
        const next = nextStep(state);
        if (next.kind === "end") return this.end(next.because);
        if (!(await this.act(state, next))) await this.changes.after(seen);
      } catch (error) {
        if (!(error instanceof Distrust)) throw error;
        this.screen.gone();
        await distrusted(this.ctx, error);
      }
    }
  }

  /** Does the next step; tells whether there was anything to do. */
  private async act(state: SeatState, next: Exclude<Next, { kind: "end" }>): Promise<boolean> {
    if (next.kind === "wait") return this.wait(state, next);
    if (next.kind === "seal" && this.recorded) return this.still("recorded", [title(words.recorded), box("done", words.recordedMore)]);
    if (next.kind === "sign") return this.sign(state, next.poll);
    this.screen.gone();
    if (next.kind === "seal") await this.seal(state);
    else await this.share(state, next.polls);
    return true;
  }

  private async open(): Promise<OpenKey> {
    return (this.key ??= await this.ctx.openKeyFile());
  }

  private async seal(state: SeatState): Promise<void> {
    await recordSealing(this.ctx, state, await this.open());
    this.key = undefined; // it may be hours until it is needed again
    this.recorded = true;
  }

  /** Signs the closing record, as soon as the counts agree and there is one. */
  private async sign(state: SeatState, poll: PollState): Promise<boolean> {
    const path = `polls/${poll.election}/closing`;
    let text: Uint8Array;
    try {
      text = await this.ctx.ask(() => this.ctx.api.getBytes(path));
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return this.still(error.detail, [title(words.closeTitle), box("wait", words.closeEarly, refusal(error)), para(words.closeEarlyMore)]);
    }
    this.screen.gone();
    await this.send(path, this.made.get(path) ?? await signClosing(this.ctx, state, poll, text, await this.open()));
    return true;
  }

  /** One box after another. */
  private async share(state: SeatState, polls: readonly PollState[]): Promise<void> {
    const poll = polls[0] as PollState;
    const path = `polls/${poll.election}/contribution`;
    const ready = this.made.get(path);
    if (ready !== undefined) return this.send(path, ready);
    if (!this.here) {
      const brought = await askHow(this.ctx, state, polls);
      if (brought) return this.send(`polls/${brought.poll.election}/contribution`, brought.contribution);
      this.here = true;
    }
    const key = await this.open();
    const { contribution, file } = await makeShare(this.ctx, state, poll, key);
    this.key = polls.length > 1 ? { ...key, keyFile: file } : undefined; // not a moment longer than it is needed
    const end = this.ctx.guard(() => true);
    await this.send(path, contribution).finally(end);
  }

  /** Posts what was made, the same bytes again and again until they are taken, or the member gives it up. */
  private async send(path: string, body: string): Promise<void> {
    this.made.set(path, body);
    for (;;) {
      const head = path.endsWith("closing") ? words.signing : words.sending;
      this.ctx.show(title(head), h("progress", { "aria-label": head.vi }));
      try {
        await this.ctx.ask(() => this.ctx.api.post(path, body));
        this.made.delete(path);
        return;
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        const again = await this.ctx.choose<boolean>((answer) => [
          title(words.refused), box("stop", refusal(error), words.refusedMore),
          actions(act(words.sendAgain, "button-main", () => answer(true)), act(words.goOn, "button-plain", () => answer(false))),
        ]);
        if (again) continue;
        this.made.delete(path);
        return;
      }
    }
  }

  // Waiting

  private wait(state: SeatState, next: Extract<Next, { kind: "wait" }>): boolean {
    if (next.for === "nothing") return this.still("nothing", [title(words.nothing), para(words.nothingMore)]);
    const closing = next.for === "closing";
    const done = (poll: PollState) => (closing ? poll.signed_by : poll.contributed);
    const more = closing ? words.waitClosingMore : words.waitSharesMore(state.ceremony.threshold);
    const screen = [
      title(closing ? words.waitClosing : words.waitShares), para(more, "lead"),
      ...next.polls.map((poll) => whoHas(state, poll, done(poll))),
    ];
    return this.still(JSON.stringify([next.for, next.polls.map(done)]), screen);
  }

  /** Shows a screen that waits. What is there already stays untouched. */
  private still(content: string, nodes: Child[]): false {
    this.screen.show("waiting", nodes, content);
    return false;
  }

  private end(because: "stranger" | "counted"): void {
    this.key = undefined;
    if (because === "stranger") this.ctx.show(title(words.title), box("note", words.onlyMembers));
    else this.ctx.show(title(words.finished), box("done", words.finishedMore));
  }
}

/** Who of the board has done it, and who is awaited. */
function whoHas({ board }: SeatState, poll: PollState, done: readonly number[]): HTMLElement {
  return h("section", { class: "card" },
    h("h3", { lang: "vi" }, poll.title),
    h("table", { class: "table" }, h("tbody", {}, ...board.map(({ index, name }) => h("tr", {},
      h("th", { scope: "row" }, name),
      h("td", {}, done.includes(index) ? badge("done", words.done) : badge("wait", words.awaited)))))));
}
