/** What follows from all entries so far: where the chain ends, and which entry may come next. */
import { Fault, within } from "../verify/wire";
import { commit, type Body, type BodyOf, type Entry } from "./entry";

/** How far a poll has come in the log: the entries that stand, in the order of the stages. */
export interface PollInLog {
  steps: Entry[];
  /** Its sealed entry was taken back. */
  ended: boolean;
  /** What was taken back of it, in the order of the log. */
  corrections: Correction[];
}

/** An entry that took one of a poll back. */
export interface Correction {
  number: number;
  /** The entry that it took back, with what followed of the poll. */
  of: number;
  reason: string;
  /** A result that had been released was among that. */
  released: boolean;
}

/** What later entries must know of an entry. */
interface Place {
  kind: Body["kind"];
  /** Of a poll. */
  election?: string;
  /** Of a package. */
  said?: string;
}

const STAGES = ["sealed", "closed", "result", "opened"] as const;
/** A kind of entries through which each poll goes, in this order. */
export type Stage = (typeof STAGES)[number];

const ORDER = "entry: out of order";
const CHAIN = "entry: does not continue the chain";
const OPENING = "opened: not what the result entry commits to";
const ZEROS = "0".repeat(64);

/** The entry of a stage of a poll, if it has come so far. */
export function stepOf<K extends Stage>(poll: PollInLog | undefined, kind: K): (Entry & { body: BodyOf<K> }) | undefined {
  return poll?.steps[STAGES.indexOf(kind)] as (Entry & { body: BodyOf<K> }) | undefined;
}

/** The number of the correction after which nothing of a poll was said anew, if there is one. */
export function takenBack({ steps, corrections }: PollInLog): number | undefined {
  const [last, correction] = [steps[steps.length - 1], corrections[corrections.length - 1]];
  return correction && (!last || correction.number > last.number) ? correction.number : undefined;
}

/** Takes entries one after the other. Of those that do not stand for a poll it keeps what the next ones need. */
export class History {
  private readonly places: Place[] = [];
  /** Hash of the last entry. */
  head = ZEROS;
  /** By election. */
  readonly polls = new Map<string, PollInLog>();
  /** Packages by what they say: the number of the entry that says it and was not taken back. */
  private readonly packages = new Map<string, number>();

  /** How many entries there are. */
  get size(): number {
    return this.places.length;
  }

  /** Adds an entry. Throws a Fault if it may not stand here. */
  follow(entry: Entry): void {
    const { number, prev, body, hash, said } = entry;
    if (number !== this.size) throw new Fault(`${CHAIN}: number ${number} stands as entry ${this.size}`);
    if (prev !== this.head) throw new Fault(`${CHAIN}: entry ${number}: prev is not the hash of the one before`);
    within(`entry ${number} (${body.kind})`, () => this.say(entry, body));
    this.places.push({ kind: body.kind, ...("election" in body && { election: body.election }), ...(body.kind === "package" && { said }) });
    this.head = hash;
  }

  private say(entry: Entry, body: Body): void {
    if (body.kind === "correction") return this.correct(body, entry.number);
    if (body.kind === "package") return this.pack(entry);
    this.step(entry, body);
  }

  private pack({ said, number }: Entry): void {
    const before = this.packages.get(said);
    if (before !== undefined) throw new Fault(`${ORDER}: the same as entry ${before}`);
    this.packages.set(said, number);
  }

  /** Takes a poll to the stage of its entry. */
  private step(entry: Entry, body: BodyOf<Stage>): void {
    const stage = STAGES.indexOf(body.kind);
    const poll = this.polls.get(body.election) ?? { steps: [], ended: false, corrections: [] };
    const { steps } = poll;
    if (poll.ended) throw new Fault(`${ORDER}: poll ${body.election} was taken back`);
    if (steps.length > stage) throw new Fault(`${ORDER}: poll ${body.election} has entry ${(steps[stage] as Entry).number} for that`);
    if (steps.length < stage) throw new Fault(`${ORDER}: poll ${body.election} has no entry ${JSON.stringify(STAGES[steps.length])} yet`);
    if (body.kind === "opened") checkOpened(body, stepOf(poll, "result") as Entry & { body: BodyOf<"result"> });
    steps.push(entry);
    this.polls.set(body.election, poll);
  }

  /** Takes an entry back, and what followed it in its poll. It looks at nothing else: a log may hold many corrections. */
  private correct({ of, reason }: BodyOf<"correction">, number: number): void {
    if (of >= number) throw new Fault(`${ORDER}: entry ${of} does not stand before it`);
    const { kind, election, said } = this.places[of] as Place;
    const back = () => new Fault(`${ORDER}: entry ${of} was taken back before`);
    if (kind === "correction") throw new Fault(`${ORDER}: entry ${of} is a correction itself`);
    if (said !== undefined) {
      if (this.packages.get(said) !== of) throw back();
      this.packages.delete(said);
      return;
    }
    const poll = this.polls.get(election as string) as PollInLog;
    const stage = poll.steps.findIndex((step) => step.number === of);
    if (stage < 0) throw back();
    poll.corrections.push({ number, of, reason, released: poll.steps.length === STAGES.length });
    poll.steps.length = stage;
    poll.ended = stage === 0;
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
