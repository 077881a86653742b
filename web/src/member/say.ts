/**
 * Both languages on every page of officers: Vietnamese first, English beside or below it in small.
 * Tasks build their screens from these, so that all of them look alike.
 */
import { h, notice, type Child, type Kind } from "../dom";
import type { Text } from "../strings";

/** One text in both languages. */
export const t = (vi: string, en: string): Text => ({ vi, en });

/** Something that is not to be translated, such as a name: the same in both languages. */
export const asIs = (text: string): Text => ({ vi: text, en: text });

/** "Vietnamese · English" on one line: labels, buttons, badges. Whole sentences need no dot between them. */
export function both({ vi, en }: Text): Node {
  return fragment(vi, vi !== en && (/[.!?…]$/.test(vi) ? " " : " · "), vi !== en && h("span", { lang: "en" }, en));
}

/** The heading of a screen, below that of the page. It takes the focus when the screen is shown. */
export function title(text: Text): HTMLElement {
  return h("h2", { tabindex: "-1", class: "task-title" }, ...withHint(text));
}

/** A heading within a screen. */
export function subtitle(text: Text): HTMLElement {
  return h("h3", {}, ...withHint(text));
}

/** A paragraph, and its English below. `kind` is a class of style.css for the Vietnamese one. */
export function para({ vi, en }: Text, kind?: string): Node {
  return fragment(h("p", { class: kind }, vi), vi !== en && h("p", { lang: "en", class: "hint" }, en));
}

/** A button that does one thing; `kind` is a class of style.css. */
export function act(text: Text, kind: string, onClick: () => void): HTMLButtonElement {
  const element = h("button", { type: "button", class: `button ${kind}` }, h("span", {}, both(text)));
  element.addEventListener("click", onClick);
  return element;
}

/** The buttons of a screen, the main one first. */
export function actions(...buttons: Child[]): HTMLElement {
  return h("div", { class: "actions" }, ...buttons);
}

/** A box with an icon, a strong sentence, an explanation, and what may follow. */
export function box(kind: Kind, head: Text, more?: Text, ...rest: Child[]): HTMLElement {
  return notice(kind, h("p", {}, h("strong", {}, head.vi)), h("p", { lang: "en", class: "hint" }, head.en), more && para(more), ...rest);
}

/** One word of state. */
export function badge(kind: Kind, text: Text): HTMLElement {
  return h("span", { class: `badge badge-${kind}` }, both(text));
}

/** Several nodes as one. */
export function fragment(...children: Child[]): DocumentFragment {
  const all = document.createDocumentFragment();
  for (const child of children) if (child) all.append(child);
  return all;
}

/** A text, and its English behind it in small: headings, cells of tables. */
export function withHint({ vi, en }: Text): Child[] {
  return [vi, vi !== en && " ", vi !== en && h("span", { lang: "en", class: "hint" }, en)];
}
