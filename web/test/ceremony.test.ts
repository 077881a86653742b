/** The ceremony of a counting board: against the Go implementation's vectors, and among ourselves. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Chacha20Poly1305 } from "@hpke/chacha20poly1305";
import { CipherSuite, HkdfSha256 } from "@hpke/core";
import { DhkemX25519HkdfSha256 } from "@hpke/dhkem-x25519";
import { canSealTo, open, seal, transportKey, type TransportKey } from "../src/ceremony/hpke";
import { Member, newSeed, signAgain, signingKey, WrongSeed } from "../src/ceremony/member";
import {
  CeremonyFault, commitStatement, complaintStatement, doneStatement, revealStatement, sealInfo, STEPS, Transcript, type Step,
} from "../src/ceremony/transcript";
import { encodeElement, encodeScalar, g, parseElement, parseScalar, power, q, reduce, varTimePower, identity } from "../src/group";
import { digest, hex } from "../src/hash";
import { certificatesMessage, coefexpsMessage, productOfKeys, readParameters, signMessage, TrusteeFault, verifyParameters, type Signed } from "../src/threshold";
import { secureScalar } from "../src/random";
import { verifyKnowledge, verifySignature } from "../src/zkp-verify";
import { sign } from "../src/zkp";
import { add, begin } from "./transcripts";
import { read } from "./vectors";

const golden = JSON.parse(read("../crypto/testdata/ceremony.json"));
const terms = { meeting: golden.meeting, ceremony: golden.ceremony, threshold: golden.threshold, size: golden.size };

/** A ceremony whose members are all here. */
class Board {
  t: Transcript;
  readonly seeds: string[];
  private members: Member[];

  constructor(threshold: number, size: number) {
    this.t = begin({ meeting: "5uRkMcGNk11TXZgniyV5Bf", ceremony: newSeed(), threshold, size });
    this.seeds = this.t.indices.map(newSeed);
    this.members = this.everyone();
  }

  /** All members on other devices: what they have made is forgotten. */
  everyone(): Member[] {
    return (this.members = this.seeds.map((seed, i) => new Member(seed, this.t, i + 1)));
  }

  member(index: number): Member {
    return this.members[index - 1] as Member;
  }

  /** Every member does the present step. */
  async step(): Promise<void> {
    for (const index of [...this.t.missing].reverse()) {
      this.t = add(this.t, (await this.member(index).next(this.t)) as string);
    }
  }

  async until(stage: Step | "finished"): Promise<this> {
    while (this.t.stage !== stage) await this.step();
    return this;
  }
}

const faultOf = (index: number, step: string, what: RegExp) => (error: unknown) =>
  error instanceof CeremonyFault && error.index === index && error.step === step && what.test(error.message);

// Golden vectors

test("golden: what follows from the seeds and the messages", async () => {
  const t = Transcript.parse(golden.transcript);
  t.verify();
  assert.deepEqual([t.stage, t.context, t.trustees], ["finished", golden.c, golden.trustees]);
  for (const m of golden.members) {
    assert.equal(encodeScalar(signingKey(m.seed)), m.signing);
    const transport = await transportKey(terms.ceremony, m.seed);
    assert.deepEqual([transport.wire, t.transport(m.index), t.digits(m.index)], [m.transport_public, m.transport_public, m.digits]);
    const member = new Member(m.seed, terms, m.index);
    assert.equal(await member.began(t), true);
    assert.equal(encodeScalar(await member.share(t)), m.share);
    assert.equal(encodeElement(t.publicKey(m.index)), m.public);
    assert.equal(encodeElement(power(g, BigInt(m.share))), m.public);
  }
});

test("golden: hello and certificate come out of the seed again; every prefix verifies", async () => {
  let t = begin(terms);
  for (const [i, message] of golden.messages.entries()) {
    const step = STEPS[Math.floor(i / 3)] as Step;
    const index = (i % 3) + 1;
    assert.equal(t.stage, step);
    const made = await new Member(golden.members[index - 1].seed, terms, index).next(t);
    if (step === "hello" || step === "certificate") assert.equal(made, message);
    else assert.equal(JSON.parse(made as string).type, JSON.parse(message).type);
    t = add(t, message);
    t.verify();
  }
  assert.equal(t.text, golden.transcript);
});

