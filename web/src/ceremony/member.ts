/**
 * One member's part in a ceremony: docs/PROTOCOL.md §6. Everything follows from the member's seed
 * and the transcript, so that a closed tab loses nothing. Whether a transcript is the one that this
 * device has seen before is for the page to know.
 *
 * Powers of secrets are taken by `power`, whose sequence of operations does not depend on them.
 */
import { list, members, parseCanonical, text } from "../canonical";
import { encodeElement, encodeScalar, g, parseScalar, power, q, reduce } from "../group";
import { BASE58, digest, hashToScalar, hex } from "../hash";
import { secureScalar } from "../random";
import {
  certificateMessage, certificatesMessage, coefexpsMessage, imageOf, readParameters, readSigned, signMessage, valueAt, verifyParameters,
  type Signed,
} from "../threshold";
import { sign } from "../zkp";
import { open, seal, transportKey, type TransportKey } from "./hpke";
import {
  CeremonyFault, commitStatement, complaintStatement, doneStatement, revealStatement, sealInfo, transportStatement,
  type Step, type Terms, type Transcript,
} from "./transcript";

/** The number of characters of a seed. */
export const SEED_LENGTH = 22;

/** Draws a seed: 22 Base58 characters, each uniform. */
export function newSeed(): string {
  let seed = "";
  while (seed.length < SEED_LENGTH) {
    const [byte = 255] = crypto.getRandomValues(new Uint8Array(1));
    if (byte < 232) seed += BASE58.charAt(byte % 58); // 232 = 4·58: no character is likelier
  }
  return seed;
}

/** Thrown when a seed is not the one with which this member began the ceremony. */
export class WrongSeed extends Error {
  constructor() {
    super("seed: not the one of this ceremony");
  }
}

/** The signing key of a seed: sk = H("sk|" seed). */
export function signingKey(seed: string): bigint {
  return hashToScalar(`sk|${seed}`);
}

/**
 * Signs a message with the same signature each time: w is SHA256("homphieu-nonce-v1|0|" seed "|" M)
 * followed by that of "…|1|…", as a 512-bit number, mod q.
 */
export function signAgain(seed: string, message: string): Signed {
  const half = (i: number) => hex(digest(`homphieu-nonce-v1|${i}|${seed}|${message}`));
  return signMessage(signingKey(seed), message, () => BigInt(`0x${half(0)}${half(1)}`) % q);
}

/** A share that its receiver alone can see to be bad. */
class BadShare extends CeremonyFault {}

/** What a member commits to before the others' choices are known. */
interface Polynomial {
  coefficients: bigint[];
  /** The signed images of the coefficients. */
  coefexps: Signed;
}

/** A member who holds a seed. Messages that were made once are made the same again. */
export class Member {
  private readonly made = new Map<string, Promise<string>>();
  private transport: Promise<TransportKey> | undefined;

  constructor(private readonly seed: string, readonly terms: Terms, readonly index: number) {}

  /**
   * The member's message for the present step, or undefined if it is there already. Whose share is
   * bad gets a complaint instead of a key. Makes every check first: throws CeremonyFault for what
   * does not hold, WrongSeed if the transcript has another beginning of this member's. Before a
   * commit is asked for, people must have compared their digits: with it the member agrees to all
   * certificates.
   */
  async next(t: Transcript): Promise<string | undefined> {
    t.verify();
    if (t.has("hello", this.index) && !(await this.began(t))) throw new WrongSeed();
    const { stage } = t;
    if (stage === "finished" || stage === "failed" || t.has(stage, this.index)) return undefined;
    return this.once(`${stage} ${t.context}`, () => this.make(stage, t));
  }

  /** Whether this very seed began the ceremony: its promise stands in the transcript. */
  async began(t: Transcript): Promise<boolean> {
    return t.message("hello", this.index) === (await this.hello());
  }

  /**
   * The member's share S_j of the decryption key, after all have revealed: each part is opened and
   * checked against its sender's coefexps. Throws CeremonyFault that names the sender.
   */
  async share(t: Transcript): Promise<bigint> {
    t.verify();
    let sum = 0n;
    for (const from of t.indices) sum += await this.part(t, from); // in turn: the first bad one is named
    return reduce(sum);
  }

  // The steps

  private async make(step: Step, t: Transcript): Promise<string> {
    switch (step) {
      case "hello": return this.hello();
      case "certificate": return this.certificate();
      case "commit": return this.commit(t);
      case "reveal": return this.reveal(t);
      case "key": return this.key(t);
      case "done": return this.done(t);
    }
  }

  /** Promises the certificate message, so that nobody can look for one whose digits fit. */
  private async hello(): Promise<string> {
    return this.body("hello", { hash: hex(digest(await this.certificate())) });
  }

  /** Both of its signatures are deterministic: a promise made on one device is kept on another. */
  private certificate(): Promise<string> {
    return this.once("certificate", async () => {
      const { threshold, size } = this.terms;
      const sk = signingKey(this.seed);
      const message = certificateMessage(size, threshold, this.index, power(g, sk), power(g, hashToScalar(`dk|${this.seed}`)));
      const transport = transportStatement(this.terms, this.index, (await this.transportKey()).wire);
      return this.body("certificate", { certificate: signAgain(this.seed, message), transport: signAgain(this.seed, transport) });
    });
  }

