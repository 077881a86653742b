/** Slips held before the camera: each is read many times a second, and meant once. */
import { digest, hex } from "../hash";

const GONE = 3_000; // ms without a sight of a slip, after which it is meant again

/** Tells the sights of one slip from those of the next, without keeping what was read. */
export class Sights {
  private last = "";
  private at = 0;

  /** Whether this text is a new one at the time `now`, in milliseconds. */
  isNew(text: string, now: number): boolean {
    const name = hex(digest(text));
    const fresh = name !== this.last || now - this.at > GONE;
    this.last = name;
    this.at = now;
    return fresh;
  }
}
