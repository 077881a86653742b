/**
 * Canonical JSON, read strictly: docs/PROTOCOL.md §2. A text has one spelling only, so what is read
 * is what was written: no white space, no other order of members, no member twice, no other escape.
 */

/** An object whose members have been checked by `members`. */
export type Json = Record<string, unknown>;

/** Thrown for a text or a value that is not in canonical form. */
export class NotCanonical extends Error {
  constructor(what: string) {
    super(`${what}: not in canonical form`);
  }
}

/**
 * Parses a text that must be exactly what JSON.stringify would write. That is the spelling of §2:
 * compact, and escaping `"`, `\` and the characters below U+0020 only.
 */
export function parseCanonical(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new NotCanonical("text");
  }
  if (JSON.stringify(value) !== text) throw new NotCanonical("text");
  return value;
}

/** An object with exactly these members in this order; those of `optional`, at the end, may be absent. */
export function members(value: unknown, needed: readonly string[], optional: readonly string[] = []): Json {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new NotCanonical("object");
  const names = Object.keys(value);
  const want = [...needed, ...optional.filter((name) => names.includes(name))];
  if (names.length !== want.length || names.some((name, i) => name !== want[i])) throw new NotCanonical("object");
  return value as Json;
}

/** A list, of `length` items if that is given, each read by `item`. */
export function list<T>(value: unknown, item: (value: unknown, i: number) => T, length?: number): T[] {
  if (!Array.isArray(value) || (length !== undefined && value.length !== length)) throw new NotCanonical("list");
  return value.map(item);
}

/** A whole number from `least` to `most`. */
export function integer(value: unknown, least: number, most: number): number {
  if (typeof value !== "number" || !Number.isInteger(value) || value < least || value > most) throw new NotCanonical("number");
  return value;
}

/** A string of the form `form`, anything if that is not given. */
export function text(value: unknown, form?: RegExp): string {
  if (typeof value !== "string" || (form && !form.test(value))) throw new NotCanonical("string");
  return value;
}

/** A SHA-256 sum: 64 lower-case hexadecimal digits. */
export const HASH = /^[0-9a-f]{64}$/;
