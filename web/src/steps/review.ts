/** The review: which lines are marked; the levels only while the voter asks to see them. */
import { button, h, notice } from "../dom";
import { heading, type Frame, type Step } from "../frame";
import { words } from "../strings";
import type { Question } from "../election";
import type { Marking } from "./mark";

export interface ReviewMoves {
  change(i: number): void;
  back(): void;
  cast(): void;
}

export function review(frame: Frame, marking: Marking, moves: ReviewMoves): Step {
  return () => {
    const lines = marking.election.questions.map((question, i) => line(frame, marking, question, i, moves.change));
    const missing = unmarked(marking).filter((i) => !(marking.election.questions[i] as Question).blank);
    return [
      heading(frame.say(words.review)),
      summary(frame, marking, missing, moves.change),
      reveal(frame, (shown) => lines.forEach((l) => l.show(shown))),
      h("ul", { class: "review" }, ...lines.map((l) => l.element)),
      missing.length === 0 && h("p", {}, h("strong", {}, frame.say(words.final))),
      h("div", { class: "actions" },
        missing.length === 0 && button(frame.say(words.cast), "button-main button-large", moves.cast),
        button(frame.say(words.back), "button-plain", moves.back)),
    ].filter((node): node is HTMLElement => node !== false);
  };
}

/** The questions without a mark. */
export function unmarked(marking: Marking): number[] {
  return [...marking.marks.keys()].filter((i) => marking.marks[i] === null);
}

/** Names the lines left blank; each name leads to its line. */
function summary(frame: Frame, marking: Marking, missing: number[], change: (i: number) => void): HTMLElement {
  const blanks = unmarked(marking).filter((i) => !missing.includes(i));
  if (missing.length + blanks.length === 0) return notice("note", h("p", {}, frame.say(words.allMarked)));
  const names = (indexes: number[]) => h("ul", { class: "plain-list" }, ...indexes.map((i) => {
    const link = button((marking.election.questions[i] as Question).name, "button-link", () => change(i));
    link.lang = "vi";
    return h("li", {}, link);
  }));
  return h("div", { class: "stack" },
    missing.length > 0 && notice("stop", h("p", {}, frame.say(words.missing(missing.length))), names(missing)),
    blanks.length > 0 && notice("wait", h("p", {}, frame.say(words.blanks(blanks.length))), names(blanks)));
}

interface Line {
  element: HTMLElement;
  show(shown: boolean): void;
}

function line(frame: Frame, marking: Marking, question: Question, i: number, change: (i: number) => void): Line {
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
