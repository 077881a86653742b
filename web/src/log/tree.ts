/** Merkle trees of RFC 6962 §2.1, and the tiles in which a log serves its own (C2SP tlog-tiles). */
import { digest } from "../hash";
import { same } from "../verify/wire";
import { concat } from "./bytes";

/** A SHA-256. */
export type Hash = Uint8Array;

/** Length of a hash in bytes. */
export const HASH_SIZE = 32;
/** Entries of a full bundle, hashes of a full tile. */
export const TILE_WIDTH = 256;

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

/** SHA-256(0x00 ‖ text). */
export function leafHash(text: Uint8Array): Hash {
  return digest(concat(LEAF, text));
}

function nodeHash(left: Hash, right: Hash): Hash {
  return digest(concat(NODE, left, right));
}

/** The root over leaf hashes; without any, the SHA-256 of nothing. */
export function rootOf(leaves: readonly Hash[]): Hash {
  if (leaves.length === 0) return digest(new Uint8Array());
  // Pairs, then pairs of pairs; an odd one at the end goes up as it is.
  let level = leaves;
  while (level.length > 1) level = pairs(level);
  return level[0] as Hash;
}

function pairs(level: readonly Hash[]): Hash[] {
  const above: Hash[] = [];
  for (let i = 0; i < level.length; i += 2) {
    const [left, right] = [level[i] as Hash, level[i + 1]];
    above.push(right ? nodeHash(left, right) : left);
  }
  return above;
}

/** The root that follows from a leaf hash at `index` of a tree of `size` and its inclusion proof; undefined for a proof of another length. */
function rootFromProof(leaf: Hash, index: number, size: number, proof: readonly Hash[]): Hash | undefined {
  let root = leaf;
  let [at, last] = [index, size - 1];
  for (const hash of proof) {
    if (last === 0) return undefined;
    if (at % 2 === 1 || at === last) {
      root = nodeHash(hash, root);
      while (at % 2 === 0 && at !== 0) [at, last] = [at / 2, Math.floor(last / 2)];
    } else {
      root = nodeHash(root, hash);
    }
    [at, last] = [Math.floor(at / 2), Math.floor(last / 2)];
  }
  return last === 0 ? root : undefined;
}

/**
 * The consistency proof of RFC 6962 §2.1.2: that the tree over all leaves begins with that over the first
 * `size` of them, which are more than none.
 */
export function proveConsistency(leaves: readonly Hash[], size: number, whole = true): Hash[] {
  if (size === leaves.length) return whole ? [] : [rootOf(leaves)];
  let half = 1;
  while (2 * half < leaves.length) half *= 2;
  const [left, right] = [leaves.slice(0, half), leaves.slice(half)];
  return size <= half
    ? [...proveConsistency(left, size, whole), rootOf(right)]
    : [...proveConsistency(right, size - half, false), rootOf(left)];
}

/** Checks an inclusion proof: RFC 9162 §2.1.3.2. */
export function included(text: Uint8Array, index: number, size: number, proof: readonly Hash[], root: Hash): boolean {
  if (index < 0 || index >= size) return false;
  const found = rootFromProof(leafHash(text), index, size, proof);
  return found !== undefined && same(found, root);
}

/** A tile of height 8; of level −1, a bundle of entries. */
export interface Tile {
  level: number;
  number: number;
  /** How many hashes or entries it has, 1 to 256. */
  width: number;
}

/** The path of a tile among the files of a log. */
export function tilePath({ level, number, width }: Tile): string {
  let path = String(number % 1000).padStart(3, "0");
  for (let n = Math.floor(number / 1000); n > 0; n = Math.floor(n / 1000)) path = `x${String(n % 1000).padStart(3, "0")}/${path}`;
  return `tile/${level < 0 ? "entries" : level}/${path}${width < TILE_WIDTH ? `.p/${width}` : ""}`;
}

/** The bundles of a log of `size` entries, one after the other. */
export function bundlesOf(size: number): Iterable<Tile> {
  return row(-1, size);
}

/** A tile and what it must hold. */
export interface FullTile {
  tile: Tile;
  hashes: readonly Hash[];
}

/** The tiles of a tree over these leaf hashes, one after the other. */
export function* tilesOf(leaves: readonly Hash[]): Iterable<FullTile> {
  let hashes = leaves;
  for (let level = 0; hashes.length > 0; level++) {
    const above: Hash[] = [];
    for (const tile of row(level, hashes.length)) {
      const from = tile.number * TILE_WIDTH;
      const own = hashes.slice(from, from + tile.width);
      yield { tile, hashes: own };
      if (tile.width === TILE_WIDTH) above.push(rootOf(own));
    }
    hashes = above;
  }
}

function* row(level: number, hashes: number): Iterable<Tile> {
  for (let number = 0; number * TILE_WIDTH < hashes; number++) {
    yield { level, number, width: Math.min(TILE_WIDTH, hashes - number * TILE_WIDTH) };
  }
}
