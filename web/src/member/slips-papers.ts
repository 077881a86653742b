/**
 * The ballot papers of a meeting, all of which one slip serves: docs/PROTOCOL.md §5. The code on a
 * slip is the same for every paper; its secret is another one for each.
 */
import { parseElection, slipNames, type Election, type SlipNames } from "../election";
import { utf8 } from "../hash";

/** The papers, with what a slip and the projector say of them. */
export interface MeetingPapers extends SlipNames {
  /** uuid of the meeting; that of the election where there is only one paper. */
  uuid: string;
  /** In the order in which voters see them. */
  elections: Election[];
  /** The exact text, which `homphieu slips --election` takes. */
  text: string;
}

/**
 * Reads the papers of a meeting: one election object with the meeting's uuid, or
 * {"meeting":UUID,"elections":[…]} with two or more. Throws for anything else.
 */
export function parsePapers(text: string, meeting: string): MeetingPapers {
  const head = `{"meeting":${JSON.stringify(meeting)},"elections":[`;
  const texts = text.startsWith('{"meeting":') ? listed(text, head) : [text];
  const uuids = texts.map(uuidIn);
  if (texts.length > 1 ? uuids.includes(meeting) : uuids[0] !== meeting) throw new Error("papers: of another meeting");
  if (new Set(uuids).size !== uuids.length) throw new Error("papers: one twice");
  const elections = texts.map((election, i) => parseElection(utf8(election), uuids[i] as string));
  return { uuid: meeting, elections, text, ...slipNames(elections) };
}

/** The link on a slip. What stands behind "#" is sent to no server. */
export function slipLink(publicUrl: string, papers: MeetingPapers, code: string): string {
  return `${publicUrl.replace(/\/$/, "")}/v/${papers.uuid}#${code}.${papers.slipFingerprint}`;
}

/** The exact texts of the elections behind `head`. Fingerprints are made of bytes: nothing is written anew. */
function listed(text: string, head: string): string[] {
  const texts: string[] = [];
  let at = head.length;
  if (!text.startsWith(head)) throw new Error("papers: of another meeting");
  for (;;) {
    const end = endOfObject(text, at);
    texts.push(text.slice(at, end));
    at = end + 1;
    if (text[end] !== ",") break;
  }
  if (text.slice(at - 1) !== "]}" || texts.length < 2) throw new Error("papers: not a list of two or more");
  return texts;
}

/** Where the JSON object that begins at `start` ends. */
function endOfObject(text: string, start: number): number {
  const piece = /"(?:[^"\\]|\\.)*"|[{}]/g;
  piece.lastIndex = start;
  let depth = 0;
  for (let found = piece.exec(text); found; found = piece.exec(text)) {
    if (found[0] === "{") depth++;
    if (found[0] === "}" && --depth === 0) return piece.lastIndex;
  }
  throw new Error("papers: cut off");
}

function uuidIn(election: string): string {
  const { uuid } = JSON.parse(election) as { uuid?: unknown };
  if (typeof uuid !== "string") throw new Error("papers: an election without a uuid");
  return uuid;
}
