/**
 * How long a shared machine waits for its voter: it asks whether anybody is still there, counts down,
 * and lets go. Time is a parameter, so that tests can turn it forward.
 */

/** A clock that never goes back. */
export interface Clock {
  /** Milliseconds since some moment. */
  now(): number;
  /** Calls `act` every `ms` milliseconds, as long as the page lives. */
  every(ms: number, act: () => void): void;
}

/** The browser's own. */
export const realClock: Clock = {
  now: () => performance.now(),
  every: (ms, act) => void setInterval(act, ms),
};

/**
 * What goes on: nobody has begun; somebody votes; somebody votes and must not be disturbed, because a
 * ballot is being sealed or waits to be sent; the machine asks whether anybody is there; the voter's
 * way has ended.
 */
export type Phase = "start" | "voting" | "busy" | "asking" | "done" | "stopped";

export const TICK = 250; // ms

/** Seconds without a touch after which the machine acts: it asks, or it forgets. */
const PATIENCE: Record<Phase, number> = {
  start: Infinity,
  busy: Infinity,
  voting: 180,
  asking: 30,
  done: 20,
  stopped: 60,
};

/** What the machine does when nobody touches it. */
export interface Reactions {
  ask(): void;
  forget(): void;
  /** Seconds that are left, in the phases that count down. */
  count(seconds: number): void;
}

export class Watch {
  private phase: Phase = "start";
  private touchedAt: number;
  private counted = 0;

  constructor(private readonly clock: Clock, private readonly on: Reactions) {
    this.touchedAt = clock.now();
    clock.every(TICK, () => this.tick());
  }

  /** The phase begins now, unless it is the present one. */
  enter(phase: Phase): void {
    if (phase !== this.phase) this.touchedAt = this.clock.now();
    this.phase = phase;
    this.counted = 0;
  }

  /** Somebody touched the machine. A question is answered by its button only. */
  touched(): void {
    if (this.phase !== "asking") this.touchedAt = this.clock.now();
  }

  private tick(): void {
    const left = Math.ceil(PATIENCE[this.phase] - (this.clock.now() - this.touchedAt) / 1000);
    if (left <= 0) return this.phase === "voting" ? this.on.ask() : this.on.forget();
    if (left === this.counted || this.phase === "voting" || left === Infinity) return;
    this.counted = left;
    this.on.count(left);
  }
}
