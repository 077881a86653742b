/**
 * A plain verifier of ballots for the tests, written from docs/PROTOCOL.md §7 and not from the
 * prover: it recomputes every commitment from the wire, with powers of α and β.
 */
import { g, parseElement, parseScalar, q, reduce, varTimePower, encodeElement, type Element } from "../src/group";
import { base64, digest, hashToScalar } from "../src/hash";

type Json = any;

/** Throws, saying what is wrong, unless `ballot` is a valid ballot of the election for one of `credentials`. */
export function verifyBallot(election: string, ballot: string, credentials?: string[]): void {
  const e: Json = JSON.parse(election);
  const b: Json = JSON.parse(ballot);
  const phi = base64(digest(election));
  const y = parseElement(e.public_key);
  if (canonical(b) !== ballot) throw new Error("ballot: not canonical");
  if (b.election_uuid !== e.uuid || b.election_hash !== phi) throw new Error("ballot: another election");
  if (credentials && !credentials.includes(b.credential)) throw new Error("ballot: unlisted credential");
  if (b.answers.length !== e.questions.length) throw new Error("ballot: shape");
  verifySignature(b);
  b.answers.forEach((a: Json, i: number) => verifyAnswer(y, `${phi}|${b.credential}`, e.questions[i], a));
}

/** Checks a signature of M ("sigmsg|") or of a ballot ("sig|"): docs/PROTOCOL.md §6, §7. */
export function verifySchnorr(publicKey: string, prefix: string, proof: Json): boolean {
  const c = parseScalar(proof.challenge);
  const a = pow(g, parseScalar(proof.response)).add(pow(parseElement(publicKey), c));
  return hashToScalar(prefix + encodeElement(a)) === c;
}

function verifySignature(b: Json): void {
  const { signature, ...unsigned } = b;
  const hash = base64(digest(JSON.stringify(unsigned)));
  if (signature.hash !== hash) throw new Error("signature: another hash");
  if (!verifySchnorr(b.credential, `sig|${hash}|`, signature.proof)) throw new Error("signature: challenge mismatch");
}

function verifyAnswer(y: Element, s0: string, question: Json, a: Json): void {
  const n = question.answers.length + (question.blank ? 1 : 0);
  if (a.choices.length !== n || a.individual_proofs.length !== n) throw new Error("answer: shape");
  if (!!question.blank !== !!a.blank_proof) throw new Error("answer: blank proof");
  const cs: [Element, Element][] = a.choices.map((c: Json) => [parseElement(c.alpha), parseElement(c.beta)]);
  a.choices.forEach((c: Json, i: number) => {
    const [alpha, beta] = cs[i]!;
    check("individual", y, `prove|${s0}|${c.alpha},${c.beta}`, [[alpha, beta, 0], [alpha, beta, 1]], a.individual_proofs[i]);
  });
  const s = `${s0}|${a.choices.map((c: Json) => `${c.alpha},${c.beta}`).join(",")}`;
  const [sa, sb] = (question.blank ? cs.slice(1) : cs).reduce(([a1, b1], [a2, b2]) => [a1.add(a2), b1.add(b2)]);
  if (!question.blank) {
    check("overall", y, `prove|${s}|${encodeElement(sa)},${encodeElement(sb)}`, [[sa, sb, 1]], a.overall_proof);
    return;
  }
  const [a0, b0] = cs[0]!;
  check("blank", y, `bproof0|${s}`, [[a0, b0, 0], [sa, sb, 0]], a.blank_proof);
  check("overall", y, `bproof1|${s}`, [[a0, b0, 1], [sa, sb, 1]], a.overall_proof);
}

function check(name: string, y: Element, prefix: string, branches: [Element, Element, number][], proofs: Json[]): void {
  if (proofs.length !== branches.length) throw new Error(`${name}: shape`);
  let total = 0n;
  const points = branches.flatMap(([alpha, beta, value], j) => {
    const c = parseScalar(proofs[j].challenge);
    const r = parseScalar(proofs[j].response);
    total += c;
    const shifted = value === 0 ? beta : beta.subtract(pow(g, BigInt(value)));
    return [pow(g, r).add(pow(alpha, c)), pow(y, r).add(pow(shifted, c))].map(encodeElement);
  });
  if (total % q !== hashToScalar(`${prefix}|${points.join(",")}`)) throw new Error(`${name}: challenge mismatch`);
}

function pow(base: Element, e: bigint): Element {
  return varTimePower(base, reduce(e));
}

function canonical(b: Json): string {
  const proof = (p: Json) => ({ challenge: p.challenge, response: p.response });
  return JSON.stringify({
    election_uuid: b.election_uuid,
    election_hash: b.election_hash,
    credential: b.credential,
    answers: b.answers.map((a: Json) => ({
      choices: a.choices.map((c: Json) => ({ alpha: c.alpha, beta: c.beta })),
      individual_proofs: a.individual_proofs.map((ps: Json[]) => ps.map(proof)),
      overall_proof: a.overall_proof.map(proof),
      ...(a.blank_proof && { blank_proof: a.blank_proof.map(proof) }),
    })),
    signature: { hash: b.signature.hash, proof: proof(b.signature.proof) },
  });
}