  private async commit(t: Transcript): Promise<string> {
    const { context } = t;
    const coefficients = Array.from({ length: t.threshold }, secureScalar);
    const coefexps = this.signed(coefexpsMessage(coefficients.map((a) => power(g, a))));
    const plain = JSON.stringify({ polynomial: coefficients.map(encodeScalar), coefexps });
    const polynomial = await seal((await this.transportKey()).wire, sealInfo("polynomial", t, context, this.index, this.index), plain);
    return this.body("commit", { polynomial, statement: this.signed(commitStatement(t, this.index, context, coefexps, polynomial)) });
  }

  private async reveal(t: Transcript): Promise<string> {
    const { coefficients, coefexps } = await this.polynomial(t);
    const { context } = t;
    const signature = sign(signingKey(this.seed), `sigmsg|${certificatesMessage(t.certs, coefficients.map((a) => power(g, a)))}|`, secureScalar);
    const shares = await Promise.all(t.indices.map((to) =>
      sealTo(t, to, sealInfo("share", t, context, this.index, to), encodeScalar(valueAt(coefficients, to)))));
    return this.body("reveal", { coefexps, signature, shares, statement: this.signed(revealStatement(t, this.index, context, shares)) });
  }

  private async key(t: Transcript): Promise<string> {
    let share: bigint;
    try {
      share = await this.share(t);
    } catch (error) {
      if (error instanceof BadShare && error.index !== this.index) return this.complaint(t, error.index);
      throw error;
    }
    const publicKey = encodeElement(power(g, share));
    const pok = sign(share, `pok|Ed25519|${publicKey}|`, secureScalar);
    return this.body("key", { key: { pok, public_key: publicKey, signature: this.signed(publicKey).signature } });
  }

  /** Confirms the trustees object, after checking the whole of it once more as everybody can. */
  private async done(t: Transcript): Promise<string> {
    const share = await this.share(t);
    const [[, parameters]] = parseCanonical(t.trustees) as [[string, unknown]];
    verifyParameters(readParameters(parameters));
    if (!power(g, share).equals(t.publicKey(this.index))) throw new CeremonyFault(this.index, "key", "not that of the share");
    return this.body("done", { statement: this.signed(doneStatement(t, this.index, t.trusteesHash)) });
  }

  /** Says that member `about` gave a bad share. It ends the ceremony. */
  private complaint(t: Transcript, about: number): string {
    return this.body("complaint", { about, statement: this.signed(complaintStatement(t, this.index, about, t.context)) });
  }

  /** The own polynomial, out of the own commit. */
  private async polynomial(t: Transcript): Promise<Polynomial> {
    const { polynomial, coefexpsHash } = t.commitment(this.index);
    try {
      const plain = await open(await this.transportKey(), sealInfo("polynomial", t, t.context, this.index, this.index), polynomial);
      const o = members(parseCanonical(plain), ["polynomial", "coefexps"]);
      const coefexps = readSigned(o.coefexps);
      if (hex(digest(JSON.stringify(coefexps))) !== coefexpsHash) throw new Error("coefexps: not those committed to");
      return { coefficients: list(o.polynomial, (a) => parseScalar(text(a)), t.threshold), coefexps };
    } catch {
      throw new CeremonyFault(this.index, "commit", "polynomial: cannot be read again");
    }
  }

  /** s_ij, checked: g^s_ij = Π_k A_ik^(j^k). */
  private async part(t: Transcript, from: number): Promise<bigint> {
    let part: bigint;
    try {
      part = parseScalar(await open(await this.transportKey(), sealInfo("share", t, t.context, from, this.index), t.share(from, this.index)));
    } catch {
      throw new BadShare(from, "reveal", "share: cannot be opened");
    }
    if (!power(g, part).equals(imageOf(t.coefexps(from), this.index))) throw new BadShare(from, "reveal", "share: not on the published polynomial");
    return part;
  }

  // Small parts

  private transportKey(): Promise<TransportKey> {
    return (this.transport ??= transportKey(this.terms.ceremony, this.seed));
  }

  private body(kind: string, rest: Record<string, unknown>): string {
    return JSON.stringify({ type: `homphieu-${kind}-v1`, ceremony: this.terms.ceremony, index: this.index, ...rest });
  }

  private signed(message: string): Signed {
    return signMessage(signingKey(this.seed), message, secureScalar);
  }

  /** What was made once is given again: a message that is sent twice is the same message. */
  private once(name: string, make: () => Promise<string>): Promise<string> {
    const made = this.made.get(name) ?? make();
    this.made.set(name, made);
    made.catch(() => this.made.delete(name));
    return made;
  }
}

/** Seals for a member; a transport key to which nothing can be sealed is that member's fault. */
async function sealTo(t: Transcript, to: number, info: string, plain: string): Promise<string> {
  try {
    return await seal(t.transport(to), info, plain);
  } catch {
    throw new CeremonyFault(to, "certificate", "transport key: nothing can be sealed to it");
  }
}
