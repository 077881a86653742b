/**
 * Sheets of slips on their way to the printer. They lie in the page as pictures that no screen
 * shows; while they do, nothing else of the page is printed.
 */
import { PAGE_HEIGHT, PAGE_WIDTH, type Face, type Mark, type Sheet } from "./slips-sheet";

const NS = "http://www.w3.org/2000/svg";

/** Metric-compatible with what report/slips prints, so that both make the same slip. */
const FONTS: Record<Face, { family: string; weight: string }> = {
  sans: { family: "'Liberation Sans', Arial, Helvetica, sans-serif", weight: "normal" },
  bold: { family: "'Liberation Sans', Arial, Helvetica, sans-serif", weight: "bold" },
  mono: { family: "'Liberation Mono', 'Courier New', monospace", weight: "bold" },
};

/** Units of a drawing in one millimetre: small letters stay above any least size that a browser sets. */
const UNITS = 10;

/** How wide this browser sets a text: see Measure of slips-sheet.ts. */
export function browserMeasure(): (text: string, face: Face) => number {
  const context = document.createElement("canvas").getContext("2d") as CanvasRenderingContext2D;
  const size = 100;
  return (text, face) => {
    context.font = `${FONTS[face].weight} ${size}px ${FONTS[face].family}`;
    return context.measureText(text).width / size;
  };
}

/** The sheets to print. */
export class PrintJob {
  private readonly place = document.createElement("div");
  private endPage: (() => void) | undefined;

  constructor() {
    this.place.className = "sheets";
    document.body.append(this.place);
    document.documentElement.classList.add("printing-sheets");
    this.endPage = pageRule();
    window.addEventListener("pagehide", this.leave);
  }

  /** Adds one page. */
  add(sheet: Sheet): void {
    this.place.append(draw(sheet));
  }

  /** Opens the browser's print dialog. */
  print(): void {
    window.print();
  }

  /** Leaving the page destroys the sheets. A browser that shows the page once more from its memory begins again. */
  private readonly leave = () => {
    this.drop();
    window.addEventListener("pageshow", () => location.reload(), { once: true });
  };

  /** Drops the sheets: what they said is nowhere any more. */
  drop(): void {
    window.removeEventListener("pagehide", this.leave);
    this.place.remove();
    while (this.place.firstChild) this.place.removeChild(this.place.firstChild);
    document.documentElement.classList.remove("printing-sheets");
    this.endPage?.();
    this.endPage = undefined;
  }
}

/**
 * Sets A4 without margins for as long as there are sheets: @page would otherwise hold for all other
 * pages that share the style sheet. Returns the way to end it.
 */
function pageRule(): () => void {
  const style = document.styleSheets[0];
  if (!style) return () => undefined;
  const at = style.insertRule("@page { size: A4 portrait; margin: 0 }", style.cssRules.length);
  const rule = style.cssRules[at];
  return () => {
    const now = Array.prototype.indexOf.call(style.cssRules, rule);
    if (now >= 0) style.deleteRule(now);
  };
}

function draw(sheet: Sheet): SVGElement {
  const page = element("svg", {
    class: "sheet", viewBox: `0 0 ${PAGE_WIDTH * UNITS} ${PAGE_HEIGHT * UNITS}`, "aria-hidden": "true", "text-rendering": "geometricPrecision",
  });
  for (const mark of sheet) page.append(drawn(mark));
  return page;
}

function drawn(mark: Mark): SVGElement {
  switch (mark.kind) {
    case "text": return text(mark);
    case "line": return element("path", {
      d: `M${units(mark.x)} ${units(mark.y)}L${units(mark.toX)} ${units(mark.toY)}`,
      stroke: "#969696", "stroke-width": units(mark.width),
      ...(mark.dashes && { "stroke-dasharray": mark.dashes.map(units).join(" ") }),
    });
    case "bar": return element("rect", {
      x: units(mark.x), y: units(mark.y), width: units(mark.width), height: units(mark.height), fill: "#000000",
    });
    case "qr": return element("path", {
      d: modules(mark.rows), fill: "#000000",
      transform: `translate(${units(mark.x)} ${units(mark.y)}) scale(${units(mark.module)})`,
    });
  }
}

function text({ x, y, size, face, text: content, upwards }: Mark & { kind: "text" }): SVGElement {
  const at = `translate(${units(x)} ${units(y)})`;
  const node = element("text", {
    transform: upwards ? `${at} rotate(-90)` : at, fill: "#000000",
    "font-family": FONTS[face].family, "font-weight": FONTS[face].weight, "font-size": units(size),
  });
  node.textContent = content;
  return node;
}

/** The dark modules of a symbol as one path: each run of them in a row is a rectangle. */
export function modules(rows: readonly (readonly boolean[])[]): string {
  let d = "";
  rows.forEach((row, y) => {
    for (let x = 0; x < row.length; x++) {
      const from = x;
      while (row[x]) x++;
      if (x > from) d += `M${from} ${y}h${x - from}v1h${from - x}z`;
    }
  });
  return d;
}

function units(mm: number): string {
  return String(Math.round(mm * UNITS * 1000) / 1000);
}

function element(tag: string, attributes: Record<string, string>): SVGElement {
  const node = document.createElementNS(NS, tag);
  for (const name of Object.keys(attributes)) node.setAttribute(name, attributes[name] as string);
  return node;
}
