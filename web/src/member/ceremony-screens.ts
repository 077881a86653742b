/** The screens of the ceremony after a member has a seed. */
import { STEPS, type CeremonyFault, type Step, type Transcript } from "../ceremony/transcript";
import { h, type Child } from "../dom";
import type { Text } from "../strings";
import { words } from "./ceremony-words";
import type { Context } from "./context";
import { act, actions, badge, both, box, para, title } from "./say";

/** The names of the board, by index from 1. */
export type Names = (index: number) => string;

/**
 * Who has done the present step and who is awaited. `busy` while this device computes. The digits
 * stay in sight until everybody has agreed to them.
 */
export function waiting(t: Transcript, own: number, names: Names, busy: boolean): Child[] {
  const step = t.stage as Step;
  const member = (index: number) => h("tr", {},
    h("th", { scope: "row" }, names(index), index === own && " ", index === own && badge("note", words.you)),
    step === "commit" && h("td", { class: "digits", translate: "no" }, t.digits(index)),
    h("td", {}, t.has(step, index) ? badge("done", words.ready) : badge("wait", words.awaited)));
  return [
    h("p", { class: "overline" }, both(words.stepOf(STEPS.indexOf(step) + 1, STEPS.length))),
    title(words.steps[step]),
    para(busy ? words.working : words.waitTitle, "lead"),
    h("table", { class: step === "commit" ? "table digits-table" : "table" }, h("tbody", {}, ...t.indices.map(member))),
    step === "commit" && para(words.digitsStay),
    step === "commit" && para(words.ofMembers(t.threshold, t.size)),
    progress(t),
    para(words.keepOpen),
  ];
}

/** What is announced while others are awaited. */
export function waitingFor(t: Transcript, names: Names): string {
  return words.stillWaiting(t.missing.map(names).join(", ")).vi;
}

/** All steps; the present one in bold. */
function progress(t: Transcript): HTMLElement {
  const now = STEPS.indexOf(t.stage as Step);
  const state = (i: number) => (i < now ? "is-done" : i === now ? "is-now" : "is-later");
  return h("div", { class: "rail" }, h("ol", {}, ...STEPS.map((step, i) =>
    h("li", { class: state(i), ...(i === now && { "aria-current": "step" }) }, i < now && "✓ ", both(words.steps[step])))));
}

/** The four digits of everybody. Resolves when the member has ticked all others and said so. */
export async function compareDigits(ctx: Context, t: Transcript, own: number, names: Names): Promise<void> {
  for (;;) {
    const same = await ctx.choose<boolean>((answer) => digitsTable(t, own, names, answer));
    if (same) return;
    await ctx.choose<void>((again) => [
      title(words.differentTitle),
      box("stop", words.digitsWhy, words.differentWhat),
      act(words.compareAgain, "button-plain", () => again()),
    ]);
  }
}

function digitsTable(t: Transcript, own: number, names: Names, answer: (same: boolean) => void): Child[] {
  const ticks: HTMLInputElement[] = [];
  const agree = act(words.allSame, "button-main button-large", () => answer(true));
  const update = () => (agree.disabled = !ticks.every((tick) => tick.checked));
  const row = (index: number) => h("tr", { class: index === own ? "is-own" : undefined },
    h("th", { scope: "row" }, names(index)),
    h("td", { class: "digits", translate: "no" }, t.digits(index)),
    h("td", {}, index === own ? h("strong", {}, both(words.readAloud)) : tickOf(index, names(index), ticks, update)));
  const rows = t.indices.map(row);
  update();
  return [
    h("p", { class: "overline" }, both(words.stepOf(STEPS.indexOf("commit") + 1, STEPS.length))),
    title(words.digitsTitle),
    para(words.digitsHow, "lead"),
    para(words.ofMembers(t.threshold, t.size)),
    h("table", { class: "table digits-table" },
      h("thead", {}, h("tr", {}, ...[words.name, words.digits, words.heard].map(column))),
      h("tbody", {}, ...rows)),
    actions(agree, act(words.different, "button-danger", () => answer(false))),
  ];
}

function column({ vi, en }: Text): HTMLElement {
  return h("th", { scope: "col" }, vi, h("span", { lang: "en", class: "hint" }, en));
}

function tickOf(index: number, name: string, ticks: HTMLInputElement[], changed: () => void): HTMLElement {
  const id = `heard-${index}`;
  const tick = h("input", { id, type: "checkbox", autocomplete: "off" });
  tick.addEventListener("change", changed);
  ticks.push(tick);
  return h("div", { class: "check" }, tick, h("label", { for: id }, both(words.same), h("span", { class: "visually-hidden" }, `: ${name}`)));
}

/** All have confirmed: what to keep, and where. `again` makes the key file once more. */
export function finished(again?: () => void): Child[] {
  return [
    title(words.finishedTitle),
    box("done", words.finishedWhat),
    h("ul", { class: "stack" }, ...[words.keepFile, words.keepPaper, words.keepApart].map((text) => h("li", {}, para(text)))),
    again && act(words.saveAgain, "button-plain", again),
  ];
}

/** The ceremony has ended without a key: somebody has complained, or it was broken off. */
export function failed(complaint: Transcript["complaint"], names: Names): Child[] {
  const why = complaint ? words.complained(names(complaint.index), names(complaint.about)) : words.brokenOff;
  return [title(words.failedTitle), box("stop", why), para(words.restart)];
}

/** A check has failed in this browser: nothing more is sent. */
export function fault(error: CeremonyFault, own: number, names: Names): Child[] {
  const what = error.index === own ? words.faultOwn : words.faultOf(names(error.index), error.step);
  return [
    title(words.faultTitle), box("stop", what, words.nothingSent), para(words.restart),
    h("p", { class: "hint" }, h("code", { translate: "no" }, error.message)),
  ];
}
