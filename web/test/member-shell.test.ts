/** What all of a board member's tasks stand on: the seat's requests, and computations in a worker. */
import assert from "node:assert/strict";
import { test, mock } from "node:test";
import { serveJobs, Workshop, type Jobs, type WorkerScope } from "../src/member/jobs";
import { NoAnswer, refusal, Refused, Seat } from "../src/member/seat";

const scope = globalThis as any;
const seat = new Seat("/staff/seats/x");

/** Runs `act` while fetch gives these answers one after another; returns what was asked. */
async function withFetch(answers: (Response | Error)[], act: () => Promise<unknown>): Promise<{ address: string; init: RequestInit }[]> {
  const asked: { address: string; init: RequestInit }[] = [];
  const real = scope.fetch;
  scope.fetch = async (address: string, init: RequestInit) => {
    asked.push({ address, init });
    const answer = answers.shift();
    if (answer instanceof Response) return answer;
    throw answer ?? new Error("no more answers");
  };
  try {
    await act();
  } finally {
    scope.fetch = real;
  }
  return asked;
}

const problem = (status: number, body: unknown, type = "application/problem+json") =>
  new Response(JSON.stringify(body), { status, headers: { "Content-Type": type } });

test("seat: texts and bytes come as they are, with the cookie and without a cache", async () => {
  const asked = await withFetch([new Response("\ufeffxé"), new Response(null, { status: 204 }), new Response('{"counts":1}')], async () => {
    assert.equal(await seat.getText("ceremony"), "\ufeffxé");
    assert.equal(await seat.post("ceremony", '{"a":1}'), "");
    assert.equal(await seat.post("desk", "{}"), '{"counts":1}');
  });
  assert.deepEqual(asked.map(({ address }) => address), ["/staff/seats/x/ceremony", "/staff/seats/x/ceremony", "/staff/seats/x/desk"]);
  for (const { init } of asked) assert.deepEqual([init.credentials, init.cache, init.redirect], ["same-origin", "no-store", "error"]);
  assert.deepEqual([asked[0]?.init.method, asked[1]?.init.method, asked[1]?.init.body], ["GET", "POST", '{"a":1}']);
});

test("seat: only a problem with a code is a refusal", async () => {
  await withFetch([problem(409, { code: "wrong-state", detail: "Chưa được. · Not yet." })], async () => {
    await assert.rejects(seat.post("slips", "{}"), (error: unknown) =>
      error instanceof Refused && error.code === "wrong-state" && refusal(error).vi === "Chưa được." && refusal(error).en === "Not yet.");
  });
  const silent: (Response | Error)[] = [
    new Error("network"), problem(500, { code: "internal" }), problem(404, { code: "x" }, "text/html"), problem(400, {}),
    problem(400, []), new Response("<p>", { status: 403 }), new Response(new Uint8Array([0xff])),
  ];
  for (const answer of silent) await withFetch([answer], () => assert.rejects(seat.getText("state"), NoAnswer));
  for (const body of ["x", "null", "[]", "{}", '{"meeting":{},"seat":{}}']) {
    await withFetch([new Response(body)], () => assert.rejects(seat.getState(), NoAnswer), );
  }
  await withFetch([new Response("{}", { status: 429, headers: { "Retry-After": "7" } })], () =>
    assert.rejects(seat.getText("state"), (error: unknown) => error instanceof NoAnswer && error.afterSeconds === 7));
});

class FakeEvents {
  static readonly OPEN = 1;
  static readonly CLOSED = 2;
  static all: FakeEvents[] = [];
  readyState = 0;
  closed = false;
  changed: (event: { data: string }) => void = () => {};
  constructor(readonly address: string) {
    FakeEvents.all.push(this);
  }
  addEventListener(name: string, listener: (event: { data: string }) => void): void {
    assert.equal(name, "change");
    this.changed = listener;
  }
  close(): void {
    this.closed = true;
  }
}

