/**
 * A counting board's keys, as published: docs/PROTOCOL.md §6. m trustees make a key together so that
 * any t of them can decrypt (Pedersen 1991). What is secret of it is in ceremony/member.ts.
 *
 * Each check throws a TrusteeFault that names the trustee, from 1.
 */
import { list, members, parseCanonical, text, integer, type Json } from "./canonical";
import { encodeElement, encodeElements, identity, parseElement, parseScalar, reduce, varTimePower, type Element } from "./group";
import type { RandomScalar } from "./random";
import { verifyKnowledge, verifySignature } from "./zkp-verify";
import { sign, type Proof } from "./zkp";

/** Thrown for the first thing that does not hold; `index` is its trustee, from 1, or 0 for none. */
export class TrusteeFault extends Error {
  constructor(readonly index: number, what: string) {
    super(`trustee ${index}: ${what}`);
  }
}

/** A message with a signature over its exact text. */
export interface Signed {
  message: string;
  signature: Proof;
}

/** A trustee's public key; a trustee alone has no signature. */
export interface TrusteeKey {
  pok: Proof;
  public_key: string;
  signature?: Proof;
}

/** What the trustees of a board publish: lists of m items each, in the order of the trustees. */
export interface Parameters {
  threshold: number;
  certs: Signed[];
  coefexps: Signed[];
  signatures: Proof[];
  verification_keys: TrusteeKey[];
}

/** A certificate that has been checked. */
export interface Certificate {
  verification: Element;
  encryption: Element;
}

/** How many trustees a board may have. */
export const MAX_SIZE = 1000;

// Reading

/** Reads a proof; its scalars must be canonical. */
export function readProof(value: unknown): Proof {
  const { challenge, response } = members(value, ["challenge", "response"]);
  const proof = { challenge: text(challenge), response: text(response) };
  parseScalar(proof.challenge);
  parseScalar(proof.response);
  return proof;
}

/** Reads a signed message, whose signature is not checked yet. */
export function readSigned(value: unknown): Signed {
  const { message, signature } = members(value, ["message", "signature"]);
  return { message: text(message), signature: readProof(signature) };
}

/** Reads a trustee key, which is not checked yet. */
export function readKey(value: unknown): TrusteeKey {
  const o = members(value, ["pok", "public_key"], ["signature"]);
  return {
    pok: readProof(o.pok),
    public_key: encodeElement(parseElement(text(o.public_key))),
    ...("signature" in o && { signature: readProof(o.signature) }),
  };
}

/** Reads threshold parameters, which are not checked yet. */
export function readParameters(value: unknown): Parameters {
  const o = members(value, ["threshold", "certs", "coefexps", "signatures", "verification_keys"]);
  return {
    threshold: integer(o.threshold, 0, Number.MAX_SAFE_INTEGER),
    certs: list(o.certs, readSigned),
    coefexps: list(o.coefexps, readSigned),
    signatures: list(o.signatures, readProof),
    verification_keys: list(o.verification_keys, readKey),
  };
}

// Signing

/** Signs a message with the signing key `sk`. */
export function signMessage(sk: bigint, message: string, random: RandomScalar): Signed {
  return { message, signature: sign(sk, `sigmsg|${message}|`, random) };
}

/** The text of a certificate for trustee `index` of `size`. */
export function certificateMessage(size: number, threshold: number, index: number, verification: Element, encryption: Element): string {
  const [v, e] = encodeElements([verification, encryption]);
  return JSON.stringify({ context: { group: "Ed25519", size, threshold, index }, verification: v, encryption: e });
}

/** The text by which a trustee publishes the images A_k = g^a_k of its polynomial's coefficients. */
export function coefexpsMessage(coefexps: readonly Element[]): string {
  return JSON.stringify({ coefexps: encodeElements(coefexps) });
}

/** The text by which a trustee says which others it shares the key with. */
export function certificatesMessage(certs: readonly Signed[], coefexps: readonly Element[]): string {
  return `certs_sig|${JSON.stringify({ certs, coefexps: encodeElements(coefexps) })}`;
}

// Checking

/** Checks everything that is published; returns the board's share of the election key, Π_i A_i0. */
export function verifyParameters(p: Parameters): Element {
  const m = p.certs.length;
  if ([p.coefexps, p.signatures, p.verification_keys].some(({ length }) => length !== m)) throw new TrusteeFault(0, "lists of different lengths");
  if (m > MAX_SIZE || p.threshold < 1 || p.threshold > m) throw new TrusteeFault(0, `threshold ${p.threshold} of ${m}`);
  const certificates = verifyCertificates(p.certs, p.threshold, m);
  const polynomials = certificates.map((c, i) =>
    verifyCoefexps(i + 1, c, { certs: p.certs, threshold: p.threshold, coefexps: p.coefexps[i] as Signed, signature: p.signatures[i] as Proof }));
  p.verification_keys.forEach((key, i) => verifyKey(i + 1, certificates[i] as Certificate, key, image(polynomials, i + 1)));
  return productOfKeys(polynomials);
}

