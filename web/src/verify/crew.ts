/** The ballots of an archive, verified by several workers at once. */
import type { Rows, WireCiphertext } from "./counting";
import type { BallotsFound, BallotsInput } from "./jobs";
import { Fault } from "./wire";

/** Does computations elsewhere, one after another: a worker of a page. */
export interface Hand {
  run<T>(name: string, input: unknown, report: (progress: unknown) => void): Promise<T>;
  /** Ends it, and what it may be doing. */
  dismiss(): void;
}

/** Where hands are found: the Workshop of a page. */
export interface Computing {
  hire(): Promise<Hand>;
}

/** Who verifies, and who is told. */
export interface Crew {
  workshop: Computing;
  /** How many workers; by default one for each processor, at most eight. */
  workers?: number;
  /** Called with the number of ballots verified so far, and of all. */
  progress?: (done: number, total: number) => void;
}

/** What the workers found. */
export interface Found {
  /** Throws a Fault if ballot i does not hold. Those behind the first bad one may be unknown. */
  ballot(i: number): BallotsFound["checked"][number];
  products: Rows<WireCiphertext>[];
}

const MAX_WORKERS = 8;
const FEWEST = 4; // ballots that are handed out together

interface Part {
  from: number;
  to: number;
  found: BallotsFound;
}

/**
 * Hands out ballots in their order to whoever has nothing to do: many at first, few at the end, so that
 * nobody waits long for a slower one.
 */
export async function verifyInWorkers({ election, ballots }: BallotsInput, { workshop, workers = processors(), progress }: Crew): Promise<Found> {
  const crew = Math.min(workers, ballots.length);
  const parts: Part[] = [];
  let next = 0, done = 0;
  const work = async (hand: Hand): Promise<void> => {
    while (next < ballots.length) {
      const from = next;
      const to = next = Math.min(ballots.length, from + Math.max(FEWEST, Math.ceil((ballots.length - from) / (2 * crew))));
      // Copies: a piece of the file would take the whole file with it.
      const input: BallotsInput = { election, ballots: ballots.slice(from, to).map((raw) => raw.slice()) };
      let before = 0;
      const found = await hand.run<BallotsFound>("verifyBallots", input, (n) => {
        done += (n as number) - before;
        before = n as number;
        progress?.(done, ballots.length);
      });
      parts.push({ from, to, found });
      if (found.fault !== undefined) next = ballots.length;
    }
  };
  await Promise.all(Array.from({ length: crew }, async () => {
    const hand = await workshop.hire();
    try {
      await work(hand);
    } finally {
      next = ballots.length; // nothing is left, or all is lost
      hand.dismiss();
    }
  }));
  return { ballot: (i) => ballotOf(parts, i), products: parts.map(({ found }) => found.product) };
}

function ballotOf(parts: readonly Part[], i: number): BallotsFound["checked"][number] {
  const { from, found } = parts.find((part) => part.from <= i && i < part.to) as Part;
  const ballot = found.checked[i - from];
  if (!ballot) throw new Fault(found.fault as string);
  return ballot;
}

function processors(): number {
  const known = typeof navigator === "object" ? navigator.hardwareConcurrency : 1;
  return Math.min(known || 1, MAX_WORKERS);
}
