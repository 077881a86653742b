/**
 * The sheets of slips, drawn as report/slips draws them in a PDF: eight strips of 52.5 × 148.5 mm on
 * one side of A4, each folded once. From the top: the clear square for the seal and the meeting's
 * name, which stay in view; what to do, the code and the digits; the QR code on the flap that is
 * turned up over them. The package comment of report/slips says why.
 *
 * A sheet is data here, so that it can be checked without a browser; slips-print.ts makes SVG of it.
 * Lengths are millimetres from the upper left corner, except where they say points.
 */
import encodeQR from "qr/index.js";

/** What all slips of one printing have in common. */
export interface Heading {
  /** The meeting's name. */
  title: string;
  /** Place and date, line by line. */
  detail: readonly string[];
  /** The address to open when a code is typed. */
  publicUrl: string;
  /** The 24 digits that the projector shows as well. */
  digits: string;
}

/** One voter's secret in its two forms. */
export interface Slip {
  link: string;
  code: string;
}

/** The faces that slips are set in. */
export type Face = "sans" | "bold" | "mono";

/** The width of a text in a face, as a multiple of the size of the font. */
export type Measure = (text: string, face: Face) => number;

/** One thing on a sheet. */
export type Mark =
  | { kind: "text"; x: number; y: number; size: number; face: Face; text: string; upwards?: true }
  | { kind: "line"; x: number; y: number; toX: number; toY: number; width: number; dashes?: readonly [number, number] }
  | { kind: "bar"; x: number; y: number; width: number; height: number }
  | { kind: "qr"; x: number; y: number; module: number; rows: boolean[][] };

/** All that stands on one page. */
export type Sheet = Mark[];

/** Thrown when a text or a link cannot be printed at a size that can be read; `what` names it. */
export class TooLong extends Error {
  constructor(readonly what: string) {
    super(`${what}: too long to print`);
  }
}

export const PAGE_WIDTH = 210;
export const PAGE_HEIGHT = 297;

const COLUMNS = 4;
const ROWS = 2;

/** Slips on one sheet. */
export const PER_PAGE = COLUMNS * ROWS;

/** The number of sheets for `slips` slips. */
export function pagesOf(slips: number): number {
  return Math.ceil(slips / PER_PAGE);
}

const SLIP_WIDTH = PAGE_WIDTH / COLUMNS;
const SLIP_HEIGHT = PAGE_HEIGHT / ROWS;
const FLAP = 47.5;
const FOLD = SLIP_HEIGHT - FLAP;
const MARGIN = 4.5;
const INNER = SLIP_WIDTH - 2 * MARGIN;

/** A rectangle on a slip. */
interface Box {
  x: number;
  y: number;
  w: number;
  h: number;
}

const box = (x: number, y: number, w: number, h: number): Box => ({ x, y, w, h });

/** The clear square for the seal. */
export const SEAL = box(MARGIN, MARGIN, 36, 36);

const SIDE = box(42, MARGIN, 6, 36);
const TITLE = box(MARGIN, 41.4, INNER, 13);
const INSTRUCTION = box(MARGIN, 54.8, INNER, 20.4);
const ENGLISH = box(MARGIN, 75.4, INNER, 4.2);
const CODE = box(MARGIN, 79.8, INNER, 11.4);
const LEGEND = box(MARGIN, 91.1, INNER, 2.1);
const COMPARE = box(MARGIN, 94.1, INNER, 2.1);
const DIGITS = box(MARGIN, 95.9, INNER, 3.4);
const FOLD_NOTE = box(MARGIN, 99.2, INNER, 1.7);

/** How a text is set: largest and smallest size in points, distance of lines as a multiple of it. */
interface Pen {
  face: Face;
  max: number;
  min: number;
  pitch: number;
  centred?: true;
}

/** For what is on every slip: a browser without the usual fonts may set it wider. */
const LEAST = 3; // points

const TITLE_PEN: Pen = { face: "bold", max: 9, min: 4.5, pitch: 1.18 };
const DETAIL_PEN: Pen = { face: "sans", max: 5.75, min: 4.5, pitch: 1.15 };
const INSTRUCTION_PEN: Pen = { face: "sans", max: 8, min: 5, pitch: 1.2 };
const ENGLISH_PEN: Pen = { face: "sans", max: 5.25, min: LEAST, pitch: 1.15 };
const CODE_PEN: Pen = { face: "mono", max: 14.5, min: 7, pitch: 1.1 };
const SMALL_PEN: Pen = { face: "sans", max: 5.25, min: LEAST, pitch: 1.12, centred: true };
const DIGITS_PEN: Pen = { face: "bold", max: 8.5, min: 5, pitch: 1.12, centred: true };
const FOLD_PEN: Pen = { face: "sans", max: 4, min: LEAST, pitch: 1.12, centred: true };
const SIDE_PEN: Pen = { face: "bold", max: 7, min: LEAST, pitch: 1.2, centred: true };

