/** Checking a receipt in the page: once the receipt and the policy are here, without asking anybody. */
import { fill, h } from "../dom";
import { utf8 } from "../hash";
import { openPolicy, parsePolicy, type Policy } from "../log/policy";
import { verifyReceipt } from "../log/receipt";
import { act, actions, both } from "../member/say";
import { Fault } from "../verify/wire";
import { get } from "./fetch";
import { compareSeen, Contradiction, memory } from "./seen";
import { acceptIn, brokenOff, provenView, receiptRefused, receiptStopped, undecided } from "./show";
import { contentOf, policyField } from "./task";
import { words } from "./words";

/** Offers to check the receipt at data-receipt, or, without one, a receipt that the person brings. */
export function receiptTask(root: HTMLElement): void {
  const { receipt } = root.dataset;
  const file = h("input", { class: "input", type: "file", id: "receipt-file", accept: ".txt,text/plain" });
  const text = h("textarea", { class: "input", id: "receipt-text", rows: "4", autocomplete: "off", autocapitalize: "none", spellcheck: "false" });
  const policy = policyField();
  const area = h("div", { class: "stack", role: "status", "aria-live": "polite" });
  const brought = async () => (await contentOf(file)) ?? (text.value.trim() !== "" ? utf8(pasted(text.value)) : undefined);
  const wanted = () => (receipt ? get(receipt) : brought());
  const go = async () => fill(area, await check(wanted, policy.file, () => void go()).catch(brokenOff));
  const field = (id: string, label: Node, input: HTMLElement) => h("div", { class: "field" }, h("label", { for: id }, label), input);
  const fields = !receipt && h("div", { class: "stack" },
    field("receipt-file", both(words.receiptFile), file), field("receipt-text", both(words.receiptPaste), text));
  fill(root, fields, policy.element, actions(act(words.receiptButton, receipt ? "button-main" : "button-plain", () => void go())), area);
}

type Ask = () => Promise<Uint8Array | undefined>;

/**
 * Verifies a receipt, and says what was found. A policy of the person's own counts; that of the server its log
 * must have signed, and it must be the one that this browser has seen before.
 */
async function check(receipt: Ask, brought: Ask, again: () => void): Promise<Node> {
  const text = await receipt();
  if (!text) return undecided(words.receiptFile, words.receiptNone);
  const own = await brought();
  const served = own ?? (await get("/log/policy"));
  if (!served) return undecided(words.ownPolicy, words.noPolicy);
  const seen = memory();
  let policy: Policy | undefined;
  try {
    policy = own ? parsePolicy(own) : openPolicy(served);
    if (!own) compareSeen(seen, { policy });
    return provenView(verifyReceipt(text, policy), policy);
  } catch (error) {
    if (error instanceof Contradiction) return receiptStopped(error, policy ? { policy } : {}, acceptIn(seen, again));
    if (error instanceof Fault) return receiptRefused(error.message);
    throw error;
  }
}

/** What people paste has other line feeds, and space around it. */
const pasted = (text: string): string => `${text.replace(/\r\n?/g, "\n").trim()}\n`;
