/** The very bytes of dist/voter.js, as a worker of a browser that has nothing newer than ES2020. */
import assert from "node:assert/strict";
import { test } from "node:test";
import vm from "node:vm";
import { utf8 } from "../src/hash";
import { open, read, vectors } from "./vectors";
import { verifyBallot } from "./verify";

const NEWER = `
  delete Object.hasOwn; delete Object.groupBy;
  delete Array.prototype.at; delete Array.prototype.findLast; delete Array.prototype.findLastIndex;
  delete Array.prototype.toSorted; delete Array.prototype.toReversed; delete Array.prototype.with;
  delete String.prototype.at; delete String.prototype.replaceAll; delete String.prototype.isWellFormed;
  delete Object.getPrototypeOf(Uint8Array.prototype).at;
  delete Uint8Array.fromHex; delete Uint8Array.fromBase64; delete Uint8Array.prototype.toHex; delete Uint8Array.prototype.toBase64;
  delete Promise.any; delete Promise.withResolvers; delete globalThis.structuredClone; delete globalThis.WeakRef;
  delete globalThis.AggregateError; delete globalThis.FinalizationRegistry;`;

interface Reply { id: number; kind: string; value?: any; message?: string; done?: number }

/** A worker's global object in a context of its own. */
function oldWorker() {
  const replies: Reply[] = [];
  let wake = () => {};
  const scope: Record<string, any> = {
    crypto, TextEncoder, TextDecoder, btoa, atob, setTimeout,
    onmessage: null,
    postMessage: (reply: Reply) => {
      replies.push(reply);
      wake();
    },
  };
  scope.self = scope;
  const context = vm.createContext(scope);
  vm.runInContext(NEWER, context);
  vm.runInContext(read("dist/voter.js"), context);
  const answer = async (id: number): Promise<Reply> => {
    for (;;) {
      const reply = replies.find((r) => r.id === id && r.kind !== "progress");
      if (reply) return reply;
      await new Promise<void>((resolve) => (wake = resolve));
    }
  };
  const call = (message: { id: number }) => {
    scope.onmessage({ data: message });
    return answer(message.id);
  };
  return { call, replies };
}

test("the bundle seals a valid ballot in an old browser", async () => {
  const v = vectors[0]!;
  const { uuid } = open(v.election);
  const { call, replies } = oldWorker();
  const load = { id: 1, op: "load", election: utf8(v.election), uuid };
  assert.equal((await call(load)).kind, "value");
  const sealed = await call({ id: 2, op: "seal", uuid, code: v.credentials[0]!, marks: [2, null, 0] } as any);
  assert.equal(sealed.kind, "value", sealed.message);
  verifyBallot(v.election, sealed.value.ballot, v.publicCredentials);
  assert.deepEqual(replies.filter((r) => r.kind === "progress").map((r) => r.done), [1, 2, 3]);
});
