/** Logs to verify: the one that was published with version 1, and small ones that these tests write and sign themselves. */
import { createHash, createHmac, generateKeyPairSync, sign, type KeyObject } from "node:crypto";
import { existsSync } from "node:fs";
import type { Item } from "../src/log/entry";
import type { Fetch } from "../src/log/verify";
import { bytesOf } from "./archives";

/** The folder of the frozen log. */
export const V1 = "../tally/ledger/testdata/v1";

/** The files of the frozen log, of which some may be changed: undefined takes one away. */
export function frozen(changed: Record<string, Uint8Array | undefined> = {}): Fetch {
  return async (path) => {
    if (path in changed) return changed[path];
    const file = `${V1}/log/${path}`;
    return existsSync(file) ? bytesOf(file) : undefined;
  };
}

const sha = (...parts: (Buffer | string)[]): Buffer => parts.reduce((h, part) => h.update(part), createHash("sha256")).digest();

/** The root of RFC 6962 §2.1, by its definition. */
export function plainRoot(leaves: readonly Buffer[]): Buffer {
  if (leaves.length === 0) return sha("");
  if (leaves.length === 1) return leaves[0]!;
  const k = half(leaves.length);
  return sha(Buffer.of(1), plainRoot(leaves.slice(0, k)), plainRoot(leaves.slice(k)));
}

/** The inclusion proof of RFC 6962 §2.1.1, by its definition. */
export function plainProof(leaves: readonly Buffer[], m: number): Buffer[] {
  if (leaves.length === 1) return [];
  const k = half(leaves.length);
  return m < k
    ? [...plainProof(leaves.slice(0, k), m), plainRoot(leaves.slice(k))]
    : [...plainProof(leaves.slice(k), m - k), plainRoot(leaves.slice(0, k))];
}

/** The consistency proof of RFC 6962 §2.1.2 from the first m leaves, by its definition. */
export function plainConsistency(leaves: readonly Buffer[], m: number, complete = true): Buffer[] {
  if (m === leaves.length) return complete ? [] : [plainRoot(leaves)];
  const k = half(leaves.length);
  return m <= k
    ? [...plainConsistency(leaves.slice(0, k), m, complete), plainRoot(leaves.slice(k))]
    : [...plainConsistency(leaves.slice(k), m - k, false), plainRoot(leaves.slice(0, k))];
}

/** The largest power of two below n. */
function half(n: number): number {
  let k = 1;
  while (2 * k < n) k *= 2;
  return k;
}

export const plainLeaf = (text: string | Buffer): Buffer => sha(Buffer.of(0), text);

/** A key that signs notes. */
export interface Signer {
  name: string;
  id: Buffer;
  secret: KeyObject;
  /** NAME+HASH+KEY. */
  text: string;
}

export function signer(name: string, algorithm: number): Signer {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const material = Buffer.concat([Buffer.of(algorithm), publicKey.export({ format: "der", type: "spki" }).subarray(-32)]);
  const id = sha(name, "\n", material).subarray(0, 4);
  return { name, id, secret: privateKey, text: `${name}+${id.toString("hex")}+${material.toString("base64")}` };
}

/** A note with the log's signature and witnesses' cosignatures. */
export function signNote(text: string, log: Signer, witnesses: readonly Signer[] = []): Buffer {
  const line = ({ name, id }: Signer, body: Buffer) => `— ${name} ${Buffer.concat([id, body]).toString("base64")}\n`;
  const time = Buffer.from("000000006b0328a6", "hex");
  const cosign = (w: Signer) => line(w, Buffer.concat([time, sign(null, Buffer.from(`cosignature/v1\ntime ${time.readBigUInt64BE()}\n${text}`), w.secret)]));
  return Buffer.from(`${text}\n${line(log, sign(null, Buffer.from(text), log.secret))}${witnesses.map(cosign).join("")}`);
}

/** A policy as its log serves it. */
export function signPolicy(text: string, log: Signer): Buffer {
  return Buffer.from(`${text}# ${signNote(text, log).toString().slice(text.length + 1)}`);
}

/** A checkpoint's text. */
export const headOf = (origin: string, texts: readonly string[]): string =>
  `${origin}\n${texts.length}\n${plainRoot(texts.map(plainLeaf)).toString("base64")}\n`;

/** What an entry says, as its members after "kind". */
export type Said = [kind: string, members: object];

/** The texts of entries that say this one after the other, each naming the one before. */
export function textsOf(said: readonly Said[]): string[] {
  const texts: string[] = [];
  for (const [kind, members] of said) {
    const last = texts[texts.length - 1];
    const prev = last === undefined ? "0".repeat(64) : sha(last).toString("hex");
    texts.push(JSON.stringify({ version: 1, number: texts.length, prev, kind, ...members }));
  }
  return texts;
}

/** All files of a log of at most 65,536 entries. */
export function filesOf(texts: readonly string[], checkpoint: Buffer): Fetch {
  const files: Record<string, Buffer> = { checkpoint };
  const above: Buffer[] = [];
  for (let from = 0; from < texts.length; from += 256) {
    const part = texts.slice(from, from + 256);
    const at = pathOf(from / 256, part.length);
    files[`tile/entries/${at}`] = Buffer.concat(part.map((text) => Buffer.from(text)).flatMap((text) => [Buffer.of(text.length >> 8, text.length & 255), text]));
    files[`tile/0/${at}`] = Buffer.concat(part.map(plainLeaf));
    if (part.length === 256) above.push(plainRoot(part.map(plainLeaf)));
  }
  if (above.length > 0) files[`tile/1/${pathOf(0, above.length)}`] = Buffer.concat(above);
  return async (path) => (path in files ? new Uint8Array(files[path]!) : undefined);
}

const pathOf = (number: number, width: number): string => `${String(number).padStart(3, "0")}${width < 256 ? `.p/${width}` : ""}`;

/** What a result entry says of items, and what opens it. */
export function committed(election: string, result: number, items: readonly Item[]): { result: Said; opened: Said } {
  const salt = "5a".repeat(32);
  const commit = ({ name, hash }: Item) =>
    createHmac("sha256", Buffer.from(salt, "hex")).update(`homphieu-commitment-v1|${election}|${name}|${hash}`).digest("hex");
  const commitments = items.map((item) => ({ name: item.name, hash: commit(item) }));
  return { result: ["result", { election, commitments }], opened: ["opened", { election, result, salt, hashes: items }] };
}
