/** What the checking pages show. */
import { grouped, h, notice, type Child, type Kind } from "../dom";
import { padded } from "../log/bytes";
import type { Proven } from "../log/receipt";
import { act, actions, both, box, fragment, para, subtitle, withHint } from "../member/say";
import type { Text } from "../strings";
import type { Report } from "../verify/archive";
import type { Correction } from "../log/history";
import type { NoteKey } from "../log/note";
import { canonical, digitsOf, unwitnessed, type Policy, type Quorum } from "../log/policy";
import type { LogReport } from "../log/verify";
import { NoAnswer } from "./fetch";
import type { Finding, Verdict, Waiting } from "./recheck";
import type { Contradiction, Memory, Shown } from "./seen";
import { checks, open, plainly, words } from "./words";

const OUTCOMES: Record<Verdict["outcome"], [Kind, Text, Text]> = {
  valid: ["done", words.valid, words.validMore],
  incomplete: ["wait", words.incomplete, words.incompleteMore],
  refused: ["stop", words.refused, words.refusedMore],
};

/** The box of a verdict. A released result that was replaced is not simply valid. */
export function outcomeOf({ outcome, corrections }: Verdict): [Kind, Text, Text] {
  const last = corrections.filter(({ released }) => released).pop();
  return outcome === "valid" && last ? ["wait", words.corrected(last.number, last.reason), words.correctedMore] : OUTCOMES[outcome];
}

/** The whole of a verdict. `accept` goes on from what the browser has seen before, when a person knows why that has changed. */
export function verdictView(verdict: Verdict, accept: Accept): Node {
  const { findings, report, log, policy, waiting, corrections } = verdict;
  const [kind, head, more] = outcomeOf(verdict);
  const bad = findings.find(({ state }) => state === "bad");
  const says = bad?.why ?? "";
  return fragment(
    box(kind, head, bad ? plainly(says) : more, bad && para(more), bad && detail(says)),
    bad?.contradiction && contradictionView(bad.contradiction, verdict, accept),
    corrections.length > 0 && correctionsView(corrections),
    waiting && waitingView(waiting, report.result !== undefined),
    subtitle(words.checked),
    h("ul", { class: "checks plain-list" }, ...findings.map(findingView)),
    bad && para(words.notReached, "hint"),
    report.result && !bad && resultView(report),
    log && policy && !bad?.contradiction && logView(log, policy),
  );
}

/** What was taken back of the poll, before its result was released and after. */
function correctionsView(corrections: readonly Correction[]): Node {
  return fragment(subtitle(words.corrections), h("ul", {}, ...corrections.map(({ number, of, reason, released }) =>
    h("li", {}, both(words.correction(number, of, released)), " ", h("q", {}, reason)))));
}

/** Lets the memory go on from what has changed, and checks again. */
export type Accept = (what: "log" | "policy") => void;

/** What accepts in a page with this memory. */
export const acceptIn = (memory: Memory, again: () => void): Accept => (what) => {
  if (what === "log") memory.forget();
  else memory.forgetPolicy();
  again();
};

const ACCEPTS = {
  log: [words.forget, words.forgetMore, words.forgetNow],
  policy: [words.forgetPolicy, words.forgetPolicyMore, words.forgetPolicyNow],
} as const;

/** Which log it was before, and which it is now; what to keep, and how to go on when one knows why. */
export function contradictionView({ before, more: { evidence, other } }: Contradiction, shown: Shown, accept: Accept): Node {
  const { day, key, checkpoint: { size } } = before;
  const [known, knownMore, go] = ACCEPTS[other ?? "log"];
  const now = nowOf(shown);
  const save = (text: string) =>
    h("a", { class: "button button-plain", href: URL.createObjectURL(new Blob([text], { type: "text/plain" })), download: "bang-chung.txt" },
      h("span", {}, both(words.evidence)));
  return fragment(
    subtitle(words.before(dayOf(day))),
    facts(...keyFacts(key, before.policy), [words.logSize, String(size)]),
    before.policy !== undefined && partiesView(before.policy),
    subtitle(words.now),
    now ? fragment(facts(...keyFacts(now.key, now.said), [words.logSize, shown.log?.checkpoint && String(shown.log.checkpoint.size)]), partiesView(now.said)) : para(words.nowNone),
    evidence !== undefined && fragment(para(words.evidenceMore), actions(save(evidence))),
    other && h("details", { class: "confirm" }, h("summary", { class: "button button-plain" }, h("span", {}, both(known))),
      h("div", { class: "stack" }, para(knownMore), actions(act(go, "button-danger", () => accept(other))))));
}

/** The key that is shown now, and what the policy says about it. */
function nowOf({ log, policy }: Shown): { key: NoteKey; said: string } | undefined {
  const key = log?.key ?? policy?.logs[0];
  return key && policy && { key, said: canonical(policy, key) };
}

/** The log, and the digits to compare of what its policy says. */
function keyFacts(key: NoteKey, said: string | undefined): [Text, Child][] {
  return [
    ...(said === undefined ? [] : [[words.digits, grouped(digitsOf(said), 4, "digits")] as [Text, Child]]),
    [words.logName, code(key.name)], [words.logKey, code(key.text)],
  ];
}

/** All keys and the quorum: the text of which the digits are. */
function partiesView(said: string): HTMLElement {
  return h("details", {}, h("summary", {}, both(words.parties)), para(words.partiesMore, "hint"), h("pre", { class: "table-scroll", translate: "no", tabindex: "0" }, said));
}

/** A day as people write it, of one as 2026-12-31. */
const dayOf = (day: string): string => day.split("-").reverse().join("/");

