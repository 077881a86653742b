/**
 * One ballot, checked: docs/PROTOCOL.md §7. Everything that the ballot alone can show: canonical
 * bytes of the election's shape, this election, points of the group, every proof, the signature.
 */
import { base64, digest, utf8 } from "../hash";
import type { Arithmetic, Branch, Pair } from "./arithmetic";
import { verifyBallotSignature, verifyDisjunction } from "./proofs";
import { decode, identity, isIdentity, times, type Point } from "./points";
import { choicesOf, IDENTITY_KEY, type Poll, type PollQuestion } from "./poll";
import { Fault, NO_ELEMENT, Reader, within, type Numbers } from "./wire";

/** Begins every fault of a ballot's form. */
export const MALFORMED = "ballot: malformed";
const WRONG_ELECTION = "ballot: made for another election";
const NO_PROOF = "ballot: proof does not hold";

/** A ciphertext with its wire forms. */
export interface Ciphertext extends Pair {
  /** α "," β. */
  wire: string;
}

/** A ballot of which everything holds. */
export interface Checked {
  credential: string;
  /** The wire form of the first α of the ballot. */
  firstAlpha: string;
  /** Per question and choice, the blank first. */
  ciphertexts: Ciphertext[][];
}

interface Answer {
  choices: Ciphertext[];
  individual: Numbers[][];
  overall: Numbers[];
  blank: Numbers[];
}

/** Checks the ballots of one election. */
export class BallotChecker {
  /** `compute` has the key of the election. */
  constructor(private readonly poll: Poll, private readonly compute: Arithmetic) {}

  /** Throws a Fault unless everything holds. */
  check(raw: Uint8Array): Checked {
    const { credential, answers, hash, wantHash, signature } = this.parse(raw);
    const s0 = `${this.poll.fingerprint}|${credential}`;
    answers.forEach((answer, i) => this.checkAnswer(answer, this.poll.questions[i] as PollQuestion, s0, i));
    within(`${NO_PROOF}: signature`, () => {
      if (hash !== wantHash) throw new Fault("hash is not the ballot's");
      verifyBallotSignature(credential, hash, signature);
    });
    const ciphertexts = answers.map(({ choices }) => choices);
    return { credential, firstAlpha: (ciphertexts[0]?.[0] as Ciphertext).wire.slice(0, 64), ciphertexts };
  }

  private checkAnswer(answer: Answer, question: PollQuestion, s0: string, i: number): void {
    const sum = this.sumOf(question.blank ? answer.choices.slice(1) : answer.choices);
    const claims = claimsOf(answer, question, sum, s0);
    const place = `answer ${i + 1}`;
    const found = this.compute.commitments([...answer.choices, sum], claims.flatMap(({ branches }) => branches));
    if ("outside" in found) throw new Fault(`${MALFORMED}: ${place}: choice ${found.outside + 1}: ${NO_ELEMENT}`);
    for (const { name, prefix, branches } of claims) {
      const own = found.wires.splice(0, 2 * branches.length);
      within(`${NO_PROOF}: ${place}: ${name}`, () => verifyDisjunction(prefix, own, branches.map(({ proof }) => proof)));
    }
  }

  /** The product of ciphertexts, which encrypts the sum of what they encrypt. */
  private sumOf(ciphertexts: readonly Ciphertext[]): Ciphertext {
    let [alpha, beta] = [identity(), identity()];
    for (const c of ciphertexts) [alpha, beta] = [times(alpha, c.alpha), times(beta, c.beta)];
    return { alpha, beta, wire: this.compute.encode([alpha, beta]).join(",") };
  }

  private parse(raw: Uint8Array): Parsed {
    const { poll } = this;
    const r = new Reader(raw, (wire) => this.compute.decode(wire));
    const [uuid, fingerprint] = within(MALFORMED, () => readHead(r));
    if (uuid !== poll.uuid || fingerprint !== poll.fingerprint) throw new Fault(WRONG_ELECTION);
    return within(MALFORMED, () => readRest(r, poll, raw));
  }
}

