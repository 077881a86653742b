/** The list of polls: what the public log says of each, and which of its polls the server does not name. */
import { fill, grouped, h, type Child, type Kind } from "../dom";
import { takenBack, type PollInLog } from "../log/history";
import { canonical, digitsOf, type Policy } from "../log/policy";
import type { LogReport } from "../log/verify";
import { both, box, fragment, para, subtitle } from "../member/say";
import type { Text } from "../strings";
import { get } from "./fetch";
import { askWaiting, checkLog } from "./recheck";
import { compareSeen, Contradiction, memory, type Known } from "./seen";
import { acceptIn, brokenOff, contradictionView, detail, waitingView } from "./show";
import { open, plainly, words } from "./words";

/** Reads the log, and says of each poll on the page (data-poll) how far it has come in it. */
export function listTask(root: HTMLElement): void {
  fill(root, h("p", {}, both(words.listing)));
  read(root).catch((error: unknown) => fill(root, brokenOff(error)));
}

async function read(root: HTMLElement): Promise<void> {
  const found = await checkLog({ get, progress: () => {} });
  const { log, policy, fault } = found;
  const reason = fault ?? log?.reason;
  if (reason !== undefined) return fill(root, refusedView(reason));
  const seen = memory();
  try {
    const known = compareSeen(seen, found);
    const waiting = policy && (await askWaiting(get));
    fill(root, ...(log && policy ? readView(log, policy, known) : [para(policy ? open.notPublished as Text : words.listNone)]), waiting && waitingView(waiting, false));
    seen.keep(found);
  } catch (error) {
    if (!(error instanceof Contradiction)) throw error;
    fill(root, refusedView(error.message), contradictionView(error, found, acceptIn(seen, () => listTask(root))));
  }
}

const refusedView = (reason: string): Node => box("stop", words.listBad, plainly(reason), detail(reason));

/** What a log says that holds: of each poll at its place on the page, and of those that are not there. */
function readView(log: LogReport, policy: Policy, known: Known): Child[] {
  const named = new Set<string>();
  for (const place of Array.from(document.querySelectorAll<HTMLElement>("[data-poll]"))) {
    const { poll = "" } = place.dataset;
    named.add(poll);
    fill(place, stageOf(log.polls.get(poll)));
  }
  const others = Array.from(log.polls).filter(([uuid]) => !named.has(uuid));
  const first = known !== "all" && para(open[known === "log" ? "firstWitnesses" : "firstSeen"] as Text);
  return [para(words.listGood(log.entries)), first, log.key && digitsView(canonical(policy, log.key)), others.length > 0 && unlisted(others)];
}

/** The digits to compare, of what the policy says. */
function digitsView(said: string): Node {
  return fragment(subtitle(words.digits), grouped(digitsOf(said), 4, "digits"), para(words.compare));
}

function stageOf(poll: PollInLog | undefined): Node {
  const last = poll?.corrections.filter(({ released }) => released).pop();
  const badge = (kind: Kind, text: Text) => h("span", { class: `badge badge-${kind}` }, both(text));
  return fragment(badge("note", stageText(poll)), last && " ", last && badge("wait", words.correctedBy(last.number)));
}

function stageText(poll: PollInLog | undefined): Text {
  if (poll?.ended) return words.takenBack;
  if (poll && takenBack(poll) !== undefined) return words.takenBackPart;
  return words.stages[poll?.steps.length ?? 0] as Text;
}

function unlisted(polls: [string, PollInLog][]): HTMLElement {
  return box("note", words.unlisted, undefined, h("ul", {}, ...polls.map(([uuid, poll]) =>
    h("li", {}, h("a", { href: `/check/${uuid}`, translate: "no" }, uuid), " ", stageOf(poll)))));
}
