/** The part of a verification that takes long, done in workers: the proofs of ballots. */
import { breathe } from "../engine";
import { Plain } from "./arithmetic";
import { BallotChecker } from "./ballot";
import { emptyProduct, multiplyBallot, wireProduct, type Rows, type WireCiphertext } from "./counting";
import { Kernel } from "./kernel";
import { decode, type Point } from "./points";
import { parsePoll, type Poll } from "./poll";
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

// Kept between calls, because a worker gets the ballots of one election in several parts.
let last: { fingerprint: string; checker: Promise<BallotChecker> } | undefined;

function checkerOf(poll: Poll): Promise<BallotChecker> {
  const { fingerprint } = poll;
  if (last?.fingerprint !== fingerprint) last = { fingerprint, checker: makeChecker(poll) };
  return last.checker;
}

/** Computes with the kernel, or where there is none the slower way. */
async function makeChecker(poll: Poll): Promise<BallotChecker> {
  const key = decode(poll.publicKey) as Point;
  return new BallotChecker(poll, (await Kernel.start(key)) ?? new Plain(key));
}

async function verifyBallots({ election, ballots }: BallotsInput, report: (done: number) => void): Promise<BallotsFound> {
  const poll = parsePoll(election);
  const checker = await checkerOf(poll);
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
