/**
 * The voter's page on a shared machine, /kiosk/UUID, for who has no phone: one voter after another,
 * and nothing is kept between two of them. The code, the marks, the sealed ballot and its tracker
 * stand in memory only, in objects that are dropped; nothing goes into storage or history. So a
 * ballot that cannot be sent waits here and with it the voter: kept for later it would tell who had
 * voted at this machine and in what order, and were it lost its slip could still be used.
 */
import { NoAnswer, postBallot, Refused, type Status } from "./api";
import type { Slip } from "./credential";
import { slipNames, type SlipNames } from "./election";
import { button, h } from "./dom";
import { Frame, type Host, type Step, type StepOptions } from "./frame";
import { hasCamera, watchCamera } from "./kiosk-camera";
import { askLeaving, askPresence, onward, reader, scannerField, start } from "./kiosk-steps";
import { Watch, type Clock, type Phase } from "./kiosk-watch";
import { backoff, Outbox } from "./outbox";
import { fetchPapers, readPapers, type Paper } from "./papers";
import { readScan, type Scan } from "./scan-input";
import { Session } from "./session";
import { busy, notLoaded, stop } from "./steps/stop";
import { words, type Text } from "./strings";

/** Runs the page. `script` will be an address of this file for the worker. */
export function startKiosk(uuid: string, script: Promise<string>, clock: Clock): void {
  document.documentElement.classList.add("kiosk");
  new Kiosk(new Frame(), uuid, script, clock).run();
}

/** What is known of the poll, the same for every voter. */
interface Poll {
  name: string;
  names: SlipNames;
}

/** Keys that come faster than this after one another are a scanner's. */
const BURST = 250; // ms

class Kiosk implements Host {
  private readonly watch: Watch;
  private poll: Poll | undefined;
  private phase: Phase = "start";
  /** The phase of the step that the machine itself is about to show. */
  private next: Phase | undefined;
  /** Whether the step that is shown is the machine's own. */
  private own = false;
  private session: Session | undefined;
  private outbox = this.newOutbox();
  private readonly counter = h("p", { class: "counter" });
  private counting = 0;
  private field = scannerField();
  private fault: Text | undefined;
  private camera = false;
  private stopCamera: (() => void) | undefined;
  private lastKey = -BURST;

  constructor(
    private readonly frame: Frame, private readonly uuid: string,
    private readonly script: Promise<string>, private readonly clock: Clock,
  ) {
    frame.host = this;
    this.watch = new Watch(clock, { ask: () => this.ask(), forget: () => this.forget(), count: (n) => this.count(n) });
    for (const kind of ["pointerdown", "wheel", "touchmove"]) {
      document.addEventListener(kind, () => this.watch.touched(), { passive: true });
    }
    document.addEventListener("keydown", (event) => this.key(event), true);
    document.addEventListener("keypress", (event) => this.swallow(event), true);
    document.addEventListener("click", () => this.attend());
    document.addEventListener("visibilitychange", () => !document.hidden && this.outbox.kick());
    window.addEventListener("online", () => this.outbox.kick());
    window.addEventListener("beforeunload", (event) => this.warn(event));
  }

  /** Learns what the poll is called, as often as it takes, and shows the first screen. */
  run(): void {
    this.present(busy(this.frame, words.loading), "start");
    void this.load(1);
  }

  private async load(tries: number): Promise<void> {
    try {
      const fetched = await fetchPapers(this.uuid);
      const { papers } = readPapers(fetched);
      const [first] = papers as [Paper];
      const [{ form }] = fetched.statuses as [Status];
      if (this.poll) return; // another try was faster
      this.frame.form = form;
      this.frame.showTrial(fetched.statuses.some(({ trial }) => trial));
      this.poll = { name: first.election.name, names: slipNames(papers.map(({ election }) => election)) };
      this.begin();
    } catch (error) {
      if (error instanceof Refused) return this.present(stop(this.frame, words.kioskNoPoll, words.kioskNoPollMore), "start");
      if (!(error instanceof NoAnswer)) return this.present(stop(this.frame, words.badElection, words.badElectionMore), "start");
      const again = setTimeout(() => void this.load(tries + 1), 1000 * backoff(tries));
      if (tries > 1) return; // the page says so already
      this.present(notLoaded(this.frame, () => {
        clearTimeout(again);
        void this.load(1);
      }), "start");
    }
  }

