/**
 * The whole verification of the public log from its files, as homphieu-verify makes it: the checkpoint's
 * signature and cosignatures, every entry and its place in the chain, every tile, and that all of them are
 * what was signed. The first fault is named with its place.
 */
import { breathe } from "../engine";
import { Fault, same } from "../verify/wire";
import { concat } from "./bytes";
import { parseBundle, parseEntry } from "./entry";
import { History, type PollInLog } from "./history";
import type { Checkpoint, NoteKey } from "./note";
import { checkSigned, logKeyOf, type Policy, type Quorum } from "./policy";
import { bundlesOf, HASH_SIZE, leafHash, rootOf, TILE_WIDTH, tilePath, tilesOf, type FullTile, type Hash, type Tile } from "./tree";

/** Gives a file of a log by its path, undefined if it is not there. */
export type Fetch = (path: string) => Promise<Uint8Array | undefined>;

/** What was found. Unless it is valid, `reason` says what is wrong first, and the rest how far it came. */
export interface LogReport {
  valid: boolean;
  /** Of the log. */
  key?: NoteKey;
  checkpoint?: Checkpoint;
  /** The checkpoint with its signatures, as it came. */
  signed?: Uint8Array;
  quorum: Quorum;
  /** Entries that were checked. */
  entries: number;
  /** SHA-256 of the last of them. */
  head: string;
  polls: ReadonlyMap<string, PollInLog>;
  /** Leaf hashes of the entries. */
  leaves: readonly Hash[];
  reason?: string;
}

/** Called with the number of files read so far, and of all. */
export type Progress = (done: number, total: number) => void;

/** More entries than this, and a checkpoint is not believed before they are read. */
const MAX_SIZE = 10_000_000;
/** How many bundles are asked for before they are needed. */
const AHEAD = 3;

/** Verifies a log, the one of the policy that its checkpoint names. Throws only what `files` throws; what is wrong with the log is in the report. */
export async function verifyLog(files: Fetch, policy: Policy, progress: Progress = () => {}): Promise<LogReport> {
  const verifier = new Verifier(files, progress);
  let quorum: Quorum = { cosigned: [], missing: policy.witnesses.map(({ name }) => name) };
  let head: Pick<LogReport, "key" | "checkpoint" | "signed"> = {};
  let reason: string | undefined;
  try {
    const signed = await files("checkpoint");
    if (!signed) throw new Fault("checkpoint: missing");
    const key = logKeyOf(policy, signed);
    const checked = checkSigned(policy, signed, key);
    quorum = checked.quorum;
    head = { key, checkpoint: checked.checkpoint, signed };
    await verifier.run(checked.checkpoint);
    reason = checked.tooFew;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    reason = error.message;
  }
  const { history, leaves } = verifier;
  return {
    ...head, quorum, leaves, valid: reason === undefined, entries: history.size, head: history.head, polls: history.polls,
    ...(reason !== undefined && { reason }),
  };
}

/** Reads files in their order, a few of them ahead, and takes each when its turn comes. */
async function inOrder<T, R>(list: Iterable<T>, read: (item: T) => Promise<R>, take: (item: T, found: R) => void): Promise<void> {
  const items = list[Symbol.iterator]();
  const waiting: { item: T; found: Promise<R> }[] = [];
  const ask = () => {
    const next = items.next();
    if (next.done) return;
    const found = read(next.value);
    found.catch(() => undefined); // it is said when its turn comes, if it comes
    waiting.push({ item: next.value, found });
  };
  for (let i = 0; i < AHEAD; i++) ask();
  for (let first = waiting.shift(); first; first = waiting.shift()) {
    const found = await first.found;
    ask();
    take(first.item, found);
    await breathe();
  }
}

/** The entries and tiles of one log. */
class Verifier {
  readonly history = new History();
  readonly leaves: Hash[] = [];
  private done = 0;
  private total = 0;

  constructor(private readonly files: Fetch, private readonly progress: Progress) {}

  async run({ size, root }: Checkpoint): Promise<void> {
    if (size > MAX_SIZE) throw new Fault(`checkpoint: ${size} entries, more than ${MAX_SIZE}`);
    this.total = 3 * Math.ceil(size / TILE_WIDTH); // and about as many tiles, of which the leaves are read twice
    await inOrder(bundlesOf(size), (bundle) => this.read(bundle), (bundle, found) => this.bundle(bundle, found));
    if (!same(rootOf(this.leaves), root)) {
      throw new Fault(`checkpoint: entries 0 to ${size - 1} are not what was signed: edited, and all that follows from it made to fit`);
    }
    await inOrder(tilesOf(this.leaves), ({ tile }) => this.file(tile), (full, data) => this.tile(full, data));
  }