/** A disjunction to check. */
interface Claim {
  name: string;
  /** Tag and statement. */
  prefix: string;
  branches: Branch[];
}

/** The claims of an answer in the order in which faults are named. The sum has the number behind the choices. */
function claimsOf(answer: Answer, { blank: hasBlank, min, max }: PollQuestion, sum: Ciphertext, s0: string): Claim[] {
  const { choices, individual, overall, blank } = answer;
  const n = choices.length;
  const counts = Array.from({ length: max - min + 1 }, (_, k) => ({ ciphertext: n, value: min + k }));
  const s1 = `${s0}|${choices.map(({ wire }) => wire).join(",")}`;
  const claim = (name: string, prefix: string, of: Omit<Branch, "proof">[], proofs: readonly Numbers[]): Claim =>
    ({ name, prefix, branches: of.map((branch, i) => ({ ...branch, proof: proofs[i] as Numbers })) });
  const claims = choices.map(({ wire }, i) => claim(`choice ${i + 1}: individual proof`, `prove|${s0}|${wire}`,
    [{ ciphertext: i, value: 0 }, { ciphertext: i, value: 1 }], individual[i] as Numbers[]));
  if (!hasBlank) return [...claims, claim("overall proof", `prove|${s1}|${sum.wire}`, counts, overall)];
  return [
    ...claims,
    claim("overall proof", `bproof1|${s1}`, [{ ciphertext: 0, value: 1 }, ...counts], overall),
    claim("blank proof", `bproof0|${s1}`, [{ ciphertext: 0, value: 0 }, { ciphertext: n, value: 0 }], blank),
  ];
}

interface Parsed {
  credential: string;
  answers: Answer[];
  hash: string;
  wantHash: string;
  signature: Numbers;
}

function readHead(r: Reader): [string, string] {
  r.literal('{"election_uuid":');
  const uuid = r.word();
  r.literal(',"election_hash":');
  return [uuid, r.word()];
}

function readRest(r: Reader, poll: Poll, raw: Uint8Array): Parsed {
  r.literal(',"credential":');
  const credential = r.element();
  if (isIdentity(decode(credential) as Point)) r.fail(IDENTITY_KEY);
  r.literal(',"answers":');
  const answers = r.tuple(poll.questions.length, (i) => readAnswer(r, poll.questions[i] as PollQuestion));
  const wantHash = base64(digest(concat(raw.subarray(0, r.offset), utf8("}"))));
  r.literal(',"signature":{"hash":');
  const hash = r.word();
  r.literal(',"proof":');
  const signature = r.proof();
  r.literal("}}");
  r.end();
  return { credential, answers, hash, wantHash, signature };
}

function readAnswer(r: Reader, question: PollQuestion): Answer {
  const n = choicesOf(question);
  const proofs = (count: number) => r.tuple(count, () => r.proof());
  r.literal('{"choices":');
  const choices = r.tuple(n, () => readCiphertext(r));
  r.literal(',"individual_proofs":');
  const individual = r.tuple(n, () => proofs(2));
  r.literal(',"overall_proof":');
  const overall = proofs(question.max - question.min + 1 + (question.blank ? 1 : 0));
  let blank: Numbers[] = [];
  if (question.blank) {
    r.literal(',"blank_proof":');
    blank = proofs(2);
  }
  r.literal("}");
  return { choices, individual, overall, blank };
}

function readCiphertext(r: Reader): Ciphertext {
  r.literal('{"alpha":');
  const alpha = r.point();
  r.literal(',"beta":');
  const beta = r.point();
  r.literal("}");
  return { alpha: alpha.point, beta: beta.point, wire: `${alpha.wire},${beta.wire}` };
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  const joined = new Uint8Array(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined;
}
