/**
 * "Recheck everything here": one poll, from the files that everybody may have, without believing the
 * server in anything. The archive is verified whole (web/src/verify), the public log too (web/src/log),
 * and then whether they say the same, and whether the numbers on the page are those of the archive.
 */
import { digest, hex } from "../hash";
import { trackersRoot } from "../log/trackers";
import type { BodyOf, Entry } from "../log/entry";
import { stepOf, takenBack, type Correction, type Stage } from "../log/history";
import { openPolicy, parsePolicy } from "../log/policy";
import { verifyLog } from "../log/verify";
import { verifyArchive, type Report } from "../verify/archive";
import type { Rows } from "../verify/counting";
import type { Computing } from "../verify/crew";
import { Fault } from "../verify/wire";
import { NoAnswer, type Get } from "./fetch";
import { agrees, isShown } from "./result";
import { compareSeen, Contradiction, type Memory, type Shown } from "./seen";

/** The checks of one poll, in the order in which their faults count. */
export const CHECKS = ["archive", "tally", "closing", "numbers", "log", "seen", "sealed", "closed", "result"] as const;
export type Check = (typeof CHECKS)[number];

/** What became of a check: it held, it does not hold, there is nothing to check yet, or never was. */
export interface Finding {
  check: Check;
  state: "good" | "bad" | "open" | "note";
  /** Of a bad one, what is wrong, in the words of homphieu-verify; of an open one or a note, which of the page's words says why. */
  why?: string;
  /** Of a log that is not the one seen before. */
  contradiction?: Contradiction;
}

/** What the server says of the rest of its log, which is not published yet. */
export interface Waiting {
  /** Numbers of entries. */
  signed: number;
  published: number;
  /** Names of witnesses. */
  missing: string[];
  /** Results count as published only when the log says them, cosigned by enough. */
  required: boolean;
}

/** What was found of a poll. */
export interface Verdict extends FoundLog {
  /** Refused if anything is wrong; incomplete if something is not there yet, or not for everybody. */
  outcome: "valid" | "incomplete" | "refused";
  /** Up to the first bad one. */
  findings: Finding[];
  report: Report;
  /** What was taken back of the poll in the log, if that holds. */
  corrections: Correction[];
  /** If the log lacks something that it may say already. */
  waiting?: Waiting;
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
  seen: Memory;
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
  const findings = findAll(facts);
  const has = (state: Finding["state"]) => findings.some((finding) => finding.state === state);
  const outcome = has("bad") ? "refused" : has("open") ? "incomplete" : "valid";
  if (outcome !== "refused") needs.seen.keep(found);
  const waiting = outcome === "incomplete" && found.policy ? await askWaiting(get) : undefined;
  const corrections = found.log?.valid ? found.log.polls.get(uuid)?.corrections ?? [] : [];
  return { outcome, findings, report, corrections, ...found, ...(waiting && { waiting }) };
}

/** Makes the checks up to the first that is bad. Without a log there is only the memory of one to look at. */
function findAll(facts: Facts): Finding[] {
  const findings: Finding[] = [];
  for (const check of CHECKS) {
    if (check === "numbers" && !facts.shown) continue;
    const finding = run(check, facts);
    if (facts.log || check !== "seen" || finding.state === "bad") findings.push(finding);
    if (finding.state === "bad" || (!facts.log && check === "seen")) break;
  }
  return findings;
}

/** What the server says that it waits for. It is not needed for anything, so no answer is none. */
export async function askWaiting(get: Get): Promise<Waiting | undefined> {
  try {
    const text = await get("/log/heads.json");
    const { signed, published, missing, required } = JSON.parse(new TextDecoder().decode(text)) as Waiting;
    const waits = missing.length > 0 && (published < signed || published === 0);
    return waits ? { signed: Number(signed), published: Number(published), missing: missing.map(String), required: required === true } : undefined;
  } catch (error) {
    if (error instanceof NoAnswer || error instanceof SyntaxError || error instanceof TypeError) return undefined;
    throw error;
  }
}

/** The log and its policy; or why there is none. */
export interface FoundLog extends Shown {
  fault?: string;
}

/** Reads and verifies the whole log of this server. */
export async function checkLog({ get, policy: own, progress }: Pick<Needs, "get" | "policy" | "progress">): Promise<FoundLog> {
  const text = own ?? (await get("/log/policy"));
  const whose = own ? { own: true } : {};
  if (!text) return {};
  try {
    const policy = own ? parsePolicy(text) : openPolicy(text);
    const signed = await get("/log/checkpoint");
    if (!signed) return { policy, ...whose };
    const files = async (path: string) => (path === "checkpoint" ? signed : get(`/log/${path}`));
    const log = await verifyLog(files, policy, (done, total) => progress("log", done, total));
    return { policy, log, ...whose };
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
  seen: Memory;
}

/** Thrown for what is not there (yet); its message is the name of the page's words. */
class Open extends Error {}

/** Thrown for what there is to say instead of checking; its message is the name of the page's words. */
class Note extends Error {}

function run(check: Check, facts: Facts): Finding {
  try {
    rules[check](facts);
    return { check, state: "good" };
  } catch (error) {
    if (error instanceof Contradiction) return { check, state: "bad", why: error.message, contradiction: error };
    if (error instanceof Fault) return { check, state: "bad", why: error.message };
    if (error instanceof Open) return { check, state: "open", why: error.message };
    if (error instanceof Note) return { check, state: "note", why: error.message };
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
  seen: (facts) => {
    const known = compareSeen(facts.seen, facts);
    if (known !== "all") throw new Note(known === "log" ? "firstWitnesses" : "firstSeen");
  },
  sealed: (facts) => {
    const { number, body } = logged(facts, "sealed");
    if (body.fingerprint !== facts.report.election?.fingerprint) throw new Fault(`log: entry ${number} (sealed): another election than the archive's`);
  },
  closed: (facts) => {
    const { report, closing } = facts;
    const { number, body } = logged(facts, "closed");
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
    logged(facts, "result");
    const { number, body } = logged(facts, "opened");
    checkOpened(facts, number, new Map(body.hashes.map(({ name, hash }) => [name, hash])));
  },
};

/** The entry of a stage. What was taken back and not said anew is a Fault: docs/PROTOCOL.md §14.7. */
function logged<K extends Stage>({ log, uuid }: Facts, stage: K): Entry & { body: BodyOf<K> } {
  const poll = log?.polls.get(uuid);
  const entry = stepOf(poll, stage);
  if (entry) return entry;
  const correction = poll && takenBack(poll);
  if (correction === undefined) throw new Open(stage === "opened" ? "notOpened" : "notLogged");
  throw new Fault(poll?.ended ? `log: poll ${uuid}: taken back by entry ${correction}` : `log: poll ${uuid}: from ${stage} on, taken back by entry ${correction}`);
}

const sha = (bytes: Uint8Array | undefined): string => (bytes ? hex(digest(bytes)) : "none");

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
