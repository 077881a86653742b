/** The events of an archive and the chain that they form: docs/PROTOCOL.md §4. */
import { digest, hex, utf8 } from "../hash";
import { Fault, Reader, same } from "./wire";

/** An event that continues the chain. */
export interface Event {
  height: number;
  type: string;
  /** SHA-256 of the data that it is about. */
  payload: string | undefined;
  /** SHA-256 of the event itself. */
  hash: string;
}

/** Begins every fault of the chain itself. */
export const BROKEN = "chain: broken";

/** The end of a chain. */
export interface Chain {
  /** SHA-256 of the last event, "" before the first. */
  head: string;
  length: number;
}

/** Reads an event, which must continue the chain. */
export function parseEvent(text: Uint8Array, chain: Chain): Event {
  let place = `event ${chain.length}`;
  const r = new Reader(text);
  try {
    const event = read(r);
    place += ` (${event.type})`;
    // The parent that it names is compared as a text: it has one spelling.
    if (!same(utf8(spell(chain, event.type, event.payload)), text)) throw new Fault(`${BROKEN}: parent or height does not continue it`);
    return { ...event, height: chain.length, hash: hex(digest(text)) };
  } catch (error) {
    throw error instanceof Fault ? new Fault(`${place}: ${error.message}`) : error;
  }
}

function read(r: Reader): { type: string; payload: string | undefined } {
  r.literal("{");
  if (r.optional('"parent":')) {
    r.hash();
    r.literal(",");
  }
  r.literal('"height":');
  r.int();
  r.literal(',"type":');
  const type = r.word();
  const payload = r.optional(',"payload":') ? r.hash() : undefined;
  r.literal("}");
  r.end();
  return { type, payload };
}

/** The text of the next event of a chain. */
export function spell({ head, length }: Chain, type: string, payload: string | undefined): string {
  return JSON.stringify({ ...(length > 0 && { parent: head }), height: length, type, ...(payload !== undefined && { payload }) });
}

/** Reads what a Setup is about: the hashes of election, trustees, credentials. */
export function parseSetup(text: Uint8Array): string[] {
  const r = new Reader(text);
  return ["election", "trustees", "credentials"].map((name, i, { length }) => {
    r.literal(`${i === 0 ? "{" : ","}"${name}":`);
    const hash = r.hash();
    if (i === length - 1) {
      r.literal("}");
      r.end();
    }
    return hash;
  });
}
