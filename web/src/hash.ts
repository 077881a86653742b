/**
 * Hashes and text encodings of the protocol: docs/PROTOCOL.md §2.
 *
 *   H(s)  SHA-256 of the UTF-8 bytes of s, as a big-endian number, mod q
 *   B64   standard Base64 without padding
 *   hex   lower case
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { q } from "./group";

/** The Base58 alphabet (Bitcoin's): digits and letters without 0, O, I and l. */
export const BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

/** Returns the UTF-8 bytes of `text`. */
export function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Returns the SHA-256 of `data`; a string stands for its UTF-8 bytes. */
export function digest(data: string | Uint8Array): Uint8Array {
  return sha256(typeof data === "string" ? utf8(data) : data);
}

/** Reads bytes as a big-endian number. */
export function toNumber(bytes: Uint8Array): bigint {
  return BigInt("0x" + bytesToHex(bytes));
}

/** The 24 digits of a hash that people compare: docs/PROTOCOL.md §5. */
export function fingerprintDigits(hash: Uint8Array): string {
  return toNumber(hash).toString(10).padStart(24, "0").slice(0, 24);
}

/** H(s) of docs/PROTOCOL.md §2. */
export function hashToScalar(s: string): bigint {
  return toNumber(digest(s)) % q;
}

/** Lower-case hexadecimal digits of `bytes`. */
export function hex(bytes: Uint8Array): string {
  return bytesToHex(bytes);
}

/** Standard Base64 without padding. */
export function base64(bytes: Uint8Array): string {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replace(/=+$/, "");
}

/** Standard Base58 encoding: the number in base 58, and one "1" for each leading zero byte. */
export function base58(bytes: Uint8Array): string {
  let digits = "";
  for (let n = toNumber(bytes); n > 0n; n /= 58n) digits = BASE58.charAt(Number(n % 58n)) + digits;
  let zeros = 0;
  while (zeros < bytes.length && bytes[zeros] === 0) zeros++;
  return "1".repeat(zeros) + digits;
}
