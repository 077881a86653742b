/** What a shared machine shows of its own: the first screen, and its questions. */
import { button, grouped, h } from "./dom";
import type { SlipNames } from "./election";
import { heading, type Frame, type Step } from "./frame";
import { message } from "./steps/stop";
import { words, type Text } from "./strings";

/** What the first screen can do. */
export interface StartMoves {
  /** A text from the scanner, complete with Enter or as long as a slip's link is. */
  read(text: string): void;
  type(): void;
  /** Switches the camera on or off; undefined where there is none. */
  camera: (() => void) | undefined;
}

/** What the first screen shows. */
export interface StartView {
  name: string;
  names: SlipNames;
  field: HTMLInputElement;
  /** Where the camera shows what it sees, when it is on. */
  video: HTMLVideoElement | undefined;
  /** What went wrong with the last code. */
  fault: () => Text | undefined;
}

export function start(frame: Frame, { name, names, field, video, fault }: StartView, moves: StartMoves): Step {
  return () => [
    heading(frame.say(words.kioskTitle)),
    h("p", { class: "overline", lang: "vi" }, name),
    h("p", { class: "field-error" }, sayIfAny(frame, fault())),
    reader(frame, field, moves.read),
    ...(video ? [video] : []),
    h("div", { class: "actions" },
      button(frame.say(words.kioskType), "button-plain button-large", moves.type),
      moves.camera && button(frame.say(video ? words.kioskCameraOff : words.kioskCamera), "button-plain button-large", moves.camera)),
    h("p", { class: "rule" }, frame.say(words.kioskPrivate)),
    h("div", { class: "poll-digits" }, h("p", { class: "hint" }, frame.say(words.kioskDigits)), grouped(names.digits, 4, "")),
  ];
}

function sayIfAny(frame: Frame, text: Text | undefined): string {
  return text ? frame.say(text) : "";
}

/** A field for the scanner. It takes no room: the code must not be read over a shoulder. */
export function scannerField(): HTMLInputElement {
  return h("input", {
    id: "scanner", type: "text", class: "visually-hidden", maxlength: "400", lang: "zxx", translate: "no", inputmode: "none",
    autocomplete: "off", autocapitalize: "none", autocorrect: "off", spellcheck: "false",
  });
}

/** The field, and around it what shows whether the scanner's keys arrive there. */
export function reader(frame: Frame, field: HTMLInputElement, read: (text: string) => void): HTMLElement {
  field.setAttribute("aria-label", frame.say(words.kioskReader));
  const form = h("form", { novalidate: true, autocomplete: "off", class: "reader" }, field,
    h("label", { for: field.id, class: "reader-face" },
      h("span", { class: "reader-ready" }, frame.say(words.kioskReady)),
      h("span", { class: "reader-away" }, frame.say(words.kioskAway))));
  const take = () => {
    const text = field.value;
    field.value = "";
    if (text !== "") read(text);
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    take();
  });
  field.addEventListener("input", () => WHOLE_LINK.test(field.value) && take());
  return form;
}

/** A slip's link is as long as this; a scanner that sends no Enter behind it is understood too. */
const WHOLE_LINK = /#[^#.]{25}\.[^#.]{22}$/;

/** The way on, and how long the machine waits for it. */
export function onward(frame: Frame, done: boolean, counter: HTMLElement, next: () => void): HTMLElement {
  return h("div", { class: "stack" },
    button(frame.say(done ? words.kioskNext : words.kioskFirst), `button-large ${done ? "button-main" : "button-plain"}`, next), counter);
}

export function askPresence(frame: Frame, counter: HTMLElement, here: () => void, forget: () => void): Step {
  return () => message(frame, "wait", words.kioskAsk, words.kioskAskMore,
    h("div", { class: "actions" },
      button(frame.say(words.kioskHere), "button-main button-large", here),
      button(frame.say(words.kioskLeaveYes), "button-plain", forget)),
    counter);
}

/** `sent`: a sealed ballot waits, and nobody knows whether it has arrived. */
export function askLeaving(frame: Frame, sent: boolean, leave: () => void, stay: () => void): Step {
  return () => message(frame, "wait", words.kioskLeaveTitle, sent ? words.kioskLeaveSent : words.kioskLeaveMore,
    h("div", { class: "actions" },
      button(frame.say(words.kioskStay), "button-main", stay),
      button(frame.say(words.kioskLeaveYes), "button-plain", leave)));
}