  // One voter

  /** The first screen, for the next voter. */
  private begin(): void {
    this.stopCamera?.();
    this.stopCamera = undefined;
    const { name, names } = this.poll as Poll;
    const video = this.camera ? h("video", { class: "camera", muted: true, playsinline: true, "aria-label": this.frame.say(words.kioskCameraView) }) : undefined;
    this.present(start(this.frame, { name, names, field: this.newField(), video, fault: () => this.fault }, {
      read: (text) => this.read(text),
      type: () => this.vote(undefined),
      camera: hasCamera() ? () => this.switchCamera(!this.camera) : undefined,
    }), "start");
    this.attend();
    if (video) void this.openCamera(video);
  }

  /** A code was read, or something that is none. */
  private read(text: string): void {
    const { slipFingerprint } = (this.poll as Poll).names;
    const scan = readScan(text, { uuid: this.uuid, slipFingerprint });
    if (scan.kind === "code" && text.includes("#")) {
      this.drop();
      return this.vote({ code: scan.code, fingerprint: slipFingerprint });
    }
    if (this.phase !== "start") this.forget();
    this.complain(faultOf(scan));
  }

  /** Says on the first screen why nothing happens; once, however often a camera sees the same. */
  private complain(fault: Text): void {
    if (this.fault === fault) return;
    this.fault = fault;
    this.frame.refresh();
    this.attend();
    this.frame.announce(this.frame.say(fault));
  }

  /** Lets somebody vote, with a slip or with a code to be typed. */
  private vote(slip: Slip | undefined): void {
    this.fault = undefined;
    this.stopCamera?.();
    this.stopCamera = undefined;
    this.session = new Session({ frame: this.frame, outbox: this.outbox, uuid: this.uuid, script: this.script }, slip);
    this.session.run();
  }

  /** Forgets the voter, and waits for the next. */
  private forget(): void {
    this.drop();
    this.fault = undefined;
    this.begin();
  }

  /** Drops everything that could tell of the voter. */
  private drop(): void {
    this.session?.replace();
    this.session = undefined;
    this.outbox.drop();
    this.outbox = this.newOutbox();
    this.newField();
    this.frame.reset();
    window.getSelection()?.removeAllRanges();
    /x/.test("x"); // RegExp keeps the text that it has last matched
  }

  /** In memory only: see above. */
  private newOutbox(): Outbox {
    return new Outbox(undefined, (p) => postBallot(p.uuid, p.ballot, p.tracker));
  }

  /** A fresh field: what was typed into the last one can be undone with a key. */
  private newField(): HTMLInputElement {
    return (this.field = scannerField());
  }

  /** A field that a scanner finds but nobody comes to with the tabulator. */
  private aside(): HTMLInputElement {
    const field = this.newField();
    field.tabIndex = -1;
    return field;
  }

  // The machine's own screens

  /** Shows a step that is not the session's. */
  private present(step: Step, phase: Phase): void {
    this.next = phase;
    this.frame.show(step);
  }

  private ask(): void {
    const { step, options } = this.frame.shown;
    this.frame.unveil();
    this.present(askPresence(this.frame, this.counter, () => this.frame.show(step, options), () => this.forget()), "asking");
  }

  private leave(): void {
    const sent = this.outbox.waiting().length > 0;
    if (!sent && !this.session?.holdsMarks()) return this.forget();
    const { step, options } = this.frame.shown;
    this.present(askLeaving(this.frame, sent, () => this.forget(), () => this.frame.show(step, options)), sent ? "busy" : "voting");
  }

