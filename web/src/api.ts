/**
 * The server's answers, read with suspicion. Every request goes to this origin, without cookies,
 * cache or referrer. Errors are RFC 9457 problem details with the extension member "code"; only a
 * known code is believed to be the server's own word. Whatever else comes back (a proxy's page, a
 * captive portal, nothing at all) counts as "no answer" and is asked again.
 */
import type { SlipProof } from "./engine";
import type { Form } from "./strings";

/** Thrown when no usable answer came: try again, not before `afterSeconds` if the server said so. */
export class NoAnswer extends Error {
  constructor(readonly afterSeconds?: number) {
    super("api: no answer");
  }
}

/** Thrown when the server refused with a problem code. */
export class Refused extends Error {
  constructor(readonly code: string, readonly tracker?: string) {
    super(`api: ${code}`);
  }
}

export interface Status {
  state: "sealed" | "open" | "closed" | "tallied";
  /** The meeting was given up, whatever the state of the box: no ballot is taken any more. */
  abandoned: boolean;
  form: Form;
  trial: boolean;
}

export interface SlipState {
  state: "unused" | "used" | "voided";
  tracker?: string;
}

/** What became of a ballot that was sent. */
export type Outcome =
  /** `receipt` is the server's signed promise, if this answer brought it. */
  | { kind: "recorded"; receipt?: string }
  | { kind: "refused"; code: FinalCode; tracker?: string }
  | { kind: "later"; afterSeconds?: number };

/** The refusals after which the same bytes will never be accepted. */
const FINAL = [
  "malformed-ballot", "proof-failed", "wrong-election", "unknown-credential",
  "voided-credential", "spent-credential", "poll-closed", "too-large",
] as const;

export type FinalCode = (typeof FINAL)[number];

/** The ballot papers that the slips of a meeting serve. */
export interface Meeting {
  /** The elections, in the order of the papers. */
  elections: string[];
  documents: PersonDocument[];
}

/** A PDF that voters may read about a person. */
export interface PersonDocument {
  election: string;
  /** The person's place on that paper, from 0. */
  question: number;
  kind: "report" | "declaration";
  title: string;
  href: string;
}

const MOST_PAPERS = 50;
const TIMEOUT = 20_000; // ms; a ballot of 20 persons is some 60 kB
const LONGEST_WAIT = 120; // seconds a server may ask for

/**
 * The papers of a meeting. Nothing here is believed beyond this: which elections to ask for, which
 * the slip's fingerprint then confirms, and where to find PDFs on this very server.
 */
export async function getMeeting(uuid: string): Promise<Meeting> {
  const o = json(await request(`meetings/${uuid}`));
  const { elections, documents } = o;
  if (o.uuid !== uuid || !Array.isArray(elections) || !Array.isArray(documents)) throw new NoAnswer();
  const good = elections.length > 0 && elections.length <= MOST_PAPERS && new Set(elections).size === elections.length
    && elections.every((u) => typeof u === "string" && UUID.test(u));
  if (!good) throw new NoAnswer();
  return { elections, documents: documents.filter((d) => isDocument(d, uuid)) };
}

/** What names an election or a meeting in an address. */
export const UUID = /^[1-9A-HJ-NP-Za-km-z]{14,64}$/;

/** Tells whether the page may offer it: a file of the meeting, on this server. */
function isDocument(value: unknown, uuid: string): value is PersonDocument {
  if (typeof value !== "object" || value === null) return false;
  const { election, question, kind, title, href } = value as Record<string, unknown>;
  return typeof election === "string" && Number.isInteger(question) && typeof title === "string"
    && (kind === "report" || kind === "declaration")
    && typeof href === "string" && new RegExp(`^/api/v1/meetings/${uuid}/documents/[0-9a-f]+$`).test(href);
}

/** The exact bytes of an election. */
export function getElection(uuid: string): Promise<Uint8Array> {
  return request(`elections/${uuid}`);
}

/** The state of a poll, how it addresses voters, and whether it is a sample. */
export async function getStatus(uuid: string): Promise<Status> {
  const o = json(await request(`elections/${uuid}/status`));
  if (!["sealed", "open", "closed", "tallied"].includes(o.state as string)) throw new NoAnswer();
  return {
    state: o.state as Status["state"], abandoned: o.abandoned === true,
    form: o.form === "state" ? "state" : "party", trial: o.trial === true,
  };
}

