/**
 * The one script of the voter's page. The same file is the page's script and the worker's, so that
 * one hash names the whole code.
 */
import "./oldphones";
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

if (typeof document === "undefined") {
  serveEngine(self as unknown as DedicatedWorkerScope);
} else {
  const script = (document.currentScript as HTMLScriptElement).src;
  const fragment = takeFragment();
  if (able()) startPage(fragment, script);
}
