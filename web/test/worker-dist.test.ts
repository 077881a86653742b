/** The very bytes of the bundles that are page and worker in one, as a worker of a browser that has nothing newer than ES2020. */
import assert from "node:assert/strict";
import { test } from "node:test";
import vm from "node:vm";
import { stepsOf, vote } from "./archives";
import { read } from "./vectors";

const NEWER = `
  delete Object.hasOwn; delete Array.prototype.at; delete Array.prototype.findLast; delete Array.prototype.toSorted;
  delete String.prototype.at; delete String.prototype.replaceAll; delete Object.getPrototypeOf(Uint8Array.prototype).at;
  delete Uint8Array.fromHex; delete Uint8Array.prototype.toHex; delete Promise.any; delete globalThis.structuredClone;
  delete globalThis.WeakRef; delete globalThis.AggregateError; delete globalThis.FinalizationRegistry;`;

interface Reply { kind: string; message?: string; value?: any }

/** A worker that runs a bundle, in a context of its own after `prepare`. */
function work(bundle: string, prepare: string): { replies: Reply[]; scope: Record<string, any> } {
  const replies: Reply[] = [];
  const scope: Record<string, any> = {
    crypto, TextEncoder, TextDecoder, btoa, atob, setTimeout, onmessage: null,
    postMessage: (reply: Reply) => replies.push(reply),
  };
  scope.self = scope;
  const context = vm.createContext(scope);
  vm.runInContext(NEWER + prepare, context);
  vm.runInContext(read(`dist/${bundle}`), context);
  return { replies, scope };
}

const steps = stepsOf(vote.archive);
const ballots = steps.filter(({ type }) => type === "Ballot").map(({ data }) => data[0]!);

for (const bundle of ["check.js", "member.js"]) {
  test(`${bundle} starts in an old browser's worker, and refuses a job it does not have`, async () => {
    const { replies, scope } = work(bundle, "delete globalThis.WebAssembly");
    await scope.onmessage({ data: { name: "none", input: 0 } });
    assert.deepEqual(replies.map(({ kind, message }) => [kind, message]), [["started", undefined], ["error", "job: no none"]]);
  });

  test(`${bundle} verifies ballots, with the kernel that is in it and without`, async () => {
    const values: unknown[] = [];
    // WebAssembly in a context of its own counts what is compiled.
    const counting = "globalThis.compiled = 0; const { instantiate } = WebAssembly; WebAssembly.instantiate = (code) => { compiled++; return instantiate(code); };";
    for (const [prepare, compiled] of [[counting, 1], ["delete globalThis.WebAssembly", undefined]] as const) {
      const { replies, scope } = work(bundle, prepare);
      for (const part of [ballots.slice(0, 3), ballots.slice(3)]) {
        await scope.onmessage({ data: { name: "verifyBallots", input: { election: steps[0]!.data[0], ballots: part } } });
      }
      assert.equal(scope.compiled, compiled);
      const found = replies.filter(({ kind }) => kind === "value").map(({ value }) => value);
      assert.deepEqual(found.map(({ checked, fault }) => [checked.length, fault]), [[3, undefined], [1, undefined]], JSON.stringify(replies));
      values.push(JSON.parse(JSON.stringify(found)));
    }
    assert.deepEqual(values[0], values[1]);
  });
}
