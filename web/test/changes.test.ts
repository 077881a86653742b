/** Waiting for the meeting to change. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Changes, Still, watching } from "../src/member/changes";
import type { Context } from "../src/member/context";

/** What a context was asked to do. */
class Screen {
  readonly calls: string[] = [];
  show = (...nodes: unknown[]) => void this.calls.push(`show ${nodes.join()}`);
  update = (...nodes: unknown[]) => void this.calls.push(`update ${nodes.join()}`);
}

test("whoever looked before a change does not wait, and one change wakes all", async () => {
  const changes = new Changes();
  const { seen } = changes;
  const woken: string[] = [];
  const both = ["first", "second"].map((name) => changes.after(seen).then(() => woken.push(name)));
  await Promise.resolve();
  assert.deepEqual(woken, []);
  changes.add();
  await Promise.all(both);
  assert.deepEqual(woken, ["first", "second"]);
  await changes.after(seen); // the change has been already
});

test("a task watches as long as it runs, also when it fails", async () => {
  let watched = 0;
  let tell = () => {};
  const api = { watch: (changed: () => void) => (watched++, tell = changed, () => watched--) };
  const ctx = { api } as unknown as Context;
  const task = watching(ctx, async (changes) => {
    await changes.after(changes.seen);
    throw new Error("broken");
  });
  assert.equal(watched, 1);
  tell();
  await assert.rejects(task, /broken/);
  assert.equal(watched, 0);
});

test("a screen that is there already is changed where it stands, or left alone", () => {
  const screen = new Screen();
  const still = new Still(screen as unknown as Context);
  still.show("wait", ["a"]);
  still.show("wait", ["b"]);
  still.show("other", ["c"]);
  still.gone();
  still.show("other", ["d"], "content");
  still.show("other", ["e"], "content");
  still.show("other", ["f"], "more");
  assert.deepEqual(screen.calls, ["show a", "update b", "show c", "show d", "update f"]);
});
