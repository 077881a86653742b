/**
 * Making the slips: a board member's browser draws the codes, prints them, and sends the server the
 * public half alone; or takes the public half that `homphieu slips` made.
 */
import { Transcript } from "../ceremony/transcript";
import { fill, grouped, h, notice, type Child } from "../dom";
import type { Election } from "../election";
import { breathe } from "../engine";
import type { Text } from "../strings";
import type { Context } from "./context";
import { saveFile } from "./save";
import { act, actions, both, box, para, subtitle, title } from "./say";
import { Refused, refusal, type SeatState } from "./seat";
import { newCodes, uploadBody, type CheckInput, type DeriveInput, type Fault, type Progress, type PublicHalf } from "./slips-draw";
import { parsePapers, slipLink, type MeetingPapers } from "./slips-papers";
import { browserMeasure, PrintJob } from "./slips-print";
import { pagesOf, sheets, TooLong, type Heading } from "./slips-sheet";
import { fileFaults, words } from "./slips-words";

/** The most slips that one page makes. */
export const MOST = 2000;

const SHORT = 20; // persons whose list is shown at once

/** What the member wants: new slips, or the file of slips that were made elsewhere. */
type Wish = { make: number } | { file: string };

/** Leads through the making of slips, as often as the member wants. */
export async function slipsTask(_root: HTMLElement, ctx: Context): Promise<void> {
  const state = await awaitPapers(ctx);
  if (!mayMake(state)) return ctx.show(title(words.title), overline(state), box("note", words.tooLate, words.tooLateMore));
  const papers = await checkedPapers(ctx, state);
  if ("fault" in papers) return ctx.show(title(words.title), overline(state), box("stop", words.badPapers, papers.fault));
  if (state.slips.uploaded) await ctx.choose<void>((again) => already(state, again));
  let fault: Text | undefined;
  for (let done = false; !done;) {
    const wish = await ctx.choose<Wish>((answer) => overview(state, papers, fault, answer));
    fault = undefined;
    if ("make" in wish) done = await makeSlips(ctx, state, papers, wish.make);
    else {
      const half = await readFile(ctx, papers, wish.file);
      if ("fault" in half) fault = half.fault;
      else done = await uploadFile(ctx, state, half.half);
    }
  }
}

// Before it begins

/** Waits until the papers are drawn up. */
async function awaitPapers(ctx: Context): Promise<SeatState> {
  for (let shown = false; ; shown = true) {
    const state = await ctx.ask(() => ctx.api.getState());
    if (state.meeting.state !== "draft" && state.meeting.state !== "keys") return state;
    if (!shown) ctx.show(title(words.title), overline(state), box("wait", words.tooEarly, words.tooEarlyMore));
    await new Promise<void>((resolve) => {
      const stop = ctx.api.watch(() => {
        stop();
        resolve();
      });
    });
  }
}

/** Whether slips can be made, or made again: until the rehearsal, and after it as long as there are none. */
export function mayMake({ meeting, slips }: SeatState): boolean {
  return meeting.state === "slips" || (meeting.state === "rehearsed" && !slips.uploaded);
}

/** The papers, and whether their key could be compared with that of the ceremony. */
interface Checked {
  papers: MeetingPapers;
  keyChecked: boolean;
}

/** Checks that the papers are the meeting's, and that voters will encrypt to the key that the board made. */
async function checkedPapers(ctx: Context, { meeting, ceremony, polls }: SeatState): Promise<Checked | { fault: Text }> {
  const text = await ctx.ask(() => ctx.api.getText("papers"));
  const record = ceremony.state === "done" ? await ctx.ask(() => ctx.api.getText("ceremony")) : undefined;
  let papers: MeetingPapers;
  try {
    papers = parsePapers(text, meeting.uuid);
  } catch {
    return { fault: words.notThisMeeting };
  }
  const named = polls.filter(({ rehearsal }) => !rehearsal).map(({ election }) => election);
  if (papers.elections.map(({ uuid }) => uuid).join() !== named.join()) return { fault: words.notThisMeeting };
  if (record !== undefined && !carryKey(papers.elections, record, meeting.uuid)) return { fault: words.otherKey };
  return { papers, keyChecked: record !== undefined };
}

/** Whether all elections have the key of a finished ceremony of this meeting. */
export function carryKey(elections: readonly Election[], record: string, meeting: string): boolean {
  try {
    const transcript = Transcript.parse(record);
    if (transcript.meeting !== meeting || transcript.stage !== "finished") return false;
    const { electionKey } = transcript;
    return elections.every(({ publicKey }) => publicKey === electionKey);
  } catch {
    return false;
  }
}

function already(state: SeatState, again: () => void): Child[] {
  return [
    title(words.title), overline(state), box("done", words.already, words.alreadyMore),
    actions(act(words.replace, "button-danger", again)),
  ];
}

// The first screen

