/** The first part of the ceremony: a member gets a seed, copies it to paper, and gives it back. */
import { compactCode, splitGroups } from "../credential";
import { newSeed } from "../ceremony/member";
import { fill, h, type Child } from "../dom";
import { spelled, spelledChar } from "../spelling";
import type { Text } from "../strings";
import { words } from "./ceremony-words";
import type { Context } from "./context";
import { readFile, seedFileName, writeSeedFile, type SeedFile } from "./keyfile";
import { act, actions, asIs, both, box, para, subtitle, title } from "./say";
import { saveFile } from "./save";
import { fileField, typedSeed } from "./unlock";

/** Whose seed it will be, and for what. */
export interface SeedPurpose {
  meeting: string;
  meetingTitle: string;
  ceremony: string;
  threshold: number;
  size: number;
  name: string;
  index: number;
}

/** Makes a seed, and resolves with it when the member has proved to have it on paper. */
export async function makeSeed(ctx: Context, purpose: SeedPurpose): Promise<string> {
  await ctx.choose<void>((begin) => [
    title(words.title),
    para(words.what(purpose.threshold, purpose.size), "lead"),
    para(words.prepare),
    box("note", words.who(purpose.name)),
    act(words.begin, "button-main button-large", () => begin()),
  ]);
  const { meeting, ceremony, name, index } = purpose;
  const file: SeedFile = { meeting, ceremony, name, index, seed: newSeed() };
  const end = ctx.guard(() => true);
  try {
    do await showSeed(ctx, purpose, file);
    while ((await askBack(ctx, file.seed)) === "look");
  } finally {
    end();
  }
  return file.seed;
}

function showSeed(ctx: Context, purpose: SeedPurpose, file: SeedFile): Promise<void> {
  return ctx.choose<void>((answer) => {
    const copied = act(words.copied, "button-main", () => answer());
    copied.disabled = true; // until there is a file beside the paper
    const save = () => {
      saveFile(seedFileName(file), writeSeedFile(file));
      copied.disabled = false;
    };
    return [
      title(words.seedTitle),
      para(words.seedHow, "lead"),
      h("div", { class: "echo seed" }, spelled(file.seed)),
      legend(),
      box("wait", words.seedOnly),
      actions(
        act(words.saveSeed, "button-plain", save),
        copied,
        act(words.printSeed, "button-plain", () => printForm(purpose, file.seed)),
        act(words.printBlank, "button-plain", () => printForm(purpose, ""))),
    ];
  });
}

function legend(): HTMLElement {
  const entry = (sample: string, text: Text) => h("li", {}, h("code", { class: "code", translate: "no" }, spelledChar(sample)), " ", both(text));
  return h("ul", { class: "legend" }, entry("K", words.capital), entry("k", words.small), entry("7", words.digit));
}

/** The member types all of it, or chooses the saved file and types two groups. */
function askBack(ctx: Context, seed: string): Promise<"right" | "look"> {
  return ctx.choose((answer) => {
    const error = h("p", { class: "field-error", id: "key-error", role: "alert" });
    const judge = (wrong: Text | undefined) => {
      if (!wrong) return answer("right");
      fill(error, both(wrong));
      error.scrollIntoView({ block: "center" });
    };
    return [
      title(words.backTitle),
      para(words.backWhy),
      error,
      typedSeed((typed) => judge(differing(seed, splitGroups(typed), [0, 1, 2, 3])), words.backWhole, words.check),
      fileAndGroups(seed, judge),
      act(words.look, "button-link", () => answer("look")),
    ];
  });
}

