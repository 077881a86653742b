/** Opening a member's key: from the key file, from the file of the seed, or from the seed as typed. */
import { CODE_LENGTH, compactCode, isBase58 } from "../credential";
import { fill, h } from "../dom";
import { spelled } from "../spelling";
import type { Text } from "../strings";
import { Transcript } from "../ceremony/transcript";
import type { Context, OpenKey } from "./context";
import { checkKeyFile, checkOwner, KeyError, readFile, recover, type KeyFile, type Owner } from "./keyfile";
import { actions, both, para, subtitle, title } from "./say";
import { words } from "./words";

/** What a member has handed to the page. */
export interface Given {
  seed: string;
  file?: KeyFile;
}

/**
 * Asks for the key until `take` accepts what is given; `take` throws KeyError for what is not the
 * member's. The screen says what is wrong, and keeps what was typed.
 */
export function askForKey<T>(ctx: Context, head: Text, owner: Owner, take: (given: Given) => Promise<T>): Promise<T> {
  return ctx.choose<T>((answer, fail) => {
    const error = h("p", { class: "field-error", id: "key-error", role: "alert" });
    const attempt = async (given: () => Promise<Given>) => {
      fill(error);
      try {
        answer(await take(await given()));
      } catch (cause) {
        if (!(cause instanceof KeyError)) return fail(cause);
        fill(error, both(words.fault(cause.fault, cause.owner)));
        error.scrollIntoView({ block: "center" });
      }
    };
    return [
      title(head),
      para(words.openKey),
      error,
      fileField("key-file", words.keyFile, (content) => attempt(async () => givenFile(content, owner))),
      typedSeed((seed) => attempt(async () => ({ seed }))),
    ];
  });
}

/** Opens the key of the seat's member in the finished ceremony. */
export async function openKeyFile(ctx: Context): Promise<OpenKey> {
  const { meeting, seat } = await ctx.ask(() => ctx.api.getState());
  const transcript = Transcript.parse(await ctx.ask(() => ctx.api.getText("ceremony")));
  if (transcript.stage !== "finished" || transcript.meeting !== meeting.uuid) throw new Error("ceremony: not finished");
  transcript.verify();
  const owner = { meeting: meeting.uuid, ceremony: transcript.ceremony, index: seat.index };
  return askForKey(ctx, words.openTitle, owner, async ({ seed, file }) => {
    if (file) await checkKeyFile(file, transcript);
    const share = file ? file.share : await recover(seed, seat.index, transcript);
    return { seed, index: seat.index, share, transcript, ...(file && { keyFile: file }) };
  });
}

/** The seed in a file's text. Throws KeyError if it is not the owner's file. */
export function givenFile(content: string, owner: Owner): Given {
  const read = readFile(content);
  if ("key" in read) {
    checkOwner(read.key, owner);
    return { seed: read.key.seed, file: read.key };
  }
  checkOwner(read.seed, owner);
  return { seed: read.seed.seed };
}

/** A field that hands over the text of the file that is chosen, and says so where it cannot be read. */
export function fileField(id: string, label: Text, chosen: (content: string) => void): HTMLElement {
  const unread = h("p", { class: "field-error", id: `${id}-unread`, role: "alert" });
  const input = h("input", { id, type: "file", class: "input", accept: ".json,application/json", "aria-describedby": `${id}-unread key-error` });
  input.addEventListener("change", async () => {
    const [file] = input.files ?? [];
    if (!file) return;
    const content = await textOf(file);
    input.value = ""; // the same file may be chosen once more
    fill(unread, content === undefined && both(words.unread));
    if (content !== undefined) chosen(content);
  });
  return h("div", { class: "field" }, h("label", { for: id }, both(label)), unread, input);
}

/** A file's text; undefined if its medium does not give it. (Blob.text is missing in Safari before 14.) */
function textOf(file: Blob): Promise<string | undefined> {
  return new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => resolve(undefined);
    reader.readAsText(file);
  });
}

/** A field for the whole seed, with what has been read of it below, and its button. */
export function typedSeed(use: (seed: string) => void, head = words.orType, label = words.useSeed): HTMLElement {
  const input = h("input", {
    id: "seed", type: "text", class: "input code-input", maxlength: "60", lang: "zxx", translate: "no", autocomplete: "off",
    autocapitalize: "none", autocorrect: "off", spellcheck: "false", "aria-describedby": "seed-error seed-hint",
  });
  const echo = h("div", { class: "echo", hidden: true });
  const error = h("p", { class: "field-error", id: "seed-error", role: "alert" });
  input.addEventListener("input", () => {
    const compact = compactCode(input.value);
    echo.hidden = compact === "";
    fill(echo, spelled(compact));
    fill(error);
  });
  const form = h("form", { novalidate: true, autocomplete: "off", class: "stack" },
    subtitle(head),
    h("div", { class: "field" }, h("label", { for: "seed" }, both(words.seed)),
      h("p", { class: "hint", id: "seed-hint" }, both(words.seedHint)), error, input, echo),
    actions(h("button", { type: "submit", class: "button button-main" }, h("span", {}, both(label)))));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const compact = compactCode(input.value);
    const fault = seedFault(compact);
    if (!fault) return use(compact);
    fill(error, both(fault));
    input.focus();
  });
  return form;
}

/** What is wrong with a typed seed as such. */
function seedFault(compact: string): Text | undefined {
  const bad = [...new Set(compact)].filter((c) => !isBase58(c));
  if (bad.length > 0) return words.seedBad(bad.join(" "));
  return compact.length === CODE_LENGTH ? undefined : words.seedLength(compact.length);
}
