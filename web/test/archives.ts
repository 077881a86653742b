/** Archives to verify: those that were made elsewhere, and stories told with an unbroken chain. */
import { readFileSync } from "node:fs";
import { digest, hex, utf8 } from "../src/hash";
import { verifyArchive, type Report, type Surroundings } from "../src/verify/archive";
import { spell, type Chain } from "../src/verify/chain";
import type { Computing, Hand } from "../src/verify/crew";
import { verifyJobs, type BallotsInput } from "../src/verify/jobs";
import { Scanner, type Entry } from "../src/verify/tar";
import { read } from "./vectors";

/** The folder of the archives that belenios-tool made. */
export const VECTORS = "../tally/archive/testdata/vectors";

/** What the Go implementation says of a small vote. */
export interface GoldenVote {
  archive: Uint8Array;
  shares: string;
  closing: string;
  holders: { signing: string; key: string }[];
  codes: string[];
  result: number[][];
  /** Lengths of the archive up to EndBallots and up to Setup. */
  endsAt: number;
  sealedAt: number;
}

/** A contribution with every random number that was drawn for it. */
export interface GoldenDecryption {
  election: string;
  tally: string;
  owner: number;
  secret: string;
  random: string[];
  partial: string;
  shares: string;
}

const golden = JSON.parse(read("../crypto/testdata/tally.json"));

/** Contributions as the Go implementation makes them. */
export const decryptions: GoldenDecryption[] = golden.decryptions;

/** A small vote of a board of two in three. */
export const vote: GoldenVote = {
  ...golden.vote,
  archive: new Uint8Array(Buffer.from(golden.vote.archive, "base64")),
  endsAt: golden.vote.ends_at,
  sealedAt: golden.vote.sealed_at,
};

/** Reads a file below web/. */
export function bytesOf(path: string): Uint8Array {
  return new Uint8Array(readFileSync(path));
}

/** Workers whose thread is this one; what they get is cloned on its way. */
export const hand: Hand = {
  run: async <T>(name: string, input: unknown, report: (progress: unknown) => void): Promise<T> => {
    if (name !== "verifyBallots") throw new Error(`job: no ${name}`);
    return (await verifyJobs.verifyBallots(structuredClone(input) as BallotsInput, report)) as T;
  },
  dismiss: () => {},
};

/** Where such workers are found. */
export const workshop: Computing = { hire: async () => hand };

/** Verifies in this thread. */
export function verify(archive: Uint8Array, more: Partial<Surroundings> = {}): Promise<Report> {
  return verifyArchive(archive, { workshop, workers: 2, ...more });
}

/** One event: its type and the data before it. */
export interface Step {
  type: string;
  data: Uint8Array[];
}

/** The story that an archive tells. */
export function stepsOf(archive: Uint8Array): Step[] {
  const scan = new Scanner(archive);
  const steps: Step[] = [];
  let data: Uint8Array[] = [];
  for (let entry = scan.next(); entry; entry = scan.next()) {
    if (entry.kind === "data") {
      data.push(entry.content);
      continue;
    }
    steps.push({ type: JSON.parse(new TextDecoder().decode(entry.content)).type, data });
    data = [];
  }
  return steps;
}

/** The files of a story. */
export function filesOf(steps: readonly Step[]): Omit<Entry, "hash">[] {
  let chain: Chain = { head: "", length: 0 };
  return steps.flatMap(({ type, data }) => {
    const last = data[data.length - 1];
    const event = utf8(spell(chain, type, last && hex(digest(last))));
    chain = { head: hex(digest(event)), length: chain.length + 1 };
    return [...data.map((content) => ({ kind: "data" as const, content })), { kind: "event" as const, content: event }];
  });
}

/** Writes an archive that tells a story, with an unbroken chain. */
export function tell(steps: readonly Step[]): Uint8Array {
  return write(filesOf(steps));
}

const TIMESTAMP = 1_700_000_000;

/** Writes files as they are, by a writer that is not the reader's. */
export function write(files: readonly Omit<Entry, "hash">[]): Uint8Array {
  const named = files.map(({ kind, content }) => ({ name: `${hex(digest(content))}.${kind}.json`, content }));
  const head = { name: "BELENIOS", content: utf8(`{"version":1,"timestamp":"${TIMESTAMP}"}`) };
  return new Uint8Array(Buffer.concat([head, ...named].flatMap(({ name, content }) =>
    [header(name, content.length), Buffer.from(content), Buffer.alloc((512 - (content.length % 512)) % 512)])));
}

function header(name: string, size: number): Buffer {
  const oct = (n: number, width: number) => n.toString(8).padStart(width, "0");
  const fields = [name.padEnd(100, "\0"), "0000644\0", "0000000\0", "0000000\0", `${oct(size, 11)}\0`, `${oct(TIMESTAMP, 11)}\0`];
  const block = Buffer.alloc(512);
  block.write(`${fields.join("")}        0`, "latin1");
  block.write(`${oct(block.reduce((sum, byte) => sum + byte, 0), 6)}\0 `, 148, "latin1");
  return block;
}
