/**
 * A result that is longer than the projector's screen: set closer, and if that is not enough, as many
 * persons as the screen holds, and after a while the next ones. Without this script, and on paper, all
 * of them stand below one another.
 */
import { fill, h } from "../dom";
import { act, both, t } from "../member/say";

const before = t("Trang trước", "Back");
const after = t("Trang sau", "Next");
const halt = t("Dừng ở trang này", "Stay here");
const turnOn = t("Tự chuyển trang", "Turn by itself");
const place = (n: number, of: number) => t(`Trang ${n}/${of}`, `Page ${n} of ${of}`);

/** How long a page is shown: ten persons can be read aloud in that time. */
const TURN = 20_000; // ms

/** Rows of one table that are on the screen at the same time: from, and up to without. */
export type Page = { table: number; from: number; to: number };

/**
 * Shares tables of so many rows out among pages, each of which fits. A page has rows of one table, in
 * their order, and at least one, whether it fits or not.
 */
export function pagesOf(tables: readonly number[], fits: (page: Page) => boolean): Page[] {
  return tables.flatMap((rows, table) => {
    const pages: Page[] = [];
    for (let from = 0, to = 0; to < rows; from = to) {
      do to++; while (to < rows && fits({ table, from, to: to + 1 }));
      pages.push({ table, from, to });
    }
    return pages;
  });
}

/** Turns the pages of the result on this page, if there is one. */
export function startResult(): void {
  const sections = Array.from(document.querySelectorAll<HTMLElement>("[data-result]"));
  const [first] = sections;
  if (!first) return;
  const show = new Show(sections);
  first.parentElement?.append(show.bar);
  show.lay();
  window.addEventListener("resize", () => show.lay());
  void document.fonts.ready.then(() => show.lay());
  setInterval(() => show.tick(), TURN);
}

class Show {
  readonly bar: HTMLElement;
  private readonly rows: HTMLElement[][];
  private readonly counter = h("p", {});
  private readonly toggle = act(halt, "button-plain", () => this.turnBySelf(!this.turning));
  private pages: Page[] = [];
  private at = 0;
  private turning = true;

  constructor(private readonly sections: readonly HTMLElement[]) {
    this.rows = sections.map((section) => Array.from(section.querySelectorAll<HTMLElement>("tbody tr:not(.block)")));
    this.bar = h("div", { class: "result-pages no-print" },
      act(before, "button-plain", () => this.turn(-1)), this.counter, act(after, "button-plain", () => this.turn(1)), this.toggle);
  }

  /** Finds out what the screen holds now. */
  lay(): void {
    const { classList } = document.body;
    this.bar.hidden = true;
    this.put(undefined);
    classList.remove("is-close");
    if (!fitsScreen()) classList.add("is-close");
    const whole = fitsScreen();
    this.bar.hidden = whole;
    this.pages = whole ? [] : pagesOf(this.rows.map(({ length }) => length), (page) => {
      this.put(page);
      return fitsScreen();
    });
    this.at = Math.min(this.at, Math.max(0, this.pages.length - 1));
    this.draw();
  }

  tick(): void {
    if (this.turning) this.go(1);
  }

  /** Somebody turns the page: then it stays. */
  private turn(by: number): void {
    this.turnBySelf(false);
    this.go(by);
  }

  private turnBySelf(on: boolean): void {
    this.turning = on;
    const label = this.toggle.firstElementChild;
    if (label) fill(label, both(on ? halt : turnOn));
  }

  private go(by: number): void {
    if (this.pages.length === 0) return;
    this.at = (this.at + by + this.pages.length) % this.pages.length;
    this.draw();
  }

  private draw(): void {
    fill(this.counter, both(place(this.at + 1, this.pages.length)));
    this.put(this.pages[this.at]);
  }

  /** Puts a page on the screen, or everything. */
  private put(page: Page | undefined): void {
    this.sections.forEach((section, table) => {
      section.classList.toggle("off-page", page !== undefined && page.table !== table);
      (this.rows[table] as HTMLElement[]).forEach((row, i) =>
        row.classList.toggle("off-page", page !== undefined && (i < page.from || i >= page.to)));
      for (const body of Array.from(section.querySelectorAll("tbody"))) { // with its heading, on each page that has some of it
        body.classList.toggle("off-page", !body.querySelector("tr:not(.block):not(.off-page)"));
      }
    });
  }
}

function fitsScreen(): boolean {
  return document.documentElement.scrollHeight <= window.innerHeight;
}
