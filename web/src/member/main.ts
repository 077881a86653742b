/**
 * The one script of a board member's pages. The server names the task in data-task; the same file
 * is the page's script and the worker's, so that one hash names the whole code.
 */
import "../oldphones";
import { box, para, title } from "./say";
import { ceremonyTask } from "./ceremony";
import { Context, type Task } from "./context";
import { deskTask } from "./desk";
import { scriptAddress, serveJobs, Workshop, type Jobs, type WorkerScope } from "./jobs";
import { refusal, Refused, Seat } from "./seat";
import { slipsTask } from "./slips";
import { slipsJobs } from "./slips-draw";
import { tallyTask } from "./tally";
import { verifyJobs } from "../verify/jobs";
import { words } from "./words";

/** What the server may ask for. */
const tasks: Record<string, Task> = {
  ceremony: ceremonyTask,
  slips: slipsTask,
  desk: deskTask,
  tally: tallyTask,
};

/** What is computed in a worker. */
const jobs: Jobs = { ...slipsJobs, ...verifyJobs };

if (typeof document === "undefined") {
  serveJobs(self as unknown as WorkerScope, jobs);
} else {
  start(document.currentScript as HTMLScriptElement);
}

function start(script: HTMLScriptElement): void {
  const root = document.getElementById("member");
  const { task = "", base = "" } = root?.dataset ?? {};
  const run = tasks[task];
  if (!root || !run) return;
  const address = scriptAddress(script);
  address.catch(() => undefined); // without a worker the page does its work
  const ctx = new Context(root, new Seat(base), new Workshop(address, jobs));
  if (!crypto.subtle) return ctx.show(title(words.insecure), para(words.insecureMore));
  run(ctx.screen, ctx).catch((error: unknown) => broken(ctx, error));
}

/** A task that could not go on: what the server said, or that this device failed. */
function broken(ctx: Context, error: unknown): void {
  const reload = para(words.brokenMore);
  if (!(error instanceof Refused)) return ctx.show(title(words.broken), reload);
  ctx.show(title(words.refused), box("stop", refusal(error)), reload);
}