test("seat: changes are told by events, or looked for while the stream is broken", () => {
  mock.timers.enable({ apis: ["setInterval"] });
  scope.EventSource = FakeEvents;
  let seen = () => {};
  const screen = { hidden: false, addEventListener: (_: string, listener: () => void) => (seen = listener), removeEventListener: () => (seen = () => {}) };
  const before = scope.document;
  scope.document = screen;
  try {
    let changes = 0;
    const stop = seat.watch(() => changes++);
    const [first] = FakeEvents.all as [FakeEvents];
    assert.equal(first.address, "/staff/seats/x/events");
    mock.timers.tick(3000);
    assert.equal(changes, 1, "not open yet");
    first.readyState = FakeEvents.OPEN;
    mock.timers.tick(9000);
    assert.equal(changes, 1, "open: nothing is asked");
    first.changed({ data: "{}" });
    assert.equal(changes, 2);
    first.readyState = FakeEvents.CLOSED;
    mock.timers.tick(3000);
    assert.deepEqual([changes, FakeEvents.all.length], [3, 2], "a new stream");
    screen.hidden = true;
    seen();
    assert.equal(FakeEvents.all[1]?.closed, true, "a page that nobody sees takes no connection");
    mock.timers.tick(3000);
    assert.deepEqual([changes, FakeEvents.all.length], [4, 2], "but still looks now and then");
    screen.hidden = false;
    seen();
    assert.equal(FakeEvents.all.length, 3);
    stop();
    mock.timers.tick(9000);
    assert.deepEqual([changes, FakeEvents.all[2]?.closed], [4, true]);
  } finally {
    mock.timers.reset();
    delete scope.EventSource;
    scope.document = before;
  }
});

const jobs: Jobs = {
  double: (n: number, report) => {
    report(n + 1);
    return 2 * n;
  },
  fail: () => {
    throw new Error("job: broken");
  },
};

/** A worker in this thread, made from the address that the page was allowed. */
class FakeWorker {
  static made: unknown[] = [];
  static ended = 0;
  onmessage: ((event: any) => void) | null = null;
  onerror: (() => void) | null = null;
  private readonly own: WorkerScope = { onmessage: null, postMessage: (data) => setImmediate(() => this.onmessage?.({ data: structuredClone(data) })) };

  constructor(address: unknown) {
    FakeWorker.made.push(address);
    serveJobs(this.own, jobs);
  }

  postMessage(data: unknown): void {
    setImmediate(() => this.own.onmessage?.({ data: structuredClone(data) } as MessageEvent));
  }

  terminate(): void {
    FakeWorker.ended++;
  }
}

async function works(): Promise<void> {
  const workshop = new Workshop(Promise.resolve("blob:member"), jobs);
  const reports: unknown[] = [];
  assert.equal(await workshop.run("double", 4, (progress) => reports.push(progress)), 8);
  assert.deepEqual(reports, [5]);
  await assert.rejects(workshop.run("fail", 0), /^Error: job: broken$/);
  await assert.rejects(workshop.run("other", 0), /job: no other/);
}

test("jobs run in a worker that ends with them, or in the page where none starts", async () => {
  scope.trustedTypes = {
    createPolicy: (name: string, rules: { createScriptURL(url: string): string }) => {
      assert.equal(name, "homphieu-worker");
      return { createScriptURL: (url: string) => ({ trusted: rules.createScriptURL(url) }) };
    },
  };
  const real = scope.Worker;
  try {
    scope.Worker = class { constructor() { throw new Error("forbidden"); } };
    await works();
    scope.Worker = class {
      onerror: (() => void) | undefined;
      constructor() { setImmediate(() => this.onerror?.()); }
      terminate(): void {}
    };
    await works();
    scope.Worker = FakeWorker;
    await works();
    assert.deepEqual(FakeWorker.made, [1, 2, 3].map(() => ({ trusted: "blob:member" })));
    assert.equal(FakeWorker.ended, 3);
    const hand = await new Workshop(Promise.resolve("blob:member"), jobs).hire();
    assert.deepEqual([await hand.run("double", 1), await hand.run("double", 2)], [2, 4]);
    hand.dismiss();
    assert.deepEqual([FakeWorker.made.length, FakeWorker.ended], [4, 4], "one worker for one job after another");
    const elsewhere = new Workshop(Promise.resolve("/other.js"), jobs);
    assert.equal(await elsewhere.run("double", 1), 2);
    assert.equal(FakeWorker.made.length, 4, "only the page's own script becomes a worker");
  } finally {
    scope.Worker = real;
    delete scope.trustedTypes;
  }
});
