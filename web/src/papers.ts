/**
 * The ballot papers that one slip serves, and the lines on them that a voter marks. Most meetings
 * have one paper; then nothing here is seen.
 */
import { getElection, getMeeting, getStatus, type PersonDocument, type Status } from "./api";
import type { Mark } from "./ballot";
import { parseElection, type Election, type Question } from "./election";
import type { Source } from "./worker";

/** One ballot paper: an election, as the server gave it. */
export interface Paper extends Source {
  election: Election;
  /** Its place among the papers, from 1, and how many there are. */
  number: number;
  of: number;
}

/** One line to mark: a person on a paper. */
export interface Line {
  paper: Paper;
  question: Question;
  documents: PersonDocument[];
}

/** The ballots while they are being marked: one mark for each line. */
export interface Marking {
  lines: readonly Line[];
  marks: Mark[];
}

/** The papers of a meeting in their order, and all documents about the persons on them. */
export interface Papers {
  papers: Paper[];
  documents: PersonDocument[];
}

/** What is fetched: the exact bytes of every paper, not yet read, and the state of its poll. */
export interface FetchedPapers {
  sources: Source[];
  statuses: Status[];
  documents: PersonDocument[];
}

/** Asks the server for the papers of a meeting, in two turns: far away, each takes its time. Throws what api.ts throws. */
export async function fetchPapers(meeting: string): Promise<FetchedPapers> {
  const { elections, documents } = await getMeeting(meeting);
  const [sources, statuses] = await Promise.all([
    Promise.all(elections.map(async (uuid) => ({ uuid, bytes: await getElection(uuid) }))),
    Promise.all(elections.map(getStatus)),
  ]);
  return { sources, statuses, documents };
}

/** Reads the papers. Throws for an election that is not in the right form. */
export function readPapers({ sources, documents }: Omit<FetchedPapers, "statuses">): Papers {
  const papers = sources.map(({ uuid, bytes }, i) =>
    ({ uuid, bytes, election: parseElection(bytes, uuid), number: i + 1, of: sources.length }));
  return { papers, documents };
}

/** The lines of these papers, one after another. */
export function linesOf(papers: readonly Paper[], documents: readonly PersonDocument[]): Line[] {
  return papers.flatMap((paper) => paper.election.questions.map((question, i) => ({
    paper, question, documents: documents.filter((d) => d.election === paper.uuid && d.question === i),
  })));
}

/** The lines without a mark. */
export function unmarked({ lines, marks }: Marking): number[] {
  return [...lines.keys()].filter((i) => marks[i] === null);
}

/** Those of them that must be marked before the ballots can be cast. */
export function missing(marking: Marking): number[] {
  return unmarked(marking).filter((i) => !(marking.lines[i] as Line).question.blank);
}

/** Tells whether a line is the first of its paper, where there are several papers. */
export function opensPaper(lines: readonly Line[], i: number): boolean {
  const { paper } = lines[i] as Line;
  return paper.of > 1 && paper !== lines[i - 1]?.paper;
}
