/** The whole verification once more, in a browser without WebAssembly: the same verdicts in the same words. */
import "./without-kernel";
import assert from "node:assert/strict";
import { test } from "node:test";
import { Kernel } from "../src/verify/kernel";
import { g } from "../src/verify/points";
import "./verify-archive.test";

test("without WebAssembly there is no kernel", async () => {
  assert.equal(await Kernel.start(g), undefined);
});
