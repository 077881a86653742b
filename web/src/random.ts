/** Random scalars. The source is a parameter everywhere, so that golden vectors can be replayed. */
import { q } from "./group";
import { toNumber } from "./hash";

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
