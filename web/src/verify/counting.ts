/**
 * What comes after the last ballot, checked: docs/PROTOCOL.md §8. The encrypted tally, the trustees'
 * partial decryptions with their proofs, and the result.
 */
import type { Ciphertext } from "./ballot";
import { decode, encode, equal, generatorPowers, identity, over, power, times, type Point } from "./points";
import { choicesOf, type Poll } from "./poll";
import { verifyDecryption } from "./proofs";
import { coefficients, trusteeOf, type Trustees } from "./trustees";
import { Fault, Reader, within, type Numbers } from "./wire";

/** A ciphertext on the wire. */
export interface WireCiphertext {
  alpha: string;
  beta: string;
}

/** Per question and choice, the blank first. */
export type Rows<T> = T[][];

const DOES_NOT_HOLD = "partial decryption: does not hold";
const WEIGHT = "total weight: differs from the number of ballots";
const NO_RESULT = "result: not what the factors give";
const NO_SUM = "result: marks do not add up to the ballots";

/** The product of no ballots: per question and choice (1, 1). */
export function emptyProduct(poll: Poll): Rows<[Point, Point]> {
  return poll.questions.map((question) => Array.from({ length: choicesOf(question) }, () => [identity(), identity()]));
}

/** Multiplies a product by the ciphertexts of a ballot. */
export function multiplyBallot(product: Rows<[Point, Point]>, ballot: Rows<Ciphertext>): void {
  product.forEach((row, i) => row.forEach(([alpha, beta], j) => {
    const c = ballot[i]?.[j] as Ciphertext;
    row[j] = [times(alpha, c.alpha), times(beta, c.beta)];
  }));
}

/** The product of products on the wire. */
export function multiplyAll(poll: Poll, products: readonly Rows<WireCiphertext>[]): Rows<WireCiphertext> {
  const product = emptyProduct(poll);
  for (const rows of products) {
    product.forEach((row, i) => row.forEach(([alpha, beta], j) => {
      const c = rows[i]?.[j] as WireCiphertext;
      row[j] = [times(alpha, decode(c.alpha) as Point), times(beta, decode(c.beta) as Point)];
    }));
  }
  return wireProduct(product);
}

/** A product on the wire: the encrypted tally, of which JSON.stringify makes the canonical text. */
export function wireProduct(product: Rows<[Point, Point]>): Rows<WireCiphertext> {
  const wires = encode(product.flat(2));
  return product.map((row) => row.map(() => {
    const [alpha, beta] = wires.splice(0, 2) as [string, string];
    return { alpha, beta };
  }));
}

/** Reads an encrypted tally of the election's shape. */
export function checkProductText(poll: Poll, text: Uint8Array): void {
  const r = new Reader(text);
  within("encrypted tally", () => {
    r.tuple(poll.questions.length, (i) => r.tuple(choicesOf(poll.questions[i] as Poll["questions"][number]), () => {
      r.literal('{"alpha":');
      r.element();
      r.literal(',"beta":');
      r.element();
      r.literal("}");
    }));
    r.end();
  });
}

/** Reads the announcement of an encrypted tally. */
export function parseSized(text: Uint8Array): { ballots: number; tally: string } {
  const r = new Reader(text);
  return within("sized encrypted tally", () => {
    r.literal('{"num_tallied":');
    const ballots = r.int();
    r.literal(',"total_weight":');
    if (r.int() !== ballots) r.fail(WEIGHT);
    r.literal(',"encrypted_tally":');
    const tally = r.hash();
    r.literal("}");
    r.end();
    return { ballots, tally };
  });
}

/** Reads who owns which partial decryption. */
export function parseOwned(text: Uint8Array): { owner: number; payload: string } {
  const r = new Reader(text);
  return within("owned", () => {
    r.literal('{"owner":');
    const owner = r.int();
    r.literal(',"payload":');
    const payload = r.hash();
    r.literal("}");
    r.end();
    return { owner, payload };
  });
}

/** A trustee's factors with the published proofs, and the strong ones where they are known. */
export interface Contribution {
  owner: number;
  factors: Rows<string>;
  weak: Rows<Numbers>;
  strong?: Rows<Numbers>;
}

