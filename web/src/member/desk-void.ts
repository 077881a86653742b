/**
 * Voiding slips. A code becomes its public credentials at once, and is then known nowhere; those are
 * sent one slip after the other.
 */
import type { Election } from "../election";
import { readScan, type Names, type Why } from "./desk-scan";
import { NoAnswer, Refused, type DeskCounts } from "./seat";
import { publicsOf } from "./slips-draw";

/** Why a slip is voided: never handed out, spoilt and exchanged for another, handed back unused. */
export type Kind = keyof DeskCounts;

/** What became of one thing that was scanned or typed. */
export type Verdict =
  /** `again`: it had been voided before, and is counted once. */
  | { kind: "voided"; as: Kind; counts: DeskCounts; again: boolean }
  | { kind: "spent" }
  | { kind: "unknown" }
  | { kind: "elsewhere" }
  | { kind: "refused"; error: Refused }
  | { kind: "unreadable"; why: Why; bad?: string };

/** Posts a body to the desk until it is answered. Throws Refused. */
type Post = (body: string) => Promise<DeskCounts>;

/** The desk's part without a screen. */
export class Desk {
  private known: DeskCounts | undefined;
  /** Slips on their way to the server. */
  waiting = 0;
  private turn: Promise<unknown> = Promise.resolve();

  constructor(private readonly papers: Names & { elections: readonly Election[] }, private readonly post: Post) {}

  /** As the server last said; undefined while it has said nothing. */
  get counts(): DeskCounts | undefined {
    return this.known;
  }

  /** Takes over counts that the server told. They only grow, so what comes late takes nothing back. */
  learn(counts: DeskCounts): void {
    const { unissued, exchanged, returned } = this.known ?? counts;
    this.known = {
      unissued: Math.max(unissued, counts.unissued), exchanged: Math.max(exchanged, counts.exchanged), returned: Math.max(returned, counts.returned),
    };
  }

  /** Voids the slip that was scanned or typed. Takes its turn behind those before it. */
  take(typed: string, kind: Kind): Promise<Verdict> {
    const scan = readScan(typed, this.papers);
    if (scan.kind !== "code") return Promise.resolve(scan);
    const body = deskBody(kind, this.papers.elections, scan.code);
    this.waiting++;
    const verdict = this.turn.then(() => this.send(body, kind));
    this.turn = verdict.catch(() => undefined);
    return verdict;
  }

  private async send(body: string, kind: Kind): Promise<Verdict> {
    const before = this.known;
    try {
      const counts = await this.post(body);
      this.learn(counts);
      return { kind: "voided", as: kind, counts, again: before !== undefined && counts[kind] <= before[kind] };
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      if (error.code === "spent-credential") return { kind: "spent" };
      return error.code === "unknown-credential" ? { kind: "unknown" } : { kind: "refused", error };
    } finally {
      this.waiting--;
    }
  }
}

/** The body of POST desk: the slip's public credential for each paper. */
export function deskBody(kind: Kind, elections: readonly Election[], code: string): string {
  const credentials: Record<string, string> = {};
  for (const { uuid } of elections) credentials[uuid] = publicsOf(uuid, [code])[0] as string;
  return JSON.stringify({ kind, credentials });
}

/** Reads {"counts":{…}}. Throws NoAnswer for anything else. */
export function readCounts(answer: string): DeskCounts {
  try {
    const { unissued, exchanged, returned } = (JSON.parse(answer) as { counts: DeskCounts }).counts;
    if ([unissued, exchanged, returned].every((n) => Number.isSafeInteger(n) && n >= 0)) return { unissued, exchanged, returned };
  } catch {
    // Not an answer of ours.
  }
  throw new NoAnswer();
}
