/**
 * Voiding slips: docs/PROTOCOL.md §6. A code becomes the proof that its slip is here at once, and is
 * then known nowhere; proofs are sent one slip after the other.
 */
import { secretOf } from "../credential";
import type { Election } from "../election";
import { encodeElements, g, power } from "../group";
import { secureScalar } from "../random";
import { readScan, type Names, type Why } from "../scan-input";
import { sign } from "../zkp";
import { NoAnswer, Refused, type DeskCounts } from "./seat";

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

/** The papers that a slip serves, in the order in which voters see them. */
interface Papers {
  /** uuid of the meeting; that of the election where there is only one paper. */
  uuid: string;
  elections: readonly Election[];
}

/** Posts a body to the desk until it is answered. Throws Refused. */
type Post = (body: string) => Promise<DeskCounts>;

/** The desk's part without a screen. */
export class Desk {
  private known: DeskCounts | undefined;
  /** Slips on their way to the server. */
  waiting = 0;
  private turn: Promise<unknown> = Promise.resolve();

  constructor(private readonly papers: Names & Papers, private readonly post: Post) {}

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
    const body = deskBody(kind, this.papers, scan.code);
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

/**
 * The body of POST desk: for each paper, in their order, the slip's public credential and a signature
 * by its secret. Kind, uuid and fingerprint say what the signature is good for, and the credentials
 * that it is for these papers together.
 */
export function deskBody(kind: Kind, { uuid, elections }: Papers, code: string): string {
  const secrets = elections.map((election) => secretOf(election.uuid, code));
  const credentials = encodeElements(secrets.map((secret) => power(g, secret)));
  const proofs = elections.map(({ uuid: name, fingerprint }, i) => {
    const prefix = `sigmsg|homphieu-desk-v1|${kind}|${uuid}|${fingerprint}|${credentials.join()}|`;
    const signature = sign(secrets[i] as bigint, prefix, secureScalar);
    return `${JSON.stringify(name)}:${JSON.stringify({ credential: credentials[i], signature })}`;
  });
  return `{"kind":"${kind}","proofs":{${proofs.join()}}}`;
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