/** Asks for the state of a slip; possession is proved by a signature. Throws Refused "unknown-credential". */
export async function getSlip(uuid: string, proof: SlipProof): Promise<SlipState> {
  const o = json(await request(`elections/${uuid}/slip`, JSON.stringify(proof)));
  if (!["unused", "used", "voided"].includes(o.state as string)) throw new NoAnswer();
  const state = o.state as SlipState["state"];
  return { state, ...trackerIn(o) };
}

/** Sends a ballot. The same bytes may be sent any number of times. Never throws. */
export async function postBallot(uuid: string, ballot: string, tracker: string): Promise<Outcome> {
  try {
    const o = json(await request(`elections/${uuid}/ballots`, ballot));
    return o.tracker === tracker ? { kind: "recorded", ...receiptIn(o, tracker) } : { kind: "later" };
  } catch (error) {
    return outcomeOf(error, tracker);
  }
}

function outcomeOf(error: unknown, tracker: string): Outcome {
  if (error instanceof Refused) {
    const code = FINAL.find((final) => final === error.code);
    if (code === "spent-credential" && error.tracker === tracker) return { kind: "recorded" };
    if (code) return { kind: "refused", code, ...trackerIn({ tracker: error.tracker }) };
  }
  if (error instanceof NoAnswer && error.afterSeconds !== undefined) return { kind: "later", afterSeconds: error.afterSeconds };
  return { kind: "later" };
}

/** Where a voter looks a ballot up: `hash` is the 64 hexadecimal digits. */
export function lookUpLink(uuid: string, hash: string): string {
  return `/board/${uuid}/${hash}`;
}

/** The image of a QR code of that link. */
export function lookUpQr(uuid: string, hash: string): string {
  return `/api/v1/elections/${uuid}/ballots/${hash}/qr.svg`;
}

interface Answer {
  status: number;
  type: string;
  retryAfter: number;
  body: Uint8Array;
}

/** The body of a good answer. The time limit covers the whole of it. */
async function request(path: string, body?: string): Promise<Uint8Array> {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), TIMEOUT);
  let answer: Answer;
  try {
    answer = await exchange(`/api/v1/${path}`, body, controller.signal);
  } catch {
    throw new NoAnswer();
  } finally {
    clearTimeout(timer);
  }
  if (answer.status !== 200 && answer.status !== 201) throw problem(answer);
  return answer.body;
}

async function exchange(path: string, body: string | undefined, signal: AbortSignal): Promise<Answer> {
  const response = await fetch(path, {
    method: body === undefined ? "GET" : "POST",
    credentials: "omit",
    cache: "no-store",
    redirect: "error",
    referrerPolicy: "no-referrer",
    signal,
    ...(body !== undefined && { body, headers: { "Content-Type": "application/json" } }),
  });
  return {
    status: response.status,
    type: response.headers.get("Content-Type") ?? "",
    retryAfter: Number(response.headers.get("Retry-After") ?? NaN),
    body: new Uint8Array(await response.arrayBuffer()),
  };
}

function problem({ status, type, retryAfter, body }: Answer): Error {
  if (status === 429 || status >= 500) return new NoAnswer(retryAfter > 0 ? Math.min(retryAfter, LONGEST_WAIT) : undefined);
  if (!type.startsWith("application/problem+json")) return new NoAnswer();
  const o = json(body);
  if (typeof o.code !== "string") return status === 404 ? new Refused("not-found") : new NoAnswer();
  return new Refused(o.code, trackerIn(o).tracker);
}

/** The tracker of an answer, if it is one: 32 bytes in Base64. */
function trackerIn({ tracker }: Record<string, unknown>): { tracker?: string } {
  return typeof tracker === "string" && /^[A-Za-z0-9+/]{43}$/.test(tracker) ? { tracker } : {};
}

/** The receipt of an answer, if it is about this tracker: docs/PROTOCOL.md §11. Who keeps it has it checked elsewhere. */
function receiptIn({ receipt }: Record<string, unknown>, tracker: string): { receipt?: string } {
  const about = typeof receipt === "string" && receipt.length < 1024 && receipt.split("\n")[2] === tracker;
  return about ? { receipt: receipt as string } : {};
}

function json(body: Uint8Array): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(body));
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  } catch {
    // Not JSON: not an answer of ours.
  }
  throw new NoAnswer();
}
