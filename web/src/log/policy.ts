/** Whose cosignatures make a checkpoint count: the file of C2SP tlog-policy. */
import { digest, fingerprintDigits, utf8 } from "../hash";
import { Fault, within } from "../verify/wire";
import { decodeText } from "./bytes";
import { CHECKPOINT, openCheckpoint, openNote, parseLogKey, parseWitnessKey, type Checkpoint, type NoteKey } from "./note";
import { isName } from "./text";

/** A policy. Names are those of the file, in its order. */
export interface Policy {
  logs: NoteKey[];
  witnesses: { name: string; key: NoteKey }[];
  groups: Map<string, { threshold: number; members: string[] }>;
  quorum: string;
}

/** Which witnesses of a policy have cosigned a checkpoint. */
export interface Quorum {
  cosigned: string[];
  missing: string[];
}

/** Begins the fault of a checkpoint that too few witnesses have cosigned. */
export const TOO_FEW = "checkpoint: too few cosignatures";

const MALFORMED = "policy: malformed";
const MAX_POLICY = 64 << 10;
const MAX_ITEMS = 64;
const NONE = "none";

/** Reads a policy file. */
export function parsePolicy(text: Uint8Array): Policy {
  const policy: Policy = { logs: [], witnesses: [], groups: new Map(), quorum: "" };
  within(MALFORMED, () => {
    const content = text.length <= MAX_POLICY ? decodeText(text) : undefined;
    if (content === undefined) throw new Fault("no text, or too long");
    content.split("\n").forEach((line, i) => within(`line ${i + 1}`, () => addLine(policy, line)));
    if (policy.quorum === "") throw new Fault("no quorum");
  });
  return policy;
}

/** Begins the last line of a policy that its log has signed. */
const SIGNATURE = "\n# — ";

/** Reads the policy that a log serves: of that log alone, with its signature over all before as a comment in the last line. */
export function openPolicy(text: Uint8Array): Policy {
  const policy = parsePolicy(text);
  return within(MALFORMED, () => {
    const content = decodeText(text) ?? "";
    const at = content.lastIndexOf(SIGNATURE) + 1;
    const [key, other] = policy.logs;
    if (at === 0 || !key || other) throw new Fault("not signed by the log, or of several");
    const signed = utf8(`${content.slice(0, at)}\n${content.slice(at + "# ".length)}`);
    within("not what the log has signed", () => openNote(signed, key));
    return policy;
  });
}

function addLine(policy: Policy, line: string): void {
  if (/[\u0000-\u0008\u000a-\u001f\u007f]/.test(line)) throw new Fault("a control character");
  const [keyword = "", ...items] = line.split(/[ \t]+/).filter((item) => item !== "");
  if (keyword === "" || keyword.startsWith("#")) return;
  const n = items.length;
  const [first = "", second = ""] = items;
  if (keyword === "log" && (n === 1 || n === 2)) addLog(policy, first);
  else if (keyword === "witness" && (n === 2 || n === 3)) addWitness(policy, first, second);
  else if (keyword === "group" && n >= 3) addGroup(policy, first, second, items.slice(2));
  else if (keyword === "quorum" && n === 1) setQuorum(policy, first);
  else throw new Fault(`not log, witness, group or quorum with their items: ${JSON.stringify(keyword)}`);
}

/** What of a key does not depend on its name. */
const material = ({ text, name, id }: NoteKey): string => text.slice(name.length + id.length + 2);

function addLog({ logs }: Policy, text: string): void {
  const key = parseLogKey(text);
  if (logs.length === MAX_ITEMS || logs.some((other) => material(other) === material(key))) throw new Fault("log: twice, or too many");
  logs.push(key);
}

function addWitness(policy: Policy, name: string, text: string): void {
  const key = parseWitnessKey(text);
  mustBeNew(policy, name);
  if (policy.witnesses.some((other) => material(other.key) === material(key))) throw new Fault(`witness ${name}: the key of another`);
  policy.witnesses.push({ name, key });
}

function known({ witnesses, groups }: Policy, name: string): boolean {
  return groups.has(name) || witnesses.some((witness) => witness.name === name);
}

function mustBeNew(policy: Policy, name: string): void {
  if (!isName(name)) throw new Fault("name: empty, or with white space or characters that nobody sees");
  const count = policy.witnesses.length + policy.groups.size;
  if (name === NONE || known(policy, name) || count >= 2 * MAX_ITEMS) throw new Fault(`name ${name}: taken, or too many`);
}

