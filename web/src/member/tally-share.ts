/**
 * The share, from a member's side. The whole box is verified once more, together with the signed
 * closing record; people compare; the end of the box is recorded in the key file and the file saved;
 * only then is the key used.
 */
import { fill, h, type Child } from "../dom";
import { breathe } from "../engine";
import { base64, digest } from "../hash";
import { secureScalar } from "../random";
import { Fault } from "../verify/wire";
import type { Context, OpenKey } from "./context";
import type { KeyFile } from "./keyfile";
import { act, actions, both, para, subtitle, title } from "./say";
import type { PollState, SeatState } from "./seat";
import type { Text } from "../strings";
import { checkBox, countedOf, Distrust, endCard, endsOf, mustAgree, mustHaveEnded, progressScreen, type CheckedBox } from "./tally-check";
import { decrypting, labelOf, partsOf } from "./tally-decrypt";
import { compareSlip, keyFileOf } from "./tally-seal";
import { words } from "./tally-words";
import { fileField } from "./unlock";

/** A contribution that is ready to be sent, and the key file in which it is recorded. */
export interface Made {
  contribution: string;
  file: KeyFile;
}

/** The fewest ballots that are opened, whatever the server says; a rehearsal has as many. */
const LEAST = 5;

/** Leads through the comparison, has the key file saved, and makes the contribution. Throws Distrust. */
export async function makeShare(ctx: Context, state: SeatState, poll: PollState, key: OpenKey): Promise<Made> {
  const closing = await ctx.ask(() => ctx.api.getBytes(`polls/${poll.election}/closing`));
  const checked = await checkBox(ctx, poll, key, closing);
  mustHaveEnded(checked);
  const { ballots, endBallots } = checked.report;
  const least = state.meeting.min_ballots > LEAST ? state.meeting.min_ballots : LEAST;
  if (ballots < least) throw new Distrust(words.tooFew(ballots, least));
  const before = keyFileOf(key, state);
  await compareSlip(ctx, state, checked, key);
  await mustAgree(ctx, (answer) => compareEnd(checked, answer));
  endsOf(ctx, key).note(poll.election, endBallots);
  const file = { ...before, contributed: { ...before.contributed, [poll.election]: endBallots } };
  if (before.contributed[poll.election] === undefined) await ctx.saveKeyFile(file);
  return { contribution: await decrypt(ctx, checked, key), file };
}

/**
 * The number of ballots and the digits of the end, as on the projector. The member types the number,
 * and sees that of the box once it is the same: nobody can type what the page has told.
 */
function compareEnd(checked: CheckedBox, answer: (same: boolean) => void): Child[] {
  const { poll, report: { ballots } } = checked;
  const input = h("input", {
    id: "cast", class: "input", type: "text", inputmode: "numeric", autocomplete: "off", "aria-describedby": "cast-error",
  });
  const error = h("p", { class: "field-error", id: "cast-error", role: "alert" });
  const number = h("p", { class: "counter-number" });
  const inBox = h("section", { class: "card", hidden: true }, subtitle(words.inBox), number);
  const isRight = () => input.value.trim() === `${ballots}`;
  input.addEventListener("input", () => {
    inBox.hidden = !isRight();
    fill(number, isRight() && `${ballots}`);
    if (isRight()) fill(error);
  });
  const form = h("form", { novalidate: true, autocomplete: "off", class: "stack" },
    h("div", { class: "field" }, h("label", { for: "cast" }, both(words.typeCast)), error, input),
    inBox,
    actions(
      h("button", { type: "submit", class: "button button-main button-large" }, h("span", {}, both(words.shareGo))),
      act(words.differs, "button-danger", () => answer(false))));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (isRight()) return answer(true);
    fill(error, both(words.typedOther(input.value.trim())));
    input.setAttribute("aria-invalid", "true");
    input.focus();
  });
  return [
    title(words.shareTitle),
    h("p", { class: "overline", lang: "vi" }, poll.title),
    endCard(checked),
    form,
  ];
}

/** Makes the contribution, in this page: the secret goes nowhere else. */
async function decrypt(ctx: Context, checked: CheckedBox, { index, share }: OpenKey): Promise<string> {
  const counted = countedOf(checked);
  const bar = progressScreen(ctx, words.computing, words.computed);
  const steps = decrypting(counted, { owner: index, secret: share }, secureScalar);
  try {
    for (;;) {
      const step = steps.next();
      if (step.done) return step.value;
      bar.report(step.value, partsOf(counted));
      await breathe();
    }
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    throw new Distrust(words.ownKey, error.message);
  }
}

/** A contribution that was made elsewhere, and the poll that it is for. */
export interface Brought {
  poll: PollState;
  contribution: string;
}

/**
 * Asks how the share is to be made: undefined for here, or the file of `homphieu share`, which must be
 * this member's and for one of `polls`.
 */
export function askHow(ctx: Context, { seat }: SeatState, polls: readonly PollState[]): Promise<Brought | undefined> {
  return ctx.choose<Brought | undefined>((answer, fail) => {
    const error = h("p", { class: "field-error", role: "alert" });
    const bring = async (text: string) => {
      const brought = await broughtOf(ctx, text.trim(), seat.index, polls);
      if ("fault" in brought) fill(error, both(brought.fault));
      else answer(brought);
    };
    return [
      title(words.shareStart),
      para(words.shareHereMore, "lead"),
      actions(act(words.shareHere, "button-main button-large", () => answer(undefined))),
      h("details", { class: "card" }, h("summary", {}, both(words.byCommand)), error,
        fileField("share-file", words.shareFile, (text) => void bring(text).catch(fail))),
    ];
  });
}

async function broughtOf(ctx: Context, contribution: string, own: number, polls: readonly PollState[]): Promise<Brought | { fault: Text }> {
  const label = labelOf(contribution);
  if (!label) return { fault: words.notShare };
  if (label.owner !== own) return { fault: words.otherMembers };
  for (const poll of polls) {
    const election = await ctx.ask(() => ctx.api.getBytes(`polls/${poll.election}/election`));
    if (base64(digest(election)) === label.election) return { poll, contribution };
  }
  return { fault: words.otherPoll };
}
