/**
 * The camera of a shared machine reads the codes of slips: with the browser's own detector where it
 * has one, else in a worker made from scan.js. Needs a trusted address (https, or localhost).
 */
import type { Picture } from "./scan";
import { workerAddress } from "./trusted";

/** The SHA-384 of scan.js in the form of an integrity attribute; written in when the bundle is built. */
declare const SCAN_INTEGRITY: string;

/** The Shape Detection API, as far as it is used. */
interface NativeDetector {
  detect(source: HTMLVideoElement): Promise<{ rawValue: string }[]>;
}

interface NativeDetectorClass {
  new (options: { formats: string[] }): NativeDetector;
  getSupportedFormats(): Promise<readonly string[]>;
}

/** Finds the text of a QR code in what the camera sees now. */
interface Detector {
  detect(video: HTMLVideoElement): Promise<string | undefined>;
  close(): void;
}

const PAUSE = 150; // ms between two looks
const WIDEST = 1024; // pixels; a code held before the camera is large enough in it

/** Whether this address and this browser allow a camera at all. */
export function hasCamera(): boolean {
  return window.isSecureContext && typeof navigator.mediaDevices?.getUserMedia === "function";
}

/**
 * Opens the camera, shows it in `video`, and tells every text it reads until the returned function
 * is called, which also switches the camera off. Throws if it cannot be opened or its pictures cannot
 * be read; `lost` is called if that happens later.
 */
export async function watchCamera(
  video: HTMLVideoElement, found: (text: string) => void, lost: () => void,
): Promise<() => void> {
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: false, video: { facingMode: { ideal: "environment" }, width: { ideal: 1280 } },
  });
  let watching = true;
  const stop = () => {
    watching = false;
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
  };
  try {
    const facing = stream.getVideoTracks()[0]?.getSettings().facingMode;
    if (facing !== "environment") video.classList.add("mirrored"); // as people know themselves
    video.srcObject = stream;
    await video.play();
    const detector = (await nativeDetector()) ?? (await workerDetector());
    look(detector, video, found, () => watching).catch(() => {
      stop();
      lost();
    });
  } catch (error) {
    stop();
    throw error;
  }
  return stop;
}

/** Looks again and again. Some systems offer a detector of their own that never works: then with the worker. */
async function look(
  first: Detector, video: HTMLVideoElement, found: (text: string) => void, watching: () => boolean,
): Promise<void> {
  let detector = first;
  try {
    while (watching()) {
      const text = await detector.detect(video).catch(async (error) => {
        if (detector !== first) throw error;
        first.close();
        detector = await workerDetector();
        return undefined;
      });
      if (text !== undefined && watching()) found(text);
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
  } finally {
    detector.close();
  }
}

async function nativeDetector(): Promise<Detector | undefined> {
  const { BarcodeDetector } = window as { BarcodeDetector?: NativeDetectorClass };
  const formats = await BarcodeDetector?.getSupportedFormats().catch((): string[] => []);
  if (!BarcodeDetector || !formats?.includes("qr_code")) return undefined;
  const native = new BarcodeDetector({ formats: ["qr_code"] });
  return { detect: async (video) => (await native.detect(video))[0]?.rawValue, close: () => undefined };
}

/** Browsers check no hash for a worker's script, so its bytes are fetched with the hash that stands here. */
async function workerDetector(): Promise<Detector> {
  const answer = await fetch("/assets/scan.js", { integrity: SCAN_INTEGRITY, credentials: "omit", referrerPolicy: "no-referrer" });
  const script = URL.createObjectURL(new Blob([await answer.arrayBuffer()], { type: "text/javascript" }));
  const worker = new Worker(workerAddress(script));
  URL.revokeObjectURL(script);
  const canvas = document.createElement("canvas");
  return {
    detect: (video) => new Promise((resolve, reject) => {
      const picture = pictureOf(video, canvas);
      if (!picture) return resolve(undefined);
      worker.onmessage = ({ data }: MessageEvent<string | null>) => resolve(data ?? undefined);
      worker.onerror = () => reject(new Error("camera: worker gone"));
      worker.postMessage(picture, [picture.data.buffer]);
    }),
    close: () => worker.terminate(),
  };
}

/** What the camera sees now, or undefined while it sees nothing. */
function pictureOf(video: HTMLVideoElement, canvas: HTMLCanvasElement): Picture | undefined {
  const scale = Math.min(1, WIDEST / video.videoWidth);
  const [width, height] = [Math.round(video.videoWidth * scale), Math.round(video.videoHeight * scale)];
  if (!width || !height) return undefined;
  Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d", { willReadFrequently: true }) as CanvasRenderingContext2D | null;
  context?.drawImage(video, 0, 0, width, height);
  const data = context?.getImageData(0, 0, width, height).data;
  return data && { width, height, data };
}
