/**
 * What a device notes down beside the keys: public hashes, each under a name, so that it cannot be
 * shown one thing now and another later. They lie in the browser's local storage, and outlive a
 * closed page; where that is forbidden they live as long as the page. Keys never come here.
 */
import { localStore } from "../outbox";

/** The notes of one place, such as "homphieu-ends/" with a ceremony and a member. */
export class Notes {
  private readonly memory = new Map<string, string>();
  /** The names whose last value the browser would not keep. */
  private readonly unkept = new Set<string>();

  constructor(private readonly place: string) {}

  /** What was noted under a name, here or in another page of this browser. */
  get(name: string): string | undefined {
    const here = this.memory.get(name);
    return this.unkept.has(name) ? here : this.stored()[name] ?? here;
  }

  /** Notes a value in the place of what stood under that name. */
  note(name: string, value: string): void {
    this.memory.set(name, value);
    try {
      localStore()?.setItem(this.place, JSON.stringify({ ...this.stored(), [name]: value }));
      this.unkept.delete(name);
    } catch {
      this.unkept.add(name); // no room: this page knows it, and another one will not go on
    }
  }

  /** All that the browser keeps. What cannot be read is as good as lost. */
  private stored(): Record<string, string> {
    try {
      const value: unknown = JSON.parse(localStore()?.getItem(this.place) ?? "{}");
      const entries = Object.entries(typeof value === "object" && value !== null ? value : {});
      return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"));
    } catch {
      return {};
    }
  }
}
