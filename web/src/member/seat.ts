/**
 * What a seat asks of the server: JSON below its own address, with the seat's cookie. Every answer
 * is read with suspicion, as on the voter's page: only a problem with a code is the server's word;
 * whatever else comes back counts as "no answer" and is asked again.
 */
import { NoAnswer } from "../api";
import { follow } from "../stream";
import type { Text } from "../strings";

export { NoAnswer };

/** Thrown when the server refused; `detail` says why and what to do, in both languages, `fields` what in particular. */
export class Refused extends Error {
  constructor(readonly code: string, readonly detail: string, readonly fields: readonly Text[] = []) {
    super(`seat: ${code}`);
  }
}

/** What the server said when it refused, in both languages. */
export function refusal({ detail, fields }: Refused): Text {
  const [vi = "", en = vi] = detail.split(" · ");
  const sentence = (text: string) => ` ${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
  return { vi: vi + fields.map((field) => sentence(field.vi)).join(""), en: en + fields.map((field) => sentence(field.en)).join("") };
}

/** How many slips the desk has voided, by the reason. */
export interface DeskCounts {
  unissued: number;
  exchanged: number;
  returned: number;
}

/** How far the meeting is. */
export type MeetingState =
  "draft" | "keys" | "slips" | "rehearsed" | "sealed" | "open" | "closed" | "tallied" | "signed" | "abandoned";

/** A person of the counting board; `index` from 1 is the trustee's. */
export interface BoardMember {
  index: number;
  name: string;
  office: "head" | "secretary" | "member";
}

/** One paper of the meeting, or its rehearsal. */
export interface PollState {
  election: string;
  title: string;
  rehearsal: boolean;
  state: "draft" | "sealed" | "open" | "closed" | "tallied";
  /** Ballots in the box. */
  cast: number;
  /** SHA-256 of the EndBallots event in hexadecimal, or "". */
  end_ballots: string;
  closing: "none" | "unsigned" | "signed";
  signed_by: number[];
  contributed: number[];
}

/** What GET state says. */
export interface SeatState {
  meeting: { uuid: string; title: string; state: MeetingState; public_url: string; ruleset: string; min_ballots: number };
  /** `index` is the place on the board from 1; 0 for who is not on it. */
  seat: { id: string; role: "chair" | "member" | "auditor"; index: number; name: string };
  board: BoardMember[];
  /** `id` is "" before a ceremony was begun. */
  ceremony: { id: string; threshold: number; size: number; state: "none" | "running" | "failed" | "done" };
  /** `wanted` = summoned + spares; `printed` = uploaded credentials. */
  slips: { wanted: number; uploaded: boolean; printed?: number; counts?: DeskCounts };
  polls: PollState[];
}

const TIMEOUT = 20_000; // ms; a transcript or an archive of a small hall
const SLOW_TIMEOUT = 120_000; // ms; what may be many megabytes
const POLL = 3_000; // ms between two looks while the stream of events is broken

/** The requests of one seat. All of them throw NoAnswer and Refused. */
export class Seat {
  constructor(readonly base: string) {}

  /** The state of the meeting, as this seat may see it. */
  async getState(): Promise<SeatState> {
    const value: unknown = parse(await this.getText("state"));
    if (!isObject(value) || !isObject(value.meeting) || !isObject(value.seat) || !Array.isArray(value.board)) throw new NoAnswer();
    return value as unknown as SeatState;
  }

  /** The body at `path` as exact text. */
  async getText(path: string): Promise<string> {
    return decode(await this.getBytes(path));
  }

  /** The body at `path`, byte for byte. */
  getBytes(path: string): Promise<Uint8Array> {
    return request(`${this.base}/${path}`, undefined, SLOW_TIMEOUT);
  }

  /** Posts a JSON text and returns the answer's text, "" where there is none. */
  async post(path: string, body: string): Promise<string> {
    return decode(await request(`${this.base}/${path}`, body, TIMEOUT));
  }

  /**
   * Calls `changed` whenever the meeting has changed: told by the server's events, or every three
   * seconds while that stream is broken. Returns the way to stop it.
   */
  watch(changed: () => void): () => void {
    const stream = follow(`${this.base}/events`, "change", changed);
    const timer = setInterval(() => {
      if (!stream.listening()) changed();
    }, POLL);
    return () => {
      clearInterval(timer);
      stream.stop();
    };
  }
}

/** The body of a good answer. The time limit covers the whole of it. */
async function request(address: string, body: string | undefined, timeout: number): Promise<Uint8Array> {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), timeout);
  let response: Response;
  let bytes: Uint8Array;
  try {
    response = await exchange(address, body, controller.signal);
    bytes = new Uint8Array(await response.arrayBuffer());
  } catch {
    throw new NoAnswer();
  } finally {
    clearTimeout(timer);
  }
  if (response.status < 200 || response.status > 299) throw problem(response, bytes);
  return bytes;
}

function exchange(address: string, body: string | undefined, signal: AbortSignal): Promise<Response> {
  return fetch(address, {
    method: body === undefined ? "GET" : "POST",
    credentials: "same-origin",
    cache: "no-store",
    redirect: "error",
    referrerPolicy: "no-referrer",
    signal,
    headers: { Accept: "application/json", ...(body !== undefined && { "Content-Type": "application/json" }) },
    ...(body !== undefined && { body }),
  });
}

function problem({ status, headers }: Response, bytes: Uint8Array): Error {
  const after = Number(headers.get("Retry-After") ?? NaN);
  if (status === 429 || status >= 500) return new NoAnswer(after > 0 ? after : undefined);
  if (!(headers.get("Content-Type") ?? "").startsWith("application/problem+json")) return new NoAnswer();
  const value: unknown = parse(decode(bytes));
  if (!isObject(value) || typeof value.code !== "string") return new NoAnswer();
  const fields = (Array.isArray(value.fields) ? value.fields : []).filter(isText);
  return new Refused(value.code, typeof value.detail === "string" ? value.detail : value.code, fields);
}

function isText(value: unknown): value is Text {
  return isObject(value) && typeof value.vi === "string" && typeof value.en === "string";
}

/** Bytes as UTF-8, refused as "no answer" where they are not. */
function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new NoAnswer();
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new NoAnswer();
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
