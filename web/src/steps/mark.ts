/** Marking: one person a screen, or all persons as one list. */
import type { PersonDocument } from "../api";
import type { Mark } from "../ballot";
import { button, h } from "../dom";
import { heading, type Frame, type Step } from "../frame";
import { opensPaper, type Line, type Marking, type Paper } from "../papers";
import { englishLevel, words } from "../strings";

/** Where the buttons of a person's screen lead. */
export interface PersonMoves {
  back(): void;
  next(): void;
  list(): void;
  /** Set when the voter came from the review to change one line. */
  review?: () => void;
}

/** One person: name, post, position, choices. */
export function person(frame: Frame, marking: Marking, i: number, moves: PersonMoves): Step {
  return () => {
    const { paper, question } = marking.lines[i] as Line;
    const all = marking.lines.length;
    const title = heading(h("span", { class: "position" }, `${i + 1}/${all}`), " ", h("span", { lang: "vi" }, question.name));
    const last = i === all - 1;
    const onward = moves.review
      ? button(frame.say(words.backToReview), "button-main", moves.review)
      : button(frame.say(last ? words.toReview : words.next), "button-main", moves.next);
    return [
      ...(paper.of > 1 ? [h("p", { class: "overline paper-line" }, ...paperTitle(frame, paper))] : []),
      field(frame, marking, i, title),
      h("div", { class: "actions" }, onward, !moves.review && button(frame.say(words.back), "button-plain", moves.back)),
      ...(moves.review ? [] : [h("p", {}, button(frame.say(words.asList), "button-link", moves.list))]),
    ];
  };
}

/** All persons below each other. */
export function list(frame: Frame, marking: Marking, review: () => void, oneByOne: () => void): Step {
  return () => {
    const counter = h("p", { class: "counter" });
    const count = () => {
      const n = marking.marks.filter((mark) => mark !== null).length;
      counter.textContent = frame.say(words.progress(n, marking.marks.length));
    };
    count();
    return [
      heading(frame.say(words.list)),
      h("p", {}, button(frame.say(words.oneByOne), "button-link", oneByOne)),
      ...marking.lines.flatMap(({ paper, question }, i) => {
        const place = h("span", { class: "position" }, `${i + 1}/${marking.marks.length}`);
        const title = h(paper.of > 1 ? "h3" : "h2", {}, place, " ", h("span", { lang: "vi" }, question.name));
        const person = field(frame, marking, i, title, count);
        return opensPaper(marking.lines, i) ? [h("h2", { class: "paper" }, ...paperTitle(frame, paper)), person] : [person];
      }),
      counter,
      h("div", { class: "actions" }, button(frame.say(words.toReview), "button-main", review)),
    ];
  };
}

/** Which paper this is, among several. */
export function paperTitle(frame: Frame, { number, of, election }: Paper): (Node | string)[] {
  return [frame.say(words.paperOf(number, of)), " · ", h("span", { lang: "vi" }, election.paper || election.name)];
}

/** The choices of one person: radio buttons without a first one, and a way back to none. */
function field(frame: Frame, marking: Marking, i: number, title: HTMLElement, changed = () => {}): HTMLElement {
  const { question, documents } = marking.lines[i] as Line;
  const mark = (value: Mark) => {
    marking.marks[i] = value;
    changed();
  };
  const choices = question.answers.map((answer, j) => choice(answer, i, marking.marks[i] === j, () => mark(j)));
  const clear = button("", "choice-clear", () => {
    for (const { input } of choices) input.checked = false;
    mark(null);
    frame.announce(frame.say(words.cleared));
  });
  clear.append(frame.say(words.clear), h("small", {}, question.blank ? frame.say(words.clearHint) : ""));
  return h("fieldset", { class: "person" },
    h("legend", {}, title),
    question.post !== "" && h("p", { class: "post", lang: "vi" }, question.post),
    !frame.host && documents.length > 0 && h("p", { class: "documents" }, ...documents.map((d) => documentLink(frame, question.name, d))),
    !question.blank && h("p", { class: "hint" }, frame.say(words.required)),
    h("div", { class: "choices" }, ...choices.map(({ label }) => label), clear));
}

/**
 * A PDF to read before marking. It opens beside this page, whose marks stay; on a shared machine,
 * where what it opens would stay too, there is none.
 */
function documentLink(frame: Frame, name: string, { kind, title, href }: PersonDocument): HTMLElement {
  const text = frame.say(kind === "report" ? words.report : words.declaration);
  return h("a", {
    href, target: "_blank", rel: "noopener noreferrer", class: "button button-link", title,
    "aria-label": frame.say(words.documentOf(text, name)),
  }, text);
}

function choice(answer: string, i: number, checked: boolean, pick: () => void): { label: HTMLElement; input: HTMLInputElement } {
  const input = h("input", { type: "radio", name: `person-${i}`, class: "choice-input", autocomplete: "off" });
  input.checked = checked;
  input.addEventListener("change", pick);
  const english = englishLevel(answer);
  const face = h("span", { class: "choice-face" },
    h("span", { lang: "vi" }, answer), english !== undefined && h("small", { lang: "en" }, english));
  return { label: h("label", { class: "choice" }, input, face), input };
}
