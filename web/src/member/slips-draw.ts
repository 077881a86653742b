/**
 * Drawing the codes of slips, and their public half: docs/PROTOCOL.md §5. The codes exist in this
 * page, and then on paper; only the public half leaves it.
 */
import { parseCanonical } from "../canonical";
import { CODE_LENGTH, formatCode, secretOf } from "../credential";
import { breathe } from "../engine";
import { encodeElements, g, identity, parseElement, power } from "../group";
import { randomBase58 } from "../random";
import type { Jobs } from "./jobs";

/** The public credentials of one paper, ascending: their order tells nothing of the codes. */
export interface Roll {
  election: string;
  credentials: string[];
}

/** The public half of all slips: one roll for each paper, all of the same length. */
export type PublicHalf = Roll[];

/** Thrown for a public half that cannot be taken. */
export class BadHalf extends Error {
  constructor(readonly fault: Fault) {
    super(fault);
  }
}

/** What may be wrong with a file of public credentials. */
export type Fault = "not-credentials" | "other-papers" | "twice" | "not-ascending" | "not-an-element" | "unequal";

/** Draws a code, uniform among all. */
export function newCode(): string {
  return formatCode(randomBase58(CODE_LENGTH)) as string;
}

/** Draws `count` distinct codes. Their order is that of the draw, and so of no meaning. */
export function newCodes(count: number): string[] {
  const codes = new Set<string>();
  while (codes.size < count) codes.add(newCode());
  return [...codes];
}

/** What the two jobs need. */
export interface DeriveInput {
  elections: string[];
  codes: string[];
}
export interface CheckInput {
  elections: string[];
  text: string;
}

/** What the two jobs report: the number of slips done, and of all. */
export interface Progress {
  done: number;
  all: number;
}

/** The computations of this task that take long. */
export const slipsJobs: Jobs = {
  deriveSlips: (input: DeriveInput, report) => derive(input, report),
  checkSlips: (input: CheckInput, report) => readPublicHalf(input, report),
};

const SLICE = 16; // slips between two reports

/** The public half of codes. */
export async function derive({ elections, codes }: DeriveInput, report: (progress: Progress) => void): Promise<PublicHalf> {
  const half = elections.map((election): Roll => ({ election, credentials: [] }));
  for (let at = 0; at < codes.length; at += SLICE) {
    const slice = codes.slice(at, at + SLICE);
    for (const { election, credentials } of half) credentials.push(...publicsOf(election, slice));
    report({ done: Math.min(at + SLICE, codes.length), all: codes.length });
    await breathe();
  }
  for (const { credentials } of half) credentials.sort();
  return half;
}

/** The public credentials of codes for one election, on the wire, in the order of the codes. */
export function publicsOf(election: string, codes: readonly string[]): string[] {
  return encodeElements(codes.map((code) => power(g, secretOf(election, code))));
}

/**
 * Reads the credentials.json of `homphieu slips`: a list for one paper, an object of lists by uuid
 * for several. Throws BadHalf unless every list is ascending, without repetition, of elements of the
 * group other than the identity, and as long as the others.
 */
export async function readPublicHalf({ elections, text }: CheckInput, report: (progress: Progress) => void): Promise<PublicHalf> {
  const half = sortedRolls(text, elections);
  const length = half[0]?.credentials.length ?? 0;
  if (length === 0 || half.some(({ credentials }) => credentials.length !== length)) throw new BadHalf("unequal");
  for (let at = 0; at < length; at += SLICE) {
    for (const { credentials } of half) credentials.slice(at, at + SLICE).forEach(mustBeElement);
    report({ done: Math.min(at + SLICE, length), all: length });
    await breathe();
  }
  return half;
}

function sortedRolls(text: string, elections: readonly string[]): PublicHalf {
  const value = parsed(text);
  const lists = elections.length === 1 && Array.isArray(value) ? { [elections[0] as string]: value } : value;
  if (typeof lists !== "object" || lists === null || Array.isArray(lists)) throw new BadHalf("not-credentials");
  if (elections.length === 1 && !Array.isArray(value)) throw new BadHalf("other-papers");
  const names = Object.keys(lists);
  if (names.length !== elections.length || elections.some((name) => !names.includes(name))) throw new BadHalf("other-papers");
  return elections.map((election) => ({ election, credentials: ascending((lists as Record<string, unknown>)[election]) }));
}

function parsed(text: string): unknown {
  try {
    return parseCanonical(text);
  } catch {
    throw new BadHalf("not-credentials");
  }
}

function ascending(value: unknown): string[] {
  if (!Array.isArray(value) || !value.every((wire) => typeof wire === "string" && /^[0-9a-f]{64}$/.test(wire))) throw new BadHalf("not-credentials");
  const list = value as string[];
  if (new Set(list).size !== list.length) throw new BadHalf("twice");
  if (list.some((wire, i) => i > 0 && (list[i - 1] as string) > wire)) throw new BadHalf("not-ascending");
  return list;
}

function mustBeElement(wire: string): void {
  try {
    if (!parseElement(wire).equals(identity)) return;
  } catch {
    // Said below: the text is no element.
  }
  throw new BadHalf("not-an-element");
}

/** The body of POST slips. */
export function uploadBody(half: PublicHalf): string {
  return `{${half.map(({ election, credentials }) => `${JSON.stringify(election)}:${JSON.stringify(credentials)}`).join(",")}}`;
}
