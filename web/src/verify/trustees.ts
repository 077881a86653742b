/**
 * The holders of an election's key: docs/PROTOCOL.md §3 and §6. Trustees are numbered from 1 over
 * the flattened list, a Pedersen board's by the order of its certificates.
 */
import { encodeElement, q, reduce } from "../group";
import { TrusteeFault, verifyParameters, type Parameters, type Signed, type TrusteeKey } from "../threshold";
import { decode, encode, identity, isIdentity, times, type Point } from "./points";
import { IDENTITY_KEY } from "./poll";
import { proofText, verifyKnowledge, numbers } from "./proofs";
import { Fault, Reader, within } from "./wire";

/** One holder of a key. */
export interface Trustee {
  /** X = g^x of the key that decrypts. */
  publicKey: string;
  /** The key that signs messages: the certificate's, or X of a trustee alone. */
  signingKey: string;
  /** Index of the item, from 0. */
  item: number;
  /** From 1 within a Pedersen item, 0 for a trustee alone. */
  index: number;
}

/** All holders of an election's key, checked. */
export interface Trustees {
  members: Trustee[];
  /** How many of each item can decrypt. */
  thresholds: number[];
  /** Their product of keys, which the election key must be. */
  publicKey: string;
}

const UNLISTED = "trustee: not on the list";
const TOO_FEW = "partial decryptions: fewer than the threshold";

type Item = { single: TrusteeKey } | { board: Parameters };

/** Reads a trustees object and makes every check on it. */
export function parseTrustees(text: Uint8Array): Trustees {
  const r = new Reader(text);
  const items = within("trustees", () => {
    const all = r.list(() => readItem(r));
    r.end();
    return all;
  });
  if (items.length === 0) throw new Fault("trustees: none");
  const trustees: Trustees = { members: [], thresholds: [], publicKey: encode([identity()])[0] as string };
  let product = identity();
  items.forEach((item, i) => {
    product = times(product, within(`trustees: item ${i + 1}`, () => addItem(trustees, item)));
  });
  trustees.members.forEach(({ signingKey }, i) => {
    const same = trustees.members.findIndex((other) => other.signingKey === signingKey);
    if (same < i) throw new Fault(`trustees: ${i + 1} has the key of trustee ${same + 1}`);
  });
  return { ...trustees, publicKey: encode([product])[0] as string };
}

/** Adds an item, once it is checked; returns its part of the election key. */
function addItem(trustees: Trustees, item: Item): Point {
  const at = trustees.thresholds.length;
  if ("single" in item) {
    const { public_key: X, pok, signature } = item.single;
    if (signature) throw new Fault("signature: on the key of a trustee alone");
    if (isIdentity(decode(X) as Point)) throw new Fault(IDENTITY_KEY);
    within("proof of knowledge", () => verifyKnowledge(X, numbers(pok)));
    trustees.members.push({ publicKey: X, signingKey: X, item: at, index: 0 });
    trustees.thresholds.push(1);
    return decode(X) as Point;
  }
  const { board } = item;
  const key = checkBoard(board);
  board.certs.forEach(({ message }, i) => {
    const { verification } = JSON.parse(message) as { verification: string };
    const { public_key: publicKey } = board.verification_keys[i] as TrusteeKey;
    trustees.members.push({ publicKey, signingKey: verification, item: at, index: i + 1 });
  });
  trustees.thresholds.push(board.threshold);
  return decode(key) as Point;
}

function checkBoard(board: Parameters): string {
  try {
    return encodeElement(verifyParameters(board));
  } catch (error) {
    throw error instanceof TrusteeFault ? new Fault(error.message) : error;
  }
}

/** The trustee with the number `owner`. */
export function trusteeOf({ members }: Trustees, owner: number): Trustee {
  const trustee = members[owner - 1];
  if (!trustee) throw new Fault(`${UNLISTED}: ${owner} of ${members.length}`);
  return trustee;
}

/**
 * For each of the owners, who are distinct, the exponent of its factor: 1 for a trustee alone,
 * λ_k = Π_{l≠k} l/(l − k) over the indices l of its item. Throws unless they are enough to decrypt.
 */
export function coefficients(trustees: Trustees, owners: readonly number[]): bigint[] {
  const all = owners.map((owner) => trusteeOf(trustees, owner));
  const indices = trustees.thresholds.map((threshold, item) => {
    const own = all.filter((t) => t.item === item).map(({ index }) => index);
    if (own.length < threshold) throw new Fault(`${TOO_FEW}: item ${item + 1}: ${own.length}, want ${threshold}`);
    return own;
  });
  return all.map(({ item, index }) => (index === 0 ? 1n : lagrange(indices[item] as number[], index)));
}

function lagrange(indices: readonly number[], k: number): bigint {
  let top = 1n, bottom = 1n;
  for (const l of indices) {
    if (l === k) continue;
    top = (top * BigInt(l)) % q;
    bottom = reduce(bottom * BigInt(l - k));
  }
  return (top * inverse(bottom)) % q;
}

/** 1/n mod q = n^(q − 2). */
function inverse(n: bigint): bigint {
  let result = 1n;
  for (let base = n, e = q - 2n; e > 0n; e >>= 1n) {
    if ((e & 1n) === 1n) result = (result * base) % q;
    base = (base * base) % q;
  }
  return result;
}

function readItem(r: Reader): Item {
  let item: Item;
  if (r.optional('["Single",')) item = { single: readKey(r) };
  else if (r.optional('["Pedersen",')) item = { board: readBoard(r) };
  else return r.fail("neither Single nor Pedersen");
  r.literal("]");
  return item;
}

function readBoard(r: Reader): Parameters {
  r.literal('{"threshold":');
  const threshold = r.int();
  r.literal(',"certs":');
  const certs = r.list(() => readSigned(r));
  r.literal(',"coefexps":');
  const coefexps = r.list(() => readSigned(r));
  r.literal(',"signatures":');
  const signatures = r.list(() => proofText(r.proof()));
  r.literal(',"verification_keys":');
  const keys = r.list(() => readKey(r));
  r.literal("}");
  return { threshold, certs, coefexps, signatures, verification_keys: keys };
}

function readSigned(r: Reader): Signed {
  r.literal('{"message":');
  const message = r.message();
  r.literal(',"signature":');
  const signature = proofText(r.proof());
  r.literal("}");
  return { message, signature };
}

function readKey(r: Reader): TrusteeKey {
  r.literal('{"pok":');
  const pok = proofText(r.proof());
  r.literal(',"public_key":');
  const publicKey = r.element();
  const signature = r.optional(',"signature":') ? proofText(r.proof()) : undefined;
  r.literal("}");
  return { pok, public_key: publicKey, ...(signature && { signature }) };
}
