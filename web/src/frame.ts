/**
 * What stands around every step of the voter's page: the bar with its buttons, the sample banner,
 * the cover, the live region, and the language.
 */
import { button, fill, h } from "./dom";
import { render, words, type Form, type Language, type Text } from "./strings";

/** Builds the content of a step in the current language; called again when the language changes. */
export type Step = () => Node[];

export interface StepOptions {
  /** Offer to hide the screen: the step shows, or may show, marks. */
  cover?: boolean;
  /** The voter's way ends here: with a recorded ballot, or without. */
  end?: "done" | "stopped";
  /** A ballot is being sealed or sent; nobody can leave now. */
  casting?: boolean;
}

/** What a shared machine adds to the steps of a voter. */
export interface Host {
  /** A button for the bar, if there should be one in this step. */
  tool(options: StepOptions): HTMLElement | undefined;
  /** What stands below the first part of this step. */
  addition(options: StepOptions): Node[];
  /** A step is about to be shown; the others are asked after this. */
  entered(options: StepOptions): void;
}

export class Frame {
  form: Form = "party";
  /** Set on a shared machine only. */
  host: Host | undefined;
  private language: Language = "vi";
  private step: Step | undefined;
  private options: StepOptions = {};
  private trial = false;
  private readonly bar = byId("bar");
  private readonly tools = byId("tools");
  private readonly banner = byId("trial");
  private readonly aside = byId("outbox");
  private readonly main = byId("main");
  private readonly live = byId("live");
  private readonly cover = byId("cover");
  private asideStep: Step = () => [];
  private saying: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    this.cover.addEventListener("click", () => this.uncover());
    this.dress();
  }

  /** The text in the page's language and form; on a shared machine its own wording, if it has one. */
  say = (text: Text): string => render((this.host && text.kiosk) ?? text, this.language, this.form);

  /** Shows a step and moves the focus to its heading. */
  show(step: Step, options: StepOptions = {}): void {
    this.step = step;
    this.options = options;
    this.host?.entered(options);
    this.dress();
    this.refill();
    this.main.querySelector<HTMLElement>("h1")?.focus();
    window.scrollTo(0, 0);
  }

  /** Fills the present step anew, after something that it shows has changed. */
  refresh(): void {
    const focused = this.main.contains(document.activeElement);
    this.refill();
    if (focused) this.main.querySelector<HTMLElement>("h1")?.focus();
  }

  /** What is shown now, so that it can be shown again after something else. */
  get shown(): { step: Step; options: StepOptions } {
    return { step: this.step ?? (() => []), options: this.options };
  }

  /** Takes the cover away; what lies under it must be shown anew by then. */
  unveil(): void {
    this.setCovered(false);
  }

  /** Begins for another voter: in the first language, nothing covered, without a word of the last. */
  reset(): void {
    this.language = "vi";
    this.unveil();
    this.hush();
  }

  /** Sets what stands above every step: ballots of this phone on their way. */
  showAside(step: Step): void {
    this.asideStep = step;
    this.fillAside();
  }

  /** Switches the permanent banner of sample meetings on. */
  showTrial(trial: boolean): void {
    this.trial = trial;
    this.dress();
  }

  /** Whether the server holds the keys of this poll. */
  get isTrial(): boolean {
    return this.trial;
  }

  /** Tells a screen reader, and shows it where the step has a place for it (class said). */
  announce(text: string): void {
    const place = this.main.querySelector(".said");
    if (place) place.textContent = text;
    this.hush();
    this.saying = setTimeout(() => (this.live.textContent = text), 50);
  }

  /** Takes back what was announced: who reads the page later must not find it. */
  private hush(): void {
    clearTimeout(this.saying);
    this.live.textContent = "";
  }

  private dress(): void {
    document.documentElement.lang = this.language;
    fill(this.tools, this.options.cover && button(this.say(words.hide), "button-quiet", () => this.hide()),
      this.host?.tool(this.options), this.switcher());
    this.banner.hidden = !this.trial;
    this.banner.textContent = this.say(words.trial);
  }

  private switcher(): HTMLElement {
    const other: Language = this.language === "vi" ? "en" : "vi";
    const element = button(render(words.otherLanguage, this.language, this.form), "button-quiet", () => this.speak(other));
    element.lang = other;
    return element;
  }

  private speak(language: Language): void {
    this.language = language;
    this.dress();
    this.refill();
    this.fillAside();
    (this.tools.lastElementChild as HTMLElement | null)?.focus();
  }

  private refill(): void {
    this.hush();
    const [first, ...rest] = this.step?.() ?? [];
    fill(this.main, first, ...(this.host?.addition(this.options) ?? []), ...rest);
    const heading = this.main.querySelector("h1")?.textContent;
    document.title = heading ? `${heading} · ${this.say(words.product)}` : this.say(words.product);
  }

  private fillAside(): void {
    const nodes = this.asideStep();
    fill(this.aside, ...nodes);
    this.aside.hidden = nodes.length === 0;
  }

  private hide(): void {
    fill(this.cover, h("span", { class: "cover-title" }, this.say(words.hidden)), h("span", {}, this.say(words.reveal)));
    this.setCovered(true);
    this.cover.focus();
  }

  private uncover(): void {
    this.setCovered(false);
    (this.tools.firstElementChild as HTMLElement | null)?.focus();
  }

  private setCovered(covered: boolean): void {
    this.cover.hidden = !covered;
    for (const element of [this.bar, this.main]) element.hidden = covered;
    this.banner.hidden = covered || !this.trial;
    this.aside.hidden = covered || !this.aside.firstChild;
  }
}

/** A heading that takes the focus when its step begins. */
export function heading(...children: (Node | string)[]): HTMLElement {
  return h("h1", { tabindex: "-1" }, ...children);
}

function byId(id: string): HTMLElement {
  return document.getElementById(id) as HTMLElement;
}
