/**
 * The desk of a board member during the meeting: slips that were not handed out, were exchanged, or
 * came back unused are scanned or typed, and voided. Works without a mouse: the field always has what
 * a scanner types, and only the reason is chosen with the arrow keys.
 */
import { fill, h, type Child, type Kind as NoticeKind } from "../dom";
import { hasCamera, watchCamera } from "../kiosk-camera";
import { readScan, type Names } from "../scan-input";
import type { Text } from "../strings";
import type { Context } from "./context";
import { Sights } from "./desk-camera";
import { Desk, readCounts, type Kind, type Verdict } from "./desk-void";
import { kinds, words } from "./desk-words";
import { act, both, box, para, subtitle, title } from "./say";
import { refusal, type MeetingState, type SeatState } from "./seat";
import { parsePapers, type MeetingPapers } from "./slips-papers";

const KINDS = Object.keys(kinds) as Kind[];

/** While the desk works. */
const OPEN: readonly MeetingState[] = ["sealed", "open", "closed"];

/** Before it works. */
const BEFORE: readonly MeetingState[] = ["draft", "keys", "slips", "rehearsed"];

/** Runs the desk until the meeting is past it. */
export async function deskTask(_root: HTMLElement, ctx: Context): Promise<void> {
  const state = await awaitDesk(ctx);
  if (!OPEN.includes(state.meeting.state)) return closed(ctx);
  const text = await ctx.ask(() => ctx.api.getText("papers"));
  let papers: MeetingPapers;
  try {
    papers = parsePapers(text, state.meeting.uuid);
  } catch {
    return ctx.show(title(words.title), box("stop", words.badPapers));
  }
  const desk = new Desk(papers, (body) => ctx.ask(async () => readCounts(await ctx.api.post("desk", body))));
  const table = new Table(ctx, desk, papers, state);
  table.open();
  await past(ctx, (now) => table.refresh(now));
  table.close();
  closed(ctx);
}

/** Waits until the meeting is sealed. */
async function awaitDesk(ctx: Context): Promise<SeatState> {
  const state = await ctx.ask(() => ctx.api.getState());
  if (!BEFORE.includes(state.meeting.state)) return state;
  ctx.show(title(words.title), box("wait", words.tooEarly, words.tooEarlyMore));
  return changed(ctx, ({ meeting }) => !BEFORE.includes(meeting.state));
}

/** Resolves when the meeting is past the desk; tells every state before. */
function past(ctx: Context, tell: (state: SeatState) => void): Promise<SeatState> {
  return changed(ctx, (state) => {
    tell(state);
    return !OPEN.includes(state.meeting.state);
  });
}

/** Resolves with the first state that is as wanted, looking whenever the meeting has changed. */
function changed(ctx: Context, wanted: (state: SeatState) => boolean): Promise<SeatState> {
  return new Promise((resolve) => {
    const stop = ctx.api.watch(async () => {
      const state = await ctx.api.getState().catch(() => undefined); // the next change asks again
      if (!state || !wanted(state)) return;
      stop();
      resolve(state);
    });
  });
}

function closed(ctx: Context): void {
  ctx.show(title(words.title), box("note", words.tooLate, words.tooLateMore));
}

/** The screen of an open desk. */
class Table {
  private kind: Kind = "unissued";
  private printed: number | undefined;
  private readonly problems: Text[] = [];
  private readonly cards: Partial<Record<Kind, HTMLElement>> = {};
  private readonly numbers = { unissued: numberPlace(), exchanged: numberPlace(), returned: numberPlace(), printed: numberPlace() };
  private readonly answer = h("div", {});
  private readonly sending = h("p", { class: "counter" });
  private readonly label = h("label", { for: "scan" });
  private readonly aside = h("section", { class: "card", hidden: true });
  private readonly picture = h("div", {});
  private stopCamera: (() => void) | undefined;
  private readonly input = h("input", {
    id: "scan", class: "input code-input", type: "text", lang: "zxx", translate: "no",
    autocomplete: "off", autocapitalize: "none", autocorrect: "off", spellcheck: "false", "aria-describedby": "scan-hint",
  });

  constructor(private readonly ctx: Context, private readonly desk: Desk, private readonly names: Names, state: SeatState) {
    this.refresh(state);
  }

