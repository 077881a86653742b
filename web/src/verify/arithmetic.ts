/**
 * What takes long in the check of a ballot, behind one interface, because two ways to compute it give
 * the same: the kernel (kernel.ts) in browsers that have WebAssembly with vectors, points.ts in others.
 */
import { q } from "../group";
import { decode, encode, FixedBase, generatorPowers, identity, powers, times, type Point } from "./points";
import type { Numbers } from "./wire";

/** The two points of a ciphertext. */
export interface Pair {
  alpha: Point;
  beta: Point;
}

/** A branch of a disjunction: "ciphertext number so-and-so encrypts value". */
export interface Branch {
  ciphertext: number;
  value: number;
  proof: Numbers;
}

/** The commitments of branches in their wire forms, A and B of each; or the first ciphertext outside the subgroup. */
export type Commitments = { wires: string[] } | { outside: number };

/** Computes for the ballots of one election. */
export interface Arithmetic {
  /** decode of points.ts. */
  decode(wire: string): Point | undefined;
  /** encode of points.ts. */
  encode(points: readonly Point[]): string[];
  /** A = g^response · α^challenge and B = y^response · (β/g^value)^challenge of all branches. */
  commitments(ciphertexts: readonly Pair[], branches: readonly Branch[]): Commitments;
}

/** The branches of one ciphertext, each with its place among all. */
export function branchesOf(ciphertext: number, branches: readonly Branch[]): (Branch & { at: number })[] {
  return branches.map((branch, at) => ({ ...branch, at })).filter((branch) => branch.ciphertext === ciphertext);
}

/** The exponent of g in B: −challenge·value. */
export function shift({ value, proof }: Branch): bigint {
  return ((q - proof.challenge) * BigInt(value)) % q;
}

/** The arithmetic of points.ts. */
export class Plain implements Arithmetic {
  private readonly key: FixedBase;

  /** `y` is the election's key. */
  constructor(y: Point) {
    this.key = new FixedBase(y);
  }

  decode(wire: string): Point | undefined {
    return decode(wire);
  }

  encode(points: readonly Point[]): string[] {
    return encode(points);
  }

  commitments(ciphertexts: readonly Pair[], branches: readonly Branch[]): Commitments {
    const points = new Array<Point>(2 * branches.length);
    for (const [i, ciphertext] of ciphertexts.entries()) {
      const own = branchesOf(i, branches);
      const exponents = own.map(({ proof }) => proof.challenge);
      const alpha = powers(ciphertext.alpha, exponents);
      const beta = powers(ciphertext.beta, exponents);
      if (!alpha.inSubgroup || !beta.inSubgroup) return { outside: i };
      own.forEach((branch, k) => {
        points[2 * branch.at] = times(generatorPowers().power(branch.proof.response), alpha.powers[k] as Point);
        points[2 * branch.at + 1] = times(this.second(branch), beta.powers[k] as Point);
      });
    }
    return { wires: encode(points) };
  }

  /** y^response · g^(−challenge·value). */
  private second(branch: Branch): Point {
    const r = identity();
    this.key.multiplyPower(r, branch.proof.response);
    if (branch.value !== 0) generatorPowers().multiplyPower(r, shift(branch));
    return r;
  }
}
