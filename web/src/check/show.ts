/** What the checking pages show. */
import { h, notice, type Child, type Kind } from "../dom";
import { padded } from "../log/bytes";
import type { Proven } from "../log/receipt";
import { both, box, fragment, para, subtitle, withHint } from "../member/say";
import type { Text } from "../strings";
import type { Report } from "../verify/archive";
import type { Policy, Quorum } from "../log/policy";
import type { LogReport } from "../log/verify";
import type { Finding, Verdict } from "./recheck";
import { checks, open, plainly, words } from "./words";

const OUTCOMES: Record<Verdict["outcome"], [Kind, Text, Text]> = {
  valid: ["done", words.valid, words.validMore],
  incomplete: ["wait", words.incomplete, words.incompleteMore],
  refused: ["stop", words.refused, words.refusedMore],
};

/** The whole of a verdict. */
export function verdictView({ outcome, findings, report, log, policy }: Verdict): Node {
  const [kind, head, more] = OUTCOMES[outcome];
  const bad = findings.find(({ state }) => state === "bad");
  const says = bad?.why ?? "";
  return fragment(
    box(kind, head, bad ? plainly(says) : more, bad && para(more), bad && detail(says)),
    subtitle(words.checked),
    h("ul", { class: "checks plain-list" }, ...findings.map(findingView)),
    bad && para(words.notReached, "hint"),
    report.result && !bad && resultView(report),
    log && policy && logView(log, policy),
  );
}

/** The words of homphieu-verify, for who looks into it. */
export function detail(reason: string): HTMLElement {
  return h("details", {}, h("summary", {}, both(words.detail)), h("p", {}, h("code", { translate: "no" }, reason)));
}

const MARKS: Record<Finding["state"], [string, string]> = { good: ["is-good", "✓"], bad: ["is-bad", "✗"], open: ["is-open", "…"] };

function findingView({ check, state, why }: Finding): HTMLElement {
  const [className, mark] = MARKS[state];
  const { vi, en } = checks[check];
  const more = state === "open" ? open[why as string] : undefined;
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
function logView({ checkpoint, quorum }: LogReport, policy: Policy): Node {
  return fragment(subtitle(words.logTitle), unwitnessed(policy), facts(
    [words.logName, code(policy.logs[0]?.name ?? "")],
    [words.logKey, code(policy.logs[0]?.text ?? "")],
    [words.logSize, checkpoint && String(checkpoint.size)],
    [words.logRoot, checkpoint && code(padded(checkpoint.root))],
    ...quorumFacts(quorum),
  ), para(words.compare, "hint"));
}

/** A log that nobody watches can show others another history. */
function unwitnessed({ witnesses }: Policy): Child {
  return witnesses.length === 0 && box("wait", words.unwitnessed, words.unwitnessedMore);
}

function quorumFacts({ cosigned, missing }: Quorum): [Text, Child][] {
  return [[words.cosigned, cosigned.join(", ") || both(words.nobody)], [words.missing, missing.join(", ") || both(words.nobody)]];
}

const code = (text: string): HTMLElement => h("code", { translate: "no" }, text);

function facts(...list: [Text, Child][]): HTMLElement {
  return h("dl", { class: "facts" }, ...list.map(([name, value]) => fragment(h("dt", {}, ...withHint(name)), h("dd", {}, value || "–"))));
}

/** What a receipt proves. */
export function provenView({ tracker, number, closed, checkpoint, quorum, tooFew }: Proven, policy: Policy): Node {
  const holds = box("done", words.receiptGood, words.receiptGoodMore);
  return fragment(
    tooFew === undefined ? holds : box("wait", words.receiptWeak, words.receiptWeakMore, detail(tooFew)),
    unwitnessed(policy),
    facts(
      [words.tracker, code(tracker)], [words.poll, code(closed.election)], [words.entry, String(number)],
      [words.logName, code(checkpoint.origin)], [words.logKey, code(policy.logs[0]?.text ?? "")], ...quorumFacts(quorum),
    ),
    para(words.receiptNot), para(words.compare, "hint"));
}

/** That a receipt does not hold. */
export const receiptRefused = (reason: string): Node => box("stop", words.receiptBad, words.receiptBadMore, detail(reason));

/** A notice that nothing was found out. */
export const undecided = (head: Text, more: Text, ...rest: Child[]): HTMLElement => notice("wait", h("p", {}, h("strong", {}, both(head))), para(more), ...rest);
