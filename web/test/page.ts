/**
 * As much of a browser's document as the member's pages use, so that a test can run them in node and
 * act as a person does: read the text, press what is labelled, type into what is labelled.
 */

type Listener = (event: any) => void;

class FakeNode {
  parent: FakeElement | undefined;
  remove(): void {
    const { parent } = this;
    if (parent) parent.children = parent.children.filter((child) => (child as FakeNode) !== this);
    this.parent = undefined;
  }
}

class FakeText extends FakeNode {
  constructor(readonly textContent: string) {
    super();
  }
}

export class FakeElement extends FakeNode {
  children: (FakeElement | FakeText)[] = [];
  value = "";
  checked = false;
  files: unknown[] = [];
  readonly attributes = new Map<string, string>();
  private readonly listeners = new Map<string, Listener[]>();
  readonly classList = { add: (name: string) => this.setAttribute("class", name), remove: () => this.attributes.delete("class") };

  constructor(readonly tag: string) {
    super();
  }

  // What pages call

  setAttribute(name: string, value: string): void {
    this.attributes.set(name, value);
  }

  append(...nodes: (FakeElement | FakeText | string)[]): void {
    for (const node of nodes) {
      if (node instanceof FakeElement && node.tag === "#fragment") {
        this.append(...[...node.children]);
        continue;
      }
      const child = typeof node === "string" ? new FakeText(node) : node;
      child.remove();
      child.parent = this;
      this.children.push(child);
    }
  }

  get firstChild(): FakeElement | FakeText | undefined {
    return this.children[0];
  }

  removeChild(child: FakeElement | FakeText): void {
    child.remove();
  }

  get textContent(): string {
    return this.children.map((child) => child.textContent).join("");
  }

  set textContent(text: string) {
    this.children = [];
    if (text) this.append(text);
  }

  addEventListener(name: string, listener: Listener): void {
    this.listeners.set(name, [...(this.listeners.get(name) ?? []), listener]);
  }

  querySelector(tag: string): FakeElement | null {
    return this.all((element) => element.tag === tag)[0] ?? null;
  }

  focus(): void {}
  scrollIntoView(): void {}

  get hidden(): boolean {
    return this.attributes.has("hidden");
  }

  set hidden(value: boolean) {
    this.set("hidden", value);
  }

  get disabled(): boolean {
    return this.attributes.has("disabled");
  }

  set disabled(value: boolean) {
    this.set("disabled", value);
  }

  private set(name: string, value: boolean): void {
    if (value) this.attributes.set(name, "");
    else this.attributes.delete(name);
  }

  click(): void {
    if (this.disabled) return;
    if (this.tag === "a") clicked.push(this);
    this.emit("click");
    if (this.attributes.get("type") === "submit") this.up("form")?.emit("submit");
  }

  // What tests call

  emit(name: string): void {
    for (const listener of this.listeners.get(name) ?? []) listener({ preventDefault: () => undefined });
  }

  all(fits: (element: FakeElement) => boolean): FakeElement[] {
    const below = this.children.flatMap((child) => (child instanceof FakeElement ? child.all(fits) : []));
    return fits(this) ? [this, ...below] : below;
  }

  private up(tag: string): FakeElement | undefined {
    return this.tag === tag ? this : this.parent?.up(tag);
  }

  /** The button whose words contain `label`. */
  button(label: string): FakeElement {
    return this.one("button", label, (element) => element.tag === "button" && element.textContent.includes(label));
  }

  /** The field whose label contains `label`. */
  field(label: string): FakeElement {
    const found = this.one("label", label, (element) => element.tag === "label" && element.textContent.includes(label));
    return this.one("field", label, (element) => element.attributes.get("id") === found.attributes.get("for"));
  }

  type(label: string, text: string): void {
    const field = this.field(label);
    field.value = text;
    field.emit("input");
  }

  tick(label: string): void {
    const field = this.field(label);
    field.checked = true;
    field.emit("change");
  }

  /** Chooses a file of this content. */
  choose(label: string, content: string): void {
    const field = this.field(label);
    field.files = [content];
    field.emit("change");
  }

  private one(kind: string, label: string, fits: (element: FakeElement) => boolean): FakeElement {
    const [found] = this.all(fits);
    if (!found) throw new Error(`page: no ${kind} “${label}” in: ${this.textContent}`);
    return found;
  }
}

/** The links that were followed: downloads. */
const clicked: FakeElement[] = [];

/** The files that the page has handed to the browser since the last call: name and content. */
export async function downloads(): Promise<{ name: string; content: string }[]> {
  const links = clicked.splice(0);
  return Promise.all(links.map(async (link) => ({
    name: link.attributes.get("download") ?? "",
    content: await (saved.get(link.attributes.get("href") ?? "") as Blob).text(),
  })));
}

const saved = new Map<string, Blob>();

/** The content of a file whose stick was pulled out. */
export const UNREADABLE = "a file that cannot be read";

class FakeReader {
  result = "";
  onload: (() => void) | undefined;
  onerror: (() => void) | undefined;
  readAsText(file: string): void {
    this.result = file;
    setImmediate(() => (file === UNREADABLE ? this.onerror : this.onload)?.());
  }
}

/** What the browser keeps of its own; without it a page is on another device. */
export const storage = {
  kept: new Map<string, string>(),
  full: false,
  getItem: (name: string) => storage.kept.get(name) ?? null,
  setItem: (name: string, value: string) => {
    if (storage.full) throw new Error("storage: full");
    storage.kept.set(name, value);
  },
  removeItem: (name: string) => void storage.kept.delete(name),
  clear: () => storage.kept.clear(),
};

/** Puts a document into the global scope. Returns the listeners of its window by name. */
export function openDocument(): Map<string, Listener[]> {
  const listeners = new Map<string, Listener[]>();
  const scope = globalThis as any;
  scope.document = {
    createElement: (tag: string) => new FakeElement(tag),
    createElementNS: (_: string, tag: string) => new FakeElement(tag),
    createDocumentFragment: () => new FakeElement("#fragment"),
    body: new FakeElement("body"),
    documentElement: new FakeElement("html"),
  };
  scope.window = {
    addEventListener: (name: string, listener: Listener) => listeners.set(name, [...(listeners.get(name) ?? []), listener]),
    scrollTo: () => undefined,
    print: () => undefined,
    localStorage: storage,
  };
  scope.FileReader = FakeReader;
  scope.URL.createObjectURL = (blob: Blob) => {
    const address = `blob:${saved.size}`;
    saved.set(address, blob);
    return address;
  };
  scope.URL.revokeObjectURL = () => undefined;
  return listeners;
}

/** Waits until `holds`, which is looked at whenever something has run. */
export async function until(holds: () => boolean, what: () => string): Promise<void> {
  const end = Date.now() + 20_000;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`page: never ${what()}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}
