/**
 * What a task of a board member's page works with: the seat's requests, one screen at a time, the
 * key file, and long computations.
 */
import { backoff } from "../outbox";
import { fill, h, notice, type Child } from "../dom";
import type { Transcript } from "../ceremony/transcript";
import type { Workshop } from "./jobs";
import type { KeyFile } from "./keyfile";
import { Notes } from "./notes";
import { openKeyFile } from "./unlock";
import { saveKeyFile } from "./save";
import { act, para } from "./say";
import { NoAnswer, type Seat } from "./seat";
import { words } from "./words";

/** A member's key, checked against the finished ceremony. Drop it as soon as it has been used. */
export interface OpenKey {
  seed: string;
  /** Place on the board, from 1. */
  index: number;
  /** S_j. */
  share: bigint;
  /** Finished. */
  transcript: Transcript;
  /** The file that was loaded; absent when the seed was typed, or its own file was loaded. */
  keyFile?: KeyFile;
}

/** What a page does, by the name in data-task. It returns when there is nothing more to do. */
export type Task = (root: HTMLElement, ctx: Context) => Promise<void>;

/** Thrown out of a screen that was ended by Context.leave. */
export class Left extends Error {}

/** The surroundings of a task. */
export class Context {
  private readonly offline = h("div", { class: "stack", hidden: true });
  private readonly live = h("div", { class: "visually-hidden", role: "status" });
  private readonly guards = new Set<() => boolean>();
  private readonly sleepers = new Set<() => void>();
  private readonly notebooks = new Map<string, Notes>();
  private abandon: ((error: unknown) => void) | undefined;

  /** `screen` holds what tasks show; below `root` stand the notices around it. */
  constructor(
    root: HTMLElement, readonly api: Seat, readonly workshop: Workshop, readonly screen = h("div", { class: "stack" }),
  ) {
    fill(root, this.offline, this.screen, this.live);
    window.addEventListener("beforeunload", (event) => this.warn(event));
    window.addEventListener("online", () => this.wake());
  }

  /** The seat's address, without a slash at its end. */
  get base(): string {
    return this.api.base;
  }

  /** Shows a screen and moves the focus to its heading. */
  show(...children: Child[]): void {
    this.update(...children);
    this.screen.querySelector<HTMLElement>(".task-title")?.focus();
    window.scrollTo(0, 0);
  }

  /** Changes the screen that is shown, leaving the reader where they are. */
  update(...children: Child[]): void {
    this.live.textContent = "";
    fill(this.screen, ...children);
  }

  /** Tells a screen reader what has changed. */
  announce(text: string): void {
    this.live.textContent = text;
  }

  /** Waits for what ends a screen: `build` gets what to call with its answer, or with what went wrong. */
  choose<T>(build: (answer: (value: T) => void, fail: (error: unknown) => void) => Child[]): Promise<T> {
    return new Promise((resolve, reject) => {
      this.abandon = reject;
      this.show(...build(resolve, reject));
    });
  }

  /** Ends the screen that waits for an answer, because none is wanted any more: its choice throws Left. */
  leave(): void {
    this.abandon?.(new Left());
  }

  /** Asks the server until an answer comes, saying so while none does. Throws Refused. */
  async ask<T>(question: () => Promise<T>): Promise<T> {
    for (let failures = 1; ; failures++) {
      try {
        const answer = await question();
        this.offline.hidden = true;
        return answer;
      } catch (error) {
        if (!(error instanceof NoAnswer)) throw error;
        this.showOffline();
        await this.sleep(1000 * Math.max(error.afterSeconds ?? 0, Math.min(backoff(failures), 10)));
      }
    }
  }

  /** Asks before the page is left while `lost` tells that something would be lost. Returns the way to end that. */
  guard(lost: () => boolean): () => void {
    this.guards.add(lost);
    return () => this.guards.delete(lost);
  }

  /**
   * Asks the member for the key file, or the seed, until one fits this seat and the finished
   * ceremony of its board. Throws Refused when there is no such ceremony.
   */
  openKeyFile(): Promise<OpenKey> {
    return openKeyFile(this);
  }

  /** Has the member save a key file, and resolves when they have said that it is saved. */
  saveKeyFile(file: KeyFile): Promise<void> {
    return saveKeyFile(this, file);
  }

  /** What this device has noted at a place. */
  notes(place: string): Notes {
    const notes = this.notebooks.get(place) ?? new Notes(place);
    this.notebooks.set(place, notes);
    return notes;
  }

  private showOffline(): void {
    fill(this.offline, notice("wait", para(words.offline), act(words.retry, "button-plain", () => this.wake())));
    this.offline.hidden = false;
  }

  /** Waits; wake ends it early. */
  private async sleep(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      this.sleepers.add(resolve);
      setTimeout(resolve, ms);
    });
  }

  private wake(): void {
    for (const resolve of this.sleepers) resolve();
    this.sleepers.clear();
  }

  private warn(event: BeforeUnloadEvent): void {
    if (![...this.guards].some((lost) => lost())) return;
    event.preventDefault();
    event.returnValue = "";
  }
}
