/**
 * Signed notes (C2SP signed-note) and the checkpoints in them (tlog-checkpoint), with the signature of
 * the log (Ed25519) and those of witnesses (tlog-cosignature, cosignature/v1).
 */
import { sha512 } from "@noble/hashes/sha2.js";
import { q } from "../group";
import { digest, hex, toNumber, utf8 } from "../hash";
import { decode, encode, g, inSubgroup, isIdentity, over, power, type Point } from "../verify/points";
import { Fault, same, within } from "../verify/wire";
import { concat, decodeText, padded, unpadded } from "./bytes";
import { isName } from "./text";
import { HASH_SIZE, rootOf, type Hash } from "./tree";

/** A public key in the text form of signed notes, NAME+HASH+KEY. */
export interface NoteKey {
  text: string;
  name: string;
  /** The 8 hexadecimal digits of its key hash. */
  id: string;
  /** Ed25519, 32 bytes. */
  key: Uint8Array;
}

/** The head of a log. */
export interface Checkpoint {
  origin: string;
  size: number;
  root: Hash;
}

/** Begins the fault of what is no checkpoint signed with the key of a log that is known. */
export const CHECKPOINT = "checkpoint: not one of this log";

const ED25519 = 1;
const COSIGNATURE = 4;
const MAX_NOTE = 1_000_000;
const MAX_SIGNATURES = 100;

/** Reads the key of a log. */
export function parseLogKey(text: string): NoteKey {
  return parseKey(text, ED25519) ?? fail(`log key: malformed: ${text}`);
}

/** Reads the key of a witness. */
export function parseWitnessKey(text: string): NoteKey {
  return parseKey(text, COSIGNATURE) ?? fail(`key of a witness: not one of cosignature/v1: ${text}`);
}

function fail(message: string): never {
  throw new Fault(message);
}

function parseKey(text: string, algorithm: number): NoteKey | undefined {
  const [, name = "", id = "", rest = ""] = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/u.exec(text) ?? [];
  const material = unpadded(rest);
  if (!isName(name) || !material || material.length !== 1 + 32 || material[0] !== algorithm) return undefined;
  const sum = digest(concat(utf8(`${name}\n`), material));
  const key = material.slice(1);
  return hex(sum.subarray(0, 4)) === id && isPublicKey(key) ? { text, name, id, key } : undefined;
}

/** Tells whether these are the canonical text of a point of prime order: RFC 8032 §5.1.5. */
function isPublicKey(key: Uint8Array): boolean {
  const point = pointOf(key);
  return point !== undefined && !isIdentity(point) && inSubgroup(point);
}

/** The point that a text of RFC 8032 names. Texts on our wire are those reversed. */
function pointOf(key: Uint8Array): Point | undefined {
  return decode(hex(key.slice().reverse()));
}

/** Verifies an Ed25519 signature: RFC 8032 §5.1.7, with the equation without the cofactor, as Go does. */
export function verifyEd25519(key: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (key.length !== 32 || signature.length !== 64) return false;
  const R = signature.subarray(0, 32);
  const A = pointOf(key);
  const S = toNumber(signature.slice(32).reverse());
  if (!A || S >= q) return false;
  const k = toNumber(sha512(concat(R, key, message)).reverse()) % q;
  return encode([over(power(g, S), power(A, k))])[0] === hex(R.slice().reverse());
}

/** What a key has signed of a note. */
type Verifies = (key: NoteKey, text: Uint8Array, signature: Uint8Array) => boolean;

const byLog: Verifies = ({ key }, text, signature) => verifyEd25519(key, text, signature);

/** The timestamp, 8 bytes big-endian, stands before the signature. */
const byWitness: Verifies = ({ key }, text, signature) => {
  const time = toNumber(concat(Uint8Array.of(0), signature.subarray(0, 8)));
  return verifyEd25519(key, concat(utf8(`cosignature/v1\ntime ${time}\n`), text), signature.subarray(8));
};

