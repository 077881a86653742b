/** The patience of a shared machine, by a clock that the test turns. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { TICK, Watch, type Clock, type Phase } from "../src/kiosk-watch";

/** A watch, and what it did: each second that passes is ticked. */
function watched(phase: Phase) {
  const did: string[] = [];
  let now = 5_000_000;
  let tick = () => {};
  const clock: Clock = {
    now: () => now,
    every: (ms, act) => {
      assert.equal(ms, TICK);
      tick = act;
    },
  };
  const watch = new Watch(clock, {
    ask: () => did.push("ask"), forget: () => did.push("forget"), count: (n) => did.push(`${n}`),
  });
  watch.enter(phase);
  const pass = (seconds: number) => {
    did.length = 0;
    for (let i = 0; i < seconds; i++) {
      now += 1000;
      tick();
    }
    return [...did];
  };
  return { watch, pass };
}

test("it asks after three minutes without a touch, and not before", () => {
  const { watch, pass } = watched("voting");
  assert.deepEqual(pass(179), []);
  watch.touched();
  assert.deepEqual(pass(179), []);
  assert.deepEqual(pass(1), ["ask"]);
});

test("another step of the same voter is no touch", () => {
  const { watch, pass } = watched("voting");
  pass(100);
  watch.enter("voting");
  assert.deepEqual(pass(80), ["ask"]);
});

test("a question counts down to the end, whoever touches the screen beside the button", () => {
  const { watch, pass } = watched("asking");
  assert.deepEqual(pass(2), ["29", "28"]);
  watch.touched();
  const last = pass(28);
  assert.deepEqual(last.slice(-2), ["1", "forget"]);
});

test("an answer begins the three minutes anew", () => {
  const { watch, pass } = watched("asking");
  pass(10);
  watch.enter("voting");
  assert.deepEqual(pass(179), []);
});

test("it goes on by itself 20 s after a recorded ballot, later if somebody still reads", () => {
  const { watch, pass } = watched("done");
  assert.deepEqual(pass(19).slice(0, 2), ["19", "18"]);
  watch.touched();
  assert.equal(pass(19).includes("forget"), false);
  assert.deepEqual(pass(1), ["forget"]);
});

test("it gives a minute to read why nothing was cast", () => {
  const { pass } = watched("stopped");
  assert.equal(pass(59).includes("forget"), false);
  assert.deepEqual(pass(1), ["forget"]);
});

test("it waits for a ballot on its way, and for the next voter, as long as it takes", () => {
  for (const phase of ["busy", "start"] as const) assert.deepEqual(watched(phase).pass(10_000), []);
});
