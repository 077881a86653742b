/**
 * A page that verifies an archive as a board member's page does, in workers made from its own
 * script, and says how long that took. The benchmark of cmd/homphieu serves it beside the archive.
 */
import { scriptAddress, serveJobs, Workshop, type Jobs, type WorkerScope } from "../src/member/jobs";
import { verifyArchive } from "../src/verify/archive";
import { verifyJobs } from "../src/verify/jobs";

const jobs: Jobs = { ...verifyJobs };

/** Seconds of one verification, from the bytes to the verdict, which must be good. */
async function verified(script: HTMLScriptElement): Promise<number> {
  const fetched = async (name: string) => new Uint8Array(await (await fetch(name)).arrayBuffer());
  const [archive, shares, closing] = await Promise.all([fetched("bel"), fetched("shares"), fetched("closing")]);
  const workshop = new Workshop(scriptAddress(script), jobs);
  const begin = performance.now();
  const { reason, decryptionProofs } = await verifyArchive(archive as Uint8Array, { workshop, shares: shares as Uint8Array, closing: closing as Uint8Array });
  if (decryptionProofs !== "strong") throw new Error(`not verified: ${reason}`);
  return (performance.now() - begin) / 1000;
}

if (typeof document === "undefined") serveJobs(self as unknown as WorkerScope, jobs);
else Object.assign(globalThis, { verified: verified(document.currentScript as HTMLScriptElement) });