/** Checks the certificates of the first trustees of `size`: each signed, in its place, and with keys of its own. */
export function verifyCertificates(certs: readonly Signed[], threshold: number, size: number): Certificate[] {
  const known: Certificate[] = [];
  certs.forEach((signed, i) => {
    const certificate = verifyCertificate(i + 1, signed, threshold, size);
    const same = known.findIndex(({ verification }) => verification.equals(certificate.verification));
    if (same >= 0) throw new TrusteeFault(i + 1, `certificate: key of trustee ${same + 1}`);
    known.push(certificate);
  });
  return known;
}

/** Checks one certificate: its text, its signature, its place; its keys are not the identity. */
export function verifyCertificate(index: number, signed: Signed, threshold: number, size: number): Certificate {
  const { context, ...keys } = readCertificate(index, signed.message);
  if (context !== JSON.stringify({ group: "Ed25519", size, threshold, index })) throw new TrusteeFault(index, "certificate: made for another board or place");
  if (keys.verification.equals(identity) || keys.encryption.equals(identity)) throw new TrusteeFault(index, "certificate: the identity");
  if (!verifySignature(keys.verification, signed.message, signed.signature)) throw new TrusteeFault(index, "certificate: signature");
  return keys;
}

function readCertificate(index: number, message: string): Certificate & { context: string } {
  return readMessage(index, "certificate", message, ["context", "verification", "encryption"], (o) => ({
    context: JSON.stringify(o.context),
    verification: parseElement(text(o.verification)),
    encryption: parseElement(text(o.encryption)),
  }));
}

/** What trustee `index` says of its polynomial, and of whom it shares with. */
export interface Publication {
  certs: readonly Signed[];
  threshold: number;
  coefexps: Signed;
  /** Signature of certificatesMessage. */
  signature: Proof;
}

/** Checks a trustee's coefexps: t elements, signed, and signed together with all certificates. */
export function verifyCoefexps(index: number, { verification }: Certificate, p: Publication): Element[] {
  const elements = readMessage(index, "coefexps", p.coefexps.message, ["coefexps"], (o) => list(o.coefexps, (e) => parseElement(text(e))));
  if (elements.length !== p.threshold) throw new TrusteeFault(index, `coefexps: ${elements.length}, want ${p.threshold}`);
  if (!verifySignature(verification, p.coefexps.message, p.coefexps.signature)) throw new TrusteeFault(index, "coefexps: signature");
  if (!verifySignature(verification, certificatesMessage(p.certs, elements), p.signature)) throw new TrusteeFault(index, "coefexps: signature of the certificates");
  return elements;
}

/** Checks a trustee's public key: known to its holder, signed, and the one that the coefexps give. */
export function verifyKey(index: number, { verification }: Certificate, key: TrusteeKey, want: Element): void {
  const X = parseElement(key.public_key);
  if (X.equals(identity)) throw new TrusteeFault(index, "public key: the identity");
  if (!verifyKnowledge(X, key.pok)) throw new TrusteeFault(index, "public key: proof of knowledge");
  if (!key.signature || !verifySignature(verification, key.public_key, key.signature)) throw new TrusteeFault(index, "public key: signature");
  if (!X.equals(want)) throw new TrusteeFault(index, "public key: not that of the coefexps");
}

/** g^f(index) = Π_k A_k^(index^k), for the polynomial f behind `coefexps`. */
export function imageOf(coefexps: readonly Element[], index: number): Element {
  let product = identity;
  for (let k = coefexps.length - 1; k >= 0; k--) product = varTimePower(product, BigInt(index)).add(coefexps[k] as Element);
  return product;
}

/** g^S_j = Π_i Π_k A_ik^(j^k). */
export function image(polynomials: readonly (readonly Element[])[], index: number): Element {
  return polynomials.reduce((product, coefexps) => product.add(imageOf(coefexps, index)), identity);
}

/** Π_i A_i0: what the board contributes to the election key. */
export function productOfKeys(polynomials: readonly (readonly Element[])[]): Element {
  return polynomials.reduce((product, [first = identity]) => product.add(first), identity);
}

/** f(index) for the polynomial with these coefficients, from a_0 on. */
export function valueAt(coefficients: readonly bigint[], index: number): bigint {
  return coefficients.reduceRight((y, a) => reduce(y * BigInt(index) + a), 0n);
}

function readMessage<T>(index: number, what: string, message: string, names: string[], read: (o: Json) => T): T {
  try {
    return read(members(parseCanonical(message), names));
  } catch {
    throw new TrusteeFault(index, `${what}: not in canonical form`);
  }
}
