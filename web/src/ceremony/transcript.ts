/**
 * The ceremony in which the members of a counting board make its key: docs/PROTOCOL.md §6. A
 * transcript is all their messages so far; this file reads one and makes every check that is
 * possible without a secret. The checks are the browser's own: the server only hands messages on.
 */
import { HASH, NotCanonical, integer, list, members, parseCanonical, text, type Json } from "../canonical";
import { digest, hex, toNumber, utf8 } from "../hash";
import { encodeElement, type Element } from "../group";
import { verifySignature } from "../zkp-verify";
import {
  image, productOfKeys, readKey, readProof, readSigned, TrusteeFault, verifyCertificate, verifyCoefexps, verifyKey,
  type Certificate, type Parameters, type Signed, type TrusteeKey,
} from "../threshold";
import type { Proof } from "../zkp";
import { canSealTo, SEALED } from "./hpke";

/** The steps, in order. A step begins when every member has done the one before. */
export const STEPS = ["hello", "certificate", "commit", "reveal", "key", "done"] as const;

export type Step = (typeof STEPS)[number];

/** Where a ceremony is: at a step, at its end, or broken off by a complaint. */
export type Stage = Step | "finished" | "failed";

/** Thrown for the first thing in a transcript that does not hold: whose it is, and in which step. */
export class CeremonyFault extends Error {
  constructor(readonly index: number, readonly step: Step | "complaint", what: string) {
    super(`ceremony: member ${index}: ${step}: ${what}`);
  }
}

interface Hello { type: string; ceremony: string; index: number; hash: string }
interface CertificateMessage { type: string; ceremony: string; index: number; certificate: Signed; transport: Signed }
interface Commit { type: string; ceremony: string; index: number; polynomial: string; statement: Signed }
interface Reveal { type: string; ceremony: string; index: number; coefexps: Signed; signature: Proof; shares: string[]; statement: Signed }
interface Key { type: string; ceremony: string; index: number; key: TrusteeKey }
interface Complaint { type: string; ceremony: string; index: number; about: number; statement: Signed }
interface Done { type: string; ceremony: string; index: number; statement: Signed }

interface Messages {
  hello: Hello[];
  certificate: CertificateMessage[];
  commit: Commit[];
  reveal: Reveal[];
  key: Key[];
  complaint: Complaint[];
  done: Done[];
}

type Kind = keyof Messages;

/** The kinds of messages in the order in which they stand in a transcript, and the members of each. */
const FORMS: Record<Kind, (o: unknown) => Json> = {
  hello: (o) => form(o, { hash }),
  certificate: (o) => form(o, { certificate: readSigned, transport: readSigned }),
  commit: (o) => form(o, { polynomial: sealed, statement: readSigned }),
  reveal: (o) => form(o, { coefexps: readSigned, signature: readProof, shares: (value) => list(value, sealed), statement: readSigned }),
  key: (o) => form(o, { key: readKey }),
  complaint: (o) => form(o, { about: (value) => integer(value, 1, MAX_MEMBERS), statement: readSigned }),
  done: (o) => form(o, { statement: readSigned }),
};

const KINDS = Object.keys(FORMS) as Kind[];

/** How many members a board may have. */
const MAX_MEMBERS = 50;

/** How long a message may be, in bytes. */
const MAX_MESSAGE = 65_536;

/** The forms of the identifiers: docs/PROTOCOL.md §3 and §6. */
const UUID = /^[1-9A-HJ-NP-Za-km-z]{14,64}$/;
const CEREMONY = /^[1-9A-HJ-NP-Za-km-z]{22}$/;

/** What a ceremony is for, fixed before it begins. */
export interface Terms {
  /** uuid of the meeting. */
  meeting: string;
  /** Identifier of the ceremony: 22 Base58 characters. */
  ceremony: string;
  /** How many members can decrypt together: more than half, so that no two groups of members can open two ends of a box. */
  threshold: number;
  /** How many members there are. */
  size: number;
}

/** One state of a ceremony. It never changes; the next state is another transcript. */
export class Transcript implements Terms {
  private checked: Checked | undefined;

  private constructor(
    /** The exact text. */
    readonly text: string,
    readonly meeting: string, readonly ceremony: string, readonly threshold: number, readonly size: number,
    private readonly messages: Messages,
  ) {}