function overview(state: SeatState, { papers, keyChecked }: Checked, fault: Text | undefined, answer: (wish: Wish) => void): Child[] {
  return [
    title(words.title),
    overline(state),
    fault && box("stop", fault),
    keyChecked ? notice("done", para(words.goodPapers)) : notice("wait", para(words.noKey)),
    ...papers.elections.map((election) => paperCard(election)),
    h("section", { class: "card" }, subtitle(words.digits), grouped(papers.digits, 4, "digits"), para(words.digitsMore)),
    h("section", { class: "card" }, subtitle(words.make), para(words.secret), para(words.secretMore),
      countForm(state.slips.wanted, (make) => answer({ make }))),
    commandCard(state, papers, (file) => answer({ file })),
  ];
}

function overline({ meeting }: SeatState): HTMLElement {
  return h("p", { class: "overline", lang: "vi" }, meeting.title);
}

function paperCard({ paper, questions }: Election): HTMLElement {
  return h("section", { class: "card" },
    paper ? h("h3", { lang: "vi" }, paper) : subtitle(words.paper),
    h("details", { open: questions.length <= SHORT }, h("summary", {}, both(words.persons(questions.length))),
      h("ol", { lang: "vi" }, ...questions.map((q) => h("li", {}, h("strong", {}, q.name), q.post && ` – ${q.post}`)))));
}

/** Asks for the number of slips; what is typed stays until it is right. */
function countForm(wanted: number, make: (count: number) => void): HTMLElement {
  const least = Math.max(wanted, 1);
  const input = h("input", {
    id: "count", class: "input", type: "text", inputmode: "numeric", autocomplete: "off", value: String(least), "aria-describedby": "count-hint count-error",
  });
  const error = h("p", { class: "field-error", id: "count-error", role: "alert" });
  const submit = h("button", { class: "button button-main button-large" }, h("span", {}, both(words.makeNow(least))));
  const read = () => readCount(input.value, least);
  input.addEventListener("input", () => {
    const count = read();
    if (count === undefined) return;
    fill(error);
    input.removeAttribute("aria-invalid");
    fill(submit, h("span", {}, both(words.makeNow(count))));
  });
  const form = h("form", { novalidate: true, autocomplete: "off", class: "stack" },
    h("div", { class: "field" },
      h("label", { for: "count" }, both(words.count)), h("p", { class: "hint", id: "count-hint" }, both(words.countHint(wanted))), error, input),
    h("div", { class: "actions" }, submit));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const count = read();
    if (count !== undefined) return make(count);
    fill(error, both(words.countBad(least, MOST)));
    input.setAttribute("aria-invalid", "true");
    input.focus();
  });
  return form;
}

/** A number of slips as typed, or undefined unless it is a whole number from `least` to MOST. */
export function readCount(typed: string, least: number): number | undefined {
  const text = typed.trim();
  const count = /^[0-9]{1,5}$/.test(text) ? Number(text) : NaN;
  return count >= least && count <= MOST ? count : undefined;
}

/** The way over the command: papers out, public half in. */
function commandCard({ meeting, slips }: SeatState, papers: MeetingPapers, chosen: (file: string) => void): HTMLElement {
  const name = papers.elections.length === 1 ? `${papers.uuid}.json` : "papers.json";
  const command = `homphieu slips --election ${name} --count ${slips.wanted} --url ${meeting.public_url} --out phieu`;
  const input = h("input", { id: "half", class: "input", type: "file", accept: ".json,application/json" });
  input.addEventListener("change", async () => {
    const [file] = input.files ?? [];
    if (file) chosen(await file.text().catch(() => ""));
  });
  return h("details", { class: "card" },
    h("summary", {}, both(words.byCommand)),
    para(words.byCommandMore),
    actions(act(words.download, "button-plain", () => saveFile(name, papers.text))),
    h("p", {}, h("code", { translate: "no" }, command)),
    h("div", { class: "field" }, h("label", { for: "half" }, both(words.file)), input));
}

// Making them here

/** Draws, prints, uploads. Resolves to false when the member begins again. */
async function makeSlips(ctx: Context, state: SeatState, { papers }: Checked, count: number): Promise<boolean> {
  const job = new PrintJob();
  const endGuard = ctx.guard(() => true);
  try {
    const half = await prepare(ctx, state, papers, count, job);
    if (!half || !(await printed(ctx, count, job)) || !(await notOvertaken(ctx, state))) return false;
    job.drop(); // from here on the codes are on paper alone
    return await upload(ctx, half, words.uploadedMore, words.refusedMore);
  } finally {
    job.drop();
    endGuard();
  }
}

/** Draws the codes and lays the sheets out; keeps nothing else of the codes. Undefined if they cannot be printed. */
async function prepare(ctx: Context, { meeting }: SeatState, papers: MeetingPapers, count: number, job: PrintJob): Promise<PublicHalf | undefined> {
  const codes = newCodes(count);
  const input: DeriveInput = { elections: papers.elections.map(({ uuid }) => uuid), codes };
  const half = await ctx.workshop.run<PublicHalf>("deriveSlips", input, progressScreen(ctx, words.making, words.made));
  const list = codes.map((code) => ({ code, link: slipLink(meeting.public_url, papers, code) }));
  const all = pagesOf(count);
  const report = progressScreen(ctx, words.drawing, words.drawn);
  try {
    let n = 0;
    for (const sheet of sheets(headingOf(meeting.public_url, papers), list, browserMeasure())) {
      job.add(sheet);
      report({ done: ++n, all });
      await breathe();
    }
    return half;
  } catch (error) {
    if (!(error instanceof TooLong)) throw error;
    await ctx.choose<void>((again) =>
      [title(words.tooLong), box("stop", words.tooLongMore(error.what)), actions(act(words.again, "button-plain", again))]);
    return undefined;
  }
}

