/** The first step: which meeting this is, and one button. */
import { button, h, notice } from "../dom";
import { heading, type Frame, type Step } from "../frame";
import type { Paper } from "../papers";
import { words } from "../strings";
import { paperTitle } from "./mark";

/** Tells whether every person has the three levels of a confidence vote. */
function threeLevels(papers: readonly Paper[]): boolean {
  return papers.every(({ election }) => election.questions.every((question) => question.answers.length === 3));
}

/** `papers` are those left to be marked: some may have been cast with this slip before. */
export function intro(frame: Frame, papers: readonly Paper[], begun: () => boolean, start: () => void): Step {
  const { election, of } = papers[0] as Paper;
  const persons = papers.reduce((sum, paper) => sum + paper.election.questions.length, 0);
  return () => [
    heading(h("span", { lang: "vi" }, election.name)),
    ...election.description.map((line) => h("p", { lang: "vi", class: "meeting" }, line)),
    h("p", { class: "rule" }, frame.say(words.once)),
    ...(papers.length < of ? [notice("wait", h("p", {}, h("strong", {}, frame.say(words.someUsed(of - papers.length, of)))),
      h("p", {}, frame.say(words.someUsedMore)))] : []),
    ...(of > 1 ? listed(frame, papers) : []),
    h("p", {}, ...(of > 1 ? [] : [frame.say(words.count(persons)), " "]),
      frame.say(threeLevels(papers) ? words.instruction : words.instructionAny)),
    button(frame.say(begun() ? words.resume : words.start), "button-main button-large", start),
  ];
}

/** What there is to mark, paper by paper. */
function listed(frame: Frame, papers: readonly Paper[]): HTMLElement[] {
  return [
    ...(papers.length > 1 ? [h("p", {}, frame.say(words.papers(papers.length)))] : []),
    h("ul", { class: "papers" }, ...papers.map((paper) =>
      h("li", {}, ...paperTitle(frame, paper), h("span", { class: "hint" }, ` ${frame.say(words.persons(paper.election.questions.length))}`)))),
  ];
}