test("golden: a complaint ends a ceremony, and the bad share is named", async () => {
  const { transcript, seeds, by, about } = golden.failed;
  const t = Transcript.parse(transcript);
  t.verify();
  assert.equal(t.stage, "failed");
  assert.deepEqual([t.complaint?.index, t.complaint?.about, t.missing], [by, about, []]);
  const member = new Member(seeds[by - 1], t, by);
  assert.equal(await member.next(t), undefined);
  await assert.rejects(member.share(t), faultOf(about, "reveal", /share/));
  const before = Transcript.parse(JSON.stringify({ ...JSON.parse(transcript), messages: JSON.parse(transcript).messages.slice(0, 12) }));
  assert.equal(before.stage, "key");
  const complaint = JSON.parse((await member.next(before)) as string);
  assert.deepEqual([complaint.type, complaint.index, complaint.about], ["homphieu-complaint-v1", by, about]);
  add(before, JSON.stringify(complaint)).verify();
});

test("golden: signatures that come out of the seed", () => {
  for (const { seed, message, w, signed } of golden.signatures) {
    const s = signAgain(seed, message);
    assert.equal(JSON.stringify(s), signed);
    const sk = signingKey(seed);
    assert.equal(`${reduce(parseScalar(s.signature.response) + sk * parseScalar(s.signature.challenge))}`, w);
    assert.ok(verifySignature(power(g, sk), message, s.signature));
    assert.ok(!verifySignature(power(g, sk), `${message} `, s.signature));
    assert.ok(!verifySignature(g, message, s.signature));
  }
});

test("golden: texts that Go has sealed", async () => {
  const suite = new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Chacha20Poly1305() });
  for (const { private: sk, public: wire, info, plaintext, ciphertext } of golden.hpke) {
    const key = async (text: string, isPublic: boolean) => suite.kem.importKey("raw", new Uint8Array(Buffer.from(text, "hex")).buffer, isPublic);
    const transport: TransportKey = { pair: { privateKey: await key(sk, false), publicKey: await key(wire, true) }, wire };
    assert.equal(await open(transport, info, ciphertext), plaintext);
    assert.equal(await open(transport, info, await seal(wire, info, plaintext)), plaintext);
    await assert.rejects(open(transport, `${info}x`, ciphertext), "another purpose");
    for (const at of [0, 70, ciphertext.length - 1]) {
      const digit = ciphertext[at] === "0" ? "1" : "0";
      await assert.rejects(open(transport, info, ciphertext.slice(0, at) + digit + ciphertext.slice(at + 1)), `digit ${at} changed`);
    }
    for (const bad of ["", ciphertext.slice(2, 90), ciphertext.toUpperCase(), `${ciphertext}0`]) await assert.rejects(open(transport, info, bad));
  }
});

test("points of small order are no transport keys", async () => {
  const bytes = (n: bigint) => n.toString(16).padStart(64, "0").match(/../g)!.reverse().join("");
  const p = (1n << 255n) - 19n;
  const orderEight = [
    "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
    "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
  ].map((wire) => BigInt(`0x${wire.match(/../g)!.reverse().join("")}`));
  for (const n of [0n, 1n, p - 1n, p, p + 1n, ...orderEight]) {
    for (const wire of [bytes(n), bytes(n | (1n << 255n))]) {
      assert.equal(canSealTo(wire), false, wire);
      await assert.rejects(seal(wire, "", "x"), wire);
    }
  }
  for (const { transport_public: wire } of golden.members) assert.ok(canSealTo(wire));
  assert.ok(canSealTo(bytes(9n)));
});

// Ceremonies among ourselves

for (const [threshold, size] of [[2, 3], [3, 5]] as const) {
  test(`${threshold} of ${size}: every member on another device at every step`, async () => {
    const board = new Board(threshold, size);
    while (board.t.stage !== "finished") {
      await board.step();
      board.everyone();
    }
    const { t } = board;
    t.verify();
    const shares = await Promise.all(t.indices.map((index) => board.member(index).share(t)));
    shares.forEach((share, i) => assert.ok(power(g, share).equals(t.publicKey(i + 1))));
    for (const chosen of [t.indices.slice(0, threshold), t.indices.slice(-threshold)]) {
      const secret = chosen.reduce((sum, k) => sum + (shares[k - 1] as bigint) * lagrange(k, chosen), 0n);
      assert.equal(encodeElement(power(g, secret)), t.electionKey);
    }
    assert.equal(new Set(t.indices.map((index) => t.share(1, index))).size, size);
  });
}

