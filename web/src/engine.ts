/**
 * What the page asks of the cryptography. The same engine runs in the worker (worker.ts) or, where
 * the worker cannot be loaded, in the page itself.
 */
import { electionKey, sealing, type Mark, type Sealed } from "./ballot";
import { publicOf, secretOf } from "./credential";
import { parseElection, type Election } from "./election";
import { secureScalar } from "./random";
import { sign, type Proof } from "./zkp";
import type { FixedBase } from "./fixedbase";

/** Proof that the asker holds a slip, without which the server does not tell its state. */
export interface SlipProof {
  credential: string;
  signature: Proof;
}

/** Called after each sealed answer with the number sealed so far. */
export type Progress = (done: number) => void;

export interface Engine {
  /** Reads an election and prepares its tables. The others may be called for it after this has resolved. */
  load(election: Uint8Array, uuid: string): Promise<void>;
  /** Signs "homphieu-slip-v1|" φ by the code's secret for the election `uuid`: docs/PROTOCOL.md §6. */
  prove(uuid: string, code: string): Promise<SlipProof>;
  /** Seals a ballot of the election `uuid`. */
  seal(uuid: string, code: string, marks: Mark[], progress: Progress): Promise<Sealed>;
  /** Ends the engine and drops all it knows. */
  close(): void;
}

/** Lets other events of the thread run. */
export const breathe = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

/** An election with the table of its key. */
interface Loaded {
  election: Election;
  y: FixedBase;
}

/** An engine in the current thread. `pause` is awaited between two answers. */
export class LocalEngine implements Engine {
  private readonly elections = new Map<string, Loaded>();

  constructor(private readonly pause: () => Promise<void>) {}

  async load(bytes: Uint8Array, uuid: string): Promise<void> {
    const election = parseElection(bytes, uuid);
    this.elections.set(uuid, { election, y: this.tableOf(election.publicKey) ?? electionKey(election) });
  }

  async prove(uuid: string, code: string): Promise<SlipProof> {
    const { election } = this.loaded(uuid);
    const secret = secretOf(uuid, code);
    const prefix = `sigmsg|homphieu-slip-v1|${election.fingerprint}|`;
    return { credential: publicOf(secret), signature: sign(secret, prefix, secureScalar) };
  }

  async seal(uuid: string, code: string, marks: Mark[], progress: Progress): Promise<Sealed> {
    const { election, y } = this.loaded(uuid);
    const steps = sealing(election, y, code, marks, secureScalar);
    for (;;) {
      const step = steps.next();
      if (step.done) return step.value;
      progress(step.value);
      await this.pause();
    }
  }

  close(): void {
    this.elections.clear();
  }

  /** The papers of a meeting usually have one key, whose table is made once. */
  private tableOf(publicKey: string): FixedBase | undefined {
    return [...this.elections.values()].find(({ election }) => election.publicKey === publicKey)?.y;
  }

  private loaded(uuid: string): Loaded {
    const loaded = this.elections.get(uuid);
    if (!loaded) throw new Error("engine: no election");
    return loaded;
  }
}
