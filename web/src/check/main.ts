/**
 * The script of the checking pages. The server names the task in data-task; the same file is the page's
 * script and the worker's, so that one hash names the whole code.
 */
import "../oldphones";
import { serveJobs, scriptAddress, Workshop, type WorkerScope } from "../member/jobs";
import { verifyJobs } from "../verify/jobs";
import { listTask } from "./list";
import { receiptTask } from "./receipt";
import { recheckTask } from "./task";

/** What a page may ask for. */
const tasks: Record<string, (root: HTMLElement, workshop: Workshop) => void> = { recheck: recheckTask, list: listTask, receipt: receiptTask };

if (typeof document === "undefined") {
  serveJobs(self as unknown as WorkerScope, verifyJobs);
} else {
  const address = scriptAddress(document.currentScript as HTMLScriptElement);
  address.catch(() => undefined); // without a worker the page does its work
  const workshop = new Workshop(address, verifyJobs);
  for (const root of Array.from(document.querySelectorAll<HTMLElement>("[data-task]"))) tasks[root.dataset.task ?? ""]?.(root, workshop);
}
