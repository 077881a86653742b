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

/** The bundles of a log of `size` entries. */
export function bundlesOf(size: number): Tile[] {
  return row(-1, size);
}

/** The tiles of a tree over these leaf hashes, each with what it must hold. */
export function tilesOf(leaves: readonly Hash[]): { tile: Tile; hashes: readonly Hash[] }[] {
  const all: { tile: Tile; hashes: readonly Hash[] }[] = [];
  let hashes = leaves;
  for (let level = 0; hashes.length > 0; level++) {
    const rows = row(level, hashes.length).map((tile) => {
      const from = tile.number * TILE_WIDTH;
      return { tile, hashes: hashes.slice(from, from + tile.width) };
    });
    all.push(...rows);
    hashes = rows.filter(({ tile }) => tile.width === TILE_WIDTH).map((full) => rootOf(full.hashes));
  }
  return all;
}

function row(level: number, hashes: number): Tile[] {
  const tiles: Tile[] = [];
  for (let number = 0; number * TILE_WIDTH < hashes; number++) {
    tiles.push({ level, number, width: Math.min(TILE_WIDTH, hashes - number * TILE_WIDTH) });
  }
  return tiles;
}