  /** A bundle, and the leaf hashes in the tile beside it, unless that is not as it should be: its own check will say so. */
  private async read(bundle: Tile): Promise<{ data: Uint8Array | undefined; leaves: Uint8Array | undefined }> {
    const beside = { ...bundle, level: 0 };
    const [data, leaves] = await Promise.all([this.file(bundle), this.file(beside)]);
    return { data, leaves: leaves?.length === bundle.width * HASH_SIZE ? leaves : undefined };
  }

  /** Checks up to 256 entries. */
  private bundle(bundle: Tile, { data, leaves }: { data: Uint8Array | undefined; leaves: Uint8Array | undefined }): void {
    const { texts, whole } = parseBundle(data ?? missing(bundle));
    for (let i = 0; i < Math.min(texts.length, bundle.width); i++) this.entry(texts.slice(i), leaves && leaves.subarray(i * HASH_SIZE, (i + 1) * HASH_SIZE));
    const place = `entry ${this.history.size}: ${tilePath(bundle)}`;
    if (!whole) throw new Fault(`${place}: truncated in the middle of an entry`);
    if (texts.length !== bundle.width) {
      throw new Fault(`${place}: ${texts.length < bundle.width ? "truncated" : "edited"}: ${texts.length} entries instead of ${bundle.width}`);
    }
  }

  /** Checks the first of these entries; the others are those that follow it. */
  private entry(texts: readonly Uint8Array[], leaf: Uint8Array | undefined): void {
    const { history } = this;
    const [text] = texts as [Uint8Array];
    const number = history.size;
    const own = leafHash(text);
    const entry = attempt(() => parseEntry(text));
    if (!(entry instanceof Fault) && entry.number !== number) throw new Fault(misplaced(number, entry.number, texts));
    if (leaf && !same(leaf, own)) throw new Fault(`entry ${number}: edited: its text does not have the hash that the tree has for it`);
    if (entry instanceof Fault) throw new Fault(`entry ${number}: ${entry.message}`);
    if (number > 0 && entry.prev !== history.head) {
      throw new Fault(`entry ${number - 1}: edited: entry ${number} names another text as the one before it`);
    }
    history.follow(entry);
    this.leaves.push(own);
  }

  /** Compares a tile with what the entries give. */
  private tile({ tile, hashes }: FullTile, found: Uint8Array | undefined): void {
    const data = found ?? missing(tile);
    const [have, want] = [data.length, hashes.length * HASH_SIZE];
    const whole = Math.min(hashes.length, Math.floor(have / HASH_SIZE));
    const wrong = hashes.findIndex((hash, i) => i >= whole || !same(hash, data.subarray(i * HASH_SIZE, (i + 1) * HASH_SIZE)));
    const at = wrong < 0 ? whole : wrong; // the first hash that is not as it should be
    const place = `entry ${(tile.number * TILE_WIDTH + at) * TILE_WIDTH ** tile.level}: ${tilePath(tile)}`;
    if (at < whole) throw new Fault(`${place}: edited: hash ${at} is not that of the entries`);
    if (have < want) throw new Fault(`${place}: truncated: ${have} bytes instead of ${want}`);
    if (have > want) throw new Fault(`${place}: edited: ${have - want} bytes too many`);
  }

  private async file(tile: Tile): Promise<Uint8Array | undefined> {
    const data = await fetchTile(this.files, tile);
    this.done++;
    this.progress(Math.min(this.done, this.total), this.total);
    return data;
  }
}

function missing(tile: Tile): never {
  const first = tile.number * TILE_WIDTH * TILE_WIDTH ** Math.max(0, tile.level);
  throw new Fault(`entry ${first}: ${tilePath(tile)}: missing`);
}

function attempt<T>(read: () => T): T | Fault {
  try {
    return read();
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
}

/** Says what became of an entry in whose place another stands. */
function misplaced(number: number, found: number, following: readonly Uint8Array[]): string {
  const elsewhere = following.some((text) => {
    const entry = attempt(() => parseEntry(text));
    return !(entry instanceof Fault) && entry.number === number;
  });
  return `entry ${number}: ${elsewhere ? "reordered" : "dropped"}: entry ${found} stands in its place`;
}

/** Reads a tile or bundle; of a partial one, when it is gone, what it had of the full one. */
async function fetchTile(files: Fetch, tile: Tile): Promise<Uint8Array | undefined> {
  const data = await files(tilePath(tile));
  if (data || tile.width === TILE_WIDTH) return data;
  const full = await files(tilePath({ ...tile, width: TILE_WIDTH }));
  return full && cut(full, tile);
}

function cut(full: Uint8Array, { level, width }: Tile): Uint8Array {
  if (level >= 0) return full.subarray(0, width * HASH_SIZE);
  const { texts, whole } = parseBundle(full);
  if (!whole || texts.length < width) return full; // its check will say what is wrong
  return concat(...texts.slice(0, width).map((text) => concat(Uint8Array.of(text.length >> 8, text.length & 255), text)));
}
