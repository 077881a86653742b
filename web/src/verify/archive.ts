/**
 * The whole verification of an archive, as homphieu-verify makes it: docs/PROTOCOL.md §9. Everything
 * is checked in the order of the file, and the first fault is named with its place, in the words of
 * that page. Ballots are verified by workers; nothing else is asked of anybody.
 *
 * All of it takes a time that depends on what is verified. That is public; no secret comes here.
 */
import { hexToBytes } from "@noble/hashes/utils.js";
import { breathe } from "../engine";
import { base64, digest, hex } from "../hash";
import { attachShares, parseClosing, verifySignatures, verifyStatement, verifyVoided, type Ended } from "./beside";
import { BROKEN, parseEvent, parseSetup, type Chain } from "./chain";
import {
  checkProductText, checkSums, multiplyAll, parseOwned, parsePartial, parseResult, parseSized, verifyContribution, verifyResult,
  type Contribution, type Counted, type Rows, type WireCiphertext,
} from "./counting";
import { verifyInWorkers, type Crew } from "./crew";
import { MALFORMED } from "./ballot";
import { maxBallotSize, parsePoll, type Poll } from "./poll";
import { Roll } from "./roll";
import { fileName, Scanner, type Entry } from "./tar";
import { parseTrustees, type Trustees } from "./trustees";
import { Fault, within } from "./wire";

/** How far an archive has come; one whose poll has not ended is open. */
export type State = "open" | "closed" | "aggregated" | "result";

/** What was found. Unless it is valid, `reason` says what is wrong first, and the rest how far it came. */
export interface Report {
  valid: boolean;
  state: State;
  /** Number of ballots. */
  ballots: number;
  /** Their trackers, in the order of the archive. */
  trackers: string[];
  /** SHA-256 of the last event that was accepted, hexadecimal; "" before the first. */
  lastEvent: string;
  /** SHA-256 of the EndBallots event, "" before it. */
  endBallots: string;
  /** SHA-256 of the setup object, "" without one. */
  setup: string;
  election?: Poll;
  trustees?: Trustees;
  /** The exact text of the trustees object. */
  trusteesText?: string;
  /** Who may vote, and who has. */
  roll?: Roll;
  /** The product of the ballots, the encrypted tally once the poll has ended; and SHA-256 of its text. */
  product?: Rows<WireCiphertext>;
  tally?: string;
  result?: Rows<number>;
  /** Kind of the decryption proofs that were verified. */
  decryptionProofs?: "strong" | "weak";
  /** Number of voided credentials, if the closing file was there. */
  voided?: number;
  reason?: string;
}

/** What a verification needs besides the archive. */
export interface Surroundings extends Crew {
  /** Content of UUID.shares.json and of UUID.closing.json, where they are there. */
  shares?: Uint8Array;
  closing?: Uint8Array;
}

const ORDER = "chain: event out of order";
const PROFILE = "chain: event outside the profile of docs/PROTOCOL.md";
const ELECTION_KEY = "election: public key is not the trustees' key";
const NO_TALLY = "encrypted tally: not the product of the ballots";
const CIPHERTEXT_TWICE = "ballot: ciphertext of another ballot";
const CLOSING_EARLY = "closing file: does not hold: the poll has not ended";
const MAX_OBJECT = 2 ** 26; // of all but ballots and credentials, in bytes
const MAX_EVENT = 512;
const SLICE = 32; // files between two breaths

/** Verifies an archive. Throws only if a worker is lost; what is wrong with the archive is in the report. */
export async function verifyArchive(file: Uint8Array, surroundings: Surroundings): Promise<Report> {
  const verifier = new Verifier(surroundings);
  try {
    await verifier.run(file);
    return { ...verifier.report, valid: true };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { ...verifier.report, reason: error.message };
  }
}

interface Pending {
  raw: Uint8Array;
  /** SHA-256 of it in hexadecimal. */
  hash: string;
  place: string;
  /** Hash of the event before the ballot. */
  head: string;
}

class Verifier {
  readonly report: Report = { valid: false, state: "open", ballots: 0, trackers: [], lastEvent: "", endBallots: "", setup: "" };
  private chain: Chain = { head: "", length: 0 };
  private data: Entry[] = [];
  /** Ballots of the chain that are not verified yet, until EndBallots. */
  private ballots: Pending[] | undefined;
  private electionBytes = new Uint8Array();
  private contributions: Contribution[] = [];

