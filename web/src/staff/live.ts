/**
 * Keeps a page up to date: when the meeting changes, the parts marked data-live are fetched again.
 * A part in which somebody has typed, opened something or holds the focus in a field stays as it is,
 * and a quiet bar offers to load the page again.
 */
import { h } from "../dom";
import { act, both, t } from "../member/say";
import { follow } from "../stream";
import { typedIn } from "./forms";
import { load, replace } from "./swap";

const changed = t("Cuộc họp vừa có thay đổi.", "The meeting has changed.");
const reload = t("Tải lại trang", "Load the page again");

/** Listens to the meeting of this page, if it has one. */
export function startLive(): void {
  const { events, figures } = document.body.dataset;
  if (figures) followFigures(figures);
  if (!events) return;
  follow(events, "change", (data) => {
    const { revision } = JSON.parse(data) as { revision: number };
    if (String(revision) !== document.body.dataset.revision) refreshSoon(); // the page may be as new as that
  });
}

let refreshing = false;
let again = false;

/** Fetches the page once; changes that come meanwhile make it fetch once more. */
function refreshSoon(): void {
  if (refreshing) {
    again = true;
    return;
  }
  refreshing = true;
  void refresh().catch(offerReload).then(() => {
    refreshing = false;
    if (again) {
      again = false;
      refreshSoon();
    }
  });
}

async function refresh(): Promise<void> {
  const parts = Array.from(document.querySelectorAll("[data-live]"));
  const page = await load("GET", window.location.pathname + window.location.search);
  const { page: name, revision } = page.body.dataset;
  if (name !== document.body.dataset.page) return offerReload();
  document.body.dataset.revision = revision;
  for (const part of parts) {
    const fresh = page.getElementById(part.id);
    if (!part.isConnected || !fresh || sameWords(fresh, part)) continue;
    if (inUse(part)) offerReload();
    else replace(part, fresh);
  }
}

/** Whether two parts say the same; tools that this script has added do not count. */
function sameWords(fresh: Element, shown: Element): boolean {
  const copy = shown.cloneNode(true) as Element;
  for (const tools of Array.from(copy.querySelectorAll(".table-tools"))) tools.remove();
  const fields = (part: Element) => Array.from(part.querySelectorAll("[value], progress")).map((field) => field.getAttribute("value")).join("\n");
  return copy.textContent === fresh.textContent && fields(copy) === fields(fresh);
}

function inUse(part: Element): boolean {
  const focused = document.activeElement;
  const inField = focused !== null && part.contains(focused) && focused.matches("input, select, textarea");
  return inField || typedIn(part) || part.querySelector("details.confirm[open], [aria-busy]") !== null;
}

function offerReload(): void {
  if (document.getElementById("changed")) return;
  const button = act(reload, "button-quiet", () => window.location.reload());
  document.getElementById("work")?.prepend(h("div", { id: "changed", class: "changed", role: "status" }, h("p", {}, both(changed)), button));
}

/** What a room may know of its ballot box, at most once a second. */
interface Figures {
  state: string;
  published: boolean;
  present: number;
  issued: number;
  cast: number;
  fingerprint: string;
  papers: { head: string }[];
}

/** Writes the figures where they belong; when another screen is due, loads the page again. */
function followFigures(address: string): void {
  const { state, published } = document.body.dataset;
  startClock();
  follow(address, "numbers", (data) => {
    const figures = JSON.parse(data) as Figures;
    const other = figures.state !== state || String(figures.published) !== published;
    if (other && "projector" in document.body.dataset) return window.location.reload();
    const { present, issued, cast, fingerprint } = figures;
    for (const [name, value] of Object.entries({ present, issued, cast, fingerprint })) write(`[data-figure="${name}"]`, String(value));
    figures.papers.forEach(({ head }, i) => write(`[data-head="${i}"]`, head));
  });
}

function write(selector: string, text: string): void {
  for (const place of Array.from(document.querySelectorAll(selector))) {
    if (place.textContent !== text) place.textContent = text;
  }
}

/** Vietnam has one time, without summer time: that of the server's own pages. */
function startClock(): void {
  const show = () => write("[data-clock]", new Date(Date.now() + 7 * 3600_000).toISOString().slice(11, 16));
  show();
  setInterval(show, 1000);
}
