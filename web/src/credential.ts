/**
 * Credentials, the codes on the slips: docs/PROTOCOL.md §5, and how people type them.
 *
 * A code is XXXXX-XXXXXX-XXXXX-XXXXXX: 22 Base58 characters. A slip's link ends in #C.F, where C is
 * the code and F the fingerprint of the poll it was printed for (see election.ts).
 */
import { encodeElement, g, power, q } from "./group";
import { BASE58, digest, hex } from "./hash";

const GROUPS = [5, 6, 5, 6];

/** The number of characters of a code, dashes not counted. */
export const CODE_LENGTH = 22;

/** What a slip's link carries after "#". */
export interface Slip {
  code: string;
  fingerprint: string;
}

/** Reads the fragment of a slip's link, with or without "#". Returns undefined unless it is exactly C.F. */
export function parseFragment(fragment: string): Slip | undefined {
  const [code, fingerprint, ...rest] = fragment.replace(/^#/, "").split(".");
  if (!code || !fingerprint || rest.length > 0) return undefined;
  if (!isBase58(fingerprint) || fingerprint.length !== 22) return undefined;
  return formatCode(code.replace(/-/g, "")) === code ? { code, fingerprint } : undefined;
}

/** Drops what people put between the groups: spaces of any kind, dashes of any kind, dots, marks without width. */
export function compactCode(typed: string): string {
  return typed.replace(/[\s\-\u00ad\u058a\u200b-\u200f\u2010-\u2015\u2060\u2212\ufe58\ufe63\uff0d\ufeff._·•–—]/g, "");
}

/** The code with its dashes, or undefined unless `compact` is 22 Base58 characters. */
export function formatCode(compact: string): string | undefined {
  return compact.length === CODE_LENGTH && isBase58(compact) ? splitGroups(compact).join("-") : undefined;
}

/** Splits what has been typed so far into groups of 5, 6, 5 and 6; what is too much stays in the last. */
export function splitGroups(compact: string): string[] {
  const groups: string[] = [];
  let at = 0;
  GROUPS.forEach((size, i) => {
    const end = i === GROUPS.length - 1 ? compact.length : at + size;
    if (at < compact.length) groups.push(compact.slice(at, end));
    at = end;
  });
  return groups;
}

/** Tells whether every character is of the Base58 alphabet. */
export function isBase58(text: string): boolean {
  return [...text].every((c) => BASE58.includes(c));
}

/**
 * The secret exponent of a code: for i = 0, 1 the hexadecimal digits of
 * SHA256("derive_credential|" uuid "|" i "|" code), joined, as a 512-bit number, mod q.
 */
export function secretOf(uuid: string, code: string): bigint {
  const half = (i: number) => hex(digest(`derive_credential|${uuid}|${i}|${code}`));
  return BigInt("0x" + half(0) + half(1)) % q;
}

/** The public credential g^secret in its wire form. */
export function publicOf(secret: bigint): string {
  return encodeElement(power(g, secret));
}