  constructor(private readonly on: Surroundings) {}

  async run(file: Uint8Array): Promise<void> {
    try {
      await this.readChain(new Scanner(file));
    } catch (error) {
      // A bad ballot comes before whatever the chain says after it.
      if (error instanceof Fault) await this.finishBallots();
      throw error;
    }
    await this.finishBallots();
    if (!this.report.election) throw new Fault(`${ORDER}: no Setup`);
    this.checkShares();
    this.checkClosing();
  }

  private async readChain(scan: Scanner): Promise<void> {
    for (;;) {
      const entry = within(`file ${scan.count + 1}`, () => scan.next());
      if (scan.count % SLICE === 0) await breathe();
      if (!entry) break;
      if (entry.kind === "event") {
        await this.event(entry);
        this.data = [];
      } else if (this.data.push(entry) > 4) {
        throw new Fault(`file ${scan.count}: ${ORDER}: data without an event`);
      }
    }
    if (this.data.length > 0) throw new Fault(`${ORDER}: data without an event at the end`);
  }

  /** Checks one link of the chain and what it is about. */
  private async event(entry: Entry): Promise<void> {
    limit(entry, MAX_EVENT);
    const { type, payload, hash } = parseEvent(entry.content, this.chain);
    const place = `event ${this.chain.length} (${type})`;
    if (payload !== this.data[this.data.length - 1]?.hash) throw new Fault(`${place}: ${BROKEN}: payload is not the data before it`);
    await this.step(type, place);
    this.chain = { head: hash, length: this.chain.length + 1 };
    this.report.lastEvent = hash;
    if (type === "EndBallots") this.report.endBallots = hash;
  }

  /** The grammar of an archive: which event may stand where, after how many data, and what checks it. */
  private async step(type: string, place: string): Promise<void> {
    const { state, election } = this.report;
    const taking = this.ballots !== undefined;
    const rules: Record<string, [data: number, allowed: boolean, check: () => void | Promise<void>]> = {
      Setup: [4, !election, () => this.setup()],
      Ballot: [1, taking, () => this.ballot(place)],
      EndBallots: [0, taking, () => this.endBallots()],
      EncryptedTally: [2, state === "closed", () => this.encryptedTally()],
      PartialDecryption: [2, state === "aggregated", () => this.partialDecryption()],
      Result: [1, state === "aggregated", () => this.result()],
    };
    if (!Object.prototype.hasOwnProperty.call(rules, type)) throw new Fault(`${place}: ${PROFILE}`);
    const [data, allowed, check] = rules[type] as [number, boolean, () => void | Promise<void>];
    if (!allowed || this.data.length !== data) throw new Fault(`${place}: ${ORDER}`);
    try {
      await check();
    } catch (error) {
      const named = type === "Ballot" || type === "EndBallots"; // they name the ballot at fault themselves
      throw error instanceof Fault && !named ? new Fault(`${place}: ${error.message}`) : error;
    }
  }

  private object(i: number): Uint8Array {
    const entry = this.data[i] as Entry;
    limit(entry, MAX_OBJECT);
    return entry.content;
  }

  private async setup(): Promise<void> {
    const { report } = this;
    const named = within("setup", () => parseSetup(this.object(3)));
    if (named.some((hash, i) => hash !== (this.data[i] as Entry).hash)) {
      throw new Fault(`setup: ${BROKEN}: names other objects than stand before it`);
    }
    const election = parsePoll(this.object(0));
    report.election = election;
    const trustees = parseTrustees(this.object(1));
    if (trustees.publicKey !== election.publicKey) throw new Fault(ELECTION_KEY);
    report.roll = await Roll.parse((this.data[2] as Entry).content);
    report.trustees = trustees;
    report.trusteesText = new TextDecoder().decode(this.object(1));
    report.setup = (this.data[3] as Entry).hash;
    this.electionBytes = this.object(0).slice();
    this.ballots = [];
  }

  private ballot(place: string): void {
    const entry = this.data[0] as Entry;
    within(`${place}: ${MALFORMED}`, () => limit(entry, maxBallotSize(this.report.election as Poll)));
    (this.ballots as Pending[]).push({ raw: entry.content, hash: entry.hash, place, head: this.chain.head });
  }