/** Reads a partial decryption. */
export function parsePartial(text: Uint8Array): Pick<Contribution, "factors" | "weak"> {
  const r = new Reader(text);
  return within("partial decryption", () => {
    r.literal('{"decryption_factors":');
    const factors = r.list(() => r.list(() => r.element()));
    r.literal(',"decryption_proofs":');
    const weak = readProofs(r);
    r.literal("}");
    r.end();
    return { factors, weak };
  });
}

/** Reads lists of proofs per question and choice. */
export function readProofs(r: Reader): Rows<Numbers> {
  return r.list(() => r.list(() => r.proof()));
}

/** What contributions are checked against. */
export interface Counted {
  poll: Poll;
  trustees: Trustees;
  /** The encrypted tally, and SHA-256 of its text in hexadecimal. */
  product: Rows<WireCiphertext>;
  tally: string;
}

/** Checks the published proofs of a contribution, and the strong ones if they are there. */
export function verifyContribution({ poll, trustees, product, tally }: Counted, { owner, factors, weak, strong }: Contribution): void {
  const { publicKey } = trusteeOf(trustees, owner);
  const place = `${DOES_NOT_HOLD}: trustee ${owner}`;
  if (![factors, weak, ...(strong ? [strong] : [])].every((rows) => sameShape(product, rows))) {
    throw new Fault(`${place}: shape differs from the tally's`);
  }
  product.forEach((row, i) => row.forEach(({ alpha }, j) => {
    const at = { fingerprint: poll.fingerprint, tally, question: i, choice: j };
    const decryption = { ...at, publicKey, alpha, factor: factors[i]?.[j] as string };
    within(`${place}: question ${i + 1}: choice ${j + 1}`, () => verifyDecryption(decryption, weak[i]?.[j] as Numbers, strong?.[i]?.[j]));
  }));
}

function sameShape(product: Rows<unknown>, rows: Rows<unknown>): boolean {
  return rows.length === product.length && rows.every((row, i) => row.length === (product[i] as unknown[]).length);
}

/** Reads a result: the number of marks per question and choice. */
export function parseResult(text: Uint8Array): Rows<number> {
  const r = new Reader(text);
  return within("result", () => {
    r.literal('{"result":');
    const rows = r.list(() => r.list(() => r.int()));
    r.literal("}");
    r.end();
    return rows;
  });
}

/** Checks that a result is what contributions, which have been verified, give: g^n = β / Π factor^coefficient. */
export function verifyResult(counted: Counted, contributions: readonly Contribution[], ballots: number, result: Rows<number>): void {
  const { trustees, product } = counted;
  const exponents = coefficients(trustees, contributions.map(({ owner }) => owner));
  if (!sameShape(product, result)) throw new Fault(`${NO_RESULT}: shape differs from the tally's`);
  product.forEach((row, i) => row.forEach(({ beta }, j) => {
    const n = result[i]?.[j] as number;
    const factors = contributions.map(({ factors }, k) => power(decode(factors[i]?.[j] as string) as Point, exponents[k] as bigint));
    const image = factors.reduce(over, decode(beta) as Point);
    if (n > ballots || !equal(generatorPowers().power(BigInt(n)), image)) {
      throw new Fault(`${NO_RESULT}: question ${i + 1}: choice ${j + 1}: not ${n}`);
    }
  }));
}

/** Checks that the marks of each question account for every ballot, wherever it fixes how many a ballot makes. */
export function checkSums({ questions }: Poll, result: Rows<number>, ballots: number): void {
  questions.forEach((question, i) => {
    const row = result[i] as number[];
    const blank = question.blank ? (row[0] as number) : 0;
    const marks = row.reduce((sum, n) => sum + n, -blank);
    const full = ballots - blank;
    if (full < 0 || marks < question.min * full || marks > question.max * full) {
      throw new Fault(`${NO_SUM}: question ${i + 1}: ${marks} marks and ${blank} blank on ${ballots} ballots`);
    }
  });
}
