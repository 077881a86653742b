/** The files that a check needs, from this server and nobody else. */

/** Thrown when a file could not be had: try again. That it is not there is no error. */
export class NoAnswer extends Error {
  constructor(readonly path: string) {
    super(`check: no answer for ${path}`);
  }
}

/** Gives a file by its path on the server, undefined if it is not there. */
export type Get = (path: string) => Promise<Uint8Array | undefined>;

const MAX_FILE = 2 ** 30;

/** Asks this server. What a browser may have kept of a file that changes is not taken. */
export const get: Get = async (path) => {
  let answer: Response;
  try {
    answer = await fetch(path, { credentials: "omit", referrerPolicy: "no-referrer", cache: "no-cache", redirect: "error" });
  } catch {
    throw new NoAnswer(path);
  }
  if (answer.status === 404) return undefined;
  if (!answer.ok || Number(answer.headers.get("Content-Length") ?? 0) > MAX_FILE) throw new NoAnswer(path);
  try {
    return new Uint8Array(await answer.arrayBuffer());
  } catch {
    throw new NoAnswer(path);
  }
};
