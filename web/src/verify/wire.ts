/**
 * The canonical JSON of the protocol, taken apart byte by byte: docs/PROTOCOL.md §2. A text has one
 * spelling only, so a reader spells out what it expects and refuses the first other byte.
 *
 * What does not hold is thrown as a Fault, whose words are those of homphieu-verify (§9).
 */
import { decode as decodePlainly, inSubgroup, type Point } from "./points";
import { q } from "../group";
import { utf8 } from "../hash";

/** Something is wrong with what was read. The message says what, and from the outside in, where. */
export class Fault extends Error {}

/** Said of a text in any other spelling than the one of §2. */
export const NOT_CANONICAL = "not in canonical form";
/** Said of a text that names no element of the group. */
export const NO_ELEMENT = "element: not a canonical point of the prime-order subgroup";
const NO_SCALAR = "scalar: not a canonical decimal number below the group order";
const MAX_COUNT = 2 ** 24;
const MAX_NUMBER = "9007199254740992"; // 2^53

/** What `check` gives; its fault, if any, gets the place in front. */
export function within<T>(place: string, check: () => T): T {
  try {
    return check();
  } catch (error) {
    throw error instanceof Fault ? new Fault(`${place}: ${error.message}`) : error;
  }
}

/** A proof as it is computed with. */
export interface Numbers {
  challenge: bigint;
  response: bigint;
}

/** Takes a text apart from front to back. */
export class Reader {
  private at = 0;

  /** `decode` is that of points.ts, by whoever computes it. */
  constructor(private readonly text: Uint8Array, private readonly decode: (wire: string) => Point | undefined = decodePlainly) {}

  /** How many bytes were read. */
  get offset(): number {
    return this.at;
  }

  /** Throws a fault at the present place, or at the byte `at`. */
  fail(cause: string, at = this.at): never {
    throw new Fault(`byte ${at}: ${cause}`);
  }

  /** Requires that all was read. */
  end(): void {
    if (this.at !== this.text.length) this.fail(NOT_CANONICAL);
  }

  /** Requires `s`, which is ASCII. */
  literal(s: string): void {
    if (!this.optional(s)) this.fail(NOT_CANONICAL);
  }

  /** Reads `s` if it stands here, and tells whether it did. */
  optional(s: string): boolean {
    for (let i = 0; i < s.length; i++) {
      if (this.text[this.at + i] !== s.charCodeAt(i)) return false;
    }
    this.at += s.length;
    return true;
  }

  /** Reads a list of any length. */
  list<T>(item: () => T): T[] {
    const values: T[] = [];
    this.literal("[");
    if (this.optional("]")) return values;
    for (;;) {
      values.push(item());
      if (values.length > MAX_COUNT) this.fail(NOT_CANONICAL);
      if (this.optional("]")) return values;
      this.literal(",");
    }
  }

  /** Reads a list of exactly n values. */
  tuple<T>(n: number, item: (i: number) => T): T[] {
    const values: T[] = [];
    this.literal("[");
    for (let i = 0; i < n; i++) {
      if (i > 0) this.literal(",");
      values.push(item(i));
    }
    this.literal("]");
    return values;
  }

  /** Reads the wire form of an element, checked in full. */
  element(): string {
    const at = this.at;
    const wire = this.quoted();
    const point = this.decode(wire);
    if (!point || !inSubgroup(point)) this.fail(NO_ELEMENT, at);
    return wire;
  }

  /** Reads a point of the curve of which it is not known yet whether it lies in the subgroup. */
  point(): { wire: string; point: Point } {
    const at = this.at;
    const wire = this.quoted();
    return { wire, point: this.decode(wire) ?? this.fail(NO_ELEMENT, at) };
  }

  /** Reads the wire form of a scalar. */
  scalar(): bigint {
    const at = this.at;
    const digits = this.quoted();
    if (!/^(0|[1-9][0-9]{0,75})$/.test(digits)) this.fail(NO_SCALAR, at);
    const n = BigInt(digits);
    return n < q ? n : this.fail(NO_SCALAR, at);
  }

  /** Reads {"challenge","response"}. */
  proof(): Numbers {
    this.literal('{"challenge":');
    const challenge = this.scalar();
    this.literal(',"response":');
    const response = this.scalar();
    this.literal("}");
    return { challenge, response };
  }

  /** Reads a SHA-256 in 64 lower-case hexadecimal digits. */
  hash(): string {
    const at = this.at;
    const digits = this.quoted();
    return /^[0-9a-f]{64}$/.test(digits) ? digits : this.fail(NOT_CANONICAL, at);
  }

  /** Reads a string of printable ASCII without any escape. */
  word(): string {
    const at = this.at;
    const word = this.quoted();
    return /^[ -[\]-~]*$/.test(word) ? word : this.fail(NOT_CANONICAL, at);
  }

  /** Reads any JSON string of valid UTF-8. */
  string(): string {
    const at = this.at;
    this.literal('"');
    while (this.at < this.text.length && this.text[this.at] !== QUOTE) this.at += this.text[this.at] === BACKSLASH ? 2 : 1;
    this.at = Math.min(this.at, this.text.length); // a backslash may have been the last byte
    this.literal('"');
    try {
      return JSON.parse(decodeUtf8(this.text.subarray(at, this.at))) as string;
    } catch {
      return this.fail(NOT_CANONICAL, at);
    }
  }

  /** Reads a string in the one spelling that we write ourselves: a text inside a signed object. */
  message(): string {
    const at = this.at;
    const message = this.string();
    const whole = decodeUtf8(utf8(message)) === message; // no half of a pair of surrogates
    const spelled = utf8(JSON.stringify(message));
    if (!whole || !same(spelled, this.text.subarray(at, this.at))) this.fail(NOT_CANONICAL, at);
    return message;
  }

  /** Reads a number from 0 to 2^53. */
  int(): number {
    const at = this.at;
    let digits = "";
    while (isDigit(this.text[this.at])) digits += String.fromCharCode(this.text[this.at++] as number);
    const canonical = /^(0|[1-9][0-9]{0,15})$/.test(digits);
    if (!canonical || (digits.length === MAX_NUMBER.length && digits > MAX_NUMBER)) this.fail(NOT_CANONICAL, at);
    return Number(digits);
  }

  /** What stands between two quotation marks, byte by byte, without any escape. */
  private quoted(): string {
    this.literal('"');
    const end = this.text.indexOf(QUOTE, this.at);
    if (end < 0) this.fail(NOT_CANONICAL);
    const bytes = this.text.subarray(this.at, end);
    this.at = end + 1;
    return ascii(bytes);
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

const singleBytes = new TextDecoder("windows-1252");

/** One character for each byte. Those above 0x7f become something that no reader takes. */
function ascii(bytes: Uint8Array): string {
  return singleBytes.decode(bytes);
}

/** Throws for invalid UTF-8. */
function decodeUtf8(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
}

/** Tells whether two byte strings are equal. */
export function same(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
