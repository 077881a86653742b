/**
 * The kernel: the arithmetic of points.ts for two points at once, in WebAssembly with vectors of two
 * floating-point numbers. A program of ours writes it (web/kernel) when the pages are built, and it
 * stands in the page's own script, so that the hash of that names it too.
 *
 * It computes and decides nothing: what is canonical, what is on the curve, in the subgroup, or equal
 * to a challenge, is decided by the same lines whoever has computed.
 *
 * All of it takes a time that depends on its arguments. No secret may ever come here.
 */
import { branchesOf, shift, type Arithmetic, type Branch, type Commitments, type Pair } from "./arithmetic";
import type { Field } from "./field";
import { decode, g, identity, isIdentity, orderDigits, wideDigits, windowDigits, wireOf, type Point } from "./points";

/** The kernel in Base64; the bundler fills it in. */
declare const KERNEL: string;

/** What the kernel exports: all but `memory` and `heap`, the first free address, take addresses and numbers. */
interface Exports {
  memory: WebAssembly.Memory;
  heap: WebAssembly.Global;
  rootPower(r: number, a: number): void;
  normalize(points: number, n: number, numbers: number): void;
  times(r: number, a: number, b: number): void;
  powers(r: number, base: number, n: number, rows: number, blocks: number): void;
  table(table: number, base: number, room: number): void;
  tablePower(r: number, table: number, digits: number): void;
  tableFirst(r: number, table: number, digits: number): void;
}

// Bytes in the kernel's memory: of a pair of numbers, of points; of the digits of an exponent in its two
// forms; of the buckets of a power; of a table, and what is needed beside it while it is made.
const NUMBER = 192;
const POINT = 4 * NUMBER;
const ROW = 256;
const WINDOWS = 64;
const BLOCK = 8 * POINT + 16;
const TABLE = 32 * 128 * 3 * NUMBER;
const ROOM = 128 * (POINT + NUMBER);
const PAGE = 2 ** 16;

const LANES = [0, 1] as const;
type Lane = (typeof LANES)[number];

/** The kernel with the table of g and of an election's key. */
export class Kernel implements Arithmetic {
  private floats = new Float64Array();
  private bytes = new Int8Array();
  private readonly scratch = identity();
  private readonly neutral: number;
  private readonly base: number;
  private readonly digits: number;
  private readonly table: number;
  private readonly free: number;

  private constructor(private readonly run: Exports, y: Point) {
    this.neutral = run.heap.value as number;
    this.base = this.neutral + POINT;
    this.digits = this.base + POINT;
    this.table = this.digits + WINDOWS;
    this.free = this.table + TABLE;
    this.reserve(ROOM);
    this.put(this.neutral, this.scratch, this.scratch);
    this.put(this.base, g, y);
    run.table(this.table, this.base, this.free);
  }

  /** Makes ready for an election with the key `y`. There is none where the browser lacks what it needs, or forbids it. */
  static async start(y: Point): Promise<Kernel | undefined> {
    try {
      return new Kernel(await load(), y);
    } catch {
      return undefined;
    }
  }

  decode(wire: string): Point | undefined {
    return decode(wire, (r, a) => {
      for (const lane of LANES) this.putField(this.base, lane, a);
      this.run.rootPower(this.base + NUMBER, this.base);
      this.readField(r, this.base + NUMBER, 0);
    });
  }

  encode(points: readonly Point[]): string[] {
    const pairs = Math.ceil(points.length / 2);
    this.reserve(pairs * (POINT + NUMBER));
    for (let i = 0; i < pairs; i++) this.put(this.free + i * POINT, points[2 * i] as Point, points[2 * i + 1] ?? identity());
    return this.wires(this.free, pairs).slice(0, points.length);
  }

