/** Random scalars and codes. The source of scalars is a parameter everywhere, so that golden vectors can be replayed. */
import { q } from "./group";
import { BASE58, toNumber } from "./hash";

/** Returns a fresh scalar, uniform in 0 … q − 1. */
export type RandomScalar = () => bigint;

/**
 * A scalar from 512 bits of the system's generator, mod q: the bias of this wide reduction is below
 * 2^−259. Works in pages without a secure context too (no WebCrypto is needed).
 */
export function secureScalar(): bigint {
  const bytes = crypto.getRandomValues(new Uint8Array(64));
  const scalar = toNumber(bytes) % q;
  bytes.fill(0);
  return scalar;
}

/** Below this, bytes fall on each of the 58 characters equally often; those above are drawn again. */
const FAIR = 256 - (256 % BASE58.length);

/** Fills an array with random bytes. */
export type RandomBytes = (bytes: Uint8Array<ArrayBuffer>) => void;

const secureBytes: RandomBytes = (bytes) => void crypto.getRandomValues(bytes);

/** Draws `length` characters, each uniform in the Base58 alphabet and independent of the others. */
export function randomBase58(length: number, random: RandomBytes = secureBytes): string {
  const bytes = new Uint8Array(2 * length);
  let word = "";
  while (word.length < length) {
    random(bytes);
    for (const byte of bytes) {
      if (byte < FAIR && word.length < length) word += BASE58.charAt(byte % BASE58.length);
    }
  }
  bytes.fill(0);
  return word;
}
