/** Trusted Types (W3C): what pages of officers must show the browser before a worker starts. */

/** The part of the Trusted Types API that is used; browsers without it take the text itself. */
interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): string };
}

let policy: { createScriptURL(url: string): string } | undefined;

/**
 * The address of a worker's script as the browser wants it: pages of officers require Trusted Types, and
 * their only policy, "homphieu-worker", lets through what this page has made itself.
 */
export function workerAddress(script: string): string {
  const types = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes;
  policy ??= types?.createPolicy("homphieu-worker", { createScriptURL: own }) ?? { createScriptURL: own };
  return policy.createScriptURL(script);
}

function own(url: string): string {
  if (!url.startsWith("blob:")) throw new TypeError("worker: not this page's own script");
  return url;
}