  /** Reads a transcript. Throws unless it is canonical, in order, of a threshold above the half, and each message belongs to it. */
  static parse(transcript: string): Transcript {
    const o = members(parseCanonical(transcript), ["meeting", "ceremony", "threshold", "size", "messages"]);
    const size = integer(o.size, 3, MAX_MEMBERS);
    const ceremony = text(o.ceremony, CEREMONY);
    const messages = sorted(list(o.messages, (message) => message), ceremony, size);
    return new Transcript(transcript, text(o.meeting, UUID), ceremony, integer(o.threshold, Math.floor(size / 2) + 1, size - 1), size, messages);
  }

  // Where it is

  get stage(): Stage {
    if (this.messages.complaint.length > 0) return "failed";
    return STEPS.find((step) => this.messages[step].length < this.size) ?? "finished";
  }

  /** The members who still have to do the present step. */
  get missing(): number[] {
    const { stage } = this;
    return stage === "finished" || stage === "failed" ? [] : this.indices.filter((index) => !this.has(stage, index));
  }

  /** The places of all members: 1 … m. */
  get indices(): number[] {
    return Array.from({ length: this.size }, (_, i) => i + 1);
  }

  /** Whether a member has done a step. */
  has(step: Step, index: number): boolean {
    return this.find(step, index) !== undefined;
  }

  /** Who complained, and about whom, once somebody has. */
  get complaint(): { index: number; about: number } | undefined {
    return this.messages.complaint[0];
  }

  /** A member's message of a step as exact text, or undefined while there is none. */
  message(step: Step, index: number): string | undefined {
    const found = this.find(step, index);
    return found && JSON.stringify(found);
  }

  /** Throws a CeremonyFault for the first message of `before`, which was seen earlier, that is not here unchanged. */
  mustContinue(before: Transcript): void {
    for (const kind of KINDS) {
      const here = this.messages[kind] as { index: number }[];
      for (const seen of before.messages[kind]) {
        const now = here.find(({ index }) => index === seen.index);
        must(seen.index, kind, JSON.stringify(now) === JSON.stringify(seen), "message: gone, or another than was seen");
      }
    }
  }

  // What it says. Each needs the step's messages of all members, and that verify has passed.

  /** Names all promises: SHA-256 of the list of hello messages, in hexadecimal. */
  get hellosHash(): string {
    return hex(digest(JSON.stringify(this.messages.hello)));
  }

  /** C: names all certificate messages. */
  get context(): string {
    return hex(digest(JSON.stringify(this.messages.certificate)));
  }

  /**
   * The four digits of a member, which people compare. They depend on all certificates, so that
   * nobody knows them before the last one is open.
   */
  digits(index: number): string {
    return (toNumber(digest(`homphieu-digits-v1|${this.context}|${index}`)) % 10_000n).toString().padStart(4, "0");
  }

  /** The certificates as they stand in the trustees. */
  get certs(): Signed[] {
    return this.messages.certificate.map(({ certificate }) => certificate);
  }

  /** The transport key of a member: 64 hexadecimal digits. */
  transport(index: number): string {
    return (this.messages.certificate[index - 1] as CertificateMessage).transport.message.slice(-64);
  }

  /** A member's sealed polynomial, and the hash D of its signed coefexps. */
  commitment(index: number): { polynomial: string; coefexpsHash: string } {
    const { polynomial, statement } = this.messages.commit[index - 1] as Commit;
    return { polynomial, coefexpsHash: statement.message.split("|")[5] as string };
  }

  /** The share that member `from` has sealed to member `to`. */
  share(from: number, to: number): string {
    return (this.messages.reveal[from - 1] as Reveal).shares[to - 1] as string;
  }

  /** A member's coefexps, checked. */
  coefexps(index: number): Element[] {
    return this.verify().polynomials[index - 1] as Element[];
  }

  /** The key that the coefexps give a member: g^S_j. */
  publicKey(index: number): Element {
    return image(this.verify().polynomials, index);
  }

  /** The trustees object of the election: exact text. */
  get trustees(): string {
    const parameters: Parameters = {
      threshold: this.threshold,
      certs: this.certs,
      coefexps: this.messages.reveal.map(({ coefexps }) => coefexps),
      signatures: this.messages.reveal.map(({ signature }) => signature),
      verification_keys: this.messages.key.map(({ key }) => key),
    };
    return JSON.stringify([["Pedersen", parameters]]);
  }

