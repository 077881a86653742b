/** The first step: which meeting this is, and one button. */
import { button, h } from "../dom";
import { heading, type Frame, type Step } from "../frame";
import { words } from "../strings";
import type { Election } from "../election";

/** Tells whether every person has the three levels of a confidence vote. */
function threeLevels(election: Election): boolean {
  return election.questions.every((question) => question.answers.length === 3);
}

export function intro(frame: Frame, election: Election, begun: () => boolean, start: () => void): Step {
  return () => [
    heading(h("span", { lang: "vi" }, election.name)),
    ...election.description.map((line) => h("p", { lang: "vi", class: "meeting" }, line)),
    h("p", { class: "rule" }, frame.say(words.once)),
    h("p", {}, frame.say(words.count(election.questions.length)), " ",
      frame.say(threeLevels(election) ? words.instruction : words.instructionAny)),
    button(frame.say(begun() ? words.resume : words.start), "button-main button-large", start),
  ];
}
