/** Sealing, from a member's side: what was sealed is compared with paper, and recorded in the key file. */
import { derived } from "../election";
import { grouped, h, type Child } from "../dom";
import { base64, digest } from "../hash";
import type { Poll } from "../verify/poll";
import type { Context, OpenKey } from "./context";
import type { KeyFile } from "./keyfile";
import { act, actions, both, box, para, subtitle, title } from "./say";
import type { PollState, SeatState } from "./seat";
import { parsePapers, type MeetingPapers } from "./slips-papers";
import { checkBox, Distrust, mustAgree, type CheckedBox } from "./tally-check";
import { words } from "./tally-words";

/**
 * Leads through the comparison of all papers, and records their setups in a key file, which is
 * saved. What is recorded already was compared with them. Throws Distrust.
 */
export async function recordSealing(ctx: Context, state: SeatState, key: OpenKey): Promise<void> {
  const polls = papersOf(state);
  const boxes: CheckedBox[] = [];
  for (const poll of polls) boxes.push(await checkSetup(ctx, state, poll, key));
  await mustBePapers(ctx, state, boxes);
  const sealed = Object.fromEntries(boxes.map(({ poll, report }) => [poll.election, report.setup]));
  const before = keyFileOf(key, state);
  if (Object.keys(before.sealed).length > 0) return; // checkBox has compared it
  await mustAgree(ctx, (answer) => [
    title(words.sealTitle), para(words.sealWhy, "lead"),
    ...boxes.map(paperCard),
    digitsCard(boxes),
    actions(
      act(words.sameRecord, "button-main button-large", () => answer(true)),
      act(words.differs, "button-danger", () => answer(false))),
  ]);
  await ctx.saveKeyFile({ ...before, sealed });
}

/** For a real box and a key without a record of the sealing: the digits of the slips, which stand for all papers. */
export async function compareSlip(ctx: Context, state: SeatState, checked: CheckedBox, key: OpenKey): Promise<void> {
  if (checked.poll.rehearsal || Object.keys(keyFileOf(key, state).sealed).length > 0) return;
  const boxes: CheckedBox[] = [];
  for (const poll of papersOf(state)) boxes.push(poll.election === checked.poll.election ? checked : await checkBox(ctx, poll, key));
  await mustAgree(ctx, (answer) => [
    title(words.noRecord), box("wait", words.noRecordMore), digitsCard(boxes),
    actions(
      act(words.same, "button-main button-large", () => answer(true)),
      act(words.differs, "button-danger", () => answer(false))),
  ]);
}

/** The papers of the meeting, without its rehearsal. */
export function papersOf({ polls }: SeatState): PollState[] {
  return polls.filter(({ rehearsal }) => !rehearsal);
}

/** The key file, or a new one for who typed the seed. */
export function keyFileOf({ keyFile, seed, index, share, transcript }: OpenKey, { meeting, seat }: SeatState): KeyFile {
  const { uuid, title: name } = meeting;
  return keyFile ?? { meeting: uuid, title: name, name: seat.name, index, seed, share, transcript, sealed: {}, contributed: {} };
}

async function checkSetup(ctx: Context, { meeting }: SeatState, poll: PollState, key: OpenKey): Promise<CheckedBox> {
  const checked = await checkBox(ctx, poll, key);
  if (meeting.state === "sealed" && checked.report.ballots > 0) throw new Distrust(words.notEmpty);
  const served = await ctx.ask(() => ctx.api.getBytes(`polls/${poll.election}/election`));
  const { fingerprint } = checked.report.election as Poll;
  if (base64(digest(served)) !== fingerprint) throw new Distrust(words.otherPapers, fingerprint); // voters get this one
  return checked;
}

/** What was sealed are the papers that the slips were made for, all of them and in their order. */
async function mustBePapers(ctx: Context, { meeting }: SeatState, boxes: readonly CheckedBox[]): Promise<void> {
  const text = await ctx.ask(() => ctx.api.getText("papers"));
  let papers: MeetingPapers;
  try {
    papers = parsePapers(text, meeting.uuid);
  } catch (error) {
    throw new Distrust(words.otherPapers, String(error));
  }
  const fingerprints = papers.elections.map(({ fingerprint }) => fingerprint).join();
  if (fingerprints !== fingerprintsOf(boxes).join()) throw new Distrust(words.otherPapers, fingerprints);
}

function fingerprintsOf(boxes: readonly CheckedBox[]): string[] {
  return boxes.map(({ report }) => (report.election as Poll).fingerprint);
}

function paperCard({ report: { election, roll } }: CheckedBox): HTMLElement {
  const { name, questions } = election as Poll;
  return h("section", { class: "card" },
    h("h3", { lang: "vi" }, name.split("\n").join(" · ")),
    h("p", {}, both(words.persons(questions.length)), "; ", both(words.slips(roll?.size ?? 0))),
    h("ol", { lang: "vi" }, ...questions.map(({ text }) => {
      const [person = "", ...post] = text.split("\n");
      return h("li", {}, h("strong", {}, person), post.length > 0 && ` – ${post.join(" ")}`);
    })));
}

/** The digits of the slips that serve these papers. */
function digitsCard(boxes: readonly CheckedBox[]): Child {
  const { digits } = derived(fingerprintsOf(boxes).sort().join(","));
  return h("section", { class: "card" }, subtitle(words.slipDigits), grouped(digits, 4, "digits"), para(words.slipDigitsMore));
}
