/** The part of a verification that takes long, done in workers: the proofs of ballots. */
import { breathe } from "../engine";
import { BallotChecker } from "./ballot";
import { emptyProduct, multiplyBallot, wireProduct, type Rows, type WireCiphertext } from "./counting";
import { parsePoll } from "./poll";
import { Fault } from "./wire";

/** Some ballots of an election. */
export interface BallotsInput {
  /** The exact bytes of the election. */
  election: Uint8Array;
  ballots: Uint8Array[];
}

/** What was found: the ballots that hold, up to the first that does not. */
export interface BallotsFound {
  checked: { credential: string; firstAlpha: string }[];
  /** Their product. */
  product: Rows<WireCiphertext>;
  /** What is wrong with the next. */
  fault?: string;
}

/** The computations of this folder by name; each reports how much it has done. */
export const verifyJobs = {
  verifyBallots: (input: BallotsInput, report: (done: number) => void): Promise<BallotsFound> => verifyBallots(input, report),
};

async function verifyBallots({ election, ballots }: BallotsInput, report: (done: number) => void): Promise<BallotsFound> {
  const poll = parsePoll(election);
  const checker = new BallotChecker(poll);
  const product = emptyProduct(poll);
  const checked: BallotsFound["checked"] = [];
  for (const raw of ballots) {
    try {
      const { credential, firstAlpha, ciphertexts } = checker.check(raw);
      multiplyBallot(product, ciphertexts);
      checked.push({ credential, firstAlpha });
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      return { checked, product: wireProduct(product), fault: error.message };
    }
    report(checked.length);
    if (typeof document !== "undefined") await breathe(); // the page does it itself
  }
  return { checked, product: wireProduct(product) };
}