/** A checkpoint, and which of the witnesses have cosigned it. */
export interface Opened {
  checkpoint: Checkpoint;
  cosigned: NoteKey[];
}

/** Reads a signed checkpoint of the log. Signatures of others are ignored; a false one of a known key is a Fault. */
export function openCheckpoint(signed: Uint8Array, log: NoteKey, witnesses: readonly NoteKey[] = []): Opened {
  return within(CHECKPOINT, () => {
    const { text, cosigned } = openNote(signed, log, witnesses);
    const checkpoint = parseCheckpoint(text);
    if (checkpoint.origin !== log.name) throw new Fault(`origin ${JSON.stringify(checkpoint.origin)}, want ${JSON.stringify(log.name)}`);
    return { checkpoint, cosigned };
  });
}

/** Reads a note that the log has signed, and which of the witnesses have cosigned it. */
export function openNote(signed: Uint8Array, log: NoteKey, witnesses: readonly NoteKey[] = []): { text: string; cosigned: NoteKey[] } {
  const { text, lines } = split(signed);
  const bytes = utf8(text);
  const of = (key: NoteKey, verifies: Verifies): boolean => {
    const line = lines.find(({ name, id }) => name === key.name && id === key.id);
    if (line && !verifies(key, bytes, line.signature)) throw new Fault(`invalid signature for key ${key.name}+${key.id}`);
    return line !== undefined;
  };
  const cosigned = witnesses.filter((witness) => of(witness, byWitness));
  if (!of(log, byLog)) throw new Fault(`no signature of ${log.name}`);
  return { text, cosigned };
}

interface Line {
  name: string;
  id: string;
  signature: Uint8Array;
}

/** Takes a note apart: its text with the last line feed, and the signature lines, each in its one spelling. */
function split(signed: Uint8Array): { text: string; lines: Line[] } {
  const note = signed.length <= MAX_NOTE ? decodeText(signed) : undefined;
  if (note === undefined || /[\u0000-\u0009\u000b-\u001f]/.test(note)) throw new Fault("malformed note");
  const end = note.lastIndexOf("\n\n");
  const signatures = note.slice(end + 2).split("\n");
  if (end < 0 || signatures.pop() !== "" || signatures.length === 0 || signatures.length > MAX_SIGNATURES) throw new Fault("malformed note");
  const strict = signatures.every((line, i) => unpadded(line.slice(line.lastIndexOf(" ") + 1)) && signatures.indexOf(line) === i);
  if (!strict) throw new Fault("a signature in another spelling, or twice");
  return { text: note.slice(0, end + 1), lines: signatures.map(parseLine) };
}

function parseLine(line: string): Line {
  const [, name = "", text = ""] = /^— ([^+ ]+) ([^ ]+)$/u.exec(line) ?? [];
  const bytes = unpadded(text);
  if (!isName(name) || !bytes || bytes.length < 5) throw new Fault("malformed note");
  return { name, id: hex(bytes.subarray(0, 4)), signature: bytes.subarray(4) };
}

/** The three lines that are signed. */
function spellCheckpoint({ origin, size, root }: Checkpoint): string {
  return `${origin}\n${size}\n${padded(root)}\n`;
}

function parseCheckpoint(text: string): Checkpoint {
  const [origin = "", digits = "", sum = ""] = text.split("\n");
  const root = unpadded(sum);
  const size = /^(0|[1-9][0-9]{0,15})$/.test(digits) ? Number(digits) : -1;
  if (!root || root.length !== HASH_SIZE || size < 0 || size > Number.MAX_SAFE_INTEGER || origin === "") throw new Fault("size or root malformed");
  const checkpoint = { origin, size, root };
  if (spellCheckpoint(checkpoint) !== text || (size === 0 && !same(root, rootOf([])))) throw new Fault("not in canonical form");
  return checkpoint;
}
