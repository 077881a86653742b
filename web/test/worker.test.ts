/** Both ends of the worker's wire, joined in one thread. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { utf8 } from "../src/hash";
import { publicOf, secretOf } from "../src/credential";
import { serveEngine, startEngine, WorkerEngine, type DedicatedWorkerScope } from "../src/worker";
import { vectors } from "./vectors";
import { verifyBallot, verifySchnorr } from "./verify";
import { open } from "./vectors";

const v = vectors[0]!;
const election = open(v.election);
const code = v.credentials[0]!;

/** A worker whose thread is this one; messages are cloned on their way. */
class FakeWorker {
  onmessage: ((event: MessageEvent) => void) | null = null;
  onerror: (() => void) | null = null;
  private ended = false;
  private readonly scope: DedicatedWorkerScope;

  constructor() {
    const deliver = (data: unknown) => !this.ended && this.onmessage?.({ data: structuredClone(data) } as MessageEvent);
    this.scope = { onmessage: null, postMessage: (data) => setImmediate(() => deliver(data)) };
    serveEngine(this.scope);
  }

  postMessage(data: unknown): void {
    const cloned = structuredClone(data);
    setImmediate(() => !this.ended && this.scope.onmessage?.({ data: cloned } as MessageEvent));
  }

  terminate(): void {
    this.ended = true;
  }
}

async function withWorker(worker: unknown, act: () => Promise<void>): Promise<void> {
  const real = globalThis.Worker;
  globalThis.Worker = worker as typeof Worker;
  try {
    await act();
  } finally {
    globalThis.Worker = real;
  }
}

async function sealsAndProves(): Promise<void> {
  const engine = await startEngine(Promise.resolve("voter.js"), [{ bytes: utf8(v.election), uuid: election.uuid }]);
  const { credential, signature } = await engine.prove(election.uuid, code);
  assert.equal(credential, publicOf(secretOf(election.uuid, code)));
  assert.ok(verifySchnorr(credential, `sigmsg|homphieu-slip-v1|${election.fingerprint}|`, signature));
  const seen: number[] = [];
  const { ballot } = await engine.seal(election.uuid, code, [0, null, 2], (done) => seen.push(done));
  verifyBallot(v.election, ballot, v.publicCredentials);
  assert.deepEqual(seen, [1, 2, 3]);
  engine.close();
}

test("the worker seals, proves and tells its progress", () => withWorker(FakeWorker, sealsAndProves));

test("without a worker the page does it", () =>
  withWorker(class { constructor() { throw new Error("forbidden"); } }, sealsAndProves));

test("errors come back, and a closed worker answers nothing", () => withWorker(FakeWorker, async () => {
  const engine = new WorkerEngine("voter.js");
  await assert.rejects(engine.prove(election.uuid, code), /no election/);
  await assert.rejects(engine.load(utf8("{}"), election.uuid), /election/);
  const hanging = engine.prove(election.uuid, code);
  engine.close();
  await assert.rejects(hanging, /gone/);
  await assert.rejects(engine.prove(election.uuid, code), /gone/);
}));
