/** The review: which lines are marked; the levels only while the voter asks to see them. */
import { button, h, notice } from "../dom";
import { heading, type Frame, type Step } from "../frame";
import { missing, opensPaper, unmarked, type Line, type Marking } from "../papers";
import { words } from "../strings";
import { paperTitle } from "./mark";

export interface ReviewMoves {
  change(i: number): void;
  back(): void;
  cast(): void;
}

export function review(frame: Frame, marking: Marking, moves: ReviewMoves): Step {
  return () => {
    const rows = marking.lines.map((_, i) => row(frame, marking, i, moves.change));
    const must = missing(marking);
    return [
      heading(frame.say(words.review)),
      summary(frame, marking, must, moves.change),
      reveal(frame, (shown) => rows.forEach((r) => r.show(shown))),
      ...tables(frame, marking, rows.map((r) => r.element)),
      h("p", { class: "last-word" }, ...lastWord(frame, marking, must.length)),
      h("div", { class: "actions" },
        must.length === 0 && button(frame.say(words.cast), "button-main button-large", moves.cast),
        button(frame.say(words.back), "button-plain", moves.back)),
    ];
  };
}

/** One list for each paper, under its title where there are several. */
function tables(frame: Frame, { lines }: Marking, rows: HTMLElement[]): HTMLElement[] {
  const all: HTMLElement[] = [];
  let list = h("ul", { class: "review" });
  rows.forEach((element, i) => {
    const first = opensPaper(lines, i);
    if (first) all.push(h("h2", { class: "paper" }, ...paperTitle(frame, (lines[i] as Line).paper)));
    if (first || i === 0) all.push((list = h("ul", { class: "review" })));
    list.append(element);
  });
  return all;
}

/** Beside the button, far from the notice at the top: what is blank, and that casting is final. */
function lastWord(frame: Frame, marking: Marking, must: number): (Node | string | false)[] {
  if (must > 0) return [h("strong", {}, frame.say(words.missing(must)))];
  const blanks = unmarked(marking).length;
  return [blanks > 0 && h("strong", { class: "warned" }, frame.say(words.blankLines(blanks))), " ", h("strong", {}, frame.say(words.final))];
}

/** Names the lines left blank; each name leads to its line. */
function summary(frame: Frame, marking: Marking, must: number[], change: (i: number) => void): HTMLElement {
  const blanks = unmarked(marking).filter((i) => !must.includes(i));
  if (must.length + blanks.length === 0) return notice("note", h("p", {}, frame.say(words.allMarked)));
  const names = (indexes: number[]) => h("ul", { class: "plain-list" }, ...indexes.map((i) => {
    const link = button((marking.lines[i] as Line).question.name, "button-link", () => change(i));
    link.lang = "vi";
    return h("li", {}, link);
  }));
  return h("div", { class: "stack" },
    must.length > 0 && notice("stop", h("p", {}, frame.say(words.missing(must.length))), names(must)),
    blanks.length > 0 && notice("wait", h("p", {}, frame.say(words.blanks(blanks.length))), names(blanks)));
}

interface Row {
  element: HTMLElement;
  show(shown: boolean): void;
}

function row(frame: Frame, marking: Marking, i: number, change: (i: number) => void): Row {
  const { question } = marking.lines[i] as Line;
  const state = h("span", { class: "review-state" });
  const mark = marking.marks[i] ?? null;
  const show = (shown: boolean) => {
    state.lang = shown && mark !== null ? "vi" : document.documentElement.lang;
    if (mark === null) state.textContent = frame.say(words.blank);
    else state.textContent = shown ? (question.answers[mark] as string) : frame.say(words.marked);
  };
  show(false);
  const edit = button(frame.say(words.change), "button-plain", () => change(i));
  edit.setAttribute("aria-label", frame.say(words.changeFor(question.name)));
  const name = h("span", { class: "review-name", lang: "vi" }, `${i + 1}. ${question.name}`);
  return { element: h("li", {}, h("div", {}, name, state), edit), show };
}

/**
 * The button that shows the levels while it is held. With a keyboard or a screen reader, which
 * cannot hold, it is a toggle.
 */
function reveal(frame: Frame, show: (shown: boolean) => void): HTMLElement {
  let shown = false;
  const element = button(frame.say(words.showMarks), "button-plain button-hold", () => {});
  const set = (value: boolean) => {
    if (shown === value) return;
    shown = value;
    element.setAttribute("aria-pressed", String(shown));
    show(shown);
  };
  let held = false;
  element.setAttribute("aria-pressed", "false");
  element.addEventListener("pointerdown", (event) => {
    held = !isVirtual(event);
    if (held) set(true);
  });
  for (const end of ["pointerup", "pointercancel", "pointerleave", "blur"]) {
    element.addEventListener(end, () => {
      if (held || end === "blur") set(false);
    });
  }
  element.addEventListener("contextmenu", (event) => event.preventDefault());
  element.addEventListener("click", () => {
    if (!held) {
      set(!shown);
      frame.announce(frame.say(shown ? words.marksShown : words.marksHidden));
    }
    held = false;
  });
  return h("div", { class: "reveal" }, element, h("p", { class: "hint" }, frame.say(words.showMarksHint)));
}

/** A press made by a screen reader has no size, or is a mouse's without pressure. */
function isVirtual(event: PointerEvent): boolean {
  const pointless = event.width === 0 && event.height === 0;
  return pointless || (event.pointerType === "mouse" && event.pressure === 0);
}