  /** SHA-256 of the trustees object, in hexadecimal. */
  get trusteesHash(): string {
    return hex(digest(this.trustees));
  }

  /** The election key that the board alone gives, on the wire. */
  get electionKey(): string {
    return encodeElement(productOfKeys(this.verify().polynomials));
  }

  // Checking

  /** Makes every check of docs/PROTOCOL.md §6; throws a CeremonyFault for the first that fails. */
  verify(): Checked {
    return (this.checked ??= verified(this, this.messages));
  }

  private find(step: Step, index: number): Messages[Step][number] | undefined {
    return (this.messages[step] as { index: number }[]).find((m) => m.index === index) as Messages[Step][number] | undefined;
  }
}

/** What the checks have read: of each member that has got so far. */
interface Checked {
  certificates: Certificate[];
  polynomials: Element[][];
}

// Reading

function kindOf(type: unknown): Kind {
  const kind = KINDS.find((name) => type === `homphieu-${name}-v1`);
  if (!kind) throw new NotCanonical("type");
  return kind;
}

/** Sorts messages by kind. They must stand in order, at most one of a kind from each member. */
function sorted(all: unknown[], ceremony: string, size: number): Messages {
  const messages: Messages = { hello: [], certificate: [], commit: [], reveal: [], key: [], complaint: [], done: [] };
  let last = -1;
  for (const value of all) {
    const kind = kindOf((value as { type?: unknown } | null)?.type);
    const message = FORMS[kind](value) as { ceremony: string; index: number; about?: number };
    if (message.ceremony !== ceremony || message.index > size) throw new NotCanonical(kind);
    if (utf8(JSON.stringify(message)).length > MAX_MESSAGE) throw new NotCanonical(kind);
    const place = KINDS.indexOf(kind) * (MAX_MEMBERS + 1) + message.index;
    if (place <= last) throw new NotCanonical("order of messages");
    last = place;
    (messages[kind] as unknown[]).push(message);
  }
  orderly(messages, size);
  return messages;
}

/**
 * No step begins before the one before has ended. A complaint stands in the place of a key, and
 * nothing comes after it.
 */
function orderly(messages: Messages, size: number): void {
  const before: Partial<Record<Kind, Kind>> = {
    certificate: "hello", commit: "certificate", reveal: "commit", key: "reveal", complaint: "reveal", done: "key",
  };
  for (const kind of KINDS) {
    const needed = before[kind];
    if (needed && messages[kind].length > 0 && messages[needed].length < size) throw new NotCanonical("order of steps");
  }
  const [complaint, ...more] = messages.complaint;
  if (!complaint) return;
  const senseless = complaint.about === complaint.index || complaint.about > size;
  if (more.length > 0 || senseless || messages.key.some(({ index }) => index === complaint.index)) throw new NotCanonical("complaint");
}

/** Reads a message: type, ceremony and index first, then its own members. */
function form(value: unknown, own: Record<string, (value: unknown, i: number) => unknown>): Json {
  const o = members(value, ["type", "ceremony", "index", ...Object.keys(own)]);
  const out: Json = { type: o.type, ceremony: text(o.ceremony, CEREMONY), index: integer(o.index, 1, MAX_MEMBERS) };
  for (const name of Object.keys(own)) out[name] = (own[name] as (value: unknown, i: number) => unknown)(o[name], 0);
  return out;
}

function hash(value: unknown): string {
  return text(value, HASH);
}

function sealed(value: unknown): string {
  return text(value, SEALED);
}

// The statements that are signed

/** The message of transport.statement. */
export function transportStatement({ meeting, ceremony }: Terms, index: number, key: string): string {
  return ["homphieu-transport-v1", meeting, ceremony, index, key].join("|");
}

/** The message of a commit: C, D, P. */
export function commitStatement({ meeting, ceremony }: Terms, index: number, context: string, coefexps: Signed, polynomial: string): string {
  return ["homphieu-commit-v1", meeting, ceremony, index, context, hex(digest(JSON.stringify(coefexps))), hex(digest(polynomial))].join("|");
}

/** The message of a reveal: C, S. */
export function revealStatement({ meeting, ceremony }: Terms, index: number, context: string, shares: readonly string[]): string {
  return ["homphieu-reveal-v1", meeting, ceremony, index, context, hex(digest(JSON.stringify(shares)))].join("|");
}

