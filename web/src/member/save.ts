/** Saving files on the member's own device. */
import { h } from "../dom";
import type { Context } from "./context";
import { keyFileName, writeKeyFile, type KeyFile } from "./keyfile";
import { act, actions, para, title } from "./say";
import { words } from "./words";

/** Hands a text to the browser as a download. */
export function saveFile(name: string, content: string): void {
  const address = URL.createObjectURL(new Blob([content], { type: "application/json" }));
  const link = h("a", { href: address, download: name, hidden: true });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 60_000); // by then every browser has read it
}

/** Has the member save a key file, and resolves when they have said that it is saved. */
export async function saveKeyFile(ctx: Context, file: KeyFile): Promise<void> {
  const name = keyFileName(file);
  const end = ctx.guard(() => true);
  await ctx.choose<void>((saved) => {
    const confirm = act(words.keySaved, "button-plain", () => saved());
    confirm.disabled = true;
    const save = act(words.saveKey, "button-main button-large", () => {
      saveFile(name, writeKeyFile(file));
      confirm.disabled = false;
    });
    return [
      title(words.saveKeyTitle),
      para(words.saveKeyWhere, "lead"),
      h("p", {}, h("code", { translate: "no" }, name)),
      para(words.saveKeySecret),
      actions(save, confirm),
    ];
  });
  end();
}
