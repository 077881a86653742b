/** How a code of Base58 characters is shown, so that capitals, small letters and digits look different. */
import { isBase58, splitGroups } from "./credential";
import { h } from "./dom";

/** The code in groups, as far as it is known. */
export function spelled(compact: string): HTMLElement {
  const groups = splitGroups(compact).map((group) => h("span", { class: "code-group" }, ...[...group].map(spelledChar)));
  return h("code", { class: "code", translate: "no" }, ...groups);
}

/** One character as it is shown within a code. */
export function spelledChar(c: string): HTMLElement {
  return h("span", { class: `char char-${classOf(c)}` }, c);
}

function classOf(c: string): string {
  if (!isBase58(c)) return "bad";
  if (c >= "1" && c <= "9") return "digit";
  return c === c.toLowerCase() ? "small" : "capital";
}
