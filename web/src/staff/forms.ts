/**
 * Sends forms in the background, so that a refusal or a lost network takes nothing that was typed.
 *
 * The server answers {"location"} or a problem detail (RFC 9457) with the fields to mend. A button
 * with data-swap changes the form itself (rows read from a file, say): its answer is the page again,
 * whose working part takes the place of this one.
 */
import { fill, h } from "../dom";
import { both, t } from "../member/say";
import type { Text } from "../strings";
import { load, showAgain } from "./swap";

interface Problem {
  detail: string;
  fields: { name: string; vi: string; en: string }[];
  /** What the form says by now, when somebody else has changed it: sent again, it is meant. */
  seen?: string;
}

/** A button that sends a form, or undefined when the browser does not say which it was. */
type Submitter = HTMLButtonElement | undefined;

const unsent = t(
  "Chưa gửi được. Nội dung đã nhập vẫn còn trên trang này. Kiểm tra mạng rồi bấm lại.",
  "It was not sent. What you typed is still on this page. Check the network and press again.",
);
const strange = t(
  "Máy chủ trả lời không rõ. Nội dung đã nhập vẫn còn trên trang này. Bấm lại; nếu vẫn vậy, mở thẻ khác để đăng nhập lại.",
  "The server's answer is not clear. What you typed is still on this page. Press again; if it stays so, sign in again in another tab.",
);
const sending = t("Đang gửi…", "Sending…");

const typed = new Set<HTMLFormElement>();
let pressed: Submitter;

/** Whether somebody has typed into a form of this part of the page that is not sent yet. */
export function typedIn(part: Element): boolean {
  return Array.from(typed).some((form) => part.contains(form));
}

/** Notes that a form no longer says what the server knows. */
export function touch(inside: Element): void {
  const form = inside.closest("form");
  if (form && form.method === "post") typed.add(form);
}

/** Listens to every form of the page, also to those that come later. */
export function startForms(): void {
  for (const event of ["input", "change"]) {
    document.addEventListener(event, ({ target }) => target instanceof Element && touch(target));
  }
  document.addEventListener("click", ({ target }) => {
    const button = target instanceof Element ? target.closest("button") : null;
    pressed = button ?? undefined; // browsers before 2021 do not tell the form's event
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || form.method !== "post") return;
    if ("plain" in form.dataset) {
      typed.delete(form); // the browser sends it, and leaves the page
      return;
    }
    event.preventDefault();
    if (form.getAttribute("aria-busy") === "true") return; // pressed twice
    const submitter = event.submitter instanceof HTMLButtonElement ? event.submitter : pressed;
    void send(form, submitter?.form === form ? submitter : undefined);
  });
  window.addEventListener("beforeunload", (event) => {
    if (typedIn(document.body)) event.preventDefault();
  });
}

async function send(form: HTMLFormElement, submitter: Submitter): Promise<void> {
  const release = hold(form, submitter);
  try {
    if (submitter && "swap" in submitter.dataset) await swap(form, submitter);
    else await post(form, submitter);
  } catch {
    showProblem({ detail: joined(unsent), fields: [] });
  }
  release();
}

async function post(form: HTMLFormElement, submitter: Submitter): Promise<void> {
  const response = await fetch(addressOf(form, submitter), {
    method: "POST", headers: { Accept: "application/json" }, body: bodyOf(form, submitter), credentials: "same-origin",
  });
  const answer: unknown = await response.json().catch(() => undefined);
  if (response.ok && isLocation(answer)) {
    typed.delete(form);
    go(answer.location);
  } else {
    showProblem(asProblem(answer));
  }
}

async function swap(form: HTMLFormElement, submitter: HTMLButtonElement): Promise<void> {
  const page = await load("POST", addressOf(form, submitter), bodyOf(form, submitter));
  typed.delete(form);
  const work = showAgain(page);
  if (!work) throw new Error("staff: no page");
  const mended = work.querySelector("form");
  if (mended) touch(mended); // it is not saved yet
  const head = work.querySelector<HTMLElement>(".error-summary, [data-focus]");
  head?.focus();
}

/** Opens an address, also the present one. */
function go(location: string): void {
  const here = window.location.pathname + window.location.search;
  if (location.split("#")[0] === here) window.location.reload();
  else window.location.assign(location);
}

function addressOf(form: HTMLFormElement, submitter: Submitter): string {
  return submitter?.getAttribute("formaction") ?? form.getAttribute("action") ?? window.location.pathname;
}

function bodyOf(form: HTMLFormElement, submitter: Submitter): BodyInit {
  const data = new FormData(form);
  if (submitter?.name) data.append(submitter.name, submitter.value);
  if (form.enctype === "multipart/form-data") return data;
  const plain = new URLSearchParams();
  data.forEach((value, name) => { if (typeof value === "string") plain.append(name, value); });
  return plain;
}

/** Keeps a form from being sent twice; the returned function lets it go. */
function hold(form: HTMLFormElement, submitter: Submitter): () => void {
  form.setAttribute("aria-busy", "true");
  const label = submitter?.firstElementChild;
  const words = label ? Array.from(label.childNodes) : [];
  if (label) fill(label, both(sending));
  if (submitter) submitter.disabled = true;
  return () => {
    form.removeAttribute("aria-busy");
    if (submitter) submitter.disabled = false;
    if (label) fill(label, ...words);
  };
}

/** Shows what is wrong above everything, with links to the fields, and takes the focus there. */
function showProblem(problem: Problem): void {
  clearProblem();
  const fields = problem.fields.map(({ name, vi, en }) =>
    h("li", {}, name ? h("a", { href: `#${name}` }, both({ vi, en })) : both({ vi, en })));
  const [vi, en] = problem.detail.split(" · ");
  const summary = h("div", { class: "error-summary", id: "errors", role: "alert", tabindex: "-1" },
    h("p", {}, h("strong", {}, vi)), h("p", { lang: "en", class: "hint" }, en),
    fields.length > 0 && h("ul", {}, ...fields));
  document.getElementById("work")?.prepend(summary); // every page has one
  for (const field of problem.fields) markField(field);
  const seen = document.getElementById("seen");
  if (problem.seen && seen instanceof HTMLInputElement) seen.value = problem.seen;
  summary.focus();
}

function markField({ name, vi, en }: { name: string } & Text): void {
  const input = document.getElementById(name);
  if (!input) return;
  input.setAttribute("aria-invalid", "true");
  input.setAttribute("aria-describedby", `${name}-error`);
  input.before(h("p", { class: "field-error", id: `${name}-error` }, both({ vi, en })));
}

function clearProblem(): void {
  for (const old of Array.from(document.querySelectorAll("#work .error-summary, #work .field-error"))) old.remove();
  for (const input of Array.from(document.querySelectorAll("#work [aria-invalid]"))) {
    input.removeAttribute("aria-invalid");
    input.removeAttribute("aria-describedby");
  }
}

function isLocation(answer: unknown): answer is { location: string } {
  return typeof answer === "object" && answer !== null && typeof (answer as { location?: unknown }).location === "string";
}

function asProblem(answer: unknown): Problem {
  const { detail, fields, seen } = (typeof answer === "object" && answer !== null ? answer : {}) as Partial<Problem>;
  const problem = { detail: typeof detail === "string" ? detail : joined(strange), fields: Array.isArray(fields) ? fields : [] };
  return typeof seen === "string" ? { ...problem, seen } : problem;
}

function joined({ vi, en }: Text): string {
  return `${vi} · ${en}`;
}
