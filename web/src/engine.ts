/**
 * What the page asks of the cryptography. The same engine runs in the worker (worker.ts) or, where
 * the worker cannot be loaded, in the page itself.
 */
import { electionKey, sealing, type Mark, type Sealed } from "./ballot";
import { publicOf, secretOf } from "./credential";
import { parseElection, type Election } from "./election";
import { secureScalar } from "./random";
import { sign, type Proof } from "./zkp";
import type { Element } from "./group";

/** Proof that the asker holds a slip, without which the server does not tell its state. */
export interface SlipProof {
  credential: string;
  signature: Proof;
}

/** Called after each sealed answer with the number sealed so far. */
export type Progress = (done: number) => void;

export interface Engine {
  /** Reads the election and prepares its tables. The others may be called after it has resolved. */
  load(election: Uint8Array, uuid: string): Promise<void>;
  /** Signs "homphieu-slip-v1|" φ by the code's secret: docs/PROTOCOL.md §6. */
  prove(code: string): Promise<SlipProof>;
  /** Seals a ballot. */
  seal(code: string, marks: Mark[], progress: Progress): Promise<Sealed>;
  /** Ends the engine and drops all it knows. */
  close(): void;
}

/** Lets other events of the thread run. */
export const breathe = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

/** An engine in the current thread. `pause` is awaited between two answers. */
export class LocalEngine implements Engine {
  private election: Election | undefined;
  private y: Element | undefined;

  constructor(private readonly pause: () => Promise<void>) {}

  async load(bytes: Uint8Array, uuid: string): Promise<void> {
    this.election = parseElection(bytes, uuid);
    this.y = electionKey(this.election);
  }

  async prove(code: string): Promise<SlipProof> {
    const { election } = this.loaded();
    const secret = secretOf(election.uuid, code);
    const prefix = `sigmsg|homphieu-slip-v1|${election.fingerprint}|`;
    return { credential: publicOf(secret), signature: sign(secret, prefix, secureScalar) };
  }

  async seal(code: string, marks: Mark[], progress: Progress): Promise<Sealed> {
    const { election, y } = this.loaded();
    const steps = sealing(election, y, code, marks, secureScalar);
    for (;;) {
      const step = steps.next();
      if (step.done) return step.value;
      progress(step.value);
      await this.pause();
    }
  }

  close(): void {
    this.election = undefined;
    this.y = undefined;
  }

  private loaded(): { election: Election; y: Element } {
    if (!this.election || !this.y) throw new Error("engine: no election");
    return { election: this.election, y: this.y };
  }
}
