/** The closing record, from a member's side: checked against the box, compared with the table, signed. */
import { h, type Child } from "../dom";
import { secureScalar } from "../random";
import { signingKey } from "../ceremony/member";
import { sign } from "../zkp";
import { endedOf } from "../verify/archive";
import { closingMessage, parseClosing, verifyStatement, verifyVoided, type Closing } from "../verify/beside";
import { Fault } from "../verify/wire";
import type { Context, OpenKey } from "./context";
import { act, actions, para, subtitle, title, withHint } from "./say";
import type { PollState, SeatState } from "./seat";
import type { Text } from "../strings";
import { checkBox, Distrust, endCard, endsOf, mustAgree, mustHaveEnded, plainly, type CheckedBox } from "./tally-check";
import { compareSlip } from "./tally-seal";
import { words } from "./tally-words";

/**
 * Leads through the ledger of a closing file and returns the member's signature of it, as it is
 * posted. The end is noted before it is signed, and no other of that box is signed here. Throws
 * Distrust.
 */
export async function signClosing(ctx: Context, state: SeatState, poll: PollState, text: Uint8Array, key: OpenKey): Promise<string> {
  const checked = await checkBox(ctx, poll, key);
  mustHaveEnded(checked);
  const closing = statementOf(text, checked);
  await compareSlip(ctx, state, checked, key);
  await mustAgree(ctx, (answer) => [
    title(words.closeTitle),
    h("p", { class: "overline", lang: "vi" }, poll.title),
    para(words.closeChecked(checked.report.ballots), "lead"),
    para(words.closeLead),
    ledger(closing, checked),
    endCard(checked),
    actions(
      act(words.closeAgree, "button-main button-large", () => answer(true)),
      act(words.closeDiffers, "button-danger", () => answer(false))),
  ]);
  endsOf(ctx, key).note(poll.election, closing.endBallots);
  const signature = sign(signingKey(key.seed), `sigmsg|${closingMessage(closing)}|`, secureScalar);
  return JSON.stringify({ owner: key.index, signature });
}

/** Reads a closing file and checks all that it states; who has signed it so far does not matter. */
function statementOf(text: Uint8Array, { report }: CheckedBox): Closing {
  try {
    const closing = parseClosing(text);
    const ended = endedOf(report);
    verifyStatement(closing, ended);
    verifyVoided(closing, ended);
    return closing;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    throw new Distrust(plainly(error.message), error.message);
  }
}

function ledger({ slips, voided }: Closing, { report }: CheckedBox): Child {
  const { printed, issued, exchanged, unissued, returned, not_returned: kept, cast } = slips;
  const row = (text: Text, left: number, right: number, parts = "") => h("tr", { class: "is-good" },
    h("th", { scope: "row" }, ...withHint(text)),
    h("td", { class: "num", "data-label": `${words.left.vi} · ${words.left.en}` }, `${left}`), h("td", { class: "num", "data-label": `${words.right.vi} · ${words.right.en}` }, parts && `${parts} = `, `${right}`),
    h("td", {}, ...withHint(words.holds)));
  const head = (text: Text, kind?: string) => h("th", { scope: "col", class: kind }, ...withHint(text));
  const region = { class: "table-scroll", role: "region", "aria-label": `${words.ledger.vi} · ${words.ledger.en}`, tabindex: "0" };
  return h("section", { class: "card" }, subtitle(words.ledger), h("div", region, h("table", { class: "ledger ledger-blocks" },
    h("thead", {}, h("tr", {}, head(words.check), head(words.left, "num"), head(words.right, "num"), head(words.verdict))),
    h("tbody", {},
      row(words.row.printed, printed, issued + exchanged + unissued, `${issued} + ${exchanged} + ${unissued}`),
      row(words.row.issued, issued, cast + returned + kept, `${cast} + ${returned} + ${kept}`),
      row(words.row.cast, cast, report.ballots),
      row(words.row.credentials, printed, report.roll?.size ?? 0),
      row(words.row.voided, voided.length, exchanged + returned + unissued, `${exchanged} + ${returned} + ${unissued}`)))));
}
