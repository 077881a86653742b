/** The numbers of a result, as a page and result.json say them. */
import type { Report } from "../verify/archive";

/** The row of a person: high, confidence, low, invalid; in the archive the blank comes first. */
export function isShown(shown: readonly number[], votes: readonly number[], blank: boolean): boolean {
  const wanted = blank ? [...votes.slice(1), votes[0]] : votes;
  return shown.length === wanted.length && shown.every((n, i) => n === wanted[i]);
}

/** Tells whether result.json says the poll and the numbers of the archive. */
export function agrees(file: Uint8Array, { result = [], ballots, election }: Report): boolean {
  try {
    const said = readCounts(new TextDecoder("utf-8", { ignoreBOM: true }).decode(file)) as { election: string; collected: unknown; people: object[] };
    return said.election === election?.uuid && said.collected === ballots && said.people.length === result.length
      && said.people.every((person, i) => isShown(rowOf(person) ?? [], result[i] as number[], election.questions[i]?.blank === true));
  } catch {
    return false; // no text, or of another form
  }
}

/** The numbers of a person that are there; undefined if one is no count. */
export function rowOf(person: object): number[] | undefined {
  const values = ["high", "confidence", "low", "invalid"].filter((name) => Object.prototype.hasOwnProperty.call(person, name)).map((name) => (person as Record<string, unknown>)[name]);
  return values.every((n): n is number => Number.isSafeInteger(n)) ? values : undefined;
}

/** Reads JSON in which a number is null unless it is a count in digits: 5.0, 5e0 and -0 are none, as for homphieu-verify. */
export function readCounts(text: string): unknown {
  JSON.parse(text); // as it stands it must be JSON
  return JSON.parse(text.replace(/"(?:[^"\\]|\\.)*"|-?[0-9][0-9.eE+-]*/g, (token) => (/^("|[0-9]+$)/.test(token) ? token : "null")));
}
