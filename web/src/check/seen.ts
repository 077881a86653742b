/**
 * What this browser has seen of the public log of a server, so that it cannot be shown one log now and
 * another later. It is kept under the address of the page, not under the name of the log: a log under
 * another name, or none any more, is then no new one either.
 */
import { utf8 } from "../hash";
import { decodeText } from "../log/bytes";
import { evidence } from "../log/evidence";
import { openCheckpoint, parseLogKey, type Checkpoint, type NoteKey } from "../log/note";
import { canonical, digitsOf, type Policy } from "../log/policy";
import { rootOf } from "../log/tree";
import type { LogReport } from "../log/verify";
import { Notes } from "../member/notes";
import { Fault, same } from "../verify/wire";

/** Where a browser notes it. */
const PLACE = "homphieu-log";

/** A log as it was seen last. */
export interface Sighting {
  /** The day by the clock of this device, as 2026-12-31. */
  day: string;
  key: NoteKey;
  checkpoint: Checkpoint;
  /** The checkpoint with its signatures. */
  note: string;
  /** What the server's own policy said of it (`canonical`); undefined if that was never looked at, or is accepted to be another. */
  policy?: string;
}

/** What stands in the notes. */
interface Kept {
  day: string;
  key: string;
  note: string;
  policy?: string;
}

/** What is shown of a log now. */
export interface Shown {
  log?: LogReport;
  policy?: Policy;
  /** The policy is not the server's: the person has brought it. */
  own?: boolean;
}

/** The memory of one address. */
export class Memory {
  constructor(private readonly notes: Notes, private readonly address: string, private readonly today: () => string = localDay) {}

  /** What was seen last, undefined if nothing was. What cannot be read is as good as lost. */
  recall(): Sighting | undefined {
    try {
      const { day, key, note, policy } = JSON.parse(this.notes.get(this.address) ?? "") as Kept;
      const log = parseLogKey(key);
      const sighting = { day: String(day), key: log, note, checkpoint: openCheckpoint(utf8(note), log).checkpoint };
      return policy === undefined ? sighting : { ...sighting, policy: String(policy) };
    } catch {
      return undefined;
    }
  }

  /** Keeps a log that was verified, and continues the one before. A policy that the person has brought is nothing that the server said. */
  keep({ log, policy, own }: Shown): void {
    if (!log?.valid || !log.key || !log.signed) return;
    const said = policy && !own ? canonical(policy, log.key) : this.recall()?.policy;
    this.note({ day: this.today(), key: log.key.text, note: decodeText(log.signed) as string, ...(said !== undefined && { policy: said }) });
  }

  /** Forgets it, when a person knows why the log is another one: the next is seen for the first time. */
  forget(): void {
    this.notes.note(this.address, "");
  }

  /** Forgets the policy alone, when a person knows why it is another one. The log must still go on. */
  forgetPolicy(): void {
    const before = this.recall();
    if (before) this.note({ day: before.day, key: before.key.text, note: before.note });
  }

  private note(kept: Kept): void {
    this.notes.note(this.address, JSON.stringify(kept));
  }
}

/** The memory of the page's own address. */
export function memory(): Memory {
  return new Memory(new Notes(PLACE), location.origin);
}

function localDay(): string {
  const now = new Date();
  return [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((n) => String(n).padStart(2, "0")).join("-");
}

/** Thrown for a log that is not the one seen before, with that one. */
export class Contradiction extends Fault {
  constructor(message: string, readonly before: Sighting, readonly more: {
    /** The log itself broke its word, and this file proves it. */
    evidence?: string;
    /** It is another log, or none; or it has another policy: a person may know why. */
    other?: "log" | "policy";
  }) {
    super(message);
  }
}

/** What there is to compare with: nothing yet; a log, but not whose cosignatures it asked for; or all of it. */
export type Known = "nothing" | "log" | "all";

/**
 * Compares what is shown now with what was seen before, and says what that was. Throws a Contradiction. Of a log
 * of which nothing is published now, only the keys can be compared.
 */
export function compareSeen(memory: Memory, shown: Shown): Known {
  const before = memory.recall();
  if (!before) return "nothing";
  compareKey(before, shown);
  if (shown.log?.checkpoint) compareHistory(before, shown.log, shown.log.checkpoint);
  return comparePolicy(before, shown);
}

function compareKey(before: Sighting, { log, policy }: Shown): void {
  const { day, key, checkpoint: { size } } = before;
  const keys = log ? [log.key] : policy?.logs ?? [];
  if (keys.some((other) => other?.text === key.text)) return;
  const now = keys.length > 0 ? `now it is ${keys.map((other) => other?.text).join(", ")}` : "now there is none";
  throw new Contradiction(`log: another than this browser has seen here: on ${day} it was ${key.text} with ${size} entries, ${now}`, before, { other: "log" });
}

function compareHistory(before: Sighting, log: LogReport, checkpoint: Checkpoint): void {
  const { day, key, note, checkpoint: { size, origin, root } } = before;
  if (checkpoint.size < size) {
    throw new Contradiction(`shrunk: the log ${origin} has ${checkpoint.size} entries, on ${day} it had ${size}`, before, {});
  }
  if (!same(rootOf(log.leaves.slice(0, size)), root)) {
    throw new Contradiction(`fork: the log ${origin} shows two histories: its first ${size} entries are not those that it had on ${day}`, before, {
      evidence: evidence(key, { size, note }, { size: checkpoint.size, note: decodeText(log.signed as Uint8Array) as string }, log.leaves),
    });
  }
}

/** False witnesses under the right names are found here alone: everything that they cosign holds. */
function comparePolicy(before: Sighting, { policy, own }: Shown): Known {
  if (!policy || own) return "all";
  if (before.policy === undefined) return "log";
  const now = canonical(policy, before.key);
  if (now === before.policy) return "all";
  const [then, today] = [before.policy, now].map(digitsOf);
  throw new Contradiction(`policy: another than this browser has seen here: on ${before.day} its digits were ${then}, now they are ${today}`, before, { other: "policy" });
}
