/**
 * "Recheck everything here": one poll, from the files that everybody may have, without believing the
 * server in anything. The archive is verified whole (web/src/verify), the public log too (web/src/log),
 * and then whether they say the same, and whether the numbers on the page are those of the archive.
 */
import { digest, hex } from "../hash";
import { trackersRoot } from "../log/trackers";
import { stepOf, type PollInLog } from "../log/history";
import { parsePolicy, type Policy } from "../log/policy";
import { rootOf } from "../log/tree";
import { padded, unpadded } from "../log/bytes";
import { verifyLog, type LogReport } from "../log/verify";
import type { Notes } from "../member/notes";
import { verifyArchive, type Computing, type Report } from "../verify/archive";
import type { Rows } from "../verify/counting";
import { Fault, same } from "../verify/wire";
import type { Get } from "./fetch";

/** The checks of one poll, in the order in which their faults count. */
export const CHECKS = ["archive", "tally", "closing", "numbers", "log", "seen", "sealed", "closed", "result"] as const;
export type Check = (typeof CHECKS)[number];

/** What became of a check: it held, it does not hold, or there is nothing to check (yet). */
export interface Finding {
  check: Check;
  state: "good" | "bad" | "open";
  /** Of a bad one, what is wrong, in the words of homphieu-verify; of an open one, which of the page's words says why. */
  why?: string;
}

/** What was found of a poll. */
export interface Verdict {
  /** Refused if anything is wrong; incomplete if something is not there yet, or not for everybody. */
  outcome: "valid" | "incomplete" | "refused";
  /** Up to the first bad one. */
  findings: Finding[];
  report: Report;
  log?: LogReport;
  policy?: Policy;
}

/** The steps of the work, for a progress bar. */
export type Phase = "log" | "archive" | "ballots" | "compare";

/** What a recheck needs. */
export interface Needs {
  uuid: string;
  get: Get;
  workshop: Computing;
  /** How many workers; by default as verifyArchive has it. */
  workers?: number;
  /** The numbers that the page shows of each person: high, confidence, low, invalid. */
  shown?: Rows<number>;
  /** What this browser has seen of logs before. */
  seen: Notes;
  /** The policy that the person has brought; without it, that of the server. */
  policy?: Uint8Array;
  progress: (phase: Phase, done: number, total: number) => void;
}

/** Downloads everything and checks it. Throws NoAnswer if something could not be downloaded. */
export async function recheck(needs: Needs): Promise<Verdict> {
  const { uuid, get, progress, shown } = needs;
  progress("log", 0, 1);
  const found = await checkLog(needs); // before the archive, which may grow meanwhile
  progress("archive", 0, 1);
  const api = `/api/v1/elections/${uuid}`;
  const [archive, closing, shares, file] = await Promise.all(
    [`${api}/archive`, `${api}/closing`, `${api}/shares`, `/board/${uuid}/files/result.json`].map(get));
  const report = await verifyArchive(archive ?? new Uint8Array(), {
    workshop: needs.workshop, progress: (done, total) => progress("ballots", done, total),
    ...(needs.workers !== undefined && { workers: needs.workers }), ...(closing && { closing }), ...(shares && { shares }),
  });
  progress("compare", 1, 1);
  const facts: Facts = { uuid, report, closing, shares, file, shown, ...found, seen: needs.seen };
  const findings: Finding[] = [];
  for (const check of CHECKS) {
    if (check === "numbers" && !shown) continue;
    const finding = run(check, facts);
    findings.push(finding);
    if (finding.state === "bad" || (check === "log" && finding.state === "open")) break;
  }
  const has = (state: Finding["state"]) => findings.some((finding) => finding.state === state);
  const outcome = has("bad") ? "refused" : has("open") ? "incomplete" : "valid";
  if (outcome !== "refused" && found.log) remember(needs.seen, found.log, found.policy as Policy);
  return { outcome, findings, report, ...(found.log && { log: found.log }), ...(found.policy && { policy: found.policy }) };
}

/** The log and its policy; or why there is none. */
interface FoundLog {
  policy?: Policy;
  log?: LogReport;
  fault?: string;
}

