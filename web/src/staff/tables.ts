/** What tables can do with script: a filter when they are long, order by name, a copy as CSV. */
import { fill, h } from "../dom";
import { act, both, t } from "../member/say";
import { touch } from "./forms";
import { number } from "./rows";

const filterLabel = t("Lọc danh sách", "Filter the list");
const copyLabel = t("Chép bảng (CSV)", "Copy the table (CSV)");
const copied = t("Đã chép", "Copied");
const notCopied = t("Trình duyệt không cho chép", "The browser does not allow copying");
const byName = t("Xếp theo tên", "Order by name");

/** How many rows fit without a filter. */
const short = 20;

/** Gives every table with data-tools in this part its tools, once. */
export function dressTables(part: Element): void {
  for (const table of Array.from(part.querySelectorAll<HTMLTableElement>("table[data-tools]"))) {
    const tools = toolsOf(table);
    if (tools.length === 0) continue;
    const place = table.closest(".table-scroll") ?? table;
    place.before(h("div", { class: "table-tools no-print" }, ...tools));
  }
}

function toolsOf(table: HTMLTableElement): HTMLElement[] {
  const wanted = (table.dataset.tools ?? "").split(" ");
  const tools: HTMLElement[] = [];
  if (wanted.includes("filter") && rowsOf(table).length > short) tools.push(filter(table));
  if (wanted.includes("sort")) tools.push(act(byName, "button-quiet", () => sort(table)));
  if (wanted.includes("copy")) tools.push(copier(table));
  return tools;
}

function filter(table: HTMLTableElement): HTMLElement {
  const input = h("input", { class: "input", type: "search", autocomplete: "off" });
  input.addEventListener("input", (event) => {
    event.stopPropagation(); // it is no part of a form
    const wanted = fold(input.value);
    for (const row of rowsOf(table)) row.hidden = !fold(wordsOf(row)).includes(wanted);
  });
  return h("label", {}, both(filterLabel), input);
}

/** Letters without their marks, so that "dat" finds "Đạt". */
function fold(text: string): string {
  return text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/[đĐ]/g, "d").toLowerCase();
}

/** Vietnamese names are ordered by the given name, which stands last. */
function sort(table: HTMLTableElement): void {
  const collator = new Intl.Collator("vi");
  const key = (row: HTMLTableRowElement) => {
    const name = row.querySelector<HTMLInputElement>("[name=name]")?.value ?? row.querySelector("th")?.textContent ?? "";
    return name.trim().split(/\s+/).reverse().join(" ");
  };
  const rows = rowsOf(table).map((row) => ({ row, key: key(row) })).sort((a, b) => collator.compare(a.key, b.key));
  for (const { row } of rows) row.parentElement?.append(row);
  const edited = table.querySelector("[data-rows]");
  if (!edited) return;
  number(edited);
  touch(edited);
}

function copier(table: HTMLTableElement): HTMLElement {
  const button = act(copyLabel, "button-quiet", () => void copy(table).then(
    () => say(copied), () => say(notCopied)));
  const label = button.firstElementChild;
  const say = (text: typeof copied) => { if (label) fill(label, both(text)); };
  return button;
}

async function copy(table: HTMLTableElement): Promise<void> {
  const lines = Array.from(table.rows).filter((row) => !row.hidden).map((row) =>
    Array.from(row.cells).filter((cell) => !("nocopy" in cell.dataset)).map(csv).join(","));
  await navigator.clipboard.writeText(lines.join("\r\n") + "\r\n");
}

/** One cell as RFC 4180 has it; the English words below the Vietnamese ones stay out. */
function csv(cell: HTMLTableCellElement): string {
  const field = cell.querySelector<HTMLInputElement | HTMLSelectElement>("input:not([type=hidden]), select");
  const copy = cell.cloneNode(true) as HTMLElement;
  for (const english of Array.from(copy.querySelectorAll("[lang=en]"))) english.remove();
  const text = (field ? field.value : copy.textContent ?? "").replace(/\s+/g, " ").trim();
  // A cell that begins like a formula would be one in a spreadsheet.
  const safe = /^[=+\-@]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
}

function rowsOf(table: HTMLTableElement): HTMLTableRowElement[] {
  return Array.from(table.tBodies).flatMap((body) => Array.from(body.rows));
}

/** What is written in a row, fields included. */
function wordsOf(row: HTMLTableRowElement): string {
  const fields = Array.from(row.querySelectorAll<HTMLInputElement>("input:not([type=hidden])")).map((input) => input.value);
  return [row.textContent ?? "", ...fields].join(" ");
}
