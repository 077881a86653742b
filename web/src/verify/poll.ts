/**
 * The election object as a verifier reads it: docs/PROTOCOL.md §3. It takes more than the voter's
 * page does (election.ts): any number of answers, any bounds that they can meet.
 */
import { derived } from "../election";
import { isBase58 } from "../credential";
import { base64, digest } from "../hash";
import { decode, isIdentity, type Point } from "./points";
import { Fault, NOT_CANONICAL, Reader, within } from "./wire";

/** One question, that is, one person. */
export interface PollQuestion {
  /** Name, and after a line feed the post. */
  text: string;
  answers: string[];
  blank: boolean;
  min: number;
  max: number;
}

/** What an election says. All of it can be cloned. */
export interface Poll {
  uuid: string;
  name: string;
  description: string;
  /** The election key y in its wire form. */
  publicKey: string;
  questions: PollQuestion[];
  /** φ. */
  fingerprint: string;
  /** The 24 digits that people compare. */
  digits: string;
}

const VERSION = "election: protocol version is not 1";
const GROUP = "election: group is not Ed25519";
const QUESTION = "election: question outside the profile";
/** Said of a key that is the neutral element. */
export const IDENTITY_KEY = "public key: the identity";

/** Reads the exact bytes of an election. Throws a Fault for whatever is outside the profile. */
export function parsePoll(bytes: Uint8Array): Poll {
  const said = within("election", () => read(new Reader(bytes)));
  const fingerprint = base64(digest(bytes));
  return { ...said, fingerprint, digits: derived(fingerprint).digits };
}

function read(r: Reader): Omit<Poll, "fingerprint" | "digits"> {
  r.literal('{"version":');
  if (r.int() !== 1) r.fail(VERSION);
  r.literal(',"description":');
  const description = r.string();
  r.literal(',"name":');
  const name = r.string();
  r.literal(',"group":');
  const group = r.word();
  if (group !== "Ed25519") r.fail(`${GROUP}: ${JSON.stringify(group)}`);
  r.literal(',"public_key":');
  const publicKey = r.element();
  r.literal(',"questions":');
  const questions = r.list(() => readQuestion(r));
  if (questions.length === 0) r.fail(QUESTION);
  r.literal(',"uuid":');
  const uuid = r.word();
  if (uuid.length < 14 || uuid.length > 64 || !isBase58(uuid)) r.fail(NOT_CANONICAL);
  for (const member of [',"administrator":', ',"credential_authority":']) if (r.optional(member)) r.string();
  r.literal("}");
  r.end();
  if (isIdentity(decode(publicKey) as Point)) throw new Fault(IDENTITY_KEY);
  return { uuid, name, description, publicKey, questions };
}

function readQuestion(r: Reader): PollQuestion {
  r.literal("{");
  if (!r.optional('"answers":')) r.fail(QUESTION);
  const answers = r.list(() => r.string());
  let blank = false;
  if (r.optional(',"blank":')) {
    blank = r.optional("true");
    if (!blank) r.literal("false");
  }
  r.literal(',"min":');
  const min = r.int();
  r.literal(',"max":');
  const max = r.int();
  r.literal(',"question":');
  const text = r.string();
  r.literal("}");
  if (min > max || max > answers.length || answers.length === 0) r.fail(QUESTION);
  return { text, answers, blank, min, max };
}

/** The number of choices: the answers, and the blank where there is one. */
export function choicesOf({ answers, blank }: PollQuestion): number {
  return answers.length + (blank ? 1 : 0);
}

/** The length in bytes of the longest ballot that can be in canonical form. */
export function maxBallotSize({ uuid, questions }: Poll): number {
  const element = 64 + 2;
  const proof = 2 * (76 + 2) + '{"challenge":,"response":},'.length;
  const choice = 2 * element + '{"alpha":,"beta":},'.length + 2 * proof + "[],".length;
  return questions.reduce((size, question) =>
    size + 256 + choicesOf(question) * choice + (question.max - question.min + 1 + 3) * proof, 1024 + uuid.length);
}
