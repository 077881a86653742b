/**
 * Zero-knowledge proofs of a ballot: docs/PROTOCOL.md §7 (disjunctions) and §6 (signatures).
 *
 * Every proof of a ballot is one disjunction over branches: "(α, β) encrypts `value`", where
 * α = g^r and β = y^r·g^m. One branch is true. The prover knows r and m of every branch, so each
 * commitment is g^a·y^b for known a and b; the public α and β never need a power of their own.
 */
import type { FixedBase, Point } from "./fixedbase";
import { encodeElement, encodeScalar, g, generator, power, reduce } from "./group";
import { hashToScalar } from "./hash";
import type { RandomScalar } from "./random";

/** A proof on the wire: {challenge, response}, canonical decimals. */
export interface Proof {
  challenge: string;
  response: string;
}

/** The claim that the ciphertext made with `r` of the message `m` encrypts `value`. */
export interface Branch {
  r: bigint;
  m: number;
  value: number;
}

/** A branch after the prover's first move: commitments A and B, and what closes them. */
interface Commitment {
  a: Point;
  b: Point;
  /** The simulated challenge; absent in the true branch, which takes what is left of the hash. */
  challenge?: bigint;
  /** The simulated response, or w in the true branch. */
  secret: bigint;
  r: bigint;
}

/** A disjunction after the prover's first move. `points` are A_0, B_0, A_1, B_1 … in hash order. */
export interface Disjunction {
  points: Point[];
  commitments: Commitment[];
}

/**
 * The prover's first move. Draws, branch by branch in order: challenge then response of a false
 * branch, w of the true one. The first true branch is the real one; there must be one. The number
 * of powers does not depend on which branch it is.
 */
export function commit(y: FixedBase, branches: readonly Branch[], random: RandomScalar): Disjunction {
  const real = branches.findIndex((branch) => branch.m === branch.value);
  if (real < 0) throw new Error("disjunction: no branch is true");
  const commitments = branches.map((branch, i) =>
    i === real ? commitTrue(y, branch, random) : simulate(y, branch, random));
  const points: Point[] = [];
  for (const c of commitments) points.push(c.a, c.b);
  return { points, commitments };
}

/** A = g^w, B = y^w. */
function commitTrue(y: FixedBase, branch: Branch, random: RandomScalar): Commitment {
  const w = random();
  return { a: generator().power(w), b: y.power(w), secret: w, r: branch.r };
}

/**
 * A = g^response·α^challenge          = g^e             with e = response + r·challenge
 * B = y^response·(β/g^value)^challenge = y^e·g^(challenge·(m − value))
 */
function simulate(y: FixedBase, branch: Branch, random: RandomScalar): Commitment {
  const challenge = random();
  const response = random();
  const e = reduce(response + branch.r * challenge);
  const b = y.power(e);
  generator().multiplyPower(b, reduce(challenge * BigInt(branch.m - branch.value)));
  return { a: generator().power(e), b, challenge, secret: response, r: branch.r };
}

/** The prover's last move, for the challenge `total` = Σ challenges. */
export function respond(disjunction: Disjunction, total: bigint): Proof[] {
  let rest = total;
  for (const c of disjunction.commitments) rest -= c.challenge ?? 0n;
  return disjunction.commitments.map((c) => {
    if (c.challenge !== undefined) return proof(c.challenge, c.secret);
    return proof(rest, c.secret - c.r * rest);
  });
}

function proof(challenge: bigint, response: bigint): Proof {
  return { challenge: encodeScalar(reduce(challenge)), response: encodeScalar(reduce(response)) };
}

/**
 * A Schnorr proof by the secret `x`: challenge = H(prefix A) with A = g^w, response = w − x·challenge.
 * The prefix carries the tag and the message: "sig|" hash "|" in a ballot (§7), "sigmsg|" M "|" for
 * a signed message (§6).
 */
export function sign(x: bigint, prefix: string, random: RandomScalar): Proof {
  const w = random();
  const challenge = hashToScalar(prefix + encodeElement(power(g, w)));
  return proof(challenge, w - x * challenge);
}
