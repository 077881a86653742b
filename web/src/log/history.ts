/** What follows from all entries so far: where the chain ends, and which entry may come next. */
import { Fault, within } from "../verify/wire";
import { commit, type Body, type BodyOf, type Entry } from "./entry";

/** How far a poll has come in the log: the entries that stand, in the order of the stages. */
export interface PollInLog {
  steps: Entry[];
  /** Its sealed entry was taken back. */
  ended: boolean;
  /** Numbers of corrections that took something of it back. */
  corrections: number[];
}

const STAGES = ["sealed", "closed", "result", "opened"] as const;
const ORDER = "entry: out of order";
const CHAIN = "entry: does not continue the chain";
const OPENING = "opened: not what the result entry commits to";
const ZEROS = "0".repeat(64);

/** The entry of a stage of a poll, if it has come so far. */
export function stepOf<K extends (typeof STAGES)[number]>(poll: PollInLog | undefined, kind: K): (Entry & { body: BodyOf<K> }) | undefined {
  return poll?.steps[STAGES.indexOf(kind)] as (Entry & { body: BodyOf<K> }) | undefined;
}

/** Takes entries one after the other. */
export class History {
  readonly entries: Entry[] = [];
  /** By election. */
  readonly polls = new Map<string, PollInLog>();
  /** By what it says: the number of the entry that says it and was not taken back. */
  private readonly standing = new Map<string, number>();

  /** Hash of the last entry. */
  get head(): string {
    return this.entries[this.entries.length - 1]?.hash ?? ZEROS;
  }

  /** Adds an entry. Throws a Fault if it may not stand here. */
  follow(entry: Entry): void {
    const { number, prev, body } = entry;
    if (number !== this.entries.length) throw new Fault(`${CHAIN}: number ${number} stands as entry ${this.entries.length}`);
    if (prev !== this.head) throw new Fault(`${CHAIN}: entry ${number}: prev is not the hash of the one before`);
    within(`entry ${number} (${body.kind})`, () => this.say(entry, body));
    this.entries.push(entry);
    this.standing.set(entry.said, number);
  }

  private say(entry: Entry, body: Body): void {
    if (body.kind === "correction") return this.correct(body, entry.number);
    if (body.kind === "package") {
      const before = this.standing.get(entry.said);
      if (before !== undefined) throw new Fault(`${ORDER}: the same as entry ${before}`);
      return;
    }
    this.step(entry, body);
  }

  /** Takes a poll to the stage of its entry. */
  private step(entry: Entry, body: BodyOf<(typeof STAGES)[number]>): void {
    const stage = STAGES.indexOf(body.kind);
    const poll = this.polls.get(body.election) ?? { steps: [], ended: false, corrections: [] };
    const { steps } = poll;
    if (poll.ended) throw new Fault(`${ORDER}: poll ${body.election} was taken back`);
    if (steps.length > stage) throw new Fault(`${ORDER}: poll ${body.election} has entry ${(steps[stage] as Entry).number} for that`);
    if (steps.length < stage) throw new Fault(`${ORDER}: poll ${body.election} has no entry ${JSON.stringify(STAGES[steps.length])} yet`);
    if (body.kind === "opened") checkOpened(body, stepOf(poll, "result") as Entry & { body: BodyOf<"result"> });
    this.polls.set(body.election, { ...poll, steps: [...steps, entry] });
  }

  /** Takes an entry back, and what followed it in its poll. */
  private correct({ of }: BodyOf<"correction">, number: number): void {
    if (of >= number) throw new Fault(`${ORDER}: entry ${of} does not stand before it`);
    const { body, said } = this.entries[of] as Entry;
    const gone = new Set([of]);
    const back = () => new Fault(`${ORDER}: entry ${of} was taken back before`);
    if (body.kind === "correction") throw new Fault(`${ORDER}: entry ${of} is a correction itself`);
    if (body.kind === "package") {
      if (this.standing.get(said) !== of) throw back();
    } else {
      const poll = this.polls.get(body.election) as PollInLog;
      const stage = poll.steps.findIndex((step) => step.number === of);
      if (stage < 0) throw back();
      for (const step of poll.steps.slice(stage)) gone.add(step.number);
      this.polls.set(body.election, { steps: poll.steps.slice(0, stage), ended: stage === 0, corrections: [...poll.corrections, number] });
    }
    for (const [what, n] of Array.from(this.standing)) if (gone.has(n)) this.standing.delete(what);
  }
}

/** An opening must be of the result that stands, and all of it. */
function checkOpened({ election, result, salt, hashes }: BodyOf<"opened">, { number, body: { commitments } }: Entry & { body: BodyOf<"result"> }): void {
  if (number !== result) throw new Fault(`${ORDER}: the result is entry ${number}, not ${result}`);
  if (hashes.length !== commitments.length) throw new Fault(`${OPENING}: ${hashes.length} items, it has ${commitments.length}`);
  hashes.forEach((item, i) => {
    const { name, hash } = commitments[i] as BodyOf<"result">["commitments"][number];
    if (name !== item.name) throw new Fault(`${OPENING}: ${item.name} stands for ${name}`);
    if (commit(salt, election, item) !== hash) throw new Fault(`${OPENING}: ${item.name}`);
  });
}