const POINT = 25.4 / 72; // mm
const STEP = 0.25; // points between the sizes that are tried

/** The sheets of all slips, in the order given, one after the other. Throws TooLong. */
export function* sheets(heading: Heading, slips: readonly Slip[], measure: Measure): Generator<Sheet> {
  for (let at = 0; at < slips.length; at += PER_PAGE) {
    const sheet = cuts();
    slips.slice(at, at + PER_PAGE).forEach((slip, place) => {
      const x = SLIP_WIDTH * (place % COLUMNS);
      const y = SLIP_HEIGHT * Math.floor(place / COLUMNS);
      sheet.push(...moved(slipMarks(heading, slip, measure), x, y));
    });
    yield sheet;
  }
}

/** Where to cut. */
function cuts(): Mark[] {
  const cut = (x: number, y: number, toX: number, toY: number): Mark => ({ kind: "line", x, y, toX, toY, width: 0.1, dashes: [2, 1.5] });
  const marks = [cut(0, SLIP_HEIGHT, PAGE_WIDTH, SLIP_HEIGHT)];
  for (let i = 1; i < COLUMNS; i++) marks.push(cut(SLIP_WIDTH * i, 0, SLIP_WIDTH * i, PAGE_HEIGHT));
  return marks;
}

/** One slip, as if it stood in the sheet's corner. */
function slipMarks(heading: Heading, { link, code }: Slip, measure: Measure): Mark[] {
  const set = setter(measure);
  return [
    ...sealCorners(),
    ...side(set),
    ...titleMarks(heading, set),
    ...set("address", INSTRUCTION, INSTRUCTION_PEN, [
      "1. Mở máy ảnh (camera) của điện thoại và quét mã vuông bên dưới.",
      "2. Đánh dấu một mức cho từng người, rồi bấm Bỏ phiếu.",
      `3. Không quét được: mở ${heading.publicUrl.replace(/^https:\/\//, "").replace(/\/$/, "")}, gõ mã:`,
    ]),
    ...set("instruction", ENGLISH, ENGLISH_PEN,
      ["Scan with the camera, mark each person, press Bỏ phiếu (Cast). Cannot scan? Open the address and type:"]),
    ...codeMarks(code, set, measure),
    ...set("legend", LEGEND, SMALL_PEN, ["Chữ hoa được gạch dưới · Capitals are underlined"]),
    ...set("comparison", COMPARE, SMALL_PEN, ["So với dãy số trên màn chiếu · Compare with the screen"]),
    ...set("digits", DIGITS, DIGITS_PEN, [(heading.digits.match(/.{1,4}/g) ?? []).join(" ")]),
    { kind: "line", x: 0, y: FOLD, toX: SLIP_WIDTH, toY: FOLD, width: 0.2, dashes: [0.3, 1] },
    ...set("fold", FOLD_NOTE, FOLD_PEN, ["gấp ở đây, mặt in vào trong · fold here, printed side in"]),
    qrMark(link),
  ];
}

function moved(marks: Mark[], dx: number, dy: number): Mark[] {
  return marks.map((mark) => mark.kind === "line"
    ? { ...mark, x: mark.x + dx, y: mark.y + dy, toX: mark.toX + dx, toY: mark.toY + dy }
    : { ...mark, x: mark.x + dx, y: mark.y + dy });
}

/** Marks the corners of the clear square, just outside of it. */
function sealCorners(): Mark[] {
  const length = 2.5;
  const gap = 0.3;
  const marks: Mark[] = [];
  for (const right of [false, true]) {
    for (const bottom of [false, true]) {
      const x = right ? SEAL.x + SEAL.w + gap : SEAL.x - gap;
      const y = bottom ? SEAL.y + SEAL.h + gap : SEAL.y - gap;
      marks.push({ kind: "line", x, y, toX: x + (right ? -length : length), toY: y, width: 0.15 });
      marks.push({ kind: "line", x, y, toX: x, toY: y + (bottom ? -length : length), width: 0.15 });
    }
  }
  return marks;
}

/** The promise of every slip beside the seal, reading upwards. */
function side(set: Setter): Mark[] {
  const lying = box(0, 0, SIDE.h, SIDE.w);
  return set("side", lying, SIDE_PEN, ["Không ghi tên – chỉ dùng một lần", "No name – valid once"]).map((mark) =>
    mark.kind === "text" ? { ...mark, x: SIDE.x + mark.y, y: SIDE.y + SIDE.h - mark.x, upwards: true } : mark);
}