/** Reads and verifies the whole log of this server. */
export async function checkLog({ get, policy: own, progress }: Pick<Needs, "get" | "policy" | "progress">): Promise<FoundLog> {
  const text = own ?? (await get("/log/policy"));
  if (!text) return {};
  try {
    const policy = parsePolicy(text);
    const [key] = policy.logs;
    if (!key) throw new Fault("policy: names no log");
    const signed = await get("/log/checkpoint");
    if (!signed) return { policy };
    const files = async (path: string) => (path === "checkpoint" ? signed : get(`/log/${path}`));
    const log = await verifyLog(files, key, policy, (done, total) => progress("log", done, total));
    return { policy, log };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { fault: error.message };
  }
}

interface Facts extends FoundLog {
  uuid: string;
  report: Report;
  closing: Uint8Array | undefined;
  shares: Uint8Array | undefined;
  /** result.json, if it is for everybody. */
  file: Uint8Array | undefined;
  shown: Rows<number> | undefined;
  seen: Notes;
}

/** Thrown for what is not there (yet); its message is the name of the page's words. */
class Open extends Error {}

function run(check: Check, facts: Facts): Finding {
  try {
    rules[check](facts);
    return { check, state: "good" };
  } catch (error) {
    if (error instanceof Fault) return { check, state: "bad", why: error.message };
    if (error instanceof Open) return { check, state: "open", why: error.message };
    throw error;
  }
}

const MISSING = "strict: file missing beside the archive";

/** Of a fault, whether it is that of the closing file, of the tally, or of what stands before. */
function partOf(reason: string): Check {
  if (reason.startsWith("closing file")) return "closing";
  return /^shares|^event \d+ \((EncryptedTally|PartialDecryption|Result)\)/.test(reason) ? "tally" : "archive";
}

const rules: Record<Check, (facts: Facts) => void> = {
  archive: ({ uuid, report: { reason, election, state } }) => {
    if (reason !== undefined && partOf(reason) === "archive") throw new Fault(reason);
    if (election && election.uuid !== uuid) throw new Fault(`archive: of poll ${election.uuid}, not ${uuid}`);
    if (state === "open" && reason === undefined) throw new Open("notClosed");
  },
  tally: ({ report: { reason, state, election, decryptionProofs } }) => {
    if (reason !== undefined && partOf(reason) === "tally") throw new Fault(reason);
    if (state !== "result") throw new Open("notCounted");
    if (decryptionProofs !== "strong") throw new Fault(`${MISSING}: strong decryption proofs (${election?.uuid}.shares.json)`);
  },
  closing: ({ report: { reason, state, election }, closing }) => {
    if (reason !== undefined) throw new Fault(reason);
    if (state === "open") throw new Open("notClosed");
    if (!closing) throw new Fault(`${MISSING}: closing file (${election?.uuid}.closing.json)`);
  },
  numbers: ({ report: { result, election }, shown }) => {
    if (!result) throw new Fault("page: shows numbers, the archive has no result");
    const rows = shown ?? [];
    const agree = rows.length === result.length && rows.every((row, i) => isShown(row, result[i] as number[], election?.questions[i]?.blank === true));
    if (!agree) throw new Fault("page: the numbers shown are not those of the archive");
  },
  log: ({ log, fault, policy }) => {
    if (fault !== undefined) throw new Fault(fault);
    if (!log) throw new Open(policy ? "notPublished" : "noLog");
    if (log.reason !== undefined) throw new Fault(log.reason);
  },
  seen: ({ log, policy, seen }) => {
    if (log) checkSeen(seen, log, policy as Policy);
  },
  sealed: (facts) => {
    const poll = pollOf(facts);
    if (poll?.ended) throw new Fault(`log: poll ${facts.uuid} was taken back by entry ${poll.corrections[poll.corrections.length - 1]}`);
    const { number, body } = stepOf(poll, "sealed") ?? later("notLogged");
    if (body.fingerprint !== facts.report.election?.fingerprint) throw new Fault(`log: entry ${number} (sealed): another election than the archive's`);
  },
  closed: (facts) => {
    const { report, closing } = facts;
    const { number, body } = stepOf(pollOf(facts), "closed") ?? later("notLogged");
    if (report.state === "open") throw new Fault(`log: entry ${number} (closed): the archive says that voting goes on`);
    const said: [string, string | number, string | number][] = [
      ["number of ballots", body.ballots, report.ballots],
      ["last event", body.lastEvent, report.endBallots],
      ["closing file", body.closing, sha(closing)],
      ["trackers", body.trackers, hex(trackersRoot(report.trackers))],
    ];
    for (const [what, logged, own] of said) if (logged !== own) throw new Fault(`log: entry ${number} (closed): ${what}: ${logged}, the archive has ${own}`);
  },
  result: (facts) => {
    const poll = pollOf(facts);
    if (!stepOf(poll, "result")) later("notLogged");
    const { number, body } = stepOf(poll, "opened") ?? later("notOpened");
    checkOpened(facts, number, new Map(body.hashes.map(({ name, hash }) => [name, hash])));
  },
};

