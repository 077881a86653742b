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
import { checkSigned, type Policy, type Quorum } from "./policy";
import { bundlesOf, HASH_SIZE, leafHash, rootOf, TILE_WIDTH, tilePath, tilesOf, type Hash, type Tile } from "./tree";

/** Gives a file of a log by its path, undefined if it is not there. */
export type Fetch = (path: string) => Promise<Uint8Array | undefined>;

/** What was found. Unless it is valid, `reason` says what is wrong first, and the rest how far it came. */
export interface LogReport {
  valid: boolean;
  checkpoint?: Checkpoint;
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

/** Verifies a log. Throws only what `files` throws; what is wrong with the log is in the report. */
export async function verifyLog(files: Fetch, key: NoteKey, policy: Policy, progress: Progress = () => {}): Promise<LogReport> {
  const verifier = new Verifier(files, progress);
  let reason: string | undefined;
  let checked: ReturnType<typeof checkSigned> | undefined;
  try {
    const signed = await files("checkpoint");
    if (!signed) throw new Fault("checkpoint: missing");
    checked = checkSigned(policy, signed, key);
    await verifier.run(checked.checkpoint);
    reason = checked.tooFew;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    reason = error.message;
  }
  const { history, leaves } = verifier;
  return {
    valid: reason === undefined, entries: history.entries.length, head: history.head, polls: history.polls, leaves,
    quorum: checked?.quorum ?? { cosigned: [], missing: policy.witnesses.map(({ name }) => name) },
    ...(checked && { checkpoint: checked.checkpoint }), ...(reason !== undefined && { reason }),
  };
}

/** The entries and tiles of one log. */
class Verifier {
  readonly history = new History();
  readonly leaves: Hash[] = [];
  private done = 0;
  private total = 0;

  constructor(private readonly files: Fetch, private readonly progress: Progress) {}

  async run({ size, root }: Checkpoint): Promise<void> {
    const bundles = bundlesOf(size);
    this.total = 3 * bundles.length; // and about as many tiles, of which the leaves are read twice
    for (const bundle of bundles) await this.bundle(bundle);
    if (!same(rootOf(this.leaves), root)) {
      throw new Fault(`checkpoint: entries 0 to ${size - 1} are not what was signed: edited, and all that follows from it made to fit`);
    }
    for (const { tile, hashes } of tilesOf(this.leaves)) await this.tile(tile, hashes);
  }

  /** Checks up to 256 entries. */
  private async bundle(bundle: Tile): Promise<void> {
    const data = await this.file(bundle);
    const { texts, whole } = parseBundle(data);
    const leaves = await this.leavesOf(bundle);
    for (let i = 0; i < Math.min(texts.length, bundle.width); i++) this.entry(texts.slice(i), leaves && leaves.subarray(i * HASH_SIZE, (i + 1) * HASH_SIZE));
    const place = `entry ${this.history.entries.length}: ${tilePath(bundle)}`;
    if (!whole) throw new Fault(`${place}: truncated in the middle of an entry`);
    if (texts.length !== bundle.width) {
      throw new Fault(`${place}: ${texts.length < bundle.width ? "truncated" : "edited"}: ${texts.length} entries instead of ${bundle.width}`);
    }
    await breathe();
  }

  /** The leaf hashes in the tile beside a bundle, undefined if it is not as it should be: its own check will say so. */
  private async leavesOf(bundle: Tile): Promise<Uint8Array | undefined> {
    const tile = { ...bundle, level: 0 };
    const data = await fetchTile(this.files, tile);
    this.count();
    return data?.length === tile.width * HASH_SIZE ? data : undefined;
  }

  /** Checks the first of these entries; the others are those that follow it. */
  private entry(texts: readonly Uint8Array[], leaf: Uint8Array | undefined): void {
    const { history } = this;
    const [text] = texts as [Uint8Array];
    const number = history.entries.length;
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
  private async tile(tile: Tile, hashes: readonly Hash[]): Promise<void> {
    const data = await this.file(tile);
    const place = tilePath(tile);
    if (data.length < hashes.length * HASH_SIZE) throw new Fault(`${place}: truncated: ${data.length} bytes instead of ${hashes.length * HASH_SIZE}`);
    hashes.forEach((hash, i) => {
      if (same(hash, data.subarray(i * HASH_SIZE, (i + 1) * HASH_SIZE))) return;
      throw new Fault(`entry ${(tile.number * TILE_WIDTH + i) * TILE_WIDTH ** tile.level}: ${place}: edited: hash ${i} is not that of the entries`);
    });
    if (data.length > hashes.length * HASH_SIZE) throw new Fault(`${place}: edited: ${data.length - hashes.length * HASH_SIZE} bytes too many`);
  }

  private async file(tile: Tile): Promise<Uint8Array> {
    const data = await fetchTile(this.files, tile);
    this.count();
    const first = tile.number * TILE_WIDTH * TILE_WIDTH ** Math.max(0, tile.level);
    if (!data) throw new Fault(`entry ${first}: ${tilePath(tile)}: missing`);
    return data;
  }

  private count(): void {
    this.done++;
    this.progress(Math.min(this.done, this.total), this.total);
  }
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
