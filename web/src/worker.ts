/**
 * The engine in a worker, so that the page stays alive while it encrypts: both ends of the wire.
 *
 * The worker's script is the page's own file, so that one hash names the whole code. It is fetched
 * once more, checked against that hash, and loaded before marking begins: casting does not need it.
 */
import { breathe, LocalEngine, type Engine, type Progress, type SlipProof } from "./engine";
import type { Mark, Sealed } from "./ballot";

type Call =
  | { op: "load"; election: Uint8Array; uuid: string }
  | { op: "prove"; uuid: string; code: string }
  | { op: "seal"; uuid: string; code: string; marks: Mark[] };

type Request = Call & { id: number };

/** Answers to one request: any number of `progress`, then `value` or `error`. */
type Reply =
  | { id: number; kind: "progress"; done: number }
  | { id: number; kind: "value"; value: unknown }
  | { id: number; kind: "error"; message: string };

/** The worker's end. */
export function serveEngine(scope: DedicatedWorkerScope): void {
  const engine = new LocalEngine(() => Promise.resolve());
  scope.onmessage = async ({ data }: MessageEvent<Request>) => {
    const { id } = data;
    try {
      const value = await perform(engine, data, (done) => scope.postMessage({ id, kind: "progress", done }));
      scope.postMessage({ id, kind: "value", value });
    } catch (error) {
      scope.postMessage({ id, kind: "error", message: String(error) });
    }
  };
}

/** What serveEngine needs of a worker's global object. */
export interface DedicatedWorkerScope {
  onmessage: ((event: MessageEvent) => void) | null;
  postMessage(message: Reply): void;
}

function perform(engine: Engine, call: Call, progress: Progress): Promise<unknown> {
  switch (call.op) {
    case "load": return engine.load(call.election, call.uuid);
    case "prove": return engine.prove(call.uuid, call.code);
    case "seal": return engine.seal(call.uuid, call.code, call.marks, progress);
  }
}

interface Waiting {
  resolve(value: unknown): void;
  reject(error: Error): void;
  progress: Progress | undefined;
}

/** The page's end. Every call rejects once the worker has failed. */
export class WorkerEngine implements Engine {
  private readonly waiting = new Map<number, Waiting>();
  private readonly worker: Worker;
  private broken = false;
  private lastId = 0;

  constructor(script: string) {
    this.worker = new Worker(script);
    this.worker.onmessage = ({ data }: MessageEvent<Reply>) => this.receive(data);
    this.worker.onerror = () => this.fail();
  }

  load(election: Uint8Array, uuid: string): Promise<void> {
    return this.call({ op: "load", election, uuid }) as Promise<void>;
  }

  prove(uuid: string, code: string): Promise<SlipProof> {
    return this.call({ op: "prove", uuid, code }) as Promise<SlipProof>;
  }

  seal(uuid: string, code: string, marks: Mark[], progress: Progress): Promise<Sealed> {
    return this.call({ op: "seal", uuid, code, marks }, progress) as Promise<Sealed>;
  }

  close(): void {
    this.worker.terminate();
    this.fail();
  }

  private call(call: Call, progress?: Progress): Promise<unknown> {
    if (this.broken) return Promise.reject(new Error("worker: gone"));
    const id = ++this.lastId;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject, progress });
      this.worker.postMessage({ id, ...call });
    });
  }

  private receive(reply: Reply): void {
    const waiting = this.waiting.get(reply.id);
    if (!waiting) return;
    if (reply.kind === "progress") return waiting.progress?.(reply.done);
    this.waiting.delete(reply.id);
    if (reply.kind === "value") waiting.resolve(reply.value);
    else waiting.reject(new Error(reply.message));
  }

  private fail(): void {
    this.broken = true;
    for (const { reject } of this.waiting.values()) reject(new Error("worker: gone"));
    this.waiting.clear();
  }
}

const PATIENCE = 15_000; // ms for the worker to load its script and build its tables

function impatience(): Promise<never> {
  return new Promise((_, reject) => setTimeout(() => reject(new Error("worker: silent")), PATIENCE));
}

/** An election's exact bytes and its identifier. */
export interface Source {
  bytes: Uint8Array;
  uuid: string;
}

/**
 * An engine with all these elections loaded: in a worker, or in the page where the worker does not
 * start (its script could not be fetched, or the browser forbids it).
 */
export async function startEngine(script: Promise<string>, elections: readonly Source[]): Promise<Engine> {
  let engine: Engine | undefined;
  try {
    engine = new WorkerEngine(await script);
    await Promise.race([loadAll(engine, elections), impatience()]);
    return engine;
  } catch {
    engine?.close();
    return localEngine(elections);
  }
}

/** An engine in this thread, with all these elections loaded. */
export async function localEngine(elections: readonly Source[]): Promise<Engine> {
  const engine = new LocalEngine(breathe);
  await loadAll(engine, elections);
  return engine;
}

async function loadAll(engine: Engine, elections: readonly Source[]): Promise<void> {
  for (const { bytes, uuid } of elections) await engine.load(bytes, uuid);
}
