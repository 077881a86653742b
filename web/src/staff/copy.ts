/** Texts that are there to be copied (data-copy) get a button that does it. */
import { fill } from "../dom";
import { act, both, t } from "../member/say";

const copyText = t("Chép nội dung", "Copy the text");
const copied = t("Đã chép", "Copied");
const notCopied = t("Trình duyệt không cho chép; chọn nội dung rồi chép bằng tay", "The browser does not allow copying; select the text and copy it");

/** Gives every such text in this part of the page its button, once. */
export function dressCopies(part: Element): void {
  for (const text of Array.from(part.querySelectorAll<HTMLTextAreaElement>("textarea[data-copy]"))) {
    const button = act(copyText, "button-plain", () => void navigator.clipboard.writeText(text.value).then(
      () => say(copied), () => say(notCopied)));
    const label = button.firstElementChild;
    const say = (words: typeof copied) => { if (label) fill(label, both(words)); };
    button.classList.add("no-print");
    text.after(button);
  }
}
