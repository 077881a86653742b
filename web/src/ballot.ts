/**
 * Sealing a ballot: docs/PROTOCOL.md §7. The result is the canonical byte string; nothing that
 * leaves this file tells what was marked.
 *
 * Random scalars are drawn in a fixed order, the same in the Go implementation, so that both give
 * identical bytes for golden vectors: for each answer, r of each choice (blank first), then the
 * individual proofs choice by choice, the overall proof, the blank proof (each disjunction branch
 * by branch, see zkp.ts); after all answers, w of the signature.
 */
import { encodePoints, product, type FixedBase, type Point } from "./fixedbase";
import { fixedBase, generator, parseElement } from "./group";
import { base64, digest, hashToScalar, hex } from "./hash";
import { commit, respond, sign, type Branch, type Proof } from "./zkp";
import { publicOf, secretOf } from "./credential";
import type { Election, Question } from "./election";
import type { RandomScalar } from "./random";

/** One line of a ballot: the index of the marked answer, or null when it is left blank. */
export type Mark = number | null;

/** A sealed ballot: the exact bytes (ASCII), and both spellings of their SHA-256. */
export interface Sealed {
  ballot: string;
  /** 64 hexadecimal digits: the ballot's name in the archive. */
  hash: string;
  /** Base64: what the voter is shown. */
  tracker: string;
}

interface Ciphertext {
  alpha: string;
  beta: string;
}

interface Answer {
  choices: Ciphertext[];
  individual_proofs: Proof[][];
  overall_proof: Proof[];
  blank_proof?: Proof[];
}

/** What every answer of one ballot is sealed with. */
interface Context {
  y: FixedBase;
  /** S0 = φ "|" public credential. */
  s0: string;
  random: RandomScalar;
}

/** A choice before it is encoded: (α, β) = (g^r, y^r·g^m). */
interface Choice {
  r: bigint;
  m: number;
  alpha: Point;
  beta: Point;
}

/** Prepares the tables of g and of the election key, so that sealing need not. */
export function electionKey(election: Election): FixedBase {
  generator();
  return fixedBase(parseElement(election.publicKey));
}

/**
 * Seals one ballot step by step: yields the number of answers sealed so far, returns the ballot.
 * A generator, so that a page without a worker can breathe between two answers. Throws if a mark
 * is no answer of its question, or blank where the question has no blank.
 */
export function* sealing(
  election: Election, y: FixedBase, code: string, marks: readonly Mark[], random: RandomScalar,
): Generator<number, Sealed> {
  if (marks.length !== election.questions.length) throw new Error("ballot: not one mark for each question");
  const secret = secretOf(election.uuid, code);
  const credential = publicOf(secret);
  const context = { y, s0: `${election.fingerprint}|${credential}`, random };
  const answers: Answer[] = [];
  for (const [i, question] of election.questions.entries()) {
    answers.push(sealAnswer(context, question, marks[i] ?? null));
    yield i + 1;
  }
  const unsigned = { election_uuid: election.uuid, election_hash: election.fingerprint, credential, answers };
  const hash = base64(digest(JSON.stringify(unsigned)));
  const proof = sign(secret, `sig|${hash}|`, random);
  return sealed(JSON.stringify({ ...unsigned, signature: { hash, proof } }));
}

/** Names the bytes of a sealed ballot. */
export function sealed(ballot: string): Sealed {
  const hash = digest(ballot);
  return { ballot, hash: hex(hash), tracker: base64(hash) };
}

/** The vector that is encrypted: 1 for the marked choice, 0 for the others; with blank, blank comes first. */
export function messages(question: Question, mark: Mark): number[] {
  const vector: number[] = question.answers.map((_, i) => (i === mark ? 1 : 0));
  if (question.blank) vector.unshift(mark === null ? 1 : 0);
  if (vector.reduce((sum, m) => sum + m, 0) !== 1) throw new Error("ballot: not exactly one choice");
  return vector;
}

function sealAnswer({ y, s0, random }: Context, question: Question, mark: Mark): Answer {
  const choices = encryptAll(y, messages(question, mark), random);
  const blank = question.blank ? choices[0] : undefined;
  const total = productOf(blank ? choices.slice(1) : choices);

  const bits = choices.map((c) => commit(y, [claim(c, 0), claim(c, 1)], random));
  const overall = commit(y, blank ? [claim(blank, 1), claim(total, 1)] : [claim(total, 1)], random);
  const either = blank && commit(y, [claim(blank, 0), claim(total, 0)], random);

  const encode = encodeOnce([...choices.map(pair), pair(total), ...bits.map((d) => d.points), overall.points, either?.points ?? []]);
  const pairs = choices.map((c) => encode(pair(c)));
  const s = `${s0}|${pairs.join(",")}`;
  const overallPrefix = blank ? `bproof1|${s}` : `prove|${s}|${encode(pair(total))}`;
  return {
    choices: pairs.map(([alpha = "", beta = ""]) => ({ alpha, beta })),
    individual_proofs: bits.map((d, i) => respond(d, hashToScalar(`prove|${s0}|${pairs[i]}|${encode(d.points)}`))),
    overall_proof: respond(overall, hashToScalar(`${overallPrefix}|${encode(overall.points)}`)),
    ...(either && { blank_proof: respond(either, hashToScalar(`bproof0|${s}|${encode(either.points)}`)) }),
  };
}

/** Encrypts a vector; all of r is drawn first, choice by choice. */
function encryptAll(y: FixedBase, ms: readonly number[], random: RandomScalar): Choice[] {
  return ms.map((m) => ({ r: random(), m })).map(({ r, m }) => {
    const beta = y.power(r);
    generator().multiplyDigit(beta, m);
    return { r, m, alpha: generator().power(r), beta };
  });
}

/** The product of ciphertexts encrypts the sum of their messages, with the sum of their r. */
function productOf(choices: readonly Choice[]): Choice {
  return choices.reduce((a, b) =>
    ({ r: a.r + b.r, m: a.m + b.m, alpha: product(a.alpha, b.alpha), beta: product(a.beta, b.beta) }));
}

/** The claim that a ciphertext encrypts `value`. */
function claim({ r, m }: Choice, value: number): Branch {
  return { r, m, value };
}

function pair(choice: Choice): Point[] {
  return [choice.alpha, choice.beta];
}

/** Encodes all points of an answer with one field inversion; the result looks lists of them up. */
function encodeOnce(lists: readonly Point[][]): (list: readonly Point[]) => string[] {
  const points = lists.flat();
  const wires = encodePoints(points);
  const wireOf = new Map(points.map((point, i) => [point, wires[i] as string]));
  return (list) => list.map((point) => wireOf.get(point) as string);
}
