/**
 * Sealed ballots on their way. Each is kept in local storage, byte for byte, until the server has
 * acknowledged it or refused it for good; the credential and the marks never are. Where storage is
 * unavailable (private mode) the ballot is kept in memory.
 *
 *   homphieu/pending/UUID/HASH  →  the ballot's bytes
 *
 * HASH is the ballot's SHA-256 in hexadecimal, so several ballots of a shared phone live side by
 * side, and two tabs that send the same ballot do no harm: the server takes the same bytes twice.
 */
import type { Outcome } from "./api";
import { sealed } from "./ballot";

const PREFIX = "homphieu/pending/";

/** A sealed ballot that is not acknowledged yet. */
export interface Pending {
  uuid: string;
  hash: string;
  tracker: string;
  ballot: string;
}

/** The part of Storage that is used; every call may throw. */
export type Store = Pick<Storage, "getItem" | "setItem" | "removeItem" | "key" | "length">;

/** Where a ballot has got to; `tries` counts the attempts without an answer. */
export type Fate = { kind: "waiting"; tries: number } | Exclude<Outcome, { kind: "later" }>;

type Send = (pending: Pending) => Promise<Outcome>;

export class Outbox {
  private readonly pending = new Map<string, Pending>();
  /** Those of `fates`: waiting, or settled and not yet shown. */
  private readonly known = new Map<string, Pending>();
  private readonly fates = new Map<string, Fate>();
  private readonly listeners = new Set<() => void>();
  private timer: ReturnType<typeof setTimeout> | undefined;
  private failures = 0;
  private sending = false;
  private again = false;

  /** Takes up what an earlier page left in `store`; call kick to begin sending. */
  constructor(private readonly store: Store | undefined, private readonly send: Send) {
    for (const p of stored(store)) this.enter(p);
  }

  /** Keeps ballots and begins to send them. Tells whether all of them will outlive the page. */
  add(...ballots: Pending[]): boolean {
    let kept = true;
    for (const p of ballots) {
      this.enter(p);
      if (!attempt(() => this.store!.setItem(key(p), p.ballot)) || !this.keeps(p.hash)) kept = false;
    }
    this.changed();
    this.kick();
    return kept;
  }

  /** Tells whether a ballot is in storage, not in memory only. */
  keeps(hash: string): boolean {
    const p = this.pending.get(hash);
    let found = false;
    if (p) attempt(() => (found = this.store!.getItem(key(p)) === p.ballot));
    return found;
  }

  fate(hash: string): Fate | undefined {
    return this.fates.get(hash);
  }

  waiting(): Pending[] {
    return [...this.pending.values()];
  }

  /** The hashes of all ballots this page has seen and not forgotten, with their fates. */
  all(): [string, Fate][] {
    return [...this.fates];
  }

  /**
   * The ballot of a public credential that waited on this phone, even if it has just been sent: a
   * new scan of its slip goes on with the same bytes.
   */
  find(uuid: string, credential: string): Pending | undefined {
    const member = `"credential":"${credential}"`;
    return [...this.known.values()].find((p) => p.uuid === uuid && p.ballot.includes(member));
  }

  /** Drops a settled ballot whose fate the voter has been shown. */
  forget(hash: string): void {
    if (this.pending.has(hash)) return;
    this.known.delete(hash);
    this.fates.delete(hash);
    this.changed();
  }

  /** Drops every ballot, sent or not, and sends nothing any more. One that is under way may still arrive. */
  drop(): void {
    clearTimeout(this.timer);
    for (const p of this.waiting()) attempt(() => this.store!.removeItem(key(p)));
    for (const all of [this.pending, this.known, this.fates]) all.clear();
    this.changed();
  }

  /** Calls `listener` after every change of a fate; returns the way to stop it. */
  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Sends now whatever waits: the network is back, or the voter asks for it. */
  kick(): void {
    clearTimeout(this.timer);
    this.again = true;
    if (!this.sending) void this.run();
  }

  private async run(): Promise<void> {
    this.sending = true;
    let wait = 0;
    while (this.again && this.pending.size > 0) {
      this.again = false;
      wait = await this.pass();
    }
    this.sending = false;
    if (this.pending.size > 0) this.timer = setTimeout(() => this.kick(), wait * 1000);
  }

  /** Sends every waiting ballot once. Returns the seconds until the next pass. */
  private async pass(): Promise<number> {
    let after = 0;
    for (const p of this.waiting()) {
      if (!this.pending.has(p.hash)) continue; // dropped
      const outcome = await this.send(p);
      if (!this.pending.has(p.hash)) continue;
      if (outcome.kind !== "later") this.settle(p, outcome);
      else after = Math.max(after, this.postpone(p, outcome.afterSeconds));
    }
    this.failures = this.pending.size > 0 ? this.failures + 1 : 0;
    return Math.max(after, backoff(this.failures));
  }

  private postpone(p: Pending, afterSeconds = 0): number {
    const fate = this.fates.get(p.hash);
    this.fates.set(p.hash, { kind: "waiting", tries: fate?.kind === "waiting" ? fate.tries + 1 : 1 });
    this.changed();
    return afterSeconds;
  }

  private settle(p: Pending, fate: Fate): void {
    this.pending.delete(p.hash);
    this.fates.set(p.hash, fate);
    attempt(() => this.store!.removeItem(key(p)));
    this.changed();
  }

  private enter(p: Pending): void {
    this.pending.set(p.hash, p);
    this.known.set(p.hash, p);
    this.fates.set(p.hash, { kind: "waiting", tries: 0 });
  }

  private changed(): void {
    for (const listener of [...this.listeners]) listener();
  }
}

/** Seconds before the next try: 1, 2, 4 … 30, plus up to a half more so that a hall does not knock at once. */
export function backoff(failures: number): number {
  return Math.min(30, 2 ** Math.max(0, failures - 1)) * (1 + Math.random() / 2);
}

function key(p: Pending): string {
  return `${PREFIX}${p.uuid}/${p.hash}`;
}

/** The ballots in storage whose bytes still are what their key says. */
function stored(store: Store | undefined): Pending[] {
  const found: Pending[] = [];
  attempt(() => {
    for (let i = 0; i < store!.length; i++) {
      const [uuid, hash, ...rest] = (store!.key(i) ?? "").split(PREFIX)[1]?.split("/") ?? [];
      if (!uuid || !hash || rest.length > 0) continue;
      const named = sealed(store!.getItem(`${PREFIX}${uuid}/${hash}`) ?? "");
      if (named.hash === hash) found.push({ uuid, ...named });
    }
  });
  return found;
}

function attempt(act: () => unknown): boolean {
  try {
    act();
    return true;
  } catch {
    return false;
  }
}

/** The browser's local storage, or undefined where it is forbidden. */
export function localStore(): Store | undefined {
  let store: Store | undefined;
  attempt(() => (store = window.localStorage));
  return store;
}