function addGroup(policy: Policy, name: string, digits: string, members: string[]): void {
  mustBeNew(policy, name);
  members.forEach((member, i) => {
    if (!known(policy, member)) throw new Fault(`group ${name}: ${member} stands in no line before`);
    const grouped = [...policy.groups.values()].some((group) => group.members.includes(member));
    if (grouped || members.indexOf(member) < i) throw new Fault(`group ${name}: ${member} is a member already`);
  });
  const threshold = digits === "any" ? 1 : digits === "all" ? members.length : /^[1-9][0-9]{0,3}$/.test(digits) ? Number(digits) : 0;
  if (threshold < 1 || threshold > members.length) throw new Fault(`group ${name}: threshold ${JSON.stringify(digits)} of ${members.length}`);
  policy.groups.set(name, { threshold, members });
}

function setQuorum(policy: Policy, name: string): void {
  if (policy.quorum !== "") throw new Fault("quorum: twice");
  if (name !== NONE && !known(policy, name)) throw new Fault(`quorum: ${name} stands in no line before`);
  policy.quorum = name;
}

/** The key of the log whose checkpoint this is, by the name in its first line. The policy must have one such key. */
export function logKeyOf({ logs }: Policy, signed: Uint8Array): NoteKey {
  const end = signed.indexOf(10);
  const origin = decodeText(signed.subarray(0, end < 0 ? signed.length : end)) ?? "";
  const [key, other] = logs.filter(({ name }) => name === origin);
  if (!key) throw new Fault(`${CHECKPOINT}: ${JSON.stringify(origin.slice(0, 200))} is no log of the policy`);
  if (other) throw new Fault(`${MALFORMED}: two keys of ${JSON.stringify(origin)}`);
  return key;
}

/**
 * What a policy says about one log, in one spelling: the log's key, and in ascending order of the bytes of
 * their names all witnesses with their keys, and all groups; then the quorum. Comments, addresses, other logs
 * and the signature are left out.
 */
export function canonical({ witnesses, groups, quorum }: Policy, log: NoteKey): string {
  const sorted = (names: Iterable<string>): string[] => [...names].sort(byBytes);
  const keys = new Map(witnesses.map(({ name, key }) => [name, key.text]));
  return [
    `log ${log.text}`,
    ...sorted(keys.keys()).map((name) => `witness ${name} ${keys.get(name)}`),
    ...sorted(groups.keys()).map((name) => {
      const { threshold, members } = groups.get(name) as { threshold: number; members: string[] };
      return `group ${name} ${threshold} ${sorted(members).join(" ")}`;
    }),
    `quorum ${quorum}\n`,
  ].join("\n");
}

/** The order of UTF-8, which is not that of JavaScript's strings. */
function byBytes(a: string, b: string): number {
  const [x, y] = [utf8(a), utf8(b)];
  const at = x.findIndex((byte, i) => byte !== y[i]);
  return at < 0 ? x.length - y.length : (x[at] as number) - (y[at] ?? -1);
}

/**
 * The 24 digits that people compare (docs/PROTOCOL.md §5), of what `canonical` gives. Whose digits are the same
 * has the same keys and the same quorum; names alone tell nothing, for anybody can make a key for any name.
 */
export const digitsOf = (text: string): string => fingerprintDigits(digest(text));

/** Tells whether a policy asks for no cosignature: then nobody but the log's own key speaks for what is signed. */
export const unwitnessed = (policy: Policy): boolean => satisfied(policy, policy.quorum, []);

/** A signed checkpoint of a log as the policy sees it. */
export interface Checked {
  checkpoint: Checkpoint;
  quorum: Quorum;
  /** Says who is missing, if those are too many. */
  tooFew?: string;
}

/** Checks a signed checkpoint of the log and all cosignatures of the policy's witnesses on it. */
export function checkSigned(policy: Policy, signed: Uint8Array, log: NoteKey): Checked {
  const { checkpoint, cosigned } = openCheckpoint(signed, log, policy.witnesses.map(({ key }) => key));
  const [yes, no] = [true, false].map((has) =>
    policy.witnesses.filter(({ key }) => cosigned.includes(key) === has).map(({ name }) => name)) as [string[], string[]];
  const quorum = { cosigned: yes, missing: no };
  if (satisfied(policy, policy.quorum, yes)) return { checkpoint, quorum };
  return { checkpoint, quorum, tooFew: `${TOO_FEW}: missing ${no.join(", ")}` };
}

function satisfied(policy: Policy, name: string, cosigned: readonly string[]): boolean {
  const group = policy.groups.get(name);
  if (!group) return name === NONE || cosigned.includes(name);
  return group.members.filter((member) => satisfied(policy, member, cosigned)).length >= group.threshold;
}
