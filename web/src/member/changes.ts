/**
 * Waiting for the meeting to change: a task looks at it, does what is to be done, and otherwise shows
 * a screen until there is something new to look at.
 */
import type { Child } from "../dom";
import type { Context } from "./context";

/** Runs a task that waits for changes, as long as it runs. */
export async function watching(ctx: Context, run: (changes: Changes) => Promise<void>): Promise<void> {
  const changes = new Changes();
  const stop = ctx.api.watch(() => changes.add());
  try {
    await run(changes);
  } finally {
    stop();
  }
}

/** The changes of a meeting. */
export class Changes {
  private count = 0;
  private readonly sleepers = new Set<() => void>();

  /** How many there were. Remember it before looking at the meeting. */
  get seen(): number {
    return this.count;
  }

  /** The meeting has changed. */
  add(): void {
    this.count++;
    for (const wake of this.sleepers) wake();
    this.sleepers.clear();
  }

  /** Resolves as soon as there were more than `seen`. */
  async after(seen: number): Promise<void> {
    if (this.count === seen) await new Promise<void>((resolve) => this.sleepers.add(resolve));
  }
}

/** The screen of a task that waits: a change must not move the reader. */
export class Still {
  private name = "";
  private content: string | undefined;

  constructor(private readonly ctx: Context) {}

  /**
   * Shows a screen. One of the same name is changed where it stands; where `content` tells what is on
   * it, one with the same is not touched.
   */
  show(name: string, nodes: readonly Child[], content?: string): void {
    if (this.name !== name) this.ctx.show(...nodes);
    else if (content === undefined || this.content !== content) this.ctx.update(...nodes);
    this.name = name;
    this.content = content;
  }

  /** Something else has been shown. */
  gone(): void {
    this.name = "";
  }
}
