/**
 * The key file of a board member, docs/PROTOCOL.md §6: all that the member needs on another device,
 * and what a page must remember between two visits. It is saved as khoa-<index>-<n>.json and loaded
 * from disk; the browser keeps nothing of it that is secret.
 */
import { HASH, integer, NotCanonical, text, type Json } from "../canonical";
import { Member, SEED_LENGTH } from "../ceremony/member";
import { Transcript } from "../ceremony/transcript";
import { encodeScalar, parseScalar } from "../group";

/** What a key file says. The transcript has at least the keys of all members. */
export interface KeyFile {
  /** uuid of the meeting, and its title. */
  meeting: string;
  title: string;
  /** The member's name. */
  name: string;
  /** Place on the board, from 1. */
  index: number;
  /** 22 Base58 characters; with the transcript it gives everything else. */
  seed: string;
  /** The member's share S_j of the decryption key. */
  share: bigint;
  transcript: Transcript;
  /** Election uuid → SHA-256 of its setup object in hexadecimal; empty before sealing. */
  sealed: Record<string, string>;
  /**
   * Election uuid → SHA-256 of its EndBallots event in hexadecimal. It is recorded, and saved,
   * before the share is sent, and never replaced by another.
   */
  contributed: Record<string, string>;
}

/** The file in which a member keeps the seed alone, while there is no share yet. */
export interface SeedFile {
  meeting: string;
  /** Identifier of the ceremony. */
  ceremony: string;
  name: string;
  index: number;
  seed: string;
}

/** Whose key a page expects. */
export interface Owner {
  meeting: string;
  ceremony: string;
  index: number;
}

/** Why a file is not taken. `name` is that of the member whom the file belongs to, if it is another's. */
export type KeyFault = "not-a-key-file" | "damaged" | "other-meeting" | "other-ceremony" | "other-member" | "wrong-seed" | "other-transcript";

/** Thrown for a file, or a seed, that is not the one that is wanted. */
export class KeyError extends Error {
  constructor(readonly fault: KeyFault, readonly owner = "") {
    super(`key: ${fault}`);
  }
}

const KEY_TYPE = "homphieu-keyfile-v1";
const SEED_TYPE = "homphieu-seed-v1";
const WORD = /^[1-9A-HJ-NP-Za-km-z]{14,64}$/;
const SEED = new RegExp(`^[1-9A-HJ-NP-Za-km-z]{${SEED_LENGTH}}$`);

/** The text of a key file, indented, as the Go implementation writes it. */
export function writeKeyFile(file: KeyFile): string {
  const { meeting, title, name, index, seed, share, transcript, sealed, contributed } = file;
  const o = {
    type: KEY_TYPE, meeting, title, name, index, seed, share: encodeScalar(share),
    transcript: JSON.parse(transcript.text) as unknown, sealed, contributed,
  };
  return `${JSON.stringify(o, null, 2)}\n`;
}

/** The name of a key file; n grows with what was recorded in it. */
export function keyFileName({ index, sealed, contributed }: KeyFile): string {
  return `khoa-${index}-${1 + Object.keys(sealed).length + Object.keys(contributed).length}.json`;
}

/** The text of a seed file. */
export function writeSeedFile({ meeting, ceremony, name, index, seed }: SeedFile): string {
  return `${JSON.stringify({ type: SEED_TYPE, meeting, ceremony, name, index, seed }, null, 2)}\n`;
}

/** The name of a seed file. */
export function seedFileName({ index }: SeedFile): string {
  return `khoa-hat-giong-${index}.json`;
}

/** Reads a key file or a seed file. Throws KeyError "not-a-key-file" or "damaged". */
export function readFile(content: string): { key: KeyFile } | { seed: SeedFile } {
  const o = parse(content);
  if (o.type !== KEY_TYPE && o.type !== SEED_TYPE) throw new KeyError("not-a-key-file");
  try {
    return o.type === KEY_TYPE ? { key: readKeyFile(o) } : { seed: readSeedFile(o) };
  } catch {
    throw new KeyError("damaged");
  }
}

/** Throws KeyError unless a file, whose text has been read, belongs to `owner`. */
export function checkOwner(file: KeyFile | SeedFile, owner: Owner): void {
  const ceremony = "transcript" in file ? file.transcript.ceremony : file.ceremony;
  if (file.meeting !== owner.meeting) throw new KeyError("other-meeting");
  if (file.index !== owner.index) throw new KeyError("other-member", file.name);
  if (ceremony !== owner.ceremony) throw new KeyError("other-ceremony");
}

/**
 * Recomputes everything in a key file that belongs to `transcript`, as the server gives it now.
 * Throws KeyError "other-transcript" if the member has seen another, "damaged" if the share is not
 * the one that seed and transcript give.
 */
export async function checkKeyFile(file: KeyFile, transcript: Transcript): Promise<void> {
  if (file.transcript.trustees !== transcript.trustees) throw new KeyError("other-transcript");
  if ((await recover(file.seed, file.index, file.transcript)) !== file.share) throw new KeyError("damaged");
}

/** The share of a seed in a finished ceremony. Throws KeyError "wrong-seed" or "damaged". */
export async function recover(seed: string, index: number, transcript: Transcript): Promise<bigint> {
  const member = new Member(seed, transcript, index);
  if (!(await member.began(transcript))) throw new KeyError("wrong-seed");
  return member.share(transcript).catch(() => {
    throw new KeyError("damaged");
  });
}

function parse(content: string): Json {
  try {
    const value: unknown = JSON.parse(content);
    if (typeof value === "object" && value !== null) return value as Json;
  } catch {
    // Not JSON: not a file of ours.
  }
  throw new KeyError("not-a-key-file");
}

function readKeyFile(value: Json): KeyFile {
  const o = exactly(value, ["type", "meeting", "title", "name", "index", "seed", "share", "transcript", "sealed", "contributed"]);
  const transcript = Transcript.parse(JSON.stringify(o.transcript));
  if (!["done", "finished"].includes(transcript.stage) || transcript.meeting !== o.meeting) throw new NotCanonical("key file");
  return {
    meeting: transcript.meeting,
    title: text(o.title),
    name: text(o.name),
    index: integer(o.index, 1, transcript.size),
    seed: text(o.seed, SEED),
    share: parseScalar(text(o.share)),
    transcript,
    sealed: hashes(o.sealed),
    contributed: hashes(o.contributed),
  };
}

function readSeedFile(value: Json): SeedFile {
  const o = exactly(value, ["type", "meeting", "ceremony", "name", "index", "seed"]);
  return {
    meeting: text(o.meeting, WORD),
    ceremony: text(o.ceremony, WORD),
    name: text(o.name),
    index: integer(o.index, 1, Number.MAX_SAFE_INTEGER),
    seed: text(o.seed, SEED),
  };
}

function hashes(value: unknown): Record<string, string> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new NotCanonical("key file");
  const out: Record<string, string> = {};
  for (const uuid of Object.keys(value)) out[text(uuid, WORD)] = text((value as Json)[uuid], HASH);
  return out;
}

/** An object with exactly these members, in any order: a person's editor may have sorted them. */
function exactly(o: Json, names: string[]): Json {
  if (Object.keys(o).length !== names.length || !names.every((name) => Object.prototype.hasOwnProperty.call(o, name))) throw new NotCanonical("key file");
  return o;
}
