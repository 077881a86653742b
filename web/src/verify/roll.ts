/** The public credentials of an election, each with a mark once it has been used: docs/PROTOCOL.md §3. */
import { breathe } from "../engine";
import { decode, isIdentity, type Point } from "./points";
import { Fault, NOT_CANONICAL, Reader, within } from "./wire";

const UNKNOWN = "credential: unknown";
const SPENT = "credential: already used";
const ITEM = 67; // the bytes of ["HEX" or ,"HEX"
const SLICE = 64; // credentials between two breaths

/** Who may vote, as far as anybody knows. */
export class Roll {
  private readonly used = new Set<string>();

  private constructor(private readonly listed: Set<string>) {}

  /** Reads a credentials object: distinct elements other than the identity. The page stays alive meanwhile. */
  static async parse(text: Uint8Array): Promise<Roll> {
    const listed: string[] = [];
    let at = text[0] === 0x5b && text[1] === 0x5d ? 1 : 0; // "[]"
    while (text[at] !== 0x5d) {
      if (at + ITEM > text.length) throw new Fault(`credentials: ${NOT_CANONICAL}`);
      listed.push(within(`credentials: number ${listed.length + 1}`, () => readItem(text.subarray(at, at + ITEM), at === 0)));
      at += ITEM;
      if (listed.length % SLICE === 0) await breathe();
    }
    if (at !== text.length - 1) throw new Fault(`credentials: ${NOT_CANONICAL}`);
    return new Roll(distinct(listed));
  }

  /** The number of credentials. */
  get size(): number {
    return this.listed.size;
  }

  /** Marks a credential as used. */
  spend(credential: string): void {
    this.mustBeUnspent(credential);
    this.used.add(credential);
  }

  /** Throws a Fault unless a credential is listed and was not used. */
  mustBeUnspent(credential: string): void {
    if (!this.listed.has(credential)) throw new Fault(UNKNOWN);
    if (this.used.has(credential)) throw new Fault(SPENT);
  }
}

function readItem(item: Uint8Array, first: boolean): string {
  const r = new Reader(item);
  r.literal(first ? "[" : ",");
  const credential = r.element();
  r.end();
  if (isIdentity(decode(credential) as Point)) throw new Fault("the identity");
  return credential;
}

function distinct(listed: readonly string[]): Set<string> {
  const sorted = [...listed].sort();
  const twice = sorted.find((credential, i) => credential === sorted[i - 1]);
  if (twice !== undefined) throw new Fault(`credentials: not a list of distinct elements: ${twice} twice`);
  return new Set(listed);
}
