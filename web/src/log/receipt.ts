/**
 * Receipts: that a ballot was in a poll when it closed, and that the closing stands in the log. A text of
 * C2SP tlog-proof, checked with nothing but the log's key and the policy: docs/PROTOCOL.md §14.
 */
import { utf8 } from "../hash";
import { Fault, same, within } from "../verify/wire";
import { concat, decodeText, padded, unhex, unpadded } from "./bytes";
import { isHash64, parseEntry, type BodyOf } from "./entry";
import type { Checkpoint, NoteKey } from "./note";
import { checkSigned, logKeyOf, type Policy, type Quorum } from "./policy";
import { HASH_SIZE, included, type Hash } from "./tree";

/** A receipt, taken apart. */
export interface Receipt {
  tracker: string;
  /** Of the tracker among those of the poll, from 0. */
  place: number;
  /** From the tracker to the poll's root. */
  path: Hash[];
  /** Text of the closed entry, and its number. */
  entry: Uint8Array;
  number: number;
  /** From the entry to the log's root. */
  proof: Hash[];
  /** Signed and cosigned. */
  checkpoint: Uint8Array;
}

/** What a receipt proves. */
export interface Proven {
  tracker: string;
  number: number;
  closed: BodyOf<"closed">;
  /** Of the log. */
  key: NoteKey;
  checkpoint: Checkpoint;
  quorum: Quorum;
  /** Says who is missing, if too few witnesses have cosigned: then nothing is proved yet. */
  tooFew?: string;
}

const FAULT = "receipt: does not hold";
const HEADER = "c2sp.org/tlog-proof@v1";
const EXTRA = "homphieu-receipt-v1";
const MAX_RECEIPT = 64 << 10;
const MAX_PROOF = 63;

/** Reads a receipt, which has one spelling only. It verifies nothing. */
export function parseReceipt(text: Uint8Array): Receipt {
  return within(FAULT, () => {
    const receipt = text.length <= MAX_RECEIPT ? read(decodeText(text) ?? "") : undefined;
    if (!receipt) throw new Fault("malformed");
    if (!same(utf8(spell(receipt)), text)) throw new Fault("not in canonical form");
    return receipt;
  });
}

function read(text: string): Receipt | undefined {
  const end = text.indexOf("\n\n");
  const [header, extra = "", index = "", ...hashes] = text.slice(0, Math.max(0, end)).split("\n");
  const data = unpadded(extra.replace(/^extra /, ""));
  const proof = hashes.map((line) => unpadded(line) ?? new Uint8Array());
  const number = /^index (0|[1-9][0-9]{0,15})$/.exec(index)?.[1];
  if (header !== HEADER || !data || number === undefined || !fits(proof)) return undefined;
  const [name, tracker = "", place = "", entry = ""] = [0, 1, 2, 3].map((i) => decodeText(lineOf(data, i)));
  const rest = data.subarray([0, 1, 2, 3].reduce((at, i) => at + lineOf(data, i).length + 1, 0));
  const path = pieces(rest);
  if (name !== EXTRA || !/^(0|[1-9][0-9]{0,15})$/.test(place) || !fits(path)) return undefined;
  return { tracker, place: Number(place), path, entry: utf8(entry), number: Number(number), proof, checkpoint: utf8(text.slice(end + 2)) };
}

/** The i-th line of data, without its line feed. */
function lineOf(data: Uint8Array, i: number): Uint8Array {
  let from = 0;
  for (; i > 0; i--) from = data.indexOf(10, from) + 1 || data.length;
  const end = data.indexOf(10, from);
  return data.subarray(from, end < 0 ? data.length : end);
}

function pieces(data: Uint8Array): Hash[] {
  const all: Hash[] = [];
  for (let at = 0; at < data.length; at += HASH_SIZE) all.push(data.slice(at, at + HASH_SIZE));
  return all;
}

const fits = (proof: readonly Hash[]): boolean => proof.length <= MAX_PROOF && proof.every(({ length }) => length === HASH_SIZE);

function spell({ tracker, place, path, entry, number, proof, checkpoint }: Receipt): string {
  const extra = concat(utf8(`${EXTRA}\n${tracker}\n${place}\n`), entry, utf8("\n"), ...path);
  const lines = [HEADER, `extra ${padded(extra)}`, `index ${number}`, ...proof.map(padded), "", new TextDecoder().decode(checkpoint)];
  return lines.join("\n");
}

/**
 * Reads a receipt and checks all of it, with the key that the policy has of its log. Throws a Fault for what
 * does not hold. It does not tell whether the closed entry was taken back later, nor anything about the result.
 */
export function verifyReceipt(text: Uint8Array, policy: Policy): Proven {
  const receipt = parseReceipt(text);
  const key = logKeyOf(policy, receipt.checkpoint);
  return within(FAULT, () => {
    const { tracker, number, entry } = receipt;
    const closed = closedOf(receipt);
    const { checkpoint, quorum, tooFew } = checkSigned(policy, receipt.checkpoint, key);
    if (!included(entry, number, checkpoint.size, receipt.proof, checkpoint.root)) throw new Fault("the entry is not in the log");
    return { tracker, number, closed, key, checkpoint, quorum, ...(tooFew !== undefined && { tooFew }) };
  });
}

/** Checks the part that is about the poll. */
function closedOf({ tracker, place, path, entry, number }: Receipt): BodyOf<"closed"> {
  if (!isHash64(tracker)) throw new Fault("tracker: not one of a ballot");
  const { body, number: own } = parseEntry(entry);
  if (body.kind !== "closed" || own !== number) throw new Fault(`entry ${number} is not one that closes a poll`);
  if (!included(utf8(tracker), place, body.ballots, path, unhex(body.trackers))) throw new Fault("the tracker is not one of the poll's");
  return body;
}
