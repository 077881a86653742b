/**
 * The worker that finds a QR code in a picture, for browsers that cannot. A file of its own, which
 * only shared machines load: voters' phones scan with their own camera program. It is given pictures
 * and nothing else.
 */
import decodeQR from "qr/decode.js";

/** A picture: RGBA, row by row. */
export interface Picture {
  width: number;
  height: number;
  data: Uint8ClampedArray;
}

interface Scope {
  onmessage: ((event: MessageEvent<Picture>) => void) | null;
  postMessage(text: string | null): void;
}

const scope = self as unknown as Scope;

scope.onmessage = ({ data }) => {
  let text: string | null = null;
  try {
    text = decodeQR(data);
  } catch {
    // No code in this picture.
  }
  scope.postMessage(text);
};