  private async endBallots(): Promise<void> {
    await this.finishBallots();
    this.report.state = "closed";
  }

  /** Has the ballots verified that were read, if that is still to do, and takes them in their order. */
  private async finishBallots(): Promise<void> {
    const { ballots, report, on } = this;
    if (!ballots) return;
    this.ballots = undefined;
    const { election, roll } = report as { election: Poll; roll: Roll };
    const found = await verifyInWorkers({ election: this.electionBytes, ballots: ballots.map(({ raw }) => raw) }, on);
    const firsts = new Set<string>();
    let twice: string | undefined;
    ballots.forEach(({ hash, place, head }, i) => {
      try {
        const { credential, firstAlpha } = found.ballot(i);
        roll.spend(credential);
        if (firsts.has(firstAlpha)) twice ??= firstAlpha;
        firsts.add(firstAlpha);
        report.ballots++;
        report.trackers.push(base64(hexToBytes(hash)));
      } catch (error) {
        report.lastEvent = head;
        throw error instanceof Fault ? new Fault(`${place}: ${error.message}`) : error;
      }
    });
    if (twice !== undefined) throw new Fault(`${CIPHERTEXT_TWICE}: alpha ${twice}`);
    const product = multiplyAll(election, found.products);
    report.product = product;
    report.tally = hex(digest(JSON.stringify(product)));
  }

  private encryptedTally(): void {
    const { report } = this;
    const sized = parseSized(this.object(1));
    if (sized.tally !== (this.data[0] as Entry).hash) throw new Fault(`${BROKEN}: names another tally than stands before it`);
    if (sized.ballots !== report.ballots) throw new Fault(`${NO_TALLY}: says ${sized.ballots} ballots, the archive has ${report.ballots}`);
    if (sized.tally !== report.tally) {
      checkProductText(report.election as Poll, this.object(0));
      throw new Fault(NO_TALLY);
    }
    report.state = "aggregated";
  }

  private get counted(): Counted {
    const { election: poll, trustees, product, tally } = this.report;
    return { poll, trustees, product, tally } as Counted;
  }

  private async partialDecryption(): Promise<void> {
    const { owner, payload } = parseOwned(this.object(1));
    if (payload !== (this.data[0] as Entry).hash) throw new Fault(`${BROKEN}: names another partial decryption than stands before it`);
    if (this.contributions.some((other) => other.owner === owner)) throw new Fault(`${ORDER}: trustee ${owner} decrypts twice`);
    const contribution = { owner, ...parsePartial(this.object(0)) };
    verifyContribution(this.counted, contribution);
    this.contributions.push(contribution);
    this.report.decryptionProofs = "weak";
    await breathe();
  }

  private result(): void {
    const { report } = this;
    const result = parseResult(this.object(0));
    verifyResult(this.counted, this.contributions, report.ballots, result);
    checkSums(report.election as Poll, result, report.ballots);
    report.state = "result";
    report.result = result;
  }

  private checkShares(): void {
    const { shares } = this.on;
    if (!shares) return;
    const strong = attachShares(shares, this.counted, this.contributions);
    within("shares", () => strong.forEach((contribution) => verifyContribution(this.counted, contribution)));
    if (strong.length > 0) this.report.decryptionProofs = "strong";
  }

  private checkClosing(): void {
    const { closing: text } = this.on;
    if (!text) return;
    const closing = parseClosing(text);
    if (this.report.state === "open") throw new Fault(CLOSING_EARLY);
    const ended = endedOf(this.report);
    verifyStatement(closing, ended);
    verifySignatures(closing, ended);
    verifyVoided(closing, ended);
    this.report.voided = closing.voided.length;
  }
}

/** What a closing file is checked against, of an archive whose poll has ended. */
export function endedOf({ election, endBallots, ballots, roll, trustees }: Report): Ended {
  return { fingerprint: (election as Poll).fingerprint, endBallots, ballots, roll: roll as Roll, trustees: trustees as Trustees };
}

function limit(entry: Entry, most: number): void {
  const { length } = entry.content;
  if (length > most) throw new Fault(`${fileName(entry)}: ${length} bytes, at most ${most} expected`);
}
