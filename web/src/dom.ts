/** Building the page. Texts are only ever set as text, never parsed as HTML. */

/** What an element may hold; undefined and false stand for nothing. */
export type Child = Node | string | undefined | false;

type Attributes = Record<string, string | boolean | undefined>;

/** An element with attributes (true: present, false or undefined: absent) and children. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K, attributes: Attributes = {}, ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const name of Object.keys(attributes)) {
    const value = attributes[name];
    if (value === true) element.setAttribute(name, "");
    else if (typeof value === "string") element.setAttribute(name, value);
  }
  append(element, children);
  return element;
}

/** Replaces what `parent` holds. */
export function fill(parent: Element, ...children: Child[]): void {
  while (parent.firstChild) parent.removeChild(parent.firstChild);
  append(parent, children);
}

function append(parent: Element, children: Child[]): void {
  for (const child of children) if (child) parent.append(child);
}

/** A button that does one thing; `kind` is a class of style.css. */
export function button(label: string, kind: string, onClick: () => void): HTMLButtonElement {
  const element = h("button", { type: "button", class: `button ${kind}` }, label);
  element.addEventListener("click", onClick);
  return element;
}

const ICONS = {
  done: "M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20zm-1.6 14.6-4.3-4.3 1.7-1.7 2.6 2.6 5.8-5.8 1.7 1.7z",
  wait: "M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20zm1.2 5v4.5l3.6 3.6-1.7 1.7-4.3-4.3V7z",
  stop: "M8 2h8l6 6v8l-6 6H8l-6-6V8zm1.2 5.5L7.5 9.2l2.8 2.8-2.8 2.8 1.7 1.7 2.8-2.8 2.8 2.8 1.7-1.7-2.8-2.8 2.8-2.8-1.7-1.7-2.8 2.8z",
  note: "M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20zm-1.2 4.8h2.4v2.4h-2.4zm0 4.2h2.4v6.4h-2.4z",
};

/** The kinds of notices: each has a colour, an icon and words. */
export type Kind = keyof typeof ICONS;

/** The icon of a notice; the words beside it say the same. */
export function icon(kind: Kind): SVGElement {
  const ns = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(ns, "svg");
  const path = document.createElementNS(ns, "path");
  svg.setAttribute("class", "icon");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", ICONS[kind]);
  path.setAttribute("fill-rule", "evenodd");
  svg.append(path);
  return svg;
}

/** A box with an icon; `class` notice-done, notice-wait, notice-stop or notice-note. */
export function notice(kind: Kind, ...children: Child[]): HTMLElement {
  return h("div", { class: `notice notice-${kind}` }, icon(kind), h("div", { class: "notice-body" }, ...children));
}

/** Text in groups of `size`, which read and copy as one. */
export function grouped(text: string, size: number, className: string): HTMLElement {
  const groups = text.match(new RegExp(`.{1,${size}}`, "g")) ?? [];
  return h("code", { class: `groups ${className}`, translate: "no" }, ...groups.map((group) => h("span", {}, group)));
}