/** The message of a complaint. */
export function complaintStatement({ meeting, ceremony }: Terms, index: number, about: number, context: string): string {
  return ["homphieu-complaint-v1", meeting, ceremony, index, about, context].join("|");
}

/** The message of the last step: the hash of the trustees object. */
export function doneStatement({ meeting, ceremony }: Terms, index: number, trusteesHash: string): string {
  return ["homphieu-done-v1", meeting, ceremony, index, trusteesHash].join("|");
}

/** What a polynomial or a share is sealed for: from whom and to whom. */
export function sealInfo(kind: "polynomial" | "share", { meeting, ceremony }: Terms, context: string, from: number, to: number): string {
  return [`homphieu-${kind}-v1`, meeting, ceremony, context, from, to].join("|");
}

// Checking

function verified(t: Transcript, messages: Messages): Checked {
  const certificates = verifyCertificateMessages(t, messages);
  if (certificates.length < t.size) return { certificates, polynomials: [] };
  const { context } = t;
  const signer = (index: number) => (certificates[index - 1] as Certificate).verification;
  const holds = (index: number, step: CeremonyFault["step"], statement: Signed, message: string) => {
    must(index, step, statement.message === message, "statement: of another ceremony or view");
    must(index, step, verifySignature(signer(index), message, statement.signature), "statement: signature");
  };
  for (const { index, polynomial, statement } of messages.commit) {
    const d = statement.message.split("|")[5] ?? "";
    must(index, "commit", HASH.test(d), "statement: of another ceremony or view");
    holds(index, "commit", statement, ["homphieu-commit-v1", t.meeting, t.ceremony, index, context, d, hex(digest(polynomial))].join("|"));
  }
  const polynomials = messages.reveal.map((reveal) => verifyReveal(t, certificates, reveal, holds));
  for (const { index, key } of messages.key) {
    named("key", () => verifyKey(index, certificates[index - 1] as Certificate, key, image(polynomials, index)));
  }
  for (const { index, about, statement } of messages.complaint) holds(index, "complaint", statement, complaintStatement(t, index, about, context));
  for (const { index, statement } of messages.done) holds(index, "done", statement, doneStatement(t, index, t.trusteesHash));
  return { certificates, polynomials };
}

/** Each certificate message is the one promised, signed, in its place, and with keys of its own. */
function verifyCertificateMessages(t: Transcript, messages: Messages): Certificate[] {
  const known = new Map<string, number>();
  return messages.certificate.map((message) => {
    const { index, certificate, transport } = message;
    const promise = messages.hello[index - 1] as Hello;
    must(index, "certificate", promise.hash === hex(digest(JSON.stringify(message))), "not the one promised");
    const checked = named("certificate", () => verifyCertificate(index, certificate, t.threshold, t.size));
    const verification = encodeElement(checked.verification);
    must(index, "certificate", !known.has(verification), `key of member ${known.get(verification)}`);
    known.set(verification, index);
    const key = transport.message.slice(-64);
    must(index, "certificate", HASH.test(key) && transport.message === transportStatement(t, index, key), "transport key: of another ceremony");
    must(index, "certificate", canSealTo(key), "transport key: of small order");
    must(index, "certificate", verifySignature(checked.verification, transport.message, transport.signature), "transport key: signature");
    return checked;
  });
}

type Holds = (index: number, step: CeremonyFault["step"], statement: Signed, message: string) => void;

/** A reveal is what its sender was committed to, and shares with these members. */
function verifyReveal(t: Transcript, certificates: Certificate[], reveal: Reveal, holds: Holds): Element[] {
  const { index, coefexps, signature, shares, statement } = reveal;
  must(index, "reveal", shares.length === t.size, "not one share for each member");
  must(index, "reveal", hex(digest(JSON.stringify(coefexps))) === t.commitment(index).coefexpsHash, "coefexps: not those committed to");
  holds(index, "reveal", statement, revealStatement(t, index, t.context, shares));
  return named("reveal", () =>
    verifyCoefexps(index, certificates[index - 1] as Certificate, { certs: t.certs, threshold: t.threshold, coefexps, signature }));
}

function must(index: number, step: CeremonyFault["step"], holds: boolean, what: string): void {
  if (!holds) throw new CeremonyFault(index, step, what);
}

/** Gives the fault of a trustee the name of the step. */
function named<T>(step: Step, check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof TrusteeFault)) throw error;
    throw new CeremonyFault(error.index, step, error.message);
  }
}