/** λ_k = Π l / (l − k) mod q. */
function lagrange(k: number, chosen: readonly number[]): bigint {
  return chosen.filter((l) => l !== k).reduce((product, l) => reduce(product * BigInt(l) * inverse(reduce(BigInt(l - k)))), 1n);
}

function inverse(n: bigint): bigint {
  let [result, base] = [1n, n];
  for (let e = q - 2n; e > 0n; e >>= 1n, base = (base * base) % q) if (e & 1n) result = (result * base) % q;
  return result;
}

test("a message that is made twice on one device is the same message", async () => {
  const board = new Board(2, 3);
  for (const step of STEPS) {
    await board.until(step);
    const member = board.member(1);
    assert.equal(await member.next(board.t), await member.next(board.t), step);
  }
});

test("who has sent a message waits for the others", async () => {
  const board = new Board(2, 3);
  board.t = add(board.t, (await board.member(2).next(board.t)) as string);
  assert.equal(await board.member(2).next(board.t), undefined);
  assert.deepEqual(board.t.missing, [1, 3]);
  assert.deepEqual([board.t.has("hello", 2), board.t.has("hello", 1)], [true, false]);
});

test("another seed is found out, at every step", async () => {
  const board = new Board(2, 3);
  for (const step of ["certificate", "commit", "reveal", "key", "done", "finished"] as const) {
    await board.until(step);
    await assert.rejects(new Member(newSeed(), board.t, 1).next(board.t), WrongSeed, step);
  }
  assert.equal(await new Member(newSeed(), board.t, 1).began(board.t), false);
});

test("seeds are uniform over the alphabet, and differ", () => {
  const seeds = Array.from({ length: 300 }, newSeed);
  assert.equal(new Set(seeds).size, 300);
  for (const seed of seeds) assert.match(seed, /^[1-9A-HJ-NP-Za-km-z]{22}$/);
  assert.equal(new Set(seeds.join("")).size, 58);
});

// What is refused

/** Replaces a member's message in a transcript's text. */
function replaced(t: Transcript, step: string, index: number, change: (message: any) => void): string {
  const o = JSON.parse(t.text);
  change(o.messages.find((m: any) => m.type === `homphieu-${step}-v1` && m.index === index));
  return JSON.stringify(o);
}

/** All places in a message at which a text or a number stands. */
function* leaves(value: any, path: (string | number)[] = []): Generator<(string | number)[]> {
  if (typeof value !== "object") yield path;
  else for (const key of Object.keys(value)) yield* leaves(value[key], [...path, Array.isArray(value) ? Number(key) : key]);
}

/** Something else in the same form. */
function other(value: any): any {
  if (typeof value === "number") return value + 1;
  if (/^(0|[1-9][0-9]*)$/.test(value)) return `${(BigInt(value) + 1n) % q}`;
  if (value.startsWith("{")) return value.replace(/[0-9a-f]{64}/, encodeElement(varTimePower(g, 7n)));
  if (/^[0-9a-f]{64}$/.test(value)) {
    try {
      return encodeElement(parseElement(value).add(g));
    } catch {
      // A hash: any digit will do.
    }
  }
  return value.slice(0, -1) + (value.endsWith("1") ? "2" : "1");
}

test("every part of every message, altered, is refused and its sender named", async () => {
  const { t } = await new Board(2, 3).until("finished");
  let refused = 0;
  for (const step of STEPS) {
    for (const path of leaves(JSON.parse(t.message(step, 2) as string))) {
      const altered = replaced(t, step, 2, (message) => {
        const parent = path.slice(0, -1).reduce((o, key) => o[key], message);
        const key = path[path.length - 1] as string;
        parent[key] = other(parent[key]);
      });
      const where = `${step} ${path.join(".")}`;
      try {
        Transcript.parse(altered).verify();
      } catch (error) {
        if (error instanceof CeremonyFault) assert.equal(error.index, 2, where);
        else assert.match(String(error), /canonical/, where);
        refused++;
        continue;
      }
      assert.fail(where);
    }
  }
  assert.ok(refused > 40, `${refused}`);
});

