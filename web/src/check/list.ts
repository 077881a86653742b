/** The list of polls: what the public log says of each, and which of its polls the server does not name. */
import { fill, h } from "../dom";
import type { PollInLog } from "../log/history";
import { box, both, para } from "../member/say";
import type { Text } from "../strings";
import { get, NoAnswer } from "./fetch";
import { checkLog } from "./recheck";
import { detail, undecided } from "./show";
import { open, words } from "./words";

/** Reads the log, and says of each poll on the page (data-poll) how far it has come in it. */
export function listTask(root: HTMLElement): void {
  fill(root, h("p", {}, both(words.listing)));
  read(root).catch((error: unknown) =>
    fill(root, error instanceof NoAnswer ? undecided(words.noAnswer, words.noAnswerMore) : undecided(words.failed, words.failedMore)));
}

async function read(root: HTMLElement): Promise<void> {
  const { log, policy, fault } = await checkLog({ get, progress: () => {} });
  const reason = fault ?? log?.reason;
  if (reason !== undefined) return fill(root, box("stop", words.listBad, undefined, detail(reason)));
  if (!log) return fill(root, para(policy ? open.notPublished as Text : words.listNone));
  const named = new Set<string>();
  for (const place of Array.from(document.querySelectorAll<HTMLElement>("[data-poll]"))) {
    const { poll = "" } = place.dataset;
    named.add(poll);
    fill(place, stageOf(log.polls.get(poll)));
  }
  const others = Array.from(log.polls).filter(([uuid]) => !named.has(uuid));
  fill(root, para(words.listGood(log.entries)), others.length > 0 && unlisted(others));
}

function stageOf(poll: PollInLog | undefined): HTMLElement {
  const text = poll?.ended ? words.takenBack : words.stages[poll?.steps.length ?? 0] ?? words.takenBack;
  return h("span", { class: "badge badge-note" }, both(text));
}

function unlisted(polls: [string, PollInLog][]): HTMLElement {
  return box("note", words.unlisted, undefined, h("ul", {}, ...polls.map(([uuid, poll]) =>
    h("li", {}, h("a", { href: `/check/${uuid}`, translate: "no" }, uuid), " ", stageOf(poll)))));
}
