/**
 * The voter's page: takes the slip out of the address, keeps one session, and looks after the
 * ballots that this phone still has to send.
 */
import { postBallot } from "./api";
import { parseFragment, type Slip } from "./credential";
import { h, notice } from "./dom";
import { Frame } from "./frame";
import { localStore, Outbox, type Fate } from "./outbox";
import { Session, type Surroundings, type View } from "./session";
import { reasonOf } from "./steps/outcome";
import { words } from "./strings";

/**
 * Runs the page. `fragment` is what stood behind "#" when it was opened, `uuid` names the meeting or
 * is ""; `script` will be an address of this file for the worker.
 */
export function startPage(fragment: string, uuid: string, script: Promise<string>): void {
  const frame = new Frame();
  const outbox = new Outbox(localStore(), (p) => postBallot(p.uuid, p.ballot, p.tracker));
  const page = new Page({ frame, outbox, uuid, script });
  page.scanned(parseFragment(fragment));
}

/** Returns the fragment and takes it out of the address bar and of this history entry, at once. */
export function takeFragment(): string {
  const fragment = location.hash;
  history.replaceState(null, "", location.pathname);
  return fragment;
}

class Page {
  private session: Session | undefined;

  constructor(private readonly on: Surroundings) {
    const { outbox } = on;
    outbox.onChange(() => this.drawOutbox());
    window.addEventListener("online", () => outbox.kick());
    document.addEventListener("visibilitychange", () => !document.hidden && outbox.kick());
    window.addEventListener("hashchange", () => this.rescanned());
    window.addEventListener("popstate", ({ state }) => this.moved(state as View | null));
    window.addEventListener("beforeunload", (event) => this.warn(event));
    outbox.kick();
    this.drawOutbox();
  }

  /** Begins a session for a slip, or for a code to be typed. */
  scanned(slip: Slip | undefined): void {
    this.session?.replace();
    this.session = new Session(this.on, slip);
    this.drawOutbox();
    this.session.run();
  }

  /** A slip was scanned into a page that is already open. */
  private rescanned(): void {
    if (location.hash === "") return;
    const slip = parseFragment(takeFragment());
    if (slip && this.session?.isFor(slip)) return;
    if (this.session?.holdsMarks()) this.session.askAbout(() => this.scanned(slip));
    else this.scanned(slip);
  }

  private moved(view: View | null): void {
    if (location.hash === "") this.session?.goBack(view ?? undefined);
  }

  /** Asks before leaving only while something would be lost. */
  private warn(event: BeforeUnloadEvent): void {
    const { outbox } = this.on;
    const lost = this.session?.holdsMarks() || outbox.waiting().some((p) => !outbox.keeps(p.hash));
    if (!lost) return;
    event.preventDefault();
    event.returnValue = "";
  }

  /** Ballots of this phone other than the one the session follows. */
  private drawOutbox(): void {
    const others = () => this.on.outbox.all().filter(([hash]) => !this.session?.following.has(hash));
    this.on.frame.showAside(() => outboxNotices(this.on.frame, others().map(([, fate]) => fate)));
  }
}

function outboxNotices(frame: Frame, fates: Fate[]): Node[] {
  const waiting = fates.filter((fate) => fate.kind === "waiting").length;
  const sent = fates.filter((fate) => fate.kind === "recorded").length;
  const notices: Node[] = [];
  if (waiting > 0) notices.push(notice("wait", h("p", {}, h("strong", {}, frame.say(words.pendingTitle(waiting)))), h("p", {}, frame.say(words.notSentMore))));
  if (sent > 0) notices.push(notice("done", h("p", {}, frame.say(words.pendingSent(sent)))));
  for (const fate of fates) {
    if (fate.kind !== "refused") continue;
    const [title, more] = reasonOf(fate.code);
    notices.push(notice("stop", h("p", {}, h("strong", {}, frame.say(words.pendingRefused))), h("p", {}, `${frame.say(title)}. ${frame.say(more)}`)));
  }
  return notices;
}