test("transcripts: one spelling, one order, one of each", async () => {
  const { t } = await new Board(2, 3).until("finished");
  const o = JSON.parse(t.text);
  const m = o.messages;
  const write = (change: object) => JSON.stringify({ ...o, ...change });
  const bad: Record<string, string> = {
    "white space": JSON.stringify(o, null, 1),
    "not JSON": t.text.slice(1),
    "an unknown member": write({ more: 1 }),
    "other order of members": JSON.stringify({ ceremony: o.ceremony, ...o }),
    "a member twice": t.text.replace('{"meeting"', '{"meeting":"x","meeting"'),
    "another escape": t.text.replace("homphieu", "\\u0068omphieu"),
    "no threshold": write({ threshold: undefined }),
    "threshold 1": write({ threshold: 1 }),
    "n of n": write({ threshold: 3 }),
    "a text as threshold": write({ threshold: "2" }),
    "one member less": write({ size: 2 }),
    "half of the members": write({ threshold: 2, size: 4, messages: [] }),
    "51 members": write({ size: 51, messages: [] }),
    "a short meeting": write({ meeting: "abc" }),
    "no Base58": write({ meeting: "0".repeat(22) }),
    "another ceremony": write({ ceremony: newSeed() }),
    "a message that is null": write({ messages: [null] }),
    "an unknown type": write({ messages: [{ ...m[0], type: "homphieu-hello-v2" }] }),
    "an unknown member of a message": write({ messages: [{ ...m[0], more: 1 }] }),
    "index 0": write({ messages: [{ ...m[0], index: 0 }] }),
    "index 4": write({ messages: [{ ...m[0], index: 4 }] }),
    "a message twice": write({ messages: [m[0], m[0]] }),
    "other order of messages": write({ messages: [m[1], m[0]] }),
    "a step before the one before has ended": write({ messages: [m[0], m[1], m[3]] }),
    "commits without certificates": write({ messages: [...m.slice(0, 3), m[6]] }),
    "a scalar with a zero before it": t.text.replace(/"challenge":"/, '"challenge":"0'),
    "a ciphertext without a text": replaced(t, "commit", 1, (c) => (c.polynomial = c.polynomial.slice(0, 96))),
    "a hash in capitals": replaced(t, "hello", 1, (h) => (h.hash = h.hash.toUpperCase())),
  };
  for (const name of Object.keys(bad)) assert.throws(() => Transcript.parse(bad[name] as string), name);
  Transcript.parse(write({ messages: m.slice(0, 5) })).verify();
  Transcript.parse(write({ threshold: 3, size: 4, messages: [] }));
});

test("a message has at most 65,536 bytes", async () => {
  const { t } = await new Board(2, 3).until("reveal");
  const long = (more: number) => replaced(t, "commit", 1, (m) => {
    m.statement.message = "";
    m.polynomial = "00".repeat(49); // as short as it may be; the rest is filled with letters of two bytes
    const room = 65_536 + more - Buffer.byteLength(JSON.stringify(m));
    m.statement.message = "ư".repeat(Math.floor(room / 2)) + "x".repeat(room % 2);
  });
  Transcript.parse(long(0));
  assert.throws(() => Transcript.parse(long(1)), /commit: not in canonical form/);
});

test("a transcript continues another when each message is there unchanged; whose is not is named", async () => {
  const board = new Board(2, 3);
  const states = [board.t];
  for (const step of STEPS) {
    await board.until(step);
    await board.step();
    for (const state of states) board.t.mustContinue(state);
    states.push(board.t);
  }
  for (const [i, step] of STEPS.entries()) {
    const [before, after] = [states[i], states[i + 1]] as [Transcript, Transcript];
    assert.throws(() => before.mustContinue(after), faultOf(1, step, /seen/), `${step} gone`);
    const other = Transcript.parse(replaced(after, step, 2, (m) => {
      if (step === "hello") m.hash = "0".repeat(64);
      else if (step === "certificate") m.transport.signature.challenge = "1";
      else if (step === "key") m.key.pok.challenge = "1";
      else m.statement.signature.challenge = "1";
    }));
    assert.throws(() => other.mustContinue(after), faultOf(2, step, /seen/), `${step} exchanged`);
  }
  const failed = Transcript.parse(golden.failed.transcript);
  const before = Transcript.parse(JSON.stringify({ ...JSON.parse(failed.text), messages: JSON.parse(failed.text).messages.slice(0, -1) }));
  failed.mustContinue(before);
  assert.throws(() => before.mustContinue(failed), faultOf(golden.failed.by, "complaint", /seen/));
});

test("the hash of the promises is that of the list of all hellos", async () => {
  const t = Transcript.parse(golden.transcript);
  assert.equal(t.hellosHash, hex(digest(`[${golden.messages.slice(0, 3).join(",")}]`)));
});

/** A member who breaks the rules but signs what it says. */
class Cheat {
  constructor(private readonly board: Board, private readonly index: number) {}

  signed(message: string): Signed {
    return signMessage(signingKey(this.seed), message, secureScalar);
  }

  get seed(): string {
    return this.board.seeds[this.index - 1] as string;
  }

  /** The honest message, changed. */
  async message(change: (message: any) => void | Promise<void>): Promise<string> {
    const message = JSON.parse((await this.board.member(this.index).next(this.board.t)) as string);
    await change(message);
    return JSON.stringify(message);
  }

  /** A certificate message for whatever it says, with the hello that promises it. */
  async certificate(change: (message: any) => void): Promise<Transcript> {
    const honest = new Board(2, 3);
    Object.assign(honest, { t: this.board.t, seeds: this.board.seeds });
    honest.everyone();
    const all = await honest.until("commit");
    const message = JSON.parse(all.t.message("certificate", this.index) as string);
    change(message);
    const hello = replaced(all.t, "hello", this.index, (h) => (h.hash = hex(digest(JSON.stringify(message)))));
    return Transcript.parse(replaced(Transcript.parse(hello), "certificate", this.index, (m) => Object.assign(m, message)));
  }
}

test("certificates that keep their promise, but not the rules", async () => {
  const board = new Board(2, 3);
  const cheat = new Cheat(board, 2);
  const certificate = (m: any, change: (c: any) => void) => {
    const c = JSON.parse(m.certificate.message);
    change(c);
    m.certificate = cheat.signed(JSON.stringify(c));
  };
  const transport = (m: any, change: (parts: string[]) => void) => {
    const parts = m.transport.message.split("|");
    change(parts);
    m.transport = cheat.signed(parts.join("|"));
  };
  const bad: Record<string, (m: any) => void> = {
    "another place": (m) => certificate(m, (c) => (c.context.index = 1)),
    "another size": (m) => certificate(m, (c) => (c.context.size = 4)),
    "another threshold": (m) => certificate(m, (c) => (c.context.threshold = 1)),
    "another group": (m) => certificate(m, (c) => (c.context.group = "Ed448")),
    "an unknown member": (m) => certificate(m, (c) => (c.more = 1)),
    "the identity": (m) => certificate(m, (c) => (c.encryption = encodeElement(identity))),
    "a point outside the subgroup": (m) => certificate(m, (c) => (c.encryption = "0fc98430ac21cf440a943e7841b9b320662ea7a8c049bbb6200445f5ec673b25")),
    "no JSON": (m) => (m.certificate = cheat.signed("x")),
    "another's signature": (m) => (m.certificate.signature = signMessage(7n, m.certificate.message, secureScalar).signature),
    "transport: another meeting": (m) => transport(m, (parts) => (parts[1] = "P3sZCvZ8arL3b7")),
    "transport: another ceremony": (m) => transport(m, (parts) => (parts[2] = newSeed())),
    "transport: another place": (m) => transport(m, (parts) => (parts[3] = "1")),
    "transport: no key": (m) => transport(m, (parts) => (parts[4] = "x".repeat(64))),
    "transport: of small order": (m) => transport(m, (parts) => (parts[4] = "0".repeat(64))),
    "transport: more": (m) => transport(m, (parts) => parts.push("")),
    "transport: another's signature": (m) => (m.transport.signature = signMessage(7n, m.transport.message, secureScalar).signature),
  };
  for (const name of Object.keys(bad)) {
    const t = await cheat.certificate(bad[name] as (m: any) => void);
    assert.throws(() => t.verify(), faultOf(2, "certificate", /./), name);
  }
  (await cheat.certificate(() => undefined)).verify();
});

test("two members with one key are one too many", async () => {
  const board = new Board(2, 3);
  board.seeds[2] = board.seeds[0] as string;
  board.everyone();
  await board.until("commit");
  assert.throws(() => board.t.verify(), faultOf(3, "certificate", /key of member 1/));
  await assert.rejects(board.member(2).next(board.t), faultOf(3, "certificate", /key of member 1/));
});

test("commits for another view are refused", async () => {
  const board = await new Board(2, 3).until("commit");
  const cheat = new Cheat(board, 2);
  const bad: Record<string, (parts: string[]) => void> = {
    "another purpose": (parts) => (parts[0] = "homphieu-reveal-v1"),
    "another meeting": (parts) => (parts[1] = "P3sZCvZ8arL3b7"),
    "another ceremony": (parts) => (parts[2] = newSeed()),
    "another member": (parts) => (parts[3] = "1"),
    "other certificates": (parts) => (parts[4] = "0".repeat(64)),
    "no hash of coefexps": (parts) => (parts[5] = "0"),
    "another polynomial": (parts) => (parts[6] = "0".repeat(64)),
    "more": (parts) => parts.push(""),
  };
  for (const name of Object.keys(bad)) {
    const message = await cheat.message((m) => {
      const parts = m.statement.message.split("|");
      (bad[name] as (parts: string[]) => void)(parts);
      m.statement = cheat.signed(parts.join("|"));
    });
    assert.throws(() => add(board.t, message).verify(), faultOf(2, "commit", /statement/), name);
  }
});

test("a server that changes a certificate after the digits were compared is found out", async () => {
  const one = await new Board(2, 3).until("reveal");
  const two = new Board(2, 3);
  const seeds = [...one.seeds.slice(0, 2), two.seeds[2] as string];
  Object.assign(two, { t: begin(one.t), seeds });
  two.everyone();
  await two.until("commit");
  let mixed = two.t;
  for (const index of [1, 2]) mixed = add(mixed, one.t.message("commit", index) as string);
  await assert.rejects(two.member(2).next(mixed), faultOf(1, "commit", /view/));
});

test("what was committed to cannot be lost or changed", async () => {
  const board = await new Board(2, 3).until("reveal");
  const { t } = board;
  const own = await transportKey(t.ceremony, board.seeds[1] as string);
  const swapped = await seal(own.wire, sealInfo("polynomial", t, t.context, 2, 2), JSON.stringify({ polynomial: ["1", "2"], coefexps: signMessage(1n, "x", secureScalar) }));
  const cheat = new Cheat(board, 2);
  const unreadable = replaced(t, "commit", 2, (m) => {
    m.polynomial = swapped;
    m.statement = cheat.signed(commitStatement(t, 2, t.context, signMessage(2n, "x", secureScalar), swapped));
  });
  await assert.rejects(new Member(cheat.seed, t, 2).next(Transcript.parse(unreadable)), faultOf(2, "commit", /read again/));
});

/** A reveal with other coefficients or shares, all signed. */
async function reveal(board: Board, index: number, o: { coefficients?: bigint[]; share?: string; count?: number; coefexps?: string }): Promise<string> {
  const cheat = new Cheat(board, index);
  const { t } = board;
  return cheat.message(async (m) => {
    if (o.coefficients) {
      m.coefexps = cheat.signed(o.coefexps ?? coefexpsMessage(o.coefficients.map((a) => power(g, a))));
      m.signature = sign(signingKey(cheat.seed), `sigmsg|${certificatesMessage(t.certs, o.coefficients.map((a) => power(g, a)))}|`, secureScalar);
    }
    if (o.share !== undefined) m.shares[0] = await seal(t.transport(1), sealInfo("share", t, t.context, index, 1), o.share);
    if (o.count !== undefined) m.shares = m.shares.slice(0, o.count);
    m.statement = cheat.signed(revealStatement(t, index, t.context, m.shares));
  });
}

test("reveals: not those committed to, or not one share for each", async () => {
  const board = await new Board(2, 3).until("reveal");
  const other = await reveal(board, 2, { coefficients: [1n, 2n] });
  assert.throws(() => add(board.t, other).verify(), faultOf(2, "reveal", /committed/));
  const few = await reveal(board, 2, { count: 2 });
  assert.throws(() => add(board.t, few).verify(), faultOf(2, "reveal", /share/));
});

/** A ceremony in which member 2 is committed to whatever it wants to reveal. */
async function committed(coefexpsMessageOf: string, signatureOf: (t: Transcript, sk: bigint) => string): Promise<Transcript> {
  const board = await new Board(2, 3).until("commit");
  const cheat = new Cheat(board, 2);
  const coefexps = cheat.signed(coefexpsMessageOf);
  const commit = await cheat.message((m) => void (m.statement = cheat.signed(commitStatement(board.t, 2, board.t.context, coefexps, m.polynomial))));
  board.t = add(board.t, commit);
  await board.step();
  const shares = [1, 2, 3].map(() => "00".repeat(50));
  const message = {
    type: "homphieu-reveal-v1", ceremony: board.t.ceremony, index: 2, coefexps,
    signature: sign(signingKey(cheat.seed), `sigmsg|${signatureOf(board.t, signingKey(cheat.seed))}|`, secureScalar), shares,
    statement: cheat.signed(revealStatement(board.t, 2, board.t.context, shares)),
  };
  return add(board.t, JSON.stringify(message));
}

test("reveals that keep their promise, but not the rules", async () => {
  const two = [power(g, 1n), power(g, 2n)];
  const certs = (t: Transcript) => certificatesMessage(t.certs, two);
  (await committed(coefexpsMessage(two), certs)).verify();
  const three = [...two, g];
  const bad: Record<string, Promise<Transcript>> = {
    "one coefficient more": committed(coefexpsMessage(three), (t) => certificatesMessage(t.certs, three)),
    "no list": committed("{}", certs),
    "white space": committed(coefexpsMessage(two).replace(":", ": "), certs),
    "a point outside the subgroup": committed(coefexpsMessage(two).replace(/[0-9a-f]{64}/, "0fc98430ac21cf440a943e7841b9b320662ea7a8c049bbb6200445f5ec673b25"), certs),
    "other certificates": committed(coefexpsMessage(two), (t) => certificatesMessage([...t.certs].reverse(), two)),
    "no certificates": committed(coefexpsMessage(two), () => "x"),
  };
  for (const name of Object.keys(bad)) {
    const t = await (bad[name] as Promise<Transcript>);
    assert.throws(() => t.verify(), faultOf(2, "reveal", /coefexps/), name);
  }
});

for (const share of ["1", "x", "00", `${q}`, ""]) {
  test(`a bad share (${share.slice(0, 3)}…) gets a complaint from whom it was for, and from nobody else`, async () => {
    const board = await new Board(2, 3).until("reveal");
    if (share === "") {
      const cheat = new Cheat(board, 2);
      const unopened = await cheat.message((m) => {
        m.shares[0] = m.shares[1];
        m.statement = cheat.signed(revealStatement(board.t, 2, board.t.context, m.shares));
      });
      board.t = add(board.t, unopened);
    } else board.t = add(board.t, await reveal(board, 2, { share }));
    await board.until("key");
    const honest = JSON.parse((await board.member(3).next(board.t)) as string);
    assert.equal(honest.type, "homphieu-key-v1");
    const t = add(add(board.t, JSON.stringify(honest)), (await board.member(1).next(board.t)) as string);
    t.verify();
    assert.deepEqual([t.stage, t.complaint?.index, t.complaint?.about], ["failed", 1, 2]);
  });
}

test("a bad share to oneself is no complaint", async () => {
  const board = await new Board(2, 3).until("reveal");
  board.t = add(board.t, await reveal(board, 1, { share: "1" }));
  await board.until("key").catch(() => undefined);
  await assert.rejects(board.member(1).next(board.t), faultOf(1, "reveal", /share/));
});

test("complaints: one, about another, instead of a key, signed", async () => {
  const board = await new Board(2, 3).until("key");
  const { t } = board;
  const complain = (index: number, about: number, statement = complaintStatement(t, index, about, t.context)) =>
    JSON.stringify({ type: "homphieu-complaint-v1", ceremony: t.ceremony, index, about, statement: new Cheat(board, index).signed(statement) });
  add(t, complain(1, 2)).verify();
  for (const about of [0, 1, 4]) assert.throws(() => add(t, complain(1, about)), `about ${about}`);
  assert.throws(() => add(add(t, complain(1, 2)), complain(2, 1)), "a second one");
  const key = (await board.member(1).next(t)) as string;
  assert.throws(() => add(add(t, key), complain(1, 2)), "beside a key");
  for (const [index, about, context] of [[1, 3, t.context], [2, 2, t.context], [1, 2, "0".repeat(64)]] as const) {
    const message = complain(1, 2, complaintStatement(t, index, about, context));
    assert.throws(() => add(t, message).verify(), faultOf(1, "complaint", /statement/));
  }
  const early = await new Board(2, 3).until("reveal");
  const statement = new Cheat(early, 1).signed(complaintStatement(early.t, 1, 2, early.t.context));
  assert.throws(() => add(early.t, JSON.stringify({ type: "homphieu-complaint-v1", ceremony: early.t.ceremony, index: 1, about: 2, statement })));
});

test("keys: known, signed, and those of the coefexps", async () => {
  const board = await new Board(2, 3).until("key");
  const cheat = new Cheat(board, 2);
  const keyOf = (x: bigint, signer = (wire: string) => cheat.signed(wire).signature) => {
    const public_key = encodeElement(power(g, x));
    return { pok: sign(x, `pok|Ed25519|${public_key}|`, secureScalar), public_key, signature: signer(public_key) };
  };
  const share = await board.member(2).share(board.t);
  const bad: Record<string, (m: any) => void> = {
    "another key": (m) => (m.key = keyOf(7n)),
    "the identity": (m) => (m.key = keyOf(0n)),
    "no knowledge": (m) => (m.key.pok = keyOf(7n).pok),
    "no signature": (m) => delete m.key.signature,
    "another's signature": (m) => (m.key = keyOf(share, (wire) => signMessage(7n, wire, secureScalar).signature)),
    "a signature of something else": (m) => (m.key = keyOf(share, () => cheat.signed("x").signature)),
  };
  for (const name of Object.keys(bad)) {
    const message = await cheat.message(bad[name] as (m: any) => void);
    assert.throws(() => add(board.t, message).verify(), faultOf(2, "key", /./), name);
  }
  const good = keyOf(share);
  assert.ok(verifyKnowledge(parseElement(good.public_key), good.pok));
  add(board.t, await cheat.message((m) => void (m.key = good))).verify();
});

test("the last word is about these trustees", async () => {
  const board = await new Board(2, 3).until("done");
  const cheat = new Cheat(board, 2);
  for (const statement of [
    doneStatement(board.t, 2, "0".repeat(64)), doneStatement(board.t, 1, board.t.trusteesHash),
    doneStatement({ ...terms }, 2, board.t.trusteesHash),
  ]) {
    const message = await cheat.message((m) => void (m.statement = cheat.signed(statement)));
    assert.throws(() => add(board.t, message).verify(), faultOf(2, "done", /statement/));
  }
});

// The published keys

const parameters = () => JSON.parse(golden.trustees)[0][1];

test("trustees: what the ceremony gives verifies by itself", () => {
  const t = Transcript.parse(golden.transcript);
  const key = verifyParameters(readParameters(parameters()));
  assert.equal(encodeElement(key), t.electionKey);
  assert.ok(key.equals(productOfKeys(t.indices.map((index) => t.coefexps(index)))));
});

test("trustees: every part altered is refused, and named", () => {
  for (const path of leaves(parameters())) {
    const altered = parameters();
    const parent = path.slice(0, -1).reduce((o, key) => o[key], altered);
    const key = path[path.length - 1] as string;
    parent[key] = other(parent[key]);
    // The lists are checked one after another, and each trustee signs all certificates.
    const index = typeof path[1] === "number" ? path[1] + 1 : 1;
    assert.throws(() => verifyParameters(readParameters(altered)), (error) => error instanceof TrusteeFault && error.index === index, path.join("."));
  }
  for (const list of ["certs", "coefexps", "signatures", "verification_keys"]) {
    const short = parameters();
    short[list].pop();
    assert.throws(() => verifyParameters(readParameters(short)), TrusteeFault, list);
  }
  for (const threshold of [0, 1, 3, 4]) assert.throws(() => verifyParameters(readParameters({ ...parameters(), threshold })), TrusteeFault);
});