/** The meeting's name, and the details below it in at most half the place: the name takes what they leave. */
function titleMarks({ title, detail }: Heading, set: Setter): Mark[] {
  const below = set("detail", box(TITLE.x, 0, TITLE.w, TITLE.h / 2), DETAIL_PEN, detail);
  const above = set("title", box(TITLE.x, TITLE.y, TITLE.w, TITLE.h - heightOf(below, DETAIL_PEN)), TITLE_PEN, [title]);
  return [...above, ...moved(below, 0, TITLE.y + heightOf(above, TITLE_PEN))];
}

function heightOf(lines: Mark[], pen: Pen): number {
  const first = lines[0];
  return first?.kind === "text" ? lines.length * first.size * pen.pitch : 0;
}

/** The code large, one line for each half, its capitals underlined. */
function codeMarks(code: string, set: Setter, measure: Measure): Mark[] {
  const lines = set("code", CODE, CODE_PEN, halves(code));
  const bars: Mark[] = [];
  for (const line of lines) {
    if (line.kind !== "text") continue;
    [...line.text].forEach((c, i) => {
      if (c < "A" || c > "Z") return;
      const before = measure(line.text.slice(0, i), line.face) * line.size;
      const width = measure(c, line.face) * line.size;
      bars.push({ kind: "bar", x: line.x + before + 0.1 * width, y: line.y + 0.5, width: 0.8 * width, height: 0.3 });
    });
  }
  return [...lines, ...bars];
}

/** Breaks a code after the dash in its middle. */
function halves(code: string): string[] {
  const groups = code.split("-");
  const middle = Math.ceil(groups.length / 2);
  return [`${groups.slice(0, middle).join("-")}-`, groups.slice(middle).join("-")];
}

// The QR code

const QUIET = 4; // clear modules around a symbol
const LEAST_MODULE = 0.8; // mm
const MOST_BYTES = 152; // in the largest symbol whose modules are no smaller: version 8
const SHEET_EDGE = 5; // mm along the paper's edge where printers cannot print

/** The link's code in the middle of the flap. */
function qrMark(link: string): Mark {
  const rows = symbol(link);
  const module = moduleSize(rows.length);
  return { kind: "qr", x: (SLIP_WIDTH - module * rows.length) / 2, y: FOLD + module * QUIET, module, rows };
}

/** The modules of a link, without the quiet zone. */
function symbol(link: string): boolean[][] {
  if (link.length > MOST_BYTES) throw new TooLong("link");
  const framed = encodeQR(link, "raw", { ecc: "medium", border: 1 }); // the encoder refuses less than a border of one
  return framed.slice(1, -1).map((row) => row.slice(1, -1));
}

/** The width of a module with which n of them fill the flap: the quiet zone above, and below it at least the sheet's edge. */
function moduleSize(n: number): number {
  let size = (FLAP - SHEET_EDGE) / (n + QUIET);
  if (size * QUIET > SHEET_EDGE) size = FLAP / (n + 2 * QUIET);
  if (size < LEAST_MODULE) throw new TooLong("link");
  return size;
}

// Setting text

/** Sets paragraphs into a box, in the largest size of the pen in which they fit. */
type Setter = (what: string, into: Box, pen: Pen, paragraphs: readonly string[]) => Mark[];

function setter(measure: Measure): Setter {
  return (what, into, pen, paragraphs) => {
    for (let points = pen.max; points >= pen.min; points -= STEP) {
      const size = points * POINT;
      const width = (text: string) => measure(text, pen.face) * size;
      const lines = paragraphs.flatMap((paragraph) => wrap(paragraph, into.w, width));
      const pitch = size * pen.pitch;
      if (lines.length * pitch > into.h) continue;
      return lines.map((text, i) => ({
        kind: "text", text, face: pen.face, size,
        x: into.x + (pen.centred ? (into.w - width(text)) / 2 : 0),
        y: into.y + pitch * (i + 0.8),
      }));
    }
    throw new TooLong(what);
  };
}

/** Breaks a paragraph into lines no wider than `room`; a word that is wider is broken itself. */
function wrap(paragraph: string, room: number, width: (text: string) => number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of paragraph.normalize("NFC").split(/\s+/).filter((part) => part !== "")) {
    const joined = line === "" ? word : `${line} ${word}`;
    if (width(joined) <= room) {
      line = joined;
      continue;
    }
    if (line !== "") lines.push(line);
    const parts = split(word, room, width);
    line = parts.pop() as string;
    lines.push(...parts);
  }
  return line === "" ? lines : [...lines, line];
}

function split(word: string, room: number, width: (text: string) => number): string[] {
  const parts: string[] = [];
  let part = "";
  for (const c of word) {
    if (part !== "" && width(part + c) > room) {
      parts.push(part);
      part = "";
    }
    part += c;
  }
  return [...parts, part];
}
