/**
 * Long computations in a worker, so that the page stays alive: both ends of the wire. The worker's
 * script is the page's own file, so that one hash names the whole code; it is fetched once more and
 * checked against that hash. Where no worker starts, the page computes by itself.
 */
import { workerAddress } from "../trusted";

/** A computation. `input`, its answer and what it reports must be data that can be cloned. */
export type Job = (input: never, report: (progress: unknown) => void) => unknown;

/** All computations by name, the same in the page and in the worker. */
export type Jobs = Record<string, Job>;

/** What serveJobs needs of a worker's global object. */
export interface WorkerScope {
  onmessage: ((event: MessageEvent) => void) | null;
  postMessage(message: Reply): void;
}

interface Order {
  name: string;
  input: unknown;
}

/** `started` once the script runs, then any number of `progress`, then `value` or `error`. */
type Reply =
  | { kind: "started" }
  | { kind: "progress"; progress: unknown }
  | { kind: "value"; value: unknown }
  | { kind: "error"; message: string };

const PATIENCE = 15_000; // ms for the worker to load its script

/** The worker's end: it does one job after another until the page ends it. */
export function serveJobs(scope: WorkerScope, jobs: Jobs): void {
  scope.onmessage = async ({ data }: MessageEvent<Order>) => {
    try {
      const value = await perform(jobs, data, (progress) => scope.postMessage({ kind: "progress", progress }));
      scope.postMessage({ kind: "value", value });
    } catch (error) {
      scope.postMessage({ kind: "error", message: messageOf(error) });
    }
  };
  scope.postMessage({ kind: "started" });
}

function perform(jobs: Jobs, { name, input }: Order, report: (progress: unknown) => void): unknown {
  const job = jobs[name];
  if (!job) throw new Error(`job: no ${name}`);
  return job(input as never, report);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Runs jobs for one page. `script` will be an address of this very script. */
export class Workshop {
  constructor(private readonly script: Promise<string>, private readonly jobs: Jobs) {}

  /** Does a job in a worker of its own, or here where no worker starts. Throws as Hand.run. */
  async run<T>(name: string, input: unknown, report: (progress: unknown) => void = () => {}): Promise<T> {
    const hand = await this.hire();
    try {
      return await hand.run<T>(name, input, report);
    } finally {
      hand.dismiss();
    }
  }

  /** A worker, or the page itself where no worker starts. */
  async hire(): Promise<Hand> {
    try {
      return new Hand(this.jobs, await start(await this.script));
    } catch {
      return new Hand(this.jobs);
    }
  }
}

/** Whoever does jobs, one after another: a worker, or without one the page. */
export class Hand {
  constructor(private readonly jobs: Jobs, private readonly worker?: Worker) {}

  /** Does a job. Throws the job's error, of which only the message survives the worker. */
  async run<T>(name: string, input: unknown, report: (progress: unknown) => void = () => {}): Promise<T> {
    const order = { name, input };
    return (await (this.worker ? converse(this.worker, order, report) : perform(this.jobs, order, report))) as T;
  }

  /** Ends the worker. */
  dismiss(): void {
    this.worker?.terminate();
  }
}

/** A worker that has loaded its script. */
async function start(script: string): Promise<Worker> {
  const worker = new Worker(workerAddress(script));
  try {
    await new Promise<void>((resolve, reject) => {
      setTimeout(() => reject(new Error("worker: silent")), PATIENCE);
      worker.onmessage = () => resolve();
      worker.onerror = () => reject(new Error("worker: gone"));
    });
  } catch (error) {
    worker.terminate();
    throw error;
  }
  return worker;
}

function converse(worker: Worker, order: Order, report: (progress: unknown) => void): Promise<unknown> {
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<Reply>) => {
      if (data.kind === "progress") report(data.progress);
      else if (data.kind === "value") resolve(data.value);
      else if (data.kind === "error") reject(new Error(data.message));
    };
    worker.onerror = () => reject(new Error("worker: gone"));
    worker.postMessage(order);
  });
}

/**
 * The page's script as an address for workers. Browsers do not check what a worker loads, so its
 * bytes are fetched here, where the hash that the page names is checked, and handed over as they are.
 */
export async function scriptAddress({ src, integrity }: HTMLScriptElement): Promise<string> {
  const answer = await fetch(src, { integrity, credentials: "omit", referrerPolicy: "no-referrer" });
  return URL.createObjectURL(new Blob([await answer.arrayBuffer()], { type: "text/javascript" }));
}