/** The saved file, and two groups from paper, drawn at random. */
function fileAndGroups(seed: string, judge: (wrong: Text | undefined) => void): HTMLElement {
  let chosen: Text | undefined = words.noFile;
  const state = h("p", { class: "hint", role: "status" });
  const file = fileField("seed-file", words.backFileLabel, (content) => {
    chosen = holds(content, seed) ? undefined : words.wrongFile;
    fill(state, both(chosen ?? words.rightFile));
  });
  const asked = twoGroups();
  const fields = asked.map((i) => groupField(i));
  const form = h("form", { novalidate: true, autocomplete: "off", class: "stack" },
    subtitle(words.backFile), file, state, ...fields.map(({ field }) => field),
    actions(h("button", { type: "submit", class: "button button-plain" }, h("span", {}, both(words.check)))));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const typed: string[] = [];
    asked.forEach((i, n) => (typed[i] = compactCode(fields[n]?.input.value ?? "")));
    judge(chosen ?? differing(seed, typed, asked));
  });
  return form;
}

function groupField(i: number): { field: HTMLElement; input: HTMLInputElement } {
  const id = `group-${i + 1}`;
  const input = h("input", {
    id, type: "text", class: "input code-input", maxlength: "12", lang: "zxx", translate: "no",
    autocomplete: "off", autocapitalize: "none", autocorrect: "off", spellcheck: "false",
  });
  return { field: h("div", { class: "field" }, h("label", { for: id }, both(words.group(i + 1))), input), input };
}

/** Which of the `asked` groups are not those of the seed. */
function differing(seed: string, typed: readonly string[], asked: readonly number[]): Text | undefined {
  const groups = splitGroups(seed);
  const wrong = asked.filter((i) => typed[i] !== groups[i]).map((i) => words.group(i + 1));
  if (wrong.length === 0) return undefined;
  return words.notSame({ vi: wrong.map(({ vi }) => vi.toLowerCase()).join(", "), en: wrong.map(({ en }) => en.toLowerCase()).join(", ") });
}

function holds(content: string, seed: string): boolean {
  try {
    const read = readFile(content);
    return ("key" in read ? read.key : read.seed).seed === seed;
  } catch {
    return false;
  }
}

/** Two of the four groups, at random, so that nobody types the same two from habit. */
function twoGroups(): number[] {
  const left = [0, 1, 2, 3];
  while (left.length > 2) left.splice(Math.floor(Math.random() * left.length), 1);
  return left;
}

// On paper

/** Prints the form, with the characters or with empty boxes, and nothing else of the page. */
function printForm(purpose: SeedPurpose, seed: string): void {
  const form = seedForm(purpose, seed);
  document.body.append(form);
  document.documentElement.classList.add("printing-form");
  const end = () => {
    form.remove();
    document.documentElement.classList.remove("printing-form");
  };
  window.addEventListener("afterprint", end, { once: true });
  window.print();
}

function seedForm(purpose: SeedPurpose, seed: string): HTMLElement {
  const fact = (name: Text, value: string): Child[] => [h("dt", {}, both(name)), h("dd", {}, both(asIs(value)))];
  const groups = [5, 6, 5, 6].map((size, i) => boxes(size, splitGroups(seed)[i] ?? ""));
  return h("section", { class: "seed-form stack" },
    h("h1", {}, words.formTitle.vi, " ", h("span", { lang: "en", class: "hint" }, words.formTitle.en)),
    h("dl", { class: "facts" },
      ...fact(words.formMeeting, purpose.meetingTitle), ...fact(words.formName, purpose.name),
      ...fact(words.formPlace, `${purpose.index}`), ...fact(words.formCeremony, purpose.ceremony)),
    h("div", { translate: "no" }, ...groups.slice(0, 2), h("br"), ...groups.slice(2)),
    para(words.formRule), para(words.formKeep),
    h("p", { class: "seed-sign" }, both(words.formSign)));
}

/** A group in boxes, as far as it is known. */
function boxes(size: number, group: string): HTMLElement {
  return h("span", { class: "seed-boxes" }, ...Array.from({ length: size }, (_, i) => {
    const c = group.charAt(i);
    return h("span", { class: c >= "A" && c <= "Z" ? "seed-box seed-capital" : "seed-box" }, c);
  }));
}
