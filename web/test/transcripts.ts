/** How a server puts a transcript together. */
import { Transcript, type Terms } from "../src/ceremony/transcript";

const KINDS = ["hello", "certificate", "commit", "reveal", "key", "complaint", "done"];

/** A transcript without messages. */
export function begin({ meeting, ceremony, threshold, size }: Terms): Transcript {
  return Transcript.parse(JSON.stringify({ meeting, ceremony, threshold, size, messages: [] }));
}

/** A transcript with one more message, in its place. */
export function add(t: Transcript, message: string): Transcript {
  const o = JSON.parse(t.text);
  const place = (m: any) => KINDS.indexOf(m.type.split("-")[1]) * 1000 + m.index;
  o.messages = [...o.messages, JSON.parse(message)].sort((a, b) => place(a) - place(b));
  return Transcript.parse(JSON.stringify(o));
}
