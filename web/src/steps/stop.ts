/** Steps at which the page stops, and says why and what to do now. */
import { button, h, notice, type Kind } from "../dom";
import { heading, type Frame, type Step } from "../frame";
import { words, type Text } from "../strings";

/** A heading in a coloured box with an icon, a sentence, and what may follow. */
export function message(frame: Frame, kind: Kind, title: Text, more: Text, ...rest: (Node | false | undefined)[]): Node[] {
  return [
    notice(kind, heading(frame.say(title)), h("p", {}, frame.say(more))),
    ...rest.filter((node): node is Node => !!node),
  ];
}

/** The place where a step shows what it announces. */
export function said(): HTMLElement {
  return h("p", { class: "said counter", "aria-hidden": "true" });
}

/** Work in progress without a number. */
export function busy(frame: Frame, text: Text): Step {
  return () => [heading(frame.say(text))];
}

/** The network is missing at first load: the page tries again by itself. */
export function notLoaded(frame: Frame, retry: () => void): Step {
  return () => message(frame, "wait", words.notLoaded, words.notLoadedMore,
    button(frame.say(words.retryNow), "button-main", retry));
}

/** The poll is sealed but not open. */
export function notOpen(frame: Frame, name: string, check: () => void): Step {
  return () => [
    h("p", { class: "overline", lang: "vi" }, name),
    ...message(frame, "wait", words.notOpen, words.notOpenMore, button(frame.say(words.checkNow), "button-main", check), said()),
  ];
}

/** A slip or a poll with which nothing can be done here. */
export function stop(frame: Frame, title: Text, more: Text, ...rest: (Node | undefined)[]): Step {
  return () => message(frame, "stop", title, more, ...rest);
}

/** A second slip was scanned while the first is being marked. */
export function otherSlip(frame: Frame, keep: () => void, change: () => void): Step {
  return () => message(frame, "note", words.otherSlip, words.otherSlipMore, h("div", { class: "actions" },
    button(frame.say(words.keepThis), "button-main", keep),
    button(frame.say(words.switchSlip), "button-plain", change)));
}
