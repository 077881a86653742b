/** After casting: progress, not yet sent, recorded, refused. Nothing here tells what was marked. */
import type { FinalCode } from "../api";
import { lookUpLink, lookUpQr } from "../api";
import { button, grouped, h, icon, type Kind } from "../dom";
import { heading, type Frame, type Step } from "../frame";
import type { Fate } from "../outbox";
import type { Paper } from "../papers";
import { words, type Text } from "../strings";
import { paperTitle } from "./mark";
import { message, said } from "./stop";

/** What has become of the ballot of one paper. */
export interface CastBallot {
  paper: Paper;
  /** Its tracker, if it is known: the server need not name one for a slip used elsewhere. */
  tracker: string | undefined;
  fate: Fate;
}

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

/** On their way for the first time. `ballots` tells the present state each time it is called. */
export function sending(frame: Frame, ballots: () => CastBallot[]): Step {
  return () => [
    heading(frame.say(words.casting)),
    h("p", { class: "counter" }, frame.say(words.sending)),
    h("progress", { "aria-label": frame.say(words.sending), max: "1", value: "1" }),
    ...states(frame, ballots()),
    h("p", {}, frame.say(words.keepOpen)),
  ];
}

/** Amber: sealed, kept, not all of them acknowledged. */
export function notSent(frame: Frame, ballots: () => CastBallot[], kept: () => boolean, retry: () => void): Step {
  return () => {
    const all = ballots();
    const done = count(all, "recorded");
    const [title, more] = done > 0 ? [words.someSent(done, all.length), words.someSentMore] : [words.notSent, words.notSentMore];
    return message(frame, "wait", title, more, ...states(frame, all),
      h("p", {}, frame.say(kept() ? words.notSentKept : words.notSentOnlyHere)),
      button(frame.say(words.retryNow), "button-main", retry), said());
  };
}

/** Green: the server has acknowledged these very bytes, of every paper. */
export function recorded(frame: Frame, ballots: readonly CastBallot[]): Step {
  const [only] = ballots as [CastBallot];
  const { of } = only.paper;
  if (of > ballots.length) return partlyKnown(frame, ballots);
  return () => [
    h("div", { class: "recorded" }, icon("done"), heading(frame.say(of > 1 ? words.allRecorded(of) : words.recorded))),
    h("p", { class: "lead" }, frame.say(frame.isTrial ? words.afterItTrial : words.afterIt)),
    ...trackers(frame, ballots),
    h("p", { class: "hint" }, frame.say(of > 1 ? words.trackersMore : words.trackerMore)),
    ...(of > 1 ? [] : [qr(frame, only), lookUp(frame, only), keep(frame, only)]).filter((node): node is HTMLElement => node !== undefined),
  ];
}

/** Without the code the page knows of those papers alone whose ballots it has just sent. */
function partlyKnown(frame: Frame, ballots: readonly CastBallot[]): Step {
  const [{ paper }] = ballots as [CastBallot];
  return () => message(frame, "wait", words.someRecorded(ballots.length, paper.of), words.someRecordedMore, ...trackers(frame, ballots));
}

/** Red: refused for good, and why. */
export function refused(frame: Frame, ballots: readonly CastBallot[]): Step {
  return () => {
    const [{ fate, paper }] = ballots as [CastBallot];
    const [title, more] = paper.of > 1 || fate.kind !== "refused"
      ? [words.someRefused(count(ballots, "refused"), ballots.length), words.someRefusedMore] : reasonOf(fate.code);
    const others = ballots.flatMap((b) => (b.fate.kind === "refused" && b.fate.tracker !== undefined ? [{ ...b, tracker: b.fate.tracker }] : []));
    return message(frame, "stop", title, more, ...states(frame, ballots), others.length > 0 && usedTrackers(frame, others));
  };
}

/** The trackers of the ballots that a used slip has cast. */
export function usedTrackers(frame: Frame, ballots: readonly CastBallot[]): HTMLElement {
  const [only] = ballots as [CastBallot];
  return h("section", { class: "stack" }, ...trackers(frame, ballots), only.paper.of === 1 && lookUp(frame, only));
}

/** The trackers, under the title of their paper where there are several. */
function trackers(frame: Frame, ballots: readonly CastBallot[]): HTMLElement[] {
  const title = h("h2", {}, frame.say(words.tracker));
  const named = ballots.filter((b): b is CastBallot & { tracker: string } => b.tracker !== undefined);
  if (named.length === 0) return [];
  if (ballots[0]?.paper.of === 1) return [title, ...named.map(({ tracker }) => grouped(tracker, 4, "tracker"))];
  return [title, ...named.map((ballot) => h("section", { class: "stack" },
    h("h3", {}, ...paperTitle(frame, ballot.paper)), grouped(ballot.tracker, 4, "tracker"), lookUp(frame, ballot), keep(frame, ballot)))];
}

/** Where there are several papers, what has become of each. */
function states(frame: Frame, ballots: readonly CastBallot[]): HTMLElement[] {
  if (ballots[0]?.paper.of === 1) return [];
  return [h("ul", { class: "states" }, ...ballots.map(({ paper, fate }) => {
    const [kind, text] = stateOf(fate);
    const reason = fate.kind === "refused" && h("span", { class: "hint" }, ` ${frame.say(reasonOf(fate.code)[1])}`);
    return h("li", { class: `state-${kind}` }, icon(kind), h("div", {}, ...paperTitle(frame, paper), ": ", h("strong", {}, frame.say(text)), reason));
  }))];
}

function stateOf(fate: Fate): [Kind, Text] {
  switch (fate.kind) {
    case "recorded": return ["done", words.stateRecorded];
    case "refused": return ["stop", reasonOf(fate.code)[0]];
    case "waiting": return ["wait", fate.tries === 0 ? words.stateSending : words.stateWaiting];
  }
}

function count(ballots: readonly CastBallot[], kind: Fate["kind"]): number {
  return ballots.filter(({ fate }) => fate.kind === kind).length;
}

/** Leads to the ballot's page, but not on a shared machine, which stays where it is. */
function lookUp(frame: Frame, { paper, tracker }: CastBallot): HTMLElement | undefined {
  if (frame.host || tracker === undefined) return undefined;
  return h("p", {}, h("a", { href: lookUpLink(paper.uuid, hashOf(tracker)), class: "button button-plain" }, frame.say(words.lookUp)));
}

/** Saves the server's signed promise on the voter's own phone, if the voter wants it. */
function keep(frame: Frame, { fate, tracker }: CastBallot): HTMLElement | undefined {
  if (frame.host || tracker === undefined || fate.kind !== "recorded" || fate.receipt === undefined) return undefined;
  const href = `data:text/plain;charset=utf-8,${encodeURIComponent(fate.receipt)}`;
  return h("p", {}, h("a", { href, download: `bien-nhan-${hashOf(tracker).slice(0, 12)}.txt`, class: "button button-plain" }, frame.say(words.keepReceipt)));
}

function qr(frame: Frame, { paper, tracker }: CastBallot): HTMLElement | undefined {
  if (frame.host || tracker === undefined) return undefined;
  const image = h("img", { class: "qr", src: lookUpQr(paper.uuid, hashOf(tracker)), alt: frame.say(words.trackerQr), width: "180", height: "180" });
  image.addEventListener("error", () => image.remove());
  return image;
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
