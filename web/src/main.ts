/**
 * The one script of the voter's page. The same file is the page's script and the worker's, so that
 * one hash names the whole code.
 */
import "./oldphones";
import { UUID } from "./api";
import { startKiosk } from "./kiosk";
import { realClock } from "./kiosk-watch";
import { startPage, takeFragment } from "./page";
import { serveEngine, type DedicatedWorkerScope } from "./worker";

/**
 * What hardened browsers may lack; then the static page stays, which says what to do. Browsers too
 * old for BigInt do not get this far: they cannot parse this file.
 */
function able(): boolean {
  return typeof Worker === "function" && typeof fetch === "function" && typeof AbortController === "function"
    && typeof TextDecoder === "function"
    && typeof crypto === "object" && typeof crypto.getRandomValues === "function";
}

/**
 * The page's script as an address for the worker. Browsers do not check what a worker loads, so its
 * bytes are fetched here, where the hash that the page names is checked, and handed over as they are.
 */
async function workerScript({ src, integrity }: HTMLScriptElement): Promise<string> {
  const answer = await fetch(src, { integrity, credentials: "omit", referrerPolicy: "no-referrer" });
  return URL.createObjectURL(new Blob([await answer.arrayBuffer()], { type: "text/javascript" }));
}

if (typeof document === "undefined") {
  serveEngine(self as unknown as DedicatedWorkerScope);
} else {
  const script = document.currentScript as HTMLScriptElement;
  const fragment = takeFragment();
  if (able()) {
    const worker = workerScript(script);
    worker.catch(() => undefined); // without a worker the page does its work
    const [, place, uuid = ""] = location.pathname.split("/");
    if (place === "kiosk") startKiosk(UUID.test(uuid) ? uuid : "", worker, realClock);
    else startPage(fragment, UUID.test(uuid) ? uuid : "", worker);
  }
}
