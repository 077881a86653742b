/** What people type, what elections say, and the words of the page. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { compactCode, formatCode, splitGroups } from "../src/credential";
import { parseElection } from "../src/election";
import { base58, base64, utf8 } from "../src/hash";
import { englishLevel, render, words, type Text } from "../src/strings";
import { vectors } from "./vectors";

const code = "mbQJr-aUckds-bv94C-NcBrq3";

test("typed codes: any dashes and spaces", () => {
  for (const typed of [
    code, code.replace(/-/g, ""), code.replace(/-/g, " "), ` ${code}\n`, code.replace(/-/g, " – "),
    code.replace(/-/g, "—"), code.replace(/-/g, "\u2011"), code.replace(/-/g, "\u00a0"), [...code].join(" "), code.replace(/-/g, "."),
  ]) assert.equal(formatCode(compactCode(typed)), code, typed);
});

test("typed codes: nothing is guessed", () => {
  for (const typed of ["", code.slice(1), `${code}1`, code.replace("m", "0"), code.replace("m", "O"), code.replace("m", "I"), code.replace("m", "l"), code.replace("m", "é")]) {
    assert.equal(formatCode(compactCode(typed)), undefined, typed);
  }
});

test("groups of 5, 6, 5 and 6, as far as typed", () => {
  assert.deepEqual(splitGroups(""), []);
  assert.deepEqual(splitGroups("abcdef"), ["abcde", "f"]);
  assert.deepEqual(splitGroups("abcdefghijkmnopqrstuvwxyz"), ["abcde", "fghijk", "mnopq", "rstuvwxyz"]);
});

test("Base58 and Base64", () => {
  assert.equal(base58(utf8("Hello World!")), "2NEpo7TZRRrLZSi2U");
  assert.equal(base58(new Uint8Array([0, 0, 40, 127, 180, 205])), "11233QC4");
  assert.equal(base64(new Uint8Array([255, 254])), "//4");
});

test("elections: what is refused", () => {
  const good = JSON.parse(vectors[0]!.election);
  const question = good.questions[0];
  const parse = (o: unknown) => parseElection(utf8(JSON.stringify(o)), good.uuid);
  parse(good);
  parse({ ...good, administrator: "x", credential_authority: "y" });
  const bad: Record<string, unknown> = {
    "another version": { ...good, version: 2 },
    "a version as text": { ...good, version: "1" },
    "another group": { ...good, group: "BELENIOS-2048" },
    "another uuid": { ...good, uuid: "P3sZCvZ8arL3b7" },
    "the identity as key": { ...good, public_key: "0".repeat(63) + "1" },
    "a key of small order": { ...good, public_key: "0".repeat(64) },
    "a key with torsion": { ...good, public_key: "0fc98430ac21cf440a943e7841b9b320662ea7a8c049bbb6200445f5ec673b25" },
    "a key in upper case": { ...good, public_key: good.public_key.toUpperCase() },
    "no questions": { ...good, questions: [] },
    "no description": { ...good, description: undefined },
    "an unknown member": { ...good, weight: 1 },
    "min 0": { ...good, questions: [{ ...question, min: 0 }] },
    "max 2": { ...good, questions: [{ ...question, max: 2 }] },
    "no answers": { ...good, questions: [{ ...question, answers: [] }] },
    "an answer that is no text": { ...good, questions: [{ ...question, answers: [1] }] },
    "blank that is no boolean": { ...good, questions: [{ ...question, blank: 1 }] },
    "another kind of question": { ...good, questions: [{ type: "Lists", value: question }] },
    "a list": [good],
    "null": null,
  };
  for (const name of Object.keys(bad)) assert.throws(() => parse(bad[name]), name);
  assert.throws(() => parseElection(new Uint8Array([0xff]), good.uuid), "not UTF-8");
  assert.throws(() => parseElection(utf8("\ufeff" + JSON.stringify(good)), good.uuid), "byte order mark");
});

test("elections: name, post, place and date", () => {
  const good = JSON.parse(vectors[0]!.election);
  const question = { ...good.questions[0], question: "Nguyễn Văn An\nBí thư" };
  const e = parseElection(utf8(JSON.stringify({ ...good, description: "Đà Lạt\nNgày 15/12/2026", questions: [question] })), good.uuid);
  assert.deepEqual(e.description, ["Đà Lạt", "Ngày 15/12/2026"]);
  assert.equal(e.questions[0]!.name, "Nguyễn Văn An");
  assert.equal(e.questions[0]!.post, "Bí thư");
});

test("words: each has both languages, and no placeholder is left", () => {
  for (const [name, word] of Object.entries(words)) {
    const text: Text = typeof word === "function" ? (word as (...args: any[]) => Text)(1, 2) : word;
    for (const wording of text.kiosk ? [text, text.kiosk] : [text]) {
      for (const form of ["party", "state"] as const) {
        for (const language of ["vi", "en"] as const) {
          const rendered = render(wording, language, form);
          assert.ok(rendered.length > 0 && !/[{}]|undefined/.test(rendered), `${name} ${language}`);
          assert.equal(rendered, rendered.normalize("NFC"), name);
        }
      }
    }
  }
});

test("words: the form of address", () => {
  assert.match(render(words.instruction, "vi", "party"), /^Đồng chí đánh dấu/);
  assert.match(render(words.instruction, "vi", "state"), /^Đại biểu đánh dấu/);
  assert.match(render(words.afterIt, "vi", "state"), /phiếu của đại biểu\.$/);
});

test("words: English for the three levels only", () => {
  assert.equal(englishLevel("Tín nhiệm cao"), "High confidence");
  assert.equal(englishLevel("Tín nhiệm cao".normalize("NFD")), "High confidence");
  assert.equal(englishLevel("Đồng ý"), undefined);
});

test("words: a shared machine never speaks of the voter's phone or page", () => {
  for (const word of Object.values(words)) {
    const { kiosk }: Text = typeof word === "function" ? (word as (...args: any[]) => Text)(1, 2) : word;
    if (kiosk) assert.doesNotMatch(`${kiosk.vi} ${kiosk.en}`, /đóng trang|Giữ trang|điện thoại|close this page|your phone/);
  }
});
