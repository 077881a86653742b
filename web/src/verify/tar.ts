/**
 * The file of an archive: docs/PROTOCOL.md §4. A tar of the oldest kind in which every byte but the
 * contents is fixed; every content has the SHA-256 that is its name.
 */
import { digest, hex } from "../hash";
import { Fault, NOT_CANONICAL, Reader } from "./wire";

/** A file of an archive after the first. */
export interface Entry {
  kind: "data" | "event";
  /** SHA-256 of the content in hexadecimal. */
  hash: string;
  content: Uint8Array;
}

const BLOCK = 512;
const HEAD = "BELENIOS";
const MODE_OWNER_GROUP = "0000644\0" + "0000000\0" + "0000000\0";

/** What does not begin as an archive, and how one is broken. */
export const NO_ARCHIVE = "archive: does not begin with the header BELENIOS";
const VERSION = "archive: version is not 1";
const HEADER = "archive: header not in canonical form";
const TRUNCATED = "archive: ends in the middle of a file";
const NAME = "archive: content does not match its name";

/** The name of a file in the archive. */
export function fileName({ kind, hash }: Entry): string {
  return `${hash}.${kind}.json`;
}

/** Walks over the files of an archive, checking headers, names and padding. */
export class Scanner {
  /** Files read so far. */
  count = 0;
  private at = 0;
  private readonly timestamp: number;

  /** Reads the first file. Throws a Fault: NO_ARCHIVE, or what is wrong with it. */
  constructor(private readonly file: Uint8Array) {
    if (file.length < BLOCK || this.name(0) !== HEAD) throw new Fault(NO_ARCHIVE);
    const size = this.octal(124);
    if (size > BLOCK) throw new Fault(HEADER);
    if (file.length < BLOCK + size) throw new Fault(TRUNCATED);
    this.timestamp = parseHead(file.subarray(BLOCK, BLOCK + size));
    this.checkHeader(HEAD, size);
    this.skip(size);
  }

  /** The next file, or undefined at the end. Throws a Fault. */
  next(): Entry | undefined {
    if (this.at === this.file.length) return undefined;
    if (this.at + BLOCK > this.file.length) throw new Fault(TRUNCATED);
    const [, hash, kind] = /^([0-9a-f]{64})\.(data|event)\.json$/.exec(this.name(this.at)) ?? [];
    const size = this.octal(this.at + 124);
    if (!hash || (kind !== "data" && kind !== "event")) throw new Fault(HEADER);
    this.checkHeader(`${hash}.${kind}.json`, size);
    const start = this.at + BLOCK;
    if (size > this.file.length - start) throw new Fault(TRUNCATED);
    const content = this.file.subarray(start, start + size);
    if (hex(digest(content)) !== hash) throw new Fault(NAME);
    this.skip(size);
    return { kind, hash, content };
  }

  private name(at: number): string {
    return text(this.file.subarray(at, at + 100)).replace(/\0+$/, "");
  }

  private octal(at: number): number {
    const digits = text(this.file.subarray(at, at + 11));
    if (!/^[0-7]{11}$/.test(digits)) throw new Fault(HEADER);
    return parseInt(digits, 8);
  }

  private checkHeader(name: string, size: number): void {
    const want = header(name, size, this.timestamp);
    for (let i = 0; i < BLOCK; i++) if (this.file[this.at + i] !== want[i]) throw new Fault(HEADER);
  }

  /** Goes past a file whose content has `size` bytes, and its padding. */
  private skip(size: number): void {
    const end = this.at + BLOCK + size;
    const next = end + ((BLOCK - (size % BLOCK)) % BLOCK);
    if (next > this.file.length) throw new Fault(TRUNCATED);
    if (this.file.subarray(end, next).some((byte) => byte !== 0)) throw new Fault(HEADER);
    this.at = next;
    this.count++;
  }
}

/** The one header that a file of this name, size and timestamp has. */
function header(name: string, size: number, timestamp: number): Uint8Array {
  const block = new Uint8Array(BLOCK);
  const put = (at: number, ascii: string) => block.set(Array.from(ascii, (c) => c.charCodeAt(0)), at);
  put(0, name);
  put(100, MODE_OWNER_GROUP);
  put(124, `${octal(size, 11)}\0${octal(timestamp, 11)}\0`);
  put(148, "        0");
  const sum = block.reduce((total, byte) => total + byte, 0);
  put(148, `${octal(sum, 6)}\0 `);
  return block;
}

function octal(n: number, digits: number): string {
  return n.toString(8).padStart(digits, "0");
}

function text(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

/** Reads {"version":1,"timestamp":"SECONDS"}; SECONDS are below 2^33. */
function parseHead(content: Uint8Array): number {
  const r = new Reader(content);
  try {
    r.literal('{"version":');
    if (r.int() !== 1) throw new Version(VERSION);
    r.literal(',"timestamp":');
    const seconds = r.word();
    r.literal("}");
    r.end();
    if (/^(0|[1-9][0-9]{0,9})$/.test(seconds) && Number(seconds) < 2 ** 33) return Number(seconds);
  } catch (error) {
    if (!(error instanceof Fault) || error instanceof Version) throw error;
  }
  throw new Fault(`archive: header: ${NOT_CANONICAL}`);
}

class Version extends Fault {}
