/**
 * Checking proofs about one logarithm: docs/PROTOCOL.md §6. Everything here is public, so powers
 * take a time that depends on the values.
 */
import { encodeElement, g, parseScalar, varTimePower, type Element } from "./group";
import { hashToScalar } from "./hash";
import type { Proof } from "./zkp";

/** Tells whether the holder of X signed `message`. It means that only for an X fixed before. */
export function verifySignature(X: Element, message: string, proof: Proof): boolean {
  return verifySchnorr(X, `sigmsg|${message}|`, proof);
}

/** Tells whether who made `proof` knew x with X = g^x. */
export function verifyKnowledge(X: Element, proof: Proof): boolean {
  return verifySchnorr(X, `pok|Ed25519|${encodeElement(X)}|`, proof);
}

/**
 * Computes the commitment A = g^response · X^challenge again and compares H(prefix A) with the
 * challenge. Throws for scalars that are not canonical.
 */
export function verifySchnorr(X: Element, prefix: string, proof: Proof): boolean {
  const challenge = parseScalar(proof.challenge);
  const commitment = varTimePower(g, parseScalar(proof.response)).add(varTimePower(X, challenge));
  return hashToScalar(prefix + encodeElement(commitment)) === challenge;
}