function later(words: string): never {
  throw new Open(words);
}

function pollOf({ log, uuid }: Facts): PollInLog | undefined {
  return log ? log.polls.get(uuid) : later("noLog");
}

const sha = (bytes: Uint8Array | undefined): string => (bytes ? hex(digest(bytes)) : "none");

/** The row of a person on the page: high, confidence, low, invalid; in the archive the blank comes first. */
function isShown(shown: readonly number[], votes: readonly number[], blank: boolean): boolean {
  const wanted = blank ? [...votes.slice(1), votes[0]] : votes;
  return shown.length === wanted.length && shown.every((n, i) => n === wanted[i]);
}

/** Compares what the log has opened with the files themselves, and result.json with the archive. */
function checkOpened({ report, shares, file }: Facts, number: number, hashes: ReadonlyMap<string, string>): void {
  const place = `log: entry ${number} (opened)`;
  if (report.state !== "result") throw new Fault(`${place}: the archive has no result`);
  const must = (name: string, own: string) => {
    const logged = hashes.get(name);
    if (logged !== own) throw new Fault(`${place}: ${name}: ${logged ?? "not there"}, the archive has ${own}`);
  };
  must("last_event", report.lastEvent);
  must("shares.json", sha(shares));
  if (!file) return; // not released to everybody
  must("result.json", sha(file));
  if (!agrees(file, report)) throw new Fault("result.json: other numbers than the archive's");
}

/** Tells whether result.json says the numbers of the archive. */
function agrees(file: Uint8Array, { result = [], ballots, election }: Report): boolean {
  try {
    const said = JSON.parse(new TextDecoder().decode(file)) as { election: string; collected: number; people: Record<string, number>[] };
    const rows = said.people.map(({ high, confidence, low, invalid }) => [high, confidence, low, invalid].filter((n): n is number => n !== undefined));
    return said.election === election?.uuid && said.collected === ballots && rows.length === result.length
      && rows.every((row, i) => isShown(row, result[i] as number[], election.questions[i]?.blank === true));
  } catch {
    return false; // no text, or of another form
  }
}

// What this browser has seen of the log before

const FORK = "fork: the log shows two histories";

/** Throws a Fault if the log is not one that continues what this browser has seen of it. */
function checkSeen(seen: Notes, { checkpoint, leaves }: LogReport, { logs }: Policy): void {
  const { origin, size } = checkpoint as { origin: string; size: number };
  const [key, before, root] = (seen.get(origin) ?? "").split(" ");
  if (!key || !root) return;
  if (key !== logs[0]?.text) throw new Fault(`log: another key than this browser has seen before: ${key}`);
  if (size < Number(before)) throw new Fault(`shrunk: the log has ${size} entries, this browser has seen ${before}`);
  const now = rootOf(leaves.slice(0, Number(before)));
  if (!same(now, unpadded(root) ?? new Uint8Array())) throw new Fault(`${FORK}: its first ${before} entries are others than this browser has seen`);
}

/** Notes the log's key and head, to be compared next time. */
function remember(seen: Notes, { valid, checkpoint }: LogReport, { logs }: Policy): void {
  if (valid && checkpoint) seen.note(checkpoint.origin, `${logs[0]?.text} ${checkpoint.size} ${padded(checkpoint.root)}`);
}
