/** Bytes as the log's files have them: standard Base64 with padding, and comparing. */
import { hexToBytes } from "@noble/hashes/utils.js";
import { base64 } from "../hash";

/** Standard Base64, padded: RFC 4648 §4. */
export function padded(bytes: Uint8Array): string {
  const text = base64(bytes);
  return text + "=".repeat((4 - (text.length % 4)) % 4);
}

/** Reads what `padded` writes, and nothing else. */
export function unpadded(text: string): Uint8Array | undefined {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0) return undefined;
  const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  return padded(bytes) === text ? bytes : undefined;
}

/** Several pieces in one. */
export function concat(...parts: Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Reads lower-case hexadecimal digits that were checked to be such. */
export const unhex = (digits: string): Uint8Array => hexToBytes(digits);

/** The text of valid UTF-8, or undefined. */
export function decodeText(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