  open(): void {
    const form = h("form", { novalidate: true, autocomplete: "off", class: "stack" },
      this.reasons(),
      h("div", { class: "field" }, this.label, h("p", { class: "hint", id: "scan-hint" }, both(words.scanHint)), this.input),
      h("div", { class: "actions" },
        h("button", { class: "button button-plain" }, h("span", {}, both(words.void))),
        hasCamera() && act(words.camera, "button-plain", () => void this.switchCamera())),
      this.picture);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.take();
    });
    this.input.addEventListener("keydown", (event) => this.endedByTab(event));
    document.addEventListener("keydown", this.catchKeys);
    document.addEventListener("click", this.catchClicks);
    this.choose(this.kind);
    this.ctx.show(title(words.title), form, this.sending, this.answer, this.aside);
    this.input.focus();
  }

  close(): void {
    document.removeEventListener("keydown", this.catchKeys);
    document.removeEventListener("click", this.catchClicks);
    this.darken();
  }

  /** Takes over what other desks have done. */
  refresh({ slips }: SeatState): void {
    if (slips.counts) this.desk.learn(slips.counts);
    this.printed = slips.printed ?? this.printed;
    this.count();
  }

  // Choosing and typing

  /** The reasons to choose from, each with the number of slips voided so far. */
  private reasons(): HTMLElement {
    return h("fieldset", {}, h("legend", {}, h("strong", {}, both(words.why))), h("div", { class: "counters" },
      ...KINDS.map((kind) => this.reason(kind)),
      h("div", { class: "counter-card" }, h("span", {}, both(words.printed)), this.numbers.printed)));
  }

  private reason(kind: Kind): HTMLElement {
    const radio = h("input", { type: "radio", name: "kind", id: `kind-${kind}`, value: kind, checked: kind === this.kind });
    radio.addEventListener("change", () => this.choose(kind));
    radio.addEventListener("click", ({ detail }) => detail > 0 && this.input.focus()); // with the arrow keys one goes on choosing
    return (this.cards[kind] = h("label", { for: `kind-${kind}` }, radio, h("span", {}, both(kinds[kind])), this.numbers[kind]));
  }

  private choose(kind: Kind): void {
    this.kind = kind;
    fill(this.label, both(words.scan(kind)));
    for (const name of KINDS) this.cards[name]?.setAttribute("class", name === kind ? "counter-card is-now" : "counter-card");
    this.count();
  }

  /** Some scanners end with a tab: it sends a whole code, and otherwise moves the focus as ever. */
  private endedByTab(event: KeyboardEvent): void {
    if (event.key !== "Tab" || event.shiftKey || readScan(this.input.value, this.names).kind !== "code") return;
    event.preventDefault();
    this.take();
  }

  /** A scanner types wherever the focus is: its letters belong into the field. */
  private readonly catchKeys = ({ key, ctrlKey, metaKey, altKey, target }: KeyboardEvent) => {
    if (target !== this.input && key.length === 1 && key !== " " && !ctrlKey && !metaKey && !altKey) this.input.focus();
  };

  private readonly catchClicks = () => {
    if (document.activeElement === document.body) this.input.focus();
  };

  /** Switches the camera on, or off. */
  private async switchCamera(): Promise<void> {
    this.input.focus();
    if (this.picture.firstChild) return this.darken();
    const video = h("video", { class: "camera", muted: true, playsinline: true, "aria-label": words.cameraView.vi });
    const sights = new Sights();
    const failed = () => {
      this.darken();
      fill(this.picture, box("stop", words.noCamera));
    };
    fill(this.picture, video);
    try {
      const stop = await watchCamera(video, (text) => sights.isNew(text, Date.now()) && void this.void(text), failed);
      if (video.isConnected) this.stopCamera = stop;
      else stop(); // switched off before it was on
    } catch {
      failed();
    }
  }

  private darken(): void {
    this.stopCamera?.();
    this.stopCamera = undefined;
    fill(this.picture);
  }

  // Voiding

  private take(): void {
    const typed = this.input.value;
    this.input.focus();
    void this.void(typed);
    // What cannot be read may be mended by hand; whatever is scanned next takes its place.
    if (readScan(typed, this.names).kind === "unreadable") return this.input.select();
    this.input.value = "";
  }

  private async void(typed: string): Promise<void> {
    const verdict = this.desk.take(typed, this.kind);
    this.wait();
    this.say(await verdict);
    this.wait();
    this.count();
    if ((await verdict).kind === "unknown") this.giveBack(typed);
  }

  /** A code on no list may have been mistyped. */
  private giveBack(typed: string): void {
    if (typed.includes("/") || this.input.value !== "") return;
    this.input.value = typed;
    this.input.select();
  }

  private wait(): void {
    const { waiting } = this.desk;
    fill(this.sending, waiting > 0 && both(words.waiting(waiting)));
  }

  private say(verdict: Verdict): void {
    const [kind, head, more] = wordsOf(verdict);
    const notice = box(kind, head, more);
    notice.classList.add("verdict");
    fill(this.answer, notice);
    notice.scrollIntoView({ block: "nearest" });
    this.ctx.announce("");
    setTimeout(() => this.ctx.announce(head.vi), 50); // the same words twice are two answers
    if (kind !== "stop" || verdict.kind === "unreadable") return;
    this.problems.unshift(head);
    fill(this.aside, ...problemList(this.problems));
    this.aside.hidden = false;
  }

  private count(): void {
    const { counts } = this.desk;
    for (const kind of KINDS) this.numbers[kind].textContent = shown(counts?.[kind]);
    this.numbers.printed.textContent = shown(this.printed);
  }
}

function numberPlace(): HTMLElement {
  return h("strong", { class: "counter-number" });
}

/** A number that the server has not told yet is a dash. */
function shown(n: number | undefined): string {
  return n === undefined ? "–" : String(n);
}

function problemList(problems: readonly Text[]): Child[] {
  return [subtitle(words.problems(problems.length)), para(words.problemsMore), h("ol", {}, ...problems.map((text) => h("li", {}, both(text))))];
}

/** How an answer is shown: in green, amber or red, what happened, and what to do. */
function wordsOf(verdict: Verdict): [NoticeKind, Text, Text?] {
  switch (verdict.kind) {
    case "voided": return verdict.again
      ? ["wait", words.twice, words.total(verdict.as, verdict.counts[verdict.as])]
      : ["done", words.voided(verdict.as, verdict.counts[verdict.as])];
    case "spent": return ["stop", words.spent, words.spentMore];
    case "unknown": return ["stop", words.unknown, words.unknownMore];
    case "elsewhere": return ["stop", words.elsewhere, words.elsewhereMore];
    case "refused": return ["stop", words.refused, refusal(verdict.error)];
    case "unreadable": return ["stop", words.unreadable, words.unreadableMore(verdict.why, verdict.bad)];
  }
}
