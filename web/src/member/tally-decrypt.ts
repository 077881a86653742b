/**
 * A member's contribution to a tally: docs/PROTOCOL.md §8. For each ciphertext (α, β) of the encrypted
 * tally the factor α^x, the published proof and the strong one.
 *
 * Here is a secret: its powers are taken by `power`, whose sequence of operations does not depend
 * on it, and never by the fast arithmetic of the verifier.
 */
import { encodeElement, encodeElements, encodeScalar, g, parseElement, power, reduce, type Element } from "../group";
import { hashToScalar } from "../hash";
import type { RandomScalar } from "../random";
import { verifyContribution, type Counted, type Rows } from "../verify/counting";
import { numbers, strongPrefix, weakPrefix, type Decryption } from "../verify/proofs";
import type { Proof } from "../zkp";

/** What one ciphertext gives. */
interface Part {
  factor: string;
  weak: Proof;
  strong: Proof;
}

/** What decrypts: the trustee's number and x. */
export interface Share {
  owner: number;
  secret: bigint;
}

/** The number of ciphertexts of a tally: a contribution is computed one by one. */
export function partsOf({ product }: Counted): number {
  return product.reduce((n, row) => n + row.length, 0);
}

/**
 * Makes a contribution and returns its canonical text. Yields the number of ciphertexts done so far,
 * so that the page can breathe. Draws per question and choice: w of the published proof, then that
 * of the strong one. Checks in the end what it has made: throws a Fault if the secret is not the
 * trustee's.
 */
export function* decrypting(counted: Counted, { owner, secret }: Share, random: RandomScalar): Generator<number, string> {
  const { poll, product, tally } = counted;
  const publicKey = encodeElement(power(g, secret));
  const parts: Rows<Part> = [];
  let done = 0;
  for (const [question, row] of product.entries()) {
    const made: Part[] = [];
    for (const [choice, { alpha }] of row.entries()) {
      const place = { fingerprint: poll.fingerprint, tally, question, choice, publicKey, alpha };
      made.push(decrypt(place, parseElement(alpha), secret, random));
      yield ++done;
    }
    parts.push(made);
  }
  const each = <T>(of: (part: Part) => T): Rows<T> => parts.map((row) => row.map(of));
  verifyContribution(counted, {
    owner, factors: each(({ factor }) => factor), weak: each(({ weak }) => numbers(weak)), strong: each(({ strong }) => numbers(strong)),
  });
  return JSON.stringify({
    type: "homphieu-contribution-v1",
    election: poll.fingerprint,
    owner,
    partial: { decryption_factors: each(({ factor }) => factor), decryption_proofs: each(({ weak }) => weak) },
    proofs: each(({ strong }) => strong),
  });
}

function decrypt(place: Omit<Decryption, "factor">, alpha: Element, secret: bigint, random: RandomScalar): Part {
  const d = { ...place, factor: encodeElement(power(alpha, secret)) };
  return {
    factor: d.factor,
    weak: prove(alpha, secret, random, (a, b) => `${weakPrefix(d)}${a},${b}`),
    strong: prove(alpha, secret, random, (a, b) => `${strongPrefix(d)}${a}|${b}`),
  };
}

/** Proves that the logarithms of g^x and α^x are the same x: A = g^w, B = α^w, response = w − x·challenge. */
function prove(alpha: Element, x: bigint, random: RandomScalar, text: (a: string, b: string) => string): Proof {
  const w = random();
  const [a, b] = encodeElements([power(g, w), power(alpha, w)]) as [string, string];
  const challenge = hashToScalar(text(a, b));
  return { challenge: encodeScalar(challenge), response: encodeScalar(reduce(w - x * challenge)) };
}

/** What a contribution that was made elsewhere says of itself. */
export interface Label {
  /** φ of its election. */
  election: string;
  owner: number;
}

/** The label of a file of `homphieu share`, or undefined if it is none. The server checks its proofs. */
export function labelOf(text: string): Label | undefined {
  try {
    const { type, election, owner } = JSON.parse(text) as Record<string, unknown>;
    if (type === "homphieu-contribution-v1" && typeof election === "string" && typeof owner === "number") return { election, owner };
  } catch {
    // Not JSON: no contribution.
  }
  return undefined;
}
