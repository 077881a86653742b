/**
 * Tables whose rows are edited: a button with data-row ("add", "up", "down", "remove") changes the
 * table here and now; without script the same button asks the server for the changed form.
 */
import { touch } from "./forms";

/** Listens to the buttons of every such table. */
export function startRows(): void {
  document.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest<HTMLButtonElement>("button[data-row]") : null;
    // a form has one such table, or one in each of its fieldsets
    const body = button?.closest("fieldset")?.querySelector("[data-rows]") ?? button?.form?.querySelector("[data-rows]");
    if (!button || !body || !change(button, body)) return;
    event.preventDefault();
    touch(button);
    number(body);
  });
}

/** Reports whether the change was made. */
function change(button: HTMLButtonElement, body: Element): boolean {
  const row = button.closest("[data-rows] > *");
  switch (button.dataset.row) {
    case "add": return add(body);
    case "up": {
      const before = row?.previousElementSibling;
      if (row && before) before.before(row);
      break;
    }
    case "down": {
      const after = row?.nextElementSibling;
      if (row && after) after.after(row);
      break;
    }
    case "remove":
      if (body.children.length < 2) return false; // the server keeps an empty row
      focusBeside(row);
      row?.remove();
      return true;
    default: return false;
  }
  button.focus(); // moving a row takes the focus away
  return true;
}

/** Adds an empty row made of the last one. */
function add(body: Element): boolean {
  const last = body.lastElementChild;
  if (!last) return false;
  const row = last.cloneNode(true) as HTMLElement;
  for (const error of Array.from(row.querySelectorAll(".field-error"))) error.remove();
  for (const input of Array.from(row.querySelectorAll<HTMLInputElement | HTMLSelectElement>("input, select"))) {
    input.removeAttribute("aria-invalid");
    if (input instanceof HTMLSelectElement) input.selectedIndex = 0;
    else input.value = "";
  }
  body.append(row);
  number(body);
  row.querySelector<HTMLInputElement>("input:not([type=hidden])")?.focus();
  return true;
}

function focusBeside(row: Element | null): void {
  const beside = row?.nextElementSibling ?? row?.previousElementSibling;
  beside?.querySelector<HTMLButtonElement>("button[data-row=remove]")?.focus();
}

/** Numbers the rows, and what hangs on their numbers: labels, and where errors lead. */
export function number(body: Element): void {
  const prefix = body.getAttribute("data-rows") ?? ""; // of a second table of the form
  Array.from(body.children).forEach((row, i) => {
    const head = row.querySelector("[data-number]");
    if (head) {
      head.textContent = String(i + 1);
      head.id = `${prefix}row-${i}`;
    }
    for (const input of Array.from(row.querySelectorAll<HTMLInputElement | HTMLSelectElement>("input:not([type=hidden]), select"))) {
      const label = row.querySelector(`label[for="${input.id}"]`);
      input.id = `${input.name}-${i}`;
      if (label) label.setAttribute("for", input.id);
      else input.setAttribute("aria-labelledby", `head-${input.name} ${prefix}row-${i}`);
    }
    for (const button of Array.from(row.querySelectorAll<HTMLButtonElement>("button[data-row]"))) {
      button.value = `${button.dataset.row ?? ""}-${i}`;
      button.setAttribute("aria-describedby", `${prefix}row-${i}`);
    }
  });
}
