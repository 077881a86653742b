/** The files beside an archive: strong proofs (docs/PROTOCOL.md §8) and the closing file (§10). */
import { readProofs, type Contribution, type Counted, type Rows } from "./counting";
import { verifySignature } from "./proofs";
import type { Roll } from "./roll";
import { trusteeOf, type Trustees } from "./trustees";
import { Fault, Reader, within, type Numbers } from "./wire";

// Strong proofs

interface Shares {
  election: string;
  tally: string;
  shares: { owner: number; proofs: Rows<Numbers> }[];
}

/** Reads a file of strong proofs and gives them to the contributions of an archive, in whose order they stand. */
export function attachShares(text: Uint8Array, { poll, tally }: Counted, contributions: readonly Contribution[]): Contribution[] {
  const file = parseShares(text);
  if (file.election !== poll.fingerprint || file.tally !== tally) throw new Fault("shares: made for another tally");
  const [given, wanted] = [file.shares.length, contributions.length];
  if (given !== wanted) throw new Fault(`shares: ${given}, the archive has ${wanted}`);
  return contributions.map((contribution, i) => {
    const { owner, proofs } = file.shares[i] as Shares["shares"][number];
    const who = contribution.owner;
    if (owner !== who) throw new Fault(`shares: share ${i + 1}: of trustee ${owner}, the archive has trustee ${who}`);
    return { ...contribution, strong: proofs };
  });
}

function parseShares(text: Uint8Array): Shares {
  const r = new Reader(text);
  return within("shares", () => {
    r.literal('{"schema":1,"election":');
    const election = r.word();
    r.literal(',"encrypted_tally":');
    const tally = r.hash();
    r.literal(',"shares":');
    const shares = r.list(() => {
      r.literal('{"owner":');
      const owner = r.int();
      r.literal(',"proofs":');
      const proofs = readProofs(r);
      r.literal("}");
      return { owner, proofs };
    });
    r.literal("}");
    r.end();
    return { election, tally, shares };
  });
}

// The closing file

/** What became of the slips: docs/PROTOCOL.md §10. */
export interface Slips {
  printed: number;
  issued: number;
  exchanged: number;
  unissued: number;
  returned: number;
  not_returned: number;
  cast: number;
}

/** What the counting board states when the poll has ended. */
export interface Closing {
  /** φ. */
  election: string;
  endBallots: string;
  slips: Slips;
  /** Public credentials. */
  voided: string[];
  signatures: { owner: number; signature: Numbers }[];
}

const CLOSING = "closing file: does not hold";
const SIGNERS = 2;

/** Reads a closing file, with signatures or none yet. */
export function parseClosing(text: Uint8Array): Closing {
  const r = new Reader(text);
  return within(CLOSING, () => {
    r.literal('{"schema":1,"election":');
    const election = r.word();
    r.literal(',"end_ballots":');
    const endBallots = r.hash();
    const slips = readSlips(r);
    r.literal(',"voided":');
    const voided = r.list(() => r.hash());
    r.literal(',"signatures":');
    const signatures = r.list(() => {
      r.literal('{"owner":');
      const owner = r.int();
      r.literal(',"signature":');
      const signature = r.proof();
      r.literal("}");
      return { owner, signature };
    });
    r.literal("}");
    r.end();
    return { election, endBallots, slips, voided, signatures };
  });
}

function readSlips(r: Reader): Slips {
  const read = (name: string) => {
    r.literal(name);
    return r.int();
  };
  r.literal(',"slips":');
  const slips = {
    printed: read('{"printed":'),
    issued: read(',"issued":'),
    exchanged: read(',"exchanged":'),
    unissued: read(',"unissued":'),
    returned: read(',"returned":'),
    not_returned: read(',"not_returned":'),
    cast: read(',"cast":'),
  };
  r.literal("}");
  return slips;
}

/** The message that members of the board sign. */
export function closingMessage({ election, endBallots, slips, voided }: Closing): string {
  return `homphieu-closing-v1|${JSON.stringify({ schema: 1, election, end_ballots: endBallots, slips, voided })}`;
}

/** What a closing file is checked against: an archive whose poll has ended. */
export interface Ended {
  /** φ. */
  fingerprint: string;
  /** SHA-256 of the EndBallots event. */
  endBallots: string;
  ballots: number;
  /** With the credentials of all ballots marked as used. */
  roll: Roll;
  trustees: Trustees;
}

/** Checks everything that a closing file states, but not who has signed it. */
export function verifyStatement({ election, endBallots, slips, voided }: Closing, ended: Ended): void {
  within(CLOSING, () => {
    if (election !== ended.fingerprint || endBallots !== ended.endBallots) throw new Fault("made for another ballot box");
    if (slips.cast !== ended.ballots) throw new Fault(`${slips.cast} cast, the box holds ${ended.ballots}`);
    reconcile(slips, voided.length);
    if (voided.some((credential, i) => i > 0 && (voided[i - 1] as string) >= credential)) {
      throw new Fault("voided credentials: not in ascending order");
    }
  });
}

/** Checks that the slips printed are the credentials listed, and that each voided one is listed and unused. */
export function verifyVoided({ slips, voided }: Closing, { roll }: Ended): void {
  within(CLOSING, () => {
    if (slips.printed !== roll.size) throw new Fault(`${slips.printed} slips printed, ${roll.size} credentials listed`);
    for (const credential of voided) within(`voided credential ${credential}`, () => roll.mustBeUnspent(credential));
  });
}

/** Checks that enough members of the board have signed, in order, and that each signature holds. */
export function verifySignatures(closing: Closing, { trustees }: Ended): void {
  const { signatures } = closing;
  const wanted = Math.min(SIGNERS, trustees.members.length);
  const message = closingMessage(closing);
  within(CLOSING, () => {
    if (signatures.length < wanted) throw new Fault(`${signatures.length} signatures, want ${wanted}`);
    let before = 0;
    for (const { owner, signature } of signatures) {
      const { signingKey } = trusteeOf(trustees, owner);
      if (owner <= before) throw new Fault("signatures: not in ascending order");
      within(`signature of trustee ${owner}`, () => verifySignature(signingKey, message, signature));
      before = owner;
    }
  });
}

/** Checks the identities that the counts must meet; names the first that fails, with both sides. */
function reconcile({ printed, issued, exchanged, unissued, returned, not_returned: notReturned, cast }: Slips, voided: number): void {
  const handled = issued + exchanged + unissued;
  const accounted = cast + returned + notReturned;
  const unused = exchanged + returned + unissued;
  if (printed !== handled) throw new Fault(`slips: printed ${printed}, issued + exchanged + unissued ${handled}`);
  if (issued !== accounted) throw new Fault(`slips: issued ${issued}, cast + returned + not returned ${accounted}`);
  if (voided > unused) throw new Fault(`slips: voided ${voided}, exchanged + returned + unissued ${unused}`);
}
