/**
 * What arrives at the desk and at a shared machine: the link of a slip, typed by a scanner that acts as
 * a keyboard or read by the camera, or its code, typed by hand. Nothing is guessed: what is not exactly
 * one slip is told.
 */
import { CODE_LENGTH, compactCode, formatCode, isBase58, parseFragment } from "./credential";

/** What a slip's link must name. */
export interface Names {
  /** uuid of the meeting. */
  uuid: string;
  /** F. */
  slipFingerprint: string;
}

/** What was scanned or typed. */
export type Scan =
  | { kind: "code"; code: string }
  /** A slip of another meeting, or printed for other papers. */
  | { kind: "elsewhere" }
  /** Not a slip's link, or not a whole code; `bad` are characters that no code has. */
  | { kind: "unreadable"; why: Why; bad?: string };

/** Why something cannot be read. */
export type Why = "empty" | "caps" | "input-method" | "not-a-slip" | "bad-characters" | "short" | "long";

/**
 * Reads what was scanned or typed. Scanners may put a symbology identifier (ISO/IEC 15424, "]Q1")
 * before it, and a tab or the end of a line after it.
 */
export function readScan(raw: string, names: Names): Scan {
  const typed = raw.trim().replace(/^\][A-Za-z][0-9A-Za-z]/, "");
  if (typed === "") return { kind: "unreadable", why: "empty" };
  return /[#/]|^https?\W/i.test(typed) ? readLink(typed, names) : readCode(typed);
}

function readLink(link: string, { uuid, slipFingerprint }: Names): Scan {
  const [, meeting, fragment] = /^https?:\/\/[^/#?]+(?:\/[^#?]*)?\/v\/([^/#?]+)\/?#(.+)$/.exec(link) ?? [];
  const slip = fragment === undefined ? undefined : parseFragment(fragment);
  if (meeting === undefined || !slip) return { kind: "unreadable", why: faultOfLink(link) };
  if (meeting !== uuid || slip.fingerprint !== slipFingerprint) return { kind: "elsewhere" };
  return { kind: "code", code: slip.code };
}

/** A scanner types what the keyboard makes of it: the case turned round, or letters joined by an input method. */
function faultOfLink(link: string): Why {
  if (/[^\x20-\x7e]/.test(link)) return "input-method";
  return /^HTTPS?\W/.test(link) ? "caps" : "not-a-slip";
}

function readCode(typed: string): Scan {
  const compact = compactCode(typed);
  const code = formatCode(compact);
  if (code !== undefined) return { kind: "code", code };
  const bad = [...new Set(compact)].filter((c) => !isBase58(c)).join(" ");
  if (bad !== "") return { kind: "unreadable", why: /[^\x20-\x7e]/.test(bad) ? "input-method" : "bad-characters", bad };
  return { kind: "unreadable", why: compact.length < CODE_LENGTH ? "short" : "long" };
}
