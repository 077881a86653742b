/** The root over the trackers of a poll, in ascending order: a tree of its own, docs/PROTOCOL.md §14. */
import { utf8 } from "../hash";
import { leafHash, rootOf, type Hash } from "./tree";

/** The root over trackers, in whatever order they come. They are distinct: each is the hash of another ballot. */
export function trackersRoot(trackers: readonly string[]): Hash {
  return rootOf([...trackers].sort().map((tracker) => leafHash(utf8(tracker))));
}
