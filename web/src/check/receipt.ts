/** Checking a receipt in the page: once the receipt and the policy are here, without asking anybody. */
import { fill, h } from "../dom";
import { utf8 } from "../hash";
import { parsePolicy } from "../log/policy";
import { verifyReceipt } from "../log/receipt";
import { act, actions, both } from "../member/say";
import { Fault } from "../verify/wire";
import { get, NoAnswer } from "./fetch";
import { provenView, receiptRefused, undecided } from "./show";
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
  const go = async () => {
    try {
      fill(area, await check(await (receipt ? get(receipt) : brought()), (await policy.file()) ?? (await get("/log/policy"))));
    } catch (error) {
      fill(area, error instanceof NoAnswer ? undecided(words.noAnswer, words.noAnswerMore) : undecided(words.failed, words.failedMore));
    }
  };
  const field = (id: string, label: Node, input: HTMLElement) => h("div", { class: "field" }, h("label", { for: id }, label), input);
  const fields = !receipt && h("div", { class: "stack" },
    field("receipt-file", both(words.receiptFile), file), field("receipt-text", both(words.receiptPaste), text));
  fill(root, fields, policy.element, actions(act(words.receiptButton, receipt ? "button-main" : "button-plain", () => void go())), area);
}

/** Verifies a receipt under a policy, and says what was found. */
async function check(text: Uint8Array | undefined, policyText: Uint8Array | undefined): Promise<Node> {
  if (!text) return undecided(words.receiptFile, words.receiptNone);
  if (!policyText) return undecided(words.ownPolicy, words.noPolicy);
  try {
    const policy = parsePolicy(policyText);
    return provenView(verifyReceipt(text, policy), policy);
  } catch (error) {
    if (error instanceof Fault) return receiptRefused(error.message);
    throw error;
  }
}

/** What people paste has other line feeds, and space around it. */
const pasted = (text: string): string => `${text.replace(/\r\n?/g, "\n").trim()}\n`;
