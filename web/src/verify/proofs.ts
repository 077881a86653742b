/**
 * The proofs of the protocol, checked: docs/PROTOCOL.md §6 to §8. A verifier computes the prover's
 * commitments again from the statement and the proof, and hashes them.
 */
import { encodeScalar, parseScalar, q } from "../group";
import { hashToScalar } from "../hash";
import type { Proof } from "../zkp";
import { decode, encode, generatorPowers, powers, times, type Point } from "./points";
import { Fault, type Numbers } from "./wire";

/** Said of every proof that does not hold. */
export const MISMATCH = "challenge mismatch";

/** A proof of the wire as numbers. Throws for scalars that are not canonical. */
export function numbers({ challenge, response }: Proof): Numbers {
  return { challenge: parseScalar(challenge), response: parseScalar(response) };
}

/** The wire form of a proof. */
export function proofText({ challenge, response }: Numbers): Proof {
  return { challenge: encodeScalar(challenge), response: encodeScalar(response) };
}

/** Checks knowledge of log X: challenge = H(prefix A) with A = g^response · X^challenge. */
export function verifySchnorr(publicKey: string, prefix: string, { challenge, response }: Numbers): void {
  const commitment = powers(decode(publicKey) as Point, [challenge]).powers[0] as Point;
  generatorPowers().multiplyPower(commitment, response);
  if (hashToScalar(prefix + encode([commitment])[0]) !== challenge) throw new Fault(MISMATCH);
}

/** Checks a proof that the secret of a public key is known. */
export function verifyKnowledge(publicKey: string, proof: Numbers): void {
  verifySchnorr(publicKey, `pok|Ed25519|${publicKey}|`, proof);
}

/** Checks a signature of a message. */
export function verifySignature(publicKey: string, message: string, proof: Numbers): void {
  verifySchnorr(publicKey, `sigmsg|${message}|`, proof);
}

/** Checks the signature of a ballot's hash by its credential. */
export function verifyBallotSignature(credential: string, hash: string, proof: Numbers): void {
  verifySchnorr(credential, `sig|${hash}|`, proof);
}

/** Checks Σ challenges = H(prefix "|" A_0 "," B_0 "," …), where the prefix is the tag and the statement. */
export function verifyDisjunction(prefix: string, commitments: readonly string[], proofs: readonly Numbers[]): void {
  const sum = proofs.reduce((total, proof) => total + proof.challenge, 0n) % q;
  if (hashToScalar(`${prefix}|${commitments.join(",")}`) !== sum) throw new Fault(MISMATCH);
}

/** The claim that factor = α^x for the x of publicKey = g^x, and where in which tally. */
export interface Decryption {
  /** φ. */
  fingerprint: string;
  /** SHA-256 of the encrypted tally, hexadecimal. */
  tally: string;
  /** Indices of question and choice, from 0. */
  question: number;
  choice: number;
  publicKey: string;
  alpha: string;
  factor: string;
}

/** What is hashed before the commitments A and B of the published proof. It binds neither α nor the factor: §8. */
export function weakPrefix({ fingerprint, publicKey }: Decryption): string {
  return `decrypt|${fingerprint}|${publicKey}|`;
}

/** What is hashed before the commitments A and B of the strong proof. */
export function strongPrefix(d: Decryption): string {
  return `homphieu-decrypt-v1|${d.fingerprint}|${d.tally}|${d.question}|${d.choice}|${d.publicKey}|${d.alpha}|${d.factor}|`;
}

/** Checks the published proofs of a factor, and the strong one if it is given. */
export function verifyDecryption(d: Decryption, weak: Numbers, strong: Numbers | undefined): void {
  const proofs = strong ? [weak, strong] : [weak];
  const raise = (wire: string, exponents: bigint[]) => powers(decode(wire) as Point, exponents).powers;
  const x = raise(d.publicKey, proofs.map(({ challenge }) => challenge));
  const f = raise(d.factor, proofs.map(({ challenge }) => challenge));
  const b = raise(d.alpha, proofs.map(({ response }) => response));
  const points = proofs.flatMap(({ response }, i) => {
    const a = x[i] as Point;
    generatorPowers().multiplyPower(a, response);
    return [a, times(b[i] as Point, f[i] as Point)];
  });
  const [a0, b0, a1, b1] = encode(points);
  if (hashToScalar(`${weakPrefix(d)}${a0},${b0}`) !== weak.challenge) throw new Fault(MISMATCH);
  if (strong && hashToScalar(`${strongPrefix(d)}${a1}|${b1}`) !== strong.challenge) throw new Fault(`strong proof: ${MISMATCH}`);
}
