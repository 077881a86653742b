/**
 * Evidence: a file that convicts a log by itself, of two checkpoints that its key has signed and that
 * contradict each other. docs/PROTOCOL.md §14.4; homphieu-verify evidence checks it.
 */
import { padded } from "./bytes";
import type { NoteKey } from "./note";
import { proveConsistency, rootOf, type Hash } from "./tree";

/** A signed checkpoint and its size. */
export interface Signed {
  size: number;
  note: string;
}

/**
 * The file about two checkpoints of which the first is not larger and not of an empty log. `leaves` are those
 * under the second, which do not begin with the tree that the first has signed.
 */
export function evidence(key: NoteKey, a: Signed, b: Signed, leaves: readonly Hash[]): string {
  const shorter = a.size < b.size;
  const proof = shorter ? [`root ${padded(rootOf(leaves.slice(0, a.size)))}`, ...proveConsistency(leaves, a.size).map(padded)] : [];
  return ["homphieu evidence v1", key.text, ...proof, "", a.note, b.note].join("\n");
}
