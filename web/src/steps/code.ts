/** Typing the code of a slip, and comparing the poll with the projector. */
import { CODE_LENGTH, compactCode, formatCode, isBase58 } from "../credential";
import { button, fill, grouped, h, notice } from "../dom";
import { heading, type Frame, type Step } from "../frame";
import { spelled, spelledChar } from "../spelling";
import { words, type Text } from "../strings";
import { message } from "./stop";

/** Asks to scan again, or to type. `typed` is what the field holds at first: typing is never lost. */
export function codeEntry(frame: Frame, typed: string, use: (code: string) => void): Step {
  let value = typed;
  let fault: Text | undefined;
  return () => {
    const field = codeField(frame, value, (now) => (value = now));
    const error = h("p", { class: "field-error", id: "code-error" });
    const complain = (text: Text) => {
      error.textContent = frame.say(text);
      field.input.setAttribute("aria-invalid", "true");
    };
    if (fault) complain(fault);
    const submit = (event: Event) => {
      event.preventDefault();
      fault = faultOf(compactCode(value));
      if (!fault) return use(formatCode(compactCode(value)) as string);
      complain(fault);
      field.input.focus();
      frame.announce(frame.say(fault));
    };
    const form = h("form", { novalidate: true, autocomplete: "off", class: "stack" },
      h("h2", {}, frame.say(words.orType)),
      h("div", { class: "field" }, ...field.before, error, field.input, ...field.after), legend(frame),
      h("button", { type: "submit", class: "button button-main" }, frame.say(words.useCode)));
    form.addEventListener("submit", submit);
    return [heading(frame.say(words.rescanTitle)), notice("note", h("p", {}, frame.say(words.rescan))), form];
  };
}

interface Field {
  input: HTMLInputElement;
  before: Node[];
  after: Node[];
}

function codeField(frame: Frame, value: string, changed: (value: string) => void): Field {
  const input = h("input", {
    id: "code", type: "text", class: "input code-input", maxlength: "60", lang: "zxx", translate: "no",
    autocomplete: "off", autocapitalize: "none", autocorrect: "off", spellcheck: "false",
    "aria-describedby": "code-error code-hint code-count",
  });
  const echo = h("div", { class: "echo" });
  const count = h("p", { id: "code-count", class: "hint" });
  const update = () => {
    const compact = compactCode(input.value);
    fill(echo, h("p", { class: "hint" }, frame.say(words.codeRead)), spelled(compact));
    echo.hidden = compact === "";
    count.textContent = frame.say(words.codeCount(compact.length, CODE_LENGTH));
  };
  input.value = value;
  input.addEventListener("input", () => {
    changed(input.value);
    update();
  });
  update();
  return {
    input,
    before: [h("label", { for: "code" }, frame.say(words.codeLabel)), h("p", { class: "hint", id: "code-hint" }, frame.say(words.codeHint))],
    after: [count, echo],
  };
}

function legend(frame: Frame): HTMLElement {
  const entry = (sample: string, text: Text) =>
    h("li", {}, h("code", { class: "code", translate: "no" }, spelledChar(sample)), ` ${frame.say(text)}`);
  return h("ul", { class: "legend" },
    entry("K", words.legendCapital), entry("k", words.legendSmall), entry("7", words.legendDigit));
}

function faultOf(compact: string): Text | undefined {
  const bad = [...compact].filter((c) => !isBase58(c));
  if (bad.length > 0) return words.codeBad([...new Set(bad)].join(" "));
  if (compact.length < CODE_LENGTH) return words.codeShort(CODE_LENGTH - compact.length);
  if (compact.length > CODE_LENGTH) return words.codeLong(compact.length - CODE_LENGTH);
  return undefined;
}

/** A typed code carries no fingerprint of its poll: the voter compares digits with the projector. */
export function compareDigits(frame: Frame, name: string, digits: string, same: () => void, different: () => void): Step {
  return () => [
    heading(frame.say(words.compareTitle)),
    h("p", { class: "overline", lang: "vi" }, name),
    h("p", {}, frame.say(words.compare)),
    grouped(digits, 4, "digits"),
    h("div", { class: "actions" },
      button(frame.say(words.same), "button-main", same),
      button(frame.say(words.different), "button-plain", different)),
  ];
}

/** The digits differ: what to do, and a way back for who has misread them. */
export function digitsDiffer(frame: Frame, again: () => void): Step {
  return () => message(frame, "stop", words.differTitle, words.differMore,
    button(frame.say(words.compareAgain), "button-plain", again));
}
