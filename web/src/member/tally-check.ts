/**
 * What a board member's page makes sure of before a key is used: that the box which the server
 * offers is valid, the meeting's, the one that was sealed, and the only one.
 */
import { hexToBytes } from "@noble/hashes/utils.js";
import { fill, grouped, h, type Child } from "../dom";
import { fingerprintDigits } from "../hash";
import type { Text } from "../strings";
import { verifyArchive, type Report } from "../verify/archive";
import type { Counted } from "../verify/counting";
import type { Context, OpenKey } from "./context";
import type { Notes } from "./notes";
import { act, actions, both, box, para, subtitle, title } from "./say";
import type { PollState } from "./seat";
import { words } from "./tally-words";

/** Thrown for what must not be trusted. Nothing has been sent, and nothing will be. */
export class Distrust extends Error {
  /** `detail` is for who looks into it. */
  constructor(readonly why: Text, readonly detail = "") {
    super(`tally: ${why.en} ${detail}`);
  }
}

/** A box that has been verified. */
export interface CheckedBox {
  poll: PollState;
  report: Report;
}

/** How a rehearsal's name begins. Ballots are bound to the name, so no server can change it afterwards. */
const REHEARSAL = "TẬP DƯỢT";

/** Loads a box and verifies the whole of it, with the closing file if one is given. Throws Distrust. */
export async function checkBox(ctx: Context, poll: PollState, key: OpenKey, closing?: Uint8Array): Promise<CheckedBox> {
  const bar = progressScreen(ctx, words.loading, words.checked);
  const archive = await ctx.ask(() => ctx.api.getBytes(`polls/${poll.election}/archive`));
  bar.rename(words.checking);
  for (;;) {
    try {
      const report = await verifyArchive(archive, { workshop: ctx.workshop, progress: bar.report, ...(closing && { closing }) });
      if (!report.valid) throw new Distrust(plainly(report.reason ?? ""), report.reason);
      mustBeOurs(report, poll, key, endsOf(ctx, key));
      return { poll, report };
    } catch (error) {
      if (error instanceof Distrust) throw error;
      await ctx.choose<void>((again) => // a worker was lost
        [title(words.checkFailed), box("wait", words.checkFailedMore), actions(act(words.again, "button-main", again))]);
    }
  }
}

/**
 * The ends for which this device has signed or decrypted: election uuid → SHA-256 of its EndBallots
 * event. Noted before anything is signed, so that a key file of before, or the seed, knows them too.
 */
export function endsOf(ctx: Context, { transcript, index }: OpenKey): Notes {
  return ctx.notes(`homphieu-ends/${transcript.ceremony}/${index}`);
}

/** What a report of a valid box must say for this key to have anything to do with it. */
function mustBeOurs({ election, trusteesText, setup, endBallots }: Report, poll: PollState, { transcript, keyFile }: OpenKey, ends: Notes): void {
  if (election?.uuid !== poll.election) throw new Distrust(words.otherElection, election?.uuid);
  if (trusteesText !== transcript.trustees) throw new Distrust(words.otherTrustees);
  if (election.name.startsWith(REHEARSAL) !== poll.rehearsal) throw new Distrust(words.falseRehearsal, election.name);
  const { sealed = {}, contributed = {} } = keyFile ?? {};
  const recorded = Object.keys(sealed).length > 0;
  if (recorded && poll.rehearsal) throw new Distrust(words.rehearsalOver);
  if (recorded && sealed[poll.election] !== setup) throw new Distrust(words.otherSetup, setup);
  const end = contributed[poll.election];
  if (end !== undefined && end !== endBallots) throw new Distrust(words.otherEnd, endBallots);
  const noted = ends.get(poll.election);
  if (noted !== undefined && noted !== endBallots) throw new Distrust(words.otherEndHere, endBallots);
}

/** A box whose poll has ended, as the server has said it ended. */
export function mustHaveEnded({ report, poll }: CheckedBox): void {
  if (report.state === "open") throw new Distrust(words.notEnded);
  if (report.ballots !== poll.cast || report.endBallots !== poll.end_ballots) {
    throw new Distrust(words.twoBoxes, `${report.ballots}, ${report.endBallots}; ${poll.cast}, ${poll.end_ballots}`);
  }
}

/** What decrypts, of a box whose poll has ended. */
export function countedOf({ report: { election: poll, trustees, product, tally } }: CheckedBox): Counted {
  return { poll, trustees, product, tally } as Counted;
}

/** The digits of an end, which the members read and compare with one another. */
export function endCard({ report: { endBallots } }: CheckedBox): HTMLElement {
  return h("section", { class: "card" }, subtitle(words.endDigits), grouped(digitsOf(endBallots), 4, "digits"), para(words.endDigitsMore));
}

/** The 24 digits of a hash, as people compare them: docs/PROTOCOL.md §5. */
export function digitsOf(hash: string): string {
  return fingerprintDigits(hexToBytes(hash));
}

/** The kinds of faults, by what a reason contains; the first that fits. */
const KINDS: [RegExp, Text][] = [
  [/^closing file/, words.badClosing],
  [/archive: |^file /, words.badFile],
  [/already used|of another ballot: alpha/, words.badTwice],
  [/\(Ballot\): credential: unknown/, words.badUnknown],
  [/ballot: /, words.badBallot],
  [/\(Setup\)/, words.badSetup],
  [/chain: /, words.badChain],
  [/./, words.badCount],
];

/** What is wrong with an archive, in plain words. */
export function plainly(reason: string): Text {
  return KINDS.find(([pattern]) => pattern.test(reason))?.[1] ?? words.badFile;
}

/** Shows that nothing is sent, and why. Resolves when the member wants to look again. */
export function distrusted(ctx: Context, { why, detail }: Distrust): Promise<void> {
  return ctx.choose<void>((again) => [
    title(words.stop),
    box("stop", why, words.stopMore),
    detail !== "" && h("details", {}, h("summary", {}, both(words.detail)), h("p", {}, h("code", { translate: "no" }, detail))),
    actions(act(words.again, "button-plain", again)),
  ]);
}

/** A screen with a bar and a number on it. */
export interface Bar {
  rename(head: Text): void;
  report(done: number, all: number): void;
}

/** Shows a bar. */
export function progressScreen(ctx: Context, head: Text, say: (n: number, all: number) => Text): Bar {
  const bar = h("progress", { max: "1", "aria-label": head.vi });
  const line = h("p", { class: "counter" });
  const heading = h("div", {}, title(head));
  ctx.show(heading, bar, line);
  return {
    rename: (text) => fill(heading, title(text)),
    report: (done, all) => {
      bar.max = all;
      bar.value = done;
      fill(line, both(say(done, all)));
    },
  };
}

/** Asks whether two things agree. Throws Distrust where the member says that they do not. */
export async function mustAgree(ctx: Context, build: (answer: (same: boolean) => void) => Child[]): Promise<void> {
  if (!(await ctx.choose<boolean>(build))) throw new Distrust(words.memberSays);
}