/** The head of every slip: several papers of one meeting have one name. */
export function headingOf(publicUrl: string, { elections, digits }: MeetingPapers): Heading {
  const names = [...new Set(elections.map(({ name }) => name))];
  return { title: names.join(" · "), detail: elections[0]?.description ?? [], publicUrl, digits };
}

/** Prints until the member says that every slip is there. Resolves to false if they are to be discarded. */
async function printed(ctx: Context, count: number, job: PrintJob): Promise<boolean> {
  const pages = pagesOf(count);
  const open = (answer: (value: void) => void) => act(words.printNow, "button-main button-large", () => {
    job.print();
    answer();
  });
  for (;;) {
    await ctx.choose<void>((answer) => [
      title(words.print(count)), para(words.ready(pages), "lead"), para(words.secret),
      h("section", { class: "card" }, para(words.settings), h("ul", {}, ...words.settingsList.map((text) => h("li", {}, both(text))))),
      actions(open(answer)),
    ]);
    const next = await ctx.choose<"good" | "again" | "discard">((answer) => [
      title(words.printed(count)), para(words.printedMore(pages), "lead"), para(words.printedYesMore),
      actions(act(words.printedYes, "button-main button-large", () => answer("good"))),
      notice("note", para(words.printAgainMore)),
      actions(act(words.printAgain, "button-plain", () => answer("again")), act(words.discard, "button-plain", () => answer("discard"))),
    ]);
    if (next !== "again") return next === "good";
  }
}

// Sending the public half

/** Another member may have uploaded slips meanwhile: then one of the two sets is of no use, and people decide which. */
async function notOvertaken(ctx: Context, before: SeatState): Promise<boolean> {
  const { slips } = await ctx.ask(() => ctx.api.getState());
  if (before.slips.uploaded || !slips.uploaded) return true;
  return ctx.choose<boolean>((answer) => [
    title(words.overtaken), box("wait", words.overtakenMore),
    actions(act(words.replaceTheirs, "button-danger", () => answer(true)), act(words.discard, "button-plain", () => answer(false))),
  ]);
}

/** Sends it; resolves to false when the server refused and the member begins again. */
async function upload(ctx: Context, half: PublicHalf, doneMore: Text, refusedMore: Text): Promise<boolean> {
  ctx.show(title(words.uploading), h("progress", {}));
  try {
    await ctx.ask(() => ctx.api.post("slips", uploadBody(half)));
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    await ctx.choose<void>((again) => [
      title(words.refused), box("stop", refusal(error), refusedMore), actions(act(words.again, "button-plain", again)),
    ]);
    return false;
  }
  ctx.show(title(words.uploaded(half[0]?.credentials.length ?? 0)), notice("done", para(doneMore)),
    h("section", { class: "card" }, subtitle(words.next), h("ul", {}, ...words.nextList.map((text) => h("li", {}, both(text))))));
  return true;
}

/** Checks a file of public credentials. */
async function readFile(ctx: Context, { papers }: Checked, text: string): Promise<{ half: PublicHalf } | { fault: Text }> {
  const input: CheckInput = { elections: papers.elections.map(({ uuid }) => uuid), text };
  try {
    return { half: await ctx.workshop.run<PublicHalf>("checkSlips", input, progressScreen(ctx, words.checking, words.checked)) };
  } catch (error) {
    const fault = error instanceof Error ? fileFaults[error.message as Fault] : undefined;
    if (!fault) throw error;
    return { fault };
  }
}

/** Asks whether the file is the one, and sends it. */
async function uploadFile(ctx: Context, before: SeatState, half: PublicHalf): Promise<boolean> {
  const count = half[0]?.credentials.length ?? 0;
  const go = await ctx.choose<boolean>((answer) => [
    title(words.fileCount(count)),
    count < before.slips.wanted ? box("wait", words.fileFew(before.slips.wanted)) : notice("note", para(words.fileEnough)),
    actions(act(words.upload, "button-main", () => answer(true)), act(words.otherFile, "button-plain", () => answer(false))),
  ]);
  return go && (await notOvertaken(ctx, before)) && upload(ctx, half, words.fileUploadedMore, words.fileRefusedMore);
}

/** A bar with a number. The result takes the progress of a job. */
function progressScreen(ctx: Context, head: Text, say: (n: number, all: number) => Text): (progress: unknown) => void {
  const bar = h("progress", { max: "1", value: "0" });
  const line = h("p", { class: "counter" });
  ctx.show(title(head), bar, line);
  return (progress) => {
    const { done, all } = progress as Progress;
    bar.max = all;
    bar.value = done;
    fill(line, both(say(done, all)));
  };
}