/** Whose cosignatures the log waits for; `counted` if there are numbers beside it. */
export function waitingView({ signed, published, missing, required }: Waiting, counted: boolean): Node {
  return box("wait", words.waiting, words.waitingMore(published, signed),
    h("ul", {}, ...missing.map((name) => h("li", {}, h("strong", { translate: "no" }, name)))),
    required && para(counted ? words.requiredCounted : words.required));
}

/** The words of homphieu-verify, for who looks into it. */
export function detail(reason: string): HTMLElement {
  return h("details", {}, h("summary", {}, both(words.detail)), h("p", {}, h("code", { translate: "no" }, reason)));
}

const MARKS: Record<Finding["state"], [string, string]> = { good: ["is-good", "✓"], bad: ["is-bad", "✗"], open: ["is-open", "…"], note: ["is-note", "–"] };

function findingView({ check, state, why }: Finding): HTMLElement {
  const [className, mark] = MARKS[state];
  const { vi, en } = checks[check];
  const more = state === "open" || state === "note" ? open[why as string] : undefined;
  return h("li", { class: className }, h("span", { class: "check-mark", "aria-hidden": "true" }, mark),
    h("div", {}, h("strong", {}, both(words.mark[state])), " – ", vi, " ", h("span", { lang: "en", class: "hint" }, en), more && para(more)));
}

/** The result as it was computed here, one line for each person. */
function resultView({ election, result = [], ballots }: Report): Node {
  const questions = election?.questions ?? [];
  const answers = questions[0]?.answers ?? [];
  const head = (text: Child[], className?: string) => h("th", { scope: "col", class: className }, ...text);
  const rows = questions.map(({ text, blank }, i) => {
    const [name = "", post] = text.split("\n");
    const votes = result[i] ?? [];
    const cell = (n: number | undefined, label: string) => h("td", { class: "num", "data-label": label }, n === undefined ? "–" : String(n));
    return h("tr", {}, h("th", { scope: "row" }, name, post && h("br"), post && h("span", { class: "hint" }, post)),
      ...answers.map((answer, j) => cell(votes[j + (blank ? 1 : 0)], answer)), cell(blank ? votes[0] : undefined, words.invalid.vi));
  });
  return fragment(
    subtitle(words.computed), para(words.ballots(ballots)),
    h("div", { class: "table-scroll", role: "region", "aria-label": words.computed.vi, tabindex: "0" },
      h("table", { class: "table table-people", id: "computed" },
        h("thead", {}, h("tr", {}, head(withHint(words.person)), ...answers.map((answer) => head([answer], "num")), head(withHint(words.invalid), "num"))),
        h("tbody", {}, ...rows))));
}

/** Which log it was. */
function logView({ key, checkpoint, quorum }: LogReport, policy: Policy): Node {
  return fragment(subtitle(words.logTitle), unwatched(policy), facts(
    ...(key ? keyFacts(key, canonical(policy, key)) : []),
    [words.logSize, checkpoint && String(checkpoint.size)],
    [words.logRoot, checkpoint && code(padded(checkpoint.root))],
    ...quorumFacts(quorum),
  ), key && partiesView(canonical(policy, key)), para(words.compare));
}

/** A log that nobody must watch can show others another history. */
function unwatched(policy: Policy): Child {
  return unwitnessed(policy) && box("wait", words.unwitnessed, words.unwitnessedMore);
}

function quorumFacts({ cosigned, missing }: Quorum): [Text, Child][] {
  return [[words.cosigned, cosigned.join(", ") || both(words.nobody)], [words.missing, missing.join(", ") || both(words.nobody)]];
}

const code = (text: string): HTMLElement => h("code", { translate: "no" }, text);

function facts(...list: [Text, Child][]): HTMLElement {
  return h("dl", { class: "facts" }, ...list.map(([name, value]) => fragment(h("dt", {}, ...withHint(name)), h("dd", {}, value || "–"))));
}

/** What a receipt proves. */
export function provenView({ tracker, number, closed, key, quorum, tooFew }: Proven, policy: Policy): Node {
  const holds = box("done", words.receiptGood, words.receiptGoodMore);
  return fragment(
    tooFew === undefined ? holds : box("wait", words.receiptWeak, words.receiptWeakMore, detail(tooFew)),
    unwatched(policy),
    facts(
      [words.tracker, code(tracker)], [words.poll, code(closed.election)], [words.entry, String(number)],
      ...keyFacts(key, canonical(policy, key)), ...quorumFacts(quorum),
    ),
    partiesView(canonical(policy, key)),
    para(words.receiptNot), para(words.compare));
}

/** That a receipt does not hold. */
export const receiptRefused = (reason: string): Node => box("stop", words.receiptBad, words.receiptBadMore, detail(reason));

/** That the server's policy, by which a receipt would be checked, is not the one that this browser has seen. */
export const receiptStopped = (contradiction: Contradiction, shown: Shown, accept: Accept): Node =>
  fragment(box("stop", words.receiptStopped, plainly(contradiction.message), detail(contradiction.message)), contradictionView(contradiction, shown, accept));

/** A notice that nothing was found out. */
export const undecided = (head: Text, more: Text, ...rest: Child[]): HTMLElement => notice("wait", h("p", {}, h("strong", {}, both(head))), para(more), ...rest);

/** What is said when a check could not be brought to its end: try again. */
export const brokenOff = (error: unknown): Node =>
  error instanceof NoAnswer ? undecided(words.noAnswer, words.noAnswerMore) : undecided(words.failed, words.failedMore);