  commitments(ciphertexts: readonly Pair[], branches: readonly Branch[]): Commitments {
    const n = branches.length;
    const powers = this.free + n * (POINT + NUMBER);
    this.reserve(n * (POINT + NUMBER) + (n + 2) * (POINT + ROW + BLOCK));
    for (const [i, { alpha, beta }] of ciphertexts.entries()) {
      const own = branchesOf(i, branches);
      this.put(this.base, alpha, beta);
      this.raise(powers, own);
      if (!LANES.every((lane) => isIdentity(this.read(powers, lane)))) return { outside: i };
      own.forEach((branch, k) => this.commit(this.free + branch.at * POINT, branch, powers + (k + 1) * POINT));
    }
    return { wires: this.wires(this.free, n) };
  }

  /** Raises the base to the group's order and to the challenges of branches. */
  private raise(r: number, branches: readonly Branch[]): void {
    const exponents = [orderDigits, ...branches.map(({ proof }) => wideDigits(proof.challenge))];
    const n = exponents.length;
    const rows = r + n * POINT;
    const any = this.bytes.subarray(rows + n * ROW, rows + (n + 1) * ROW).fill(0);
    exponents.forEach((digits, k) => {
      this.bytes.set(digits.subarray(0, ROW), rows + k * ROW);
      digits.forEach((digit, i) => {
        if (digit !== 0) any[i] = 1;
      });
    });
    this.run.powers(r, this.base, n, rows, rows + (n + 1) * ROW);
  }

  /** r = A and B of a branch; its ciphertext raised to its challenge is at `power`. */
  private commit(r: number, branch: Branch, power: number): void {
    this.bytes.copyWithin(r, this.neutral, this.neutral + POINT);
    this.putDigits(branch.proof.response);
    this.run.tablePower(r, this.table, this.digits);
    if (branch.value !== 0) {
      this.putDigits(shift(branch));
      this.run.tableFirst(r, this.table, this.digits);
    }
    this.run.times(r, r, power);
  }

  /** The wire forms of pairs of points; room for as many numbers is behind them. */
  private wires(at: number, pairs: number): string[] {
    if (pairs === 0) return [];
    this.run.normalize(at, pairs, at + pairs * POINT);
    return Array.from({ length: 2 * pairs }, (_, i) => {
      const { X, Y } = this.read(at + (i >> 1) * POINT, (i % 2) as Lane);
      return wireOf(X, Y);
    });
  }

  private putDigits(exponent: bigint): void {
    new Int16Array(this.bytes.buffer, this.digits).set(windowDigits(exponent));
  }

  private put(at: number, first: Point, second: Point): void {
    for (const [lane, { X, Y, Z, T }] of [first, second].entries()) {
      [X, Y, Z, T].forEach((a, i) => this.putField(at + i * NUMBER, lane as Lane, a));
    }
  }

  private putField(at: number, lane: Lane, a: Field): void {
    for (let i = 0; i < a.length; i++) this.floats[at / 8 + 2 * i + lane] = a[i] as number;
  }

  /** A point of the kernel's, which the next call overwrites. */
  private read(at: number, lane: Lane): Point {
    const { X, Y, Z, T } = this.scratch;
    [X, Y, Z, T].forEach((a, i) => this.readField(a, at + i * NUMBER, lane));
    return this.scratch;
  }

  private readField(r: Field, at: number, lane: Lane): void {
    for (let i = 0; i < r.length; i++) r[i] = this.floats[at / 8 + 2 * i + lane] as number;
  }

  /** Sees to it that so many bytes are free. */
  private reserve(bytes: number): void {
    const { memory } = this.run;
    const missing = this.free + bytes - memory.buffer.byteLength;
    if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
    if (this.bytes.buffer === memory.buffer) return;
    this.floats = new Float64Array(memory.buffer);
    this.bytes = new Int8Array(memory.buffer);
  }
}

/** The kernel in this browser. Throws where the browser does not take it. */
async function load(): Promise<Exports> {
  const code = Uint8Array.from(atob(KERNEL), (c) => c.charCodeAt(0));
  const { instance } = await WebAssembly.instantiate(code);
  return instance.exports as unknown as Exports;
}
