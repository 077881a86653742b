/** Whose cosignatures make a checkpoint count: the file of C2SP tlog-policy. */
import { Fault, within } from "../verify/wire";
import { decodeText } from "./bytes";
import { openCheckpoint, parseLogKey, parseWitnessKey, type Checkpoint, type NoteKey } from "./note";

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

const MAX_POLICY = 64 << 10;
const MAX_ITEMS = 64;
const NONE = "none";

/** Reads a policy file. */
export function parsePolicy(text: Uint8Array): Policy {
  const policy: Policy = { logs: [], witnesses: [], groups: new Map(), quorum: "" };
  within("policy: malformed", () => {
    const content = text.length <= MAX_POLICY ? decodeText(text) : undefined;
    if (content === undefined) throw new Fault("no text, or too long");
    content.split("\n").forEach((line, i) => within(`line ${i + 1}`, () => addLine(policy, line)));
    if (policy.quorum === "") throw new Fault("no quorum");
  });
  return policy;
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

/** A signed checkpoint of the log as the policy sees it. */
export interface Checked {
  checkpoint: Checkpoint;
  quorum: Quorum;
  /** Says who is missing, if those are too many. */
  tooFew?: string;
}

/** Checks a signed checkpoint and all cosignatures of the policy's witnesses on it. */
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
