/** Elections made by belenios-tool 3.0, and how to seal a ballot for them. */
import { readFileSync } from "node:fs";
import { electionKey, sealing, type Mark, type Sealed } from "../src/ballot";
import { parseElection, type Election } from "../src/election";
import { utf8 } from "../src/hash";
import { secureScalar, type RandomScalar } from "../src/random";

export interface Vector {
  name: string;
  election: string;
  ballots: string[];
  publicCredentials: string[];
  credentials: string[];
  marked: { credential: string; choices: number[][] }[];
}

/** Reads a file below web/; the tests are run there. */
export function read(path: string): string {
  return readFileSync(path, "utf8");
}

export const vectors: Vector[] = ["board-2-of-3", "one-trustee", "mixed"].map((name) =>
  ({ name, ...JSON.parse(read(`testdata/${name}.json`)) }));

/** Parses an election of which only the text is known. */
export function open(election: string): Election {
  return parseElection(utf8(election), JSON.parse(election).uuid);
}

/** Seals in one go. */
export function seal(election: Election, code: string, marks: readonly Mark[], random: RandomScalar = secureScalar): Sealed {
  const steps = sealing(election, electionKey(election), code, marks, random);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** The mark of a vector of choices, in which blank comes first when the question has it. */
export function markOf(choices: readonly number[], blank: boolean): Mark {
  const at = choices.indexOf(1) - (blank ? 1 : 0);
  return at < 0 ? null : at;
}
