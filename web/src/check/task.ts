/** The page of one poll: the button, the bar, the verdict. */
import { fill, h } from "../dom";
import type { Workshop } from "../member/jobs";
import { act, actions, both } from "../member/say";
import type { Rows } from "../verify/counting";
import { get } from "./fetch";
import { recheck, type Phase } from "./recheck";
import { memory } from "./seen";
import { acceptIn, brokenOff, verdictView } from "./show";
import { phases, words } from "./words";

/** Offers the recheck of the poll that the server names in data-uuid. */
export function recheckTask(root: HTMLElement, workshop: Workshop): void {
  const { uuid = "" } = root.dataset;
  const policy = policyField();
  const seen = memory();
  const area = h("div", { class: "stack", role: "status", "aria-live": "polite" });
  const go = async () => {
    const bar = h("progress", { max: "1", "aria-label": words.working.vi });
    const line = h("p", { class: "counter" });
    button.disabled = true;
    fill(area, h("p", {}, both(words.working)), bar, line);
    const progress = (phase: Phase, done: number, total: number) => {
      bar.max = total;
      bar.value = done;
      fill(line, both(phases[phase](done, total)));
    };
    const shown = shownNumbers();
    try {
      const own = await policy.file();
      const verdict = await recheck({ uuid, get, workshop, seen, progress, ...(shown && { shown }), ...(own && { policy: own }) });
      fill(area, verdictView(verdict, acceptIn(seen, () => void go())));
    } catch (error) {
      fill(area, brokenOff(error));
    }
    fill(button, h("span", {}, both(words.again)));
    button.disabled = false;
  };
  const button = act(words.button, "button-main button-large", () => void go());
  fill(root, policy.element, actions(button), area);
}

/** A field for the person's own policy file. */
export function policyField(): { element: HTMLElement; file: () => Promise<Uint8Array | undefined> } {
  const input = h("input", { class: "input", type: "file", id: "policy", accept: ".txt,text/plain", "aria-describedby": "policy-hint" });
  const element = h("details", { class: "more" }, h("summary", {}, h("span", {}, both(words.ownPolicy))),
    h("div", { class: "field" }, h("label", { for: "policy" }, "policy.txt"), h("p", { class: "hint", id: "policy-hint" }, both(words.ownPolicyHint)), input));
  return { element, file: () => contentOf(input) };
}

/** What is in the file that was chosen, if one was. */
export async function contentOf({ files }: HTMLInputElement): Promise<Uint8Array | undefined> {
  const file = files?.[0];
  return file && new Uint8Array(await file.arrayBuffer());
}

/** The numbers of the page's own table: high, confidence, low, invalid of each person. */
function shownNumbers(): Rows<number> | undefined {
  const rows = Array.from(document.querySelectorAll<HTMLTableRowElement>("[data-shown] tbody tr:not(.block)"));
  if (rows.length === 0) return undefined;
  return rows.map((row) => Array.from(row.cells).slice(2).map((cell) => parseInt(cell.textContent ?? "", 10)));
}
