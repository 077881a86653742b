/**
 * The election object, read strictly: docs/PROTOCOL.md §3; and its fingerprints.
 *
 *   φ       B64 of SHA-256 of the exact bytes
 *   P       φ of all papers that a slip serves, in ascending order, joined by ","
 *   F       first 22 characters of the Base58 of SHA-256(P); stands on the slip
 *   digits  first 24 decimal digits of the same hash; shown on the projector
 */
import { encodeElement, identity, parseElement } from "./group";
import { base58, base64, digest, fingerprintDigits } from "./hash";

/** One person voted on. */
export interface Question {
  /** The person's name. */
  name: string;
  /** The person's post, or "". */
  post: string;
  answers: string[];
  /** Whether the line may be left blank. */
  blank: boolean;
}

/** What the page needs of an election, with its fingerprint. */
export interface Election {
  uuid: string;
  /** The meeting's title. */
  name: string;
  /** The title of this ballot paper among several, or "". */
  paper: string;
  /** Place, date and what else the secretary wrote, line by line. */
  description: string[];
  publicKey: string;
  questions: Question[];
  fingerprint: string;
}

/** What a slip and the projector say of the papers that a slip serves. */
export interface SlipNames {
  slipFingerprint: string;
  digits: string;
}

type Json = Record<string, unknown>;

/**
 * Reads the exact bytes of an election that must have the identifier `uuid`. Throws for another
 * version, group or identifier, for unknown or missing members, for questions that do not take
 * exactly one answer, and for a key that is not a prime-order element other than the identity.
 */
export function parseElection(bytes: Uint8Array, uuid: string): Election {
  const o = members(JSON.parse(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes)),
    ["version", "description", "name", "group", "public_key", "questions", "uuid"],
    ["administrator", "credential_authority"]);
  if (o.version !== 1) throw new Error("election: another version");
  if (o.group !== "Ed25519") throw new Error("election: another group");
  if (o.uuid !== uuid) throw new Error("election: another identifier");
  const [name = "", ...paper] = lines(text(o.name));
  return {
    uuid,
    name,
    paper: paper.join(" "),
    description: lines(text(o.description)),
    publicKey: checkedKey(text(o.public_key)),
    questions: list(o.questions).map(parseQuestion),
    fingerprint: base64(digest(bytes)),
  };
}

/** F and the digits of a slip that serves these elections, in whatever order. */
export function slipNames(elections: readonly Election[]): SlipNames {
  return derived(elections.map(({ fingerprint }) => fingerprint).sort().join(","));
}

/** F and the digits of P. */
export function derived(fingerprints: string): SlipNames {
  const hash = digest(fingerprints);
  return { slipFingerprint: base58(hash).slice(0, 22), digits: fingerprintDigits(hash) };
}

function parseQuestion(value: unknown): Question {
  const o = members(value, ["answers", "min", "max", "question"], ["blank"]);
  if (o.min !== 1 || o.max !== 1) throw new Error("question: not exactly one answer");
  if (o.blank !== undefined && typeof o.blank !== "boolean") throw new Error("question: blank is no boolean");
  const answers = list(o.answers).map(text);
  const [name = "", ...post] = lines(text(o.question));
  return { name, post: post.join(" "), answers, blank: o.blank === true };
}

function checkedKey(wire: string): string {
  const key = parseElement(wire);
  if (key.equals(identity)) throw new Error("election: the key is the identity");
  return encodeElement(key);
}

function members(value: unknown, needed: string[], optional: string[]): Json {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Error("election: not an object");
  const o = value as Json;
  for (const name of needed) if (!(name in o)) throw new Error(`election: no ${name}`);
  for (const name of Object.keys(o)) {
    if (!needed.includes(name) && !optional.includes(name)) throw new Error("election: unknown member");
  }
  return o;
}

function list(value: unknown): unknown[] {
  if (!Array.isArray(value) || value.length === 0) throw new Error("election: not a list with something in it");
  return value;
}

function text(value: unknown): string {
  if (typeof value !== "string") throw new Error("election: not a text");
  return value;
}

function lines(value: string): string[] {
  return value.split("\n").map((line) => line.trim()).filter((line) => line !== "");
}
