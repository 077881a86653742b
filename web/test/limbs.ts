/** Numbers mod p that are hard to compute with. */
import { zero, type Field } from "../src/verify/field";

/** Numbers whose limbs are all as large as they can be after a reduction, of either sign. */
export function extreme(signs: number): Field {
  const a = zero();
  for (let i = 0; i < 12; i++) a[i] = ((signs >> i) & 1 ? -1 : 1) * 2 ** (Math.ceil(21.25 * (i + 1)) - 1);
  return a;
}
