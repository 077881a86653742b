/** Ballots on their way: kept byte for byte, sent until acknowledged, dropped only then. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { postBallot, type Outcome } from "../src/api";
import { sealed } from "../src/ballot";
import { backoff, Outbox, type Pending, type Store } from "../src/outbox";

class Memory implements Store {
  readonly items = new Map<string, string>();
  get length(): number { return this.items.size; }
  key(i: number): string | null { return [...this.items.keys()][i] ?? null; }
  getItem(key: string): string | null { return this.items.get(key) ?? null; }
  setItem(key: string, value: string): void { this.items.set(key, value); }
  removeItem(key: string): void { this.items.delete(key); }
}

class Full extends Memory {
  override setItem(): void { throw new Error("quota"); }
}

const pending = (text: string): Pending => ({ uuid: "Uuid1", ...sealed(text) });

/** A server that gives these outcomes one after another, then silence. */
function server(...outcomes: Outcome[]) {
  const sent: string[] = [];
  const send = async (p: Pending): Promise<Outcome> => {
    sent.push(p.ballot);
    return outcomes.shift() ?? { kind: "later", afterSeconds: 9e4 };
  };
  return { sent, send };
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

test("a ballot is kept until it is acknowledged", async () => {
  const store = new Memory();
  const { sent, send } = server({ kind: "later", afterSeconds: 9e4 }, { kind: "recorded" });
  const outbox = new Outbox(store, send);
  const p = pending('{"credential":"aa"}');
  assert.equal(outbox.add(p), true);
  await settled();
  assert.deepEqual([...store.items], [[`homphieu/pending/Uuid1/${p.hash}`, p.ballot]]);
  assert.deepEqual(outbox.fate(p.hash), { kind: "waiting", tries: 1 });
  outbox.kick();
  await settled();
  assert.equal(store.length, 0);
  assert.deepEqual(outbox.fate(p.hash), { kind: "recorded" });
  assert.deepEqual(sent, [p.ballot, p.ballot]);
});

test("a refusal for good removes it and says why", async () => {
  const store = new Memory();
  const outbox = new Outbox(store, server({ kind: "refused", code: "poll-closed" }).send);
  const p = pending("x");
  outbox.add(p);
  await settled();
  assert.equal(store.length, 0);
  assert.deepEqual(outbox.fate(p.hash), { kind: "refused", code: "poll-closed" });
});

test("a reload takes up the same bytes, several at once, and nothing that was tampered with", async () => {
  const store = new Memory();
  const [a, b] = [pending('{"credential":"aa"}'), pending('{"credential":"bb"}')];
  store.setItem(`homphieu/pending/Uuid1/${a.hash}`, a.ballot);
  store.setItem(`homphieu/pending/Uuid1/${b.hash}`, b.ballot);
  store.setItem(`homphieu/pending/Uuid1/${"0".repeat(64)}`, a.ballot);
  store.setItem("another key", "x");
  const { sent, send } = server({ kind: "recorded" }, { kind: "recorded" });
  const outbox = new Outbox(store, send);
  assert.equal(outbox.find("Uuid1", "bb")?.hash, b.hash);
  assert.equal(outbox.find("Uuid2", "bb"), undefined);
  assert.equal(outbox.find("Uuid1", "cc"), undefined);
  outbox.kick();
  await settled();
  assert.deepEqual(sent.sort(), [a.ballot, b.ballot].sort());
  assert.equal(store.length, 2);
});

test("without storage it is sent from memory", async () => {
  for (const store of [undefined, new Full()]) {
    const outbox = new Outbox(store, server({ kind: "later" }, { kind: "recorded" }).send);
    const p = pending("x");
    assert.equal(outbox.add(p), false);
    await settled();
    assert.equal(outbox.keeps(p.hash), false);
    outbox.kick();
    await settled();
    assert.deepEqual(outbox.fate(p.hash), { kind: "recorded" });
  }
});

test("every change is told", async () => {
  const outbox = new Outbox(undefined, server({ kind: "later", afterSeconds: 9e4 }, { kind: "recorded" }).send);
  const p = pending("x");
  const seen: unknown[] = [];
  const stop = outbox.onChange(() => seen.push(outbox.fate(p.hash)));
  outbox.add(p);
  await settled();
  outbox.kick();
  await settled();
  stop();
  outbox.add(pending("y"));
  assert.deepEqual(seen, [{ kind: "waiting", tries: 0 }, { kind: "waiting", tries: 1 }, { kind: "recorded" }]);
});

test("backoff doubles to half a minute", () => {
  for (const [failures, low] of [[0, 1], [1, 1], [2, 2], [3, 4], [6, 30], [60, 30]] as const) {
    const wait = backoff(failures);
    assert.ok(wait >= low && wait <= low * 1.5, `${failures}: ${wait}`);
  }
});

/** Lets postBallot talk to a server that answers once. */
async function answer(status: number, body: string, headers: Record<string, string>): Promise<Outcome> {
  const real = globalThis.fetch;
  globalThis.fetch = async () => new Response(body, { status, headers });
  try {
    return await postBallot("Uuid1", "x", TRACKER);
  } finally {
    globalThis.fetch = real;
  }
}

const TRACKER = sealed("x").tracker;
const JSON_TYPE = { "Content-Type": "application/json" };
const PROBLEM = { "Content-Type": "application/problem+json" };
const problem = (code: string, more = {}) => JSON.stringify({ code, ...more });

test("only an acknowledgement of these bytes counts as recorded", async () => {
  const good = JSON.stringify({ tracker: TRACKER, receipt: "r" });
  assert.deepEqual(await answer(201, good, JSON_TYPE), { kind: "recorded" });
  assert.deepEqual(await answer(200, good, JSON_TYPE), { kind: "recorded" });
  assert.deepEqual(await answer(409, problem("spent-credential", { tracker: TRACKER }), PROBLEM), { kind: "recorded" });
  for (const body of ["", "<html>Wi-Fi</html>", "{}", "null", JSON.stringify({ tracker: sealed("y").tracker })]) {
    assert.deepEqual(await answer(200, body, JSON_TYPE), { kind: "later" }, body);
  }
});

test("a receipt is kept if it is about this ballot", async () => {
  const receipt = `homphieu receipt v1\nFINGERPRINT\n${TRACKER}\n\n— hop.example.vn SIGNATURE\n`;
  const brings = (other: unknown) => answer(201, JSON.stringify({ tracker: TRACKER, receipt: other }), JSON_TYPE);
  assert.deepEqual(await brings(receipt), { kind: "recorded", receipt });
  for (const other of [undefined, 7, "", receipt.replace(TRACKER, sealed("y").tracker), receipt.padEnd(2000)]) {
    assert.deepEqual(await brings(other), { kind: "recorded" });
  }
});

test("only the server's own words refuse a ballot for good", async () => {
  const other = sealed("y").tracker;
  assert.deepEqual(await answer(409, problem("spent-credential", { tracker: other }), PROBLEM), { kind: "refused", code: "spent-credential", tracker: other });
  assert.deepEqual(await answer(409, problem("spent-credential", { tracker: "<b>" }), PROBLEM), { kind: "refused", code: "spent-credential" });
  for (const [status, code] of [[400, "malformed-ballot"], [400, "proof-failed"], [400, "wrong-election"], [403, "unknown-credential"], [403, "voided-credential"], [410, "poll-closed"], [413, "too-large"]] as const) {
    assert.deepEqual(await answer(status, problem(code), PROBLEM), { kind: "refused", code });
    assert.deepEqual(await answer(status, problem(code), { "Content-Type": "text/html" }), { kind: "later" });
  }
  assert.deepEqual(await answer(409, problem("poll-not-open"), PROBLEM), { kind: "later" });
  assert.deepEqual(await answer(403, "blocked", {}), { kind: "later" });
  assert.deepEqual(await answer(500, problem("poll-closed"), PROBLEM), { kind: "later" });
  assert.deepEqual(await answer(429, problem("slow-down"), { ...PROBLEM, "Retry-After": "7" }), { kind: "later", afterSeconds: 7 });
  assert.deepEqual(await answer(503, "", { "Retry-After": "99999" }), { kind: "later", afterSeconds: 120 });
});

test("a ballot just sent is still found, until its fate has been shown", async () => {
  const outbox = new Outbox(new Memory(), server({ kind: "recorded" }).send);
  const p = pending('{"credential":"dd"}');
  outbox.add(p);
  await settled();
  outbox.forget("another");
  assert.equal(outbox.find("Uuid1", "dd")?.hash, p.hash);
  outbox.forget(p.hash);
  assert.equal(outbox.find("Uuid1", "dd"), undefined);
  assert.deepEqual(outbox.all(), []);
});

test("a waiting ballot is never forgotten", async () => {
  const outbox = new Outbox(new Memory(), server().send);
  const p = pending("x");
  outbox.add(p);
  await settled();
  outbox.forget(p.hash);
  assert.deepEqual(outbox.waiting(), [p]);
  assert.equal(outbox.fate(p.hash)?.kind, "waiting");
});

test("the ballots of one slip are kept before any is sent, and each has its own fate", async () => {
  const store = new Memory();
  const [a, b]: [Pending, Pending] = [{ ...pending("a"), uuid: "Uuid1" }, { ...pending("b"), uuid: "Uuid2" }];
  const kept: number[] = [];
  const outcomes: Outcome[] = [{ kind: "recorded" }, { kind: "later", afterSeconds: 9e4 }];
  const outbox = new Outbox(store, async () => {
    kept.push(store.length);
    return outcomes.shift() ?? { kind: "later", afterSeconds: 9e4 };
  });
  assert.equal(outbox.add(a, b), true);
  await settled();
  assert.equal(kept[0], 2);
  assert.deepEqual(outbox.fate(a.hash), { kind: "recorded" });
  assert.equal(outbox.fate(b.hash)?.kind, "waiting");
  assert.deepEqual([...store.items.keys()], [`homphieu/pending/Uuid2/${b.hash}`]);
  assert.equal(new Outbox(new Full(), server().send).add(a, b), false);
});

test("what is dropped is sent no more, and nothing of it is left", async () => {
  const store = new Memory();
  let answer = (_: Outcome) => {};
  const sent: string[] = [];
  const outbox = new Outbox(store, (p) => {
    sent.push(p.ballot);
    return new Promise((resolve) => (answer = resolve));
  });
  const [a, b] = [pending("a"), pending("b")];
  outbox.add(a, b);
  await settled();
  outbox.drop();
  answer({ kind: "later", afterSeconds: 0 });
  await settled();
  outbox.kick();
  await settled();
  assert.deepEqual(sent, ["a"]);
  assert.equal(store.length, 0);
  assert.deepEqual([outbox.all(), outbox.waiting(), outbox.fate(a.hash)], [[], [], undefined]);
});