  private count(seconds: number): void {
    this.counting = seconds;
    this.drawCounter();
  }

  private drawCounter(): void {
    const text = this.phase === "asking" ? words.kioskForget : words.kioskBack;
    this.counter.textContent = this.counting > 0 ? this.frame.say(text(this.counting)) : "";
  }

  // What the frame asks of its host

  entered(options: StepOptions): void {
    this.own = this.next !== undefined;
    this.phase = this.next ?? this.phaseOf(options);
    this.next = undefined;
    this.counting = 0;
    this.drawCounter();
    this.watch.enter(this.phase);
  }

  private phaseOf({ end, casting }: StepOptions): Phase {
    if (end) return end;
    return casting || this.outbox.waiting().length > 0 ? "busy" : "voting";
  }

  tool({ casting }: StepOptions): HTMLElement | undefined {
    if (this.own || casting || (this.phase !== "voting" && this.phase !== "busy")) return undefined;
    return button(this.frame.say(words.kioskLeave), "button-quiet", () => this.leave());
  }

  addition({ end }: StepOptions): Node[] {
    this.drawCounter();
    if (!end) return [];
    return [
      onward(this.frame, end === "done", this.counter, () => this.forget()),
      h("div", { class: "visually-hidden" }, reader(this.frame, this.aside(), (text) => this.read(text))),
    ];
  }

  // Keys, touches, the camera

  /** Whether a scanner may begin with the next voter. */
  private get free(): boolean {
    return this.phase === "start" || this.phase === "done" || this.phase === "stopped";
  }

  /** Keeps the scanner's field ready on the first screen, wherever somebody touches. */
  private attend(): void {
    const { activeElement } = document;
    if (this.phase === "start" && (!activeElement || activeElement === document.body || activeElement.tagName === "H1")) this.field.focus();
  }

  /**
   * A scanner types into whatever has the focus, and ends with Enter. Its text is led into the field;
   * where nobody waits for one, its Enter must not press a button.
   */
  private key(event: KeyboardEvent): void {
    this.watch.touched();
    if (isTextField(event.target)) return;
    const typed = event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey && !event.altKey;
    if (typed && this.free) this.field.focus(); // this very key goes there too
    if (typed) this.lastKey = this.clock.now();
    this.swallow(event);
  }

  /** A person presses no letter before pressing a button. */
  private swallow(event: KeyboardEvent): void {
    if (event.key === "Enter" && this.clock.now() - this.lastKey < BURST && !isTextField(event.target)) event.preventDefault();
  }

  private switchCamera(on: boolean): void {
    this.camera = on;
    this.forget();
  }

  /** The camera is on while the first screen is shown: it must not watch a voter. */
  private async openCamera(video: HTMLVideoElement): Promise<void> {
    try {
      const close = await watchCamera(video, (text) => this.read(text), () => this.loseCamera());
      if (video.isConnected && this.phase === "start") this.stopCamera = close;
      else close();
    } catch {
      this.loseCamera();
    }
  }

  private loseCamera(): void {
    this.camera = false;
    if (this.phase !== "start") return;
    this.begin();
    this.complain(words.kioskNoCamera);
  }

  private warn(event: BeforeUnloadEvent): void {
    if (!this.session?.holdsMarks() && this.outbox.waiting().length === 0) return;
    event.preventDefault();
    event.returnValue = "";
  }
}

function isTextField(target: EventTarget | null): boolean {
  return target instanceof HTMLInputElement && target.type === "text";
}

/** Why nothing can be done with what was read. */
function faultOf(scan: Scan): Text {
  if (scan.kind === "elsewhere") return words.wrongPoll;
  if (scan.kind === "unreadable" && scan.why === "input-method") return words.kioskTelex;
  if (scan.kind === "unreadable" && scan.why === "caps") return words.kioskCaps;
  return words.kioskUnread;
}
