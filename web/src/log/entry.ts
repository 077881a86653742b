/**
 * Entries of the public log: docs/PROTOCOL.md §14. Canonical JSON on one line, which names the hash of
 * the entry before it.
 */
import { isBase58 } from "../credential";
import { digest, hex, utf8 } from "../hash";
import { Fault, Reader, within } from "../verify/wire";
import { concat, unhex, unpadded } from "./bytes";
import { isLine } from "./text";

/** A name and a hash in hexadecimal. */
export interface Item {
  name: string;
  hash: string;
}

/** What an entry says. Hashes are in hexadecimal. */
export type Body =
  | { kind: "sealed"; election: string; fingerprint: string }
  | { kind: "closed"; election: string; ballots: number; lastEvent: string; closing: string; trackers: string }
  | { kind: "result"; election: string; commitments: Item[] }
  | { kind: "opened"; election: string; result: number; salt: string; hashes: Item[] }
  | { kind: "correction"; of: number; reason: string }
  | { kind: "package"; agency: string; hash: string };

/** What an entry of a kind says. */
export type BodyOf<K extends Body["kind"]> = Extract<Body, { kind: K }>;

/** An entry of the log. */
export interface Entry {
  number: number;
  /** SHA-256 of the text of the entry before, zeros in the first. */
  prev: string;
  body: Body;
  /** SHA-256 of its text. */
  hash: string;
  /** SHA-256 of what it says, without number and prev. */
  said: string;
}

const MALFORMED = "entry: malformed";
const VERSION = 1;
const MAX_ENTRY = 16 << 10;
const MAX_TEXT = 1 << 10;
const MAX_ITEMS = 100;
const MAX_BALLOTS = 2 ** 24;

/** Reads an entry, which has one spelling only. */
export function parseEntry(text: Uint8Array): Entry {
  return within(MALFORMED, () => {
    if (text.length > MAX_ENTRY) throw new Fault(`${text.length} bytes, more than ${MAX_ENTRY}`);
    const r = new Reader(text);
    r.literal('{"version":');
    const version = r.int();
    if (version !== VERSION) throw new Fault(`version ${version}, this program knows ${VERSION}`);
    r.literal(',"number":');
    const number = r.int();
    r.literal(',"prev":');
    const prev = r.hash();
    r.literal(',"kind":');
    const kind = r.word();
    r.literal(",");
    if (!Object.prototype.hasOwnProperty.call(bodies, kind)) throw new Fault(`kind ${JSON.stringify(kind)}: unknown`);
    const from = r.offset;
    const body = bodies[kind as Body["kind"]](r);
    const said = hex(digest(concat(utf8(`${kind}|`), text.subarray(from, r.offset))));
    r.literal("}");
    r.end();
    return { number, prev, body, hash: hex(digest(text)), said };
  });
}

/** Reads each kind. */
const bodies: { [K in Body["kind"]]: (r: Reader) => BodyOf<K> } = {
  sealed: (r) => ({ kind: "sealed", election: readElection(r), fingerprint: readFingerprint(r) }),
  closed: (r) => ({
    kind: "closed", election: readElection(r), ballots: readBallots(r),
    lastEvent: readHash(r, ',"last_event":'), closing: readHash(r, ',"closing":'), trackers: readHash(r, ',"trackers":'),
  }),
  result: (r) => ({ kind: "result", election: readElection(r), commitments: readItems(r, ',"commitments":') }),
  opened: (r) => ({
    kind: "opened", election: readElection(r), result: readInt(r, ',"result":'), salt: readHash(r, ',"salt":'), hashes: readItems(r, ',"hashes":'),
  }),
  correction: (r) => ({ kind: "correction", of: readInt(r, '"of":'), reason: readText(r, ',"reason":', "reason") }),
  package: (r) => ({ kind: "package", agency: readText(r, '"agency":', "agency"), hash: readHash(r, ',"hash":') }),
};

function readElection(r: Reader): string {
  r.literal('"election":');
  const uuid = r.word();
  if (uuid.length < 14 || uuid.length > 64 || !isBase58(uuid)) throw new Fault("election: no name of one");
  return uuid;
}

function readFingerprint(r: Reader): string {
  r.literal(',"fingerprint":');
  const fingerprint = r.word();
  if (!isHash64(fingerprint)) throw new Fault("fingerprint: none");
  return fingerprint;
}

/** Tells whether a text is a SHA-256 in standard Base64 without padding: a fingerprint, a tracker. */
export function isHash64(text: string): boolean {
  return text.length === 43 && unpadded(`${text}=`) !== undefined;
}

function readInt(r: Reader, name: string): number {
  r.literal(name);
  return r.int();
}

function readBallots(r: Reader): number {
  const ballots = readInt(r, ',"ballots":');
  if (ballots > MAX_BALLOTS) throw new Fault("ballots: out of range");
  return ballots;
}

function readHash(r: Reader, name: string): string {
  r.literal(name);
  return r.hash();
}

function readText(r: Reader, name: string, what: string): string {
  r.literal(name);
  const text = r.message();
  if (utf8(text).length > MAX_TEXT || !isLine(text)) throw new Fault(`${what}: not one line of 1 to ${MAX_TEXT} bytes, or with characters that nobody sees`);
  return text;
}

function readItems(r: Reader, name: string): Item[] {
  r.literal(name);
  const items = r.list(() => {
    r.literal('{"name":');
    const name = r.word();
    const hash = readHash(r, ',"hash":');
    r.literal("}");
    return { name, hash };
  });
  if (items.length === 0 || items.length > MAX_ITEMS) throw new Fault(`items: ${items.length}, want 1 to ${MAX_ITEMS}`);
  items.forEach(({ name }, i) => {
    if (!/^[A-Za-z0-9._-]{1,100}$/.test(name)) throw new Fault(`name ${JSON.stringify(name)}: not of letters, digits, dots, dashes and underscores`);
    if (i > 0 && name <= (items[i - 1] as Item).name) throw new Fault(`name ${JSON.stringify(name)}: not in ascending order`);
  });
  return items;
}

/** Takes a bundle apart: each entry behind its length in two bytes. `whole` tells whether it ends with one. */
export function parseBundle(data: Uint8Array): { texts: Uint8Array[]; whole: boolean } {
  const texts: Uint8Array[] = [];
  let at = 0;
  while (at + 2 <= data.length) {
    const end = at + 2 + ((data[at] as number) << 8) + (data[at + 1] as number);
    if (end > data.length) break;
    texts.push(data.subarray(at + 2, end));
    at = end;
  }
  return { texts, whole: at === data.length };
}

/**
 * What a result entry says of an item before it is opened:
 * HMAC-SHA-256(salt, "homphieu-commitment-v1|" election "|" name "|" hash), RFC 2104.
 */
export function commit(salt: string, election: string, { name, hash }: Item): string {
  const key = concat(unhex(salt), new Uint8Array(32)); // to SHA-256's block of 64 bytes
  const pad = (byte: number) => key.map((b) => b ^ byte);
  const inner = digest(concat(pad(0x36), utf8(`homphieu-commitment-v1|${election}|${name}|${hash}`)));
  return hex(digest(concat(pad(0x5c), inner)));
}
