/** After casting: progress, not yet sent, recorded, refused. Nothing here tells what was marked. */
import type { FinalCode } from "../api";
import { lookUpLink, lookUpQr } from "../api";
import { button, grouped, h, icon } from "../dom";
import { heading, type Frame, type Step } from "../frame";
import type { Fate, Pending } from "../outbox";
import { words, type Text } from "../strings";
import { message, said } from "./stop";

/** A step with a bar; `set` moves it and says the number to screen readers now and then. */
export interface ProgressStep {
  step: Step;
  set(done: number): void;
}

export function encrypting(frame: Frame, all: number): ProgressStep {
  let done = 0;
  const bar = h("progress", { max: String(all), "aria-labelledby": "progress-text" });
  const text = h("p", { id: "progress-text", class: "counter" });
  const draw = () => {
    bar.value = done;
    text.textContent = frame.say(words.encrypting(done, all));
  };
  const step = () => {
    draw();
    return [heading(frame.say(words.casting)), text, bar, h("p", {}, frame.say(words.keepOpen))];
  };
  const set = (n: number) => {
    done = n;
    draw();
    if (n === Math.ceil(all / 2)) frame.announce(frame.say(words.encrypting(n, all)));
  };
  return { step, set };
}

export function sending(frame: Frame): Step {
  return () => [
    heading(frame.say(words.casting)),
    h("p", { class: "counter" }, frame.say(words.sending)),
    h("progress", { "aria-label": frame.say(words.sending), max: "1", value: "1" }),
    h("p", {}, frame.say(words.keepOpen)),
  ];
}

/** Amber: sealed, kept, not acknowledged. */
export function notSent(frame: Frame, kept: boolean, retry: () => void): Step {
  return () => message(frame, "wait", words.notSent, words.notSentMore,
    h("p", {}, frame.say(kept ? words.notSentKept : words.notSentOnlyHere)),
    button(frame.say(words.retryNow), "button-main", retry), said());
}

/** Green: the server has acknowledged these very bytes. */
export function recorded(frame: Frame, p: Pending): Step {
  return () => {
    const qr = h("img", { class: "qr", src: lookUpQr(p.uuid, p.hash), alt: frame.say(words.trackerQr), width: "180", height: "180" });
    qr.addEventListener("error", () => qr.remove());
    return [
      h("div", { class: "recorded" }, icon("done"), heading(frame.say(words.recorded))),
      h("p", { class: "lead" }, frame.say(frame.isTrial ? words.afterItTrial : words.afterIt)),
      h("h2", {}, frame.say(words.tracker)),
      grouped(p.tracker, 4, "tracker"),
      h("p", { class: "hint" }, frame.say(words.trackerMore)),
      qr,
      h("p", {}, h("a", { href: lookUpLink(p.uuid, p.hash), class: "button button-plain" }, frame.say(words.lookUp))),
    ];
  };
}

/** Red: refused for good, and why. */
export function refused(frame: Frame, uuid: string, fate: Extract<Fate, { kind: "refused" }>): Step {
  const [title, more] = reasonOf(fate.code);
  return () => message(frame, "stop", title, more, fate.tracker !== undefined && usedTracker(frame, uuid, fate.tracker));
}

/** The tracker of the ballot that a used slip has cast. */
export function usedTracker(frame: Frame, uuid: string, tracker: string): HTMLElement {
  return h("section", { class: "stack" },
    h("h2", {}, frame.say(words.tracker)),
    grouped(tracker, 4, "tracker"),
    h("p", {}, h("a", { href: lookUpLink(uuid, hashOf(tracker)), class: "button button-plain" }, frame.say(words.lookUp))));
}

/** Why a ballot was refused: a heading and what to do. */
export function reasonOf(code: FinalCode): [Text, Text] {
  switch (code) {
    case "spent-credential": return [words.used, words.usedMore];
    case "voided-credential": return [words.voided, words.voidedMore];
    case "unknown-credential": return [words.unknown, words.unknownScanned];
    case "poll-closed": return [words.closed, words.lateMore];
    case "wrong-election": return [words.wrongPoll, words.refusedMore];
    default: return [words.refused, words.refusedMore];
  }
}

/** The 64 hexadecimal digits of a tracker. */
function hashOf(tracker: string): string {
  return [...atob(tracker)].map((c) => c.charCodeAt(0).toString(16).padStart(2, "0")).join("");
}
