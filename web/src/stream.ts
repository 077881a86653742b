/**
 * Server-sent events for as long as somebody looks. Over plain HTTP a browser opens six connections
 * to a server and no more, so that a few pages in the background would keep all others waiting.
 */

/** Calls `heard` with the data of every event `name`. Returns the way to stop, and whether it listens now. */
export function follow(address: string, name: string, heard: (data: string) => void): { stop: () => void; listening: () => boolean } {
  let source: EventSource | undefined;
  const update = () => {
    if (document.hidden) {
      source?.close();
      source = undefined;
    } else if (!source || source.readyState === EventSource.CLOSED) {
      source = new EventSource(address);
      source.addEventListener(name, (event) => heard((event as MessageEvent<string>).data));
    }
  };
  if (typeof EventSource !== "function") return { stop: () => undefined, listening: () => false };
  document.addEventListener("visibilitychange", update);
  update();
  return {
    stop: () => {
      document.removeEventListener("visibilitychange", update);
      source?.close();
      source = undefined;
    },
    listening: () => {
      update(); // a stream that the browser has given up is opened again
      return source?.readyState === EventSource.OPEN;
    },
  };
}
