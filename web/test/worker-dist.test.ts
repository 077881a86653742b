/** The very bytes of the bundles that are page and worker in one, as a worker of a browser that has nothing newer than ES2020. */
import assert from "node:assert/strict";
import { test } from "node:test";
import vm from "node:vm";
import { read } from "./vectors";

const NEWER = `
  delete Object.hasOwn; delete Array.prototype.at; delete Array.prototype.findLast; delete Array.prototype.toSorted;
  delete String.prototype.at; delete String.prototype.replaceAll; delete Object.getPrototypeOf(Uint8Array.prototype).at;
  delete Uint8Array.fromHex; delete Uint8Array.prototype.toHex; delete Promise.any; delete globalThis.structuredClone;
  delete globalThis.WeakRef; delete globalThis.AggregateError; delete globalThis.FinalizationRegistry;`;

for (const bundle of ["check.js", "member.js"]) {
  test(`${bundle} starts in an old browser's worker, and refuses a job it does not have`, async () => {
    const replies: { kind: string; message?: string }[] = [];
    const scope: Record<string, any> = {
      crypto, TextEncoder, TextDecoder, btoa, atob, setTimeout, onmessage: null,
      postMessage: (reply: { kind: string }) => replies.push(reply),
    };
    scope.self = scope;
    const context = vm.createContext(scope);
    vm.runInContext(NEWER, context);
    vm.runInContext(read(`dist/${bundle}`), context);
    await scope.onmessage({ data: { name: "none", input: 0 } });
    assert.deepEqual(replies.map(({ kind, message }) => [kind, message]), [["started", undefined], ["error", "job: no none"]]);
  });
}
