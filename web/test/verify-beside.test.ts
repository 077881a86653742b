/** The files beside an archive: strong proofs, and what the counting board states and signs. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { parseScalar } from "../src/group";
import { utf8 } from "../src/hash";
import { secureScalar } from "../src/random";
import { sign } from "../src/zkp";
import { endedOf } from "../src/verify/archive";
import { closingMessage, parseClosing, verifySignatures, verifyStatement, verifyVoided, type Closing } from "../src/verify/beside";
import { proofText } from "../src/verify/proofs";
import { verify, vote } from "./archives";

const closed = vote.archive.slice(0, vote.endsAt);
const good = parseClosing(utf8(vote.closing));

async function refusedShares(shares: string, words: string): Promise<void> {
  const { valid, reason = "", decryptionProofs } = await verify(vote.archive, { shares: utf8(shares) });
  assert.ok(!valid && reason.includes(words), `${reason}\nwant ${words}`);
  assert.equal(decryptionProofs, "weak");
}

test("strong proofs", async () => {
  const report = await verify(vote.archive, { shares: utf8(vote.shares) });
  assert.deepEqual([report.reason, report.decryptionProofs], [undefined, "strong"]);
  const file = JSON.parse(vote.shares);
  const changed = (change: (f: typeof file) => unknown) => {
    const copy = structuredClone(file);
    change(copy);
    return JSON.stringify(copy);
  };
  const next = (n: string) => `${BigInt(n) + 1n}`;
  await refusedShares(changed((f) => (f.election = "A".repeat(43))), "shares: made for another tally");
  await refusedShares(changed((f) => (f.encrypted_tally = "0".repeat(64))), "shares: made for another tally");
  await refusedShares(changed((f) => f.shares.pop()), "shares: 1, the archive has 2");
  await refusedShares(changed((f) => f.shares.reverse()), "shares: share 1: of trustee 1, the archive has trustee 3");
  await refusedShares(changed((f) => f.shares[0].proofs.pop()), "shares: partial decryption: does not hold: trustee 3: shape");
  await refusedShares(changed((f) => f.shares[0].proofs.reverse()), "shares: partial decryption: does not hold: trustee 3: shape");
  await refusedShares(`${vote.shares} `, "shares: byte");
  for (const [i, row] of file.shares[1].proofs.entries()) {
    for (const [j] of row.entries()) {
      const words = `shares: partial decryption: does not hold: trustee 1: question ${i + 1}: choice ${j + 1}: strong proof: challenge mismatch`;
      await refusedShares(changed((f) => (f.shares[1].proofs[i][j].response = next(row[j].response))), words);
      await refusedShares(changed((f) => (f.shares[1].proofs[i][j].challenge = next(row[j].challenge))), words);
    }
  }
});

test("strong proofs are of no use before anything is decrypted", async () => {
  const report = await verify(closed, { shares: utf8(vote.shares) });
  assert.match(report.reason ?? "", /shares: 2, the archive has 0/);
});

/** A closing file with other contents, signed again by owners 1 and 3 unless told otherwise. */
function closing(change: (c: Closing) => unknown, owners = [1, 3]): string {
  const c = structuredClone(good);
  change(c);
  const signature = (owner: number) =>
    sign(parseScalar(vote.holders[(owner + 2) % 3]!.signing), `sigmsg|${closingMessage(c)}|`, secureScalar);
  return written(c, owners.map((owner) => ({ owner, signature: signature(owner) })));
}

function written(c: Closing, signatures: unknown[]): string {
  const statement = closingMessage(c).slice("homphieu-closing-v1|".length);
  return `${statement.slice(0, -1)},"signatures":${JSON.stringify(signatures)}}`;
}

test("a closing file, read and written, is the same to the byte", async () => {
  assert.equal(written(good, good.signatures.map(({ owner, signature }) => ({ owner, signature: proofText(signature) }))), vote.closing);
  for (const text of [vote.closing, closing(() => {}), closing(() => {}, [1, 2, 3])]) {
    const report = await verify(closed, { closing: utf8(text) });
    assert.deepEqual([report.reason, report.voided], [undefined, 1]);
  }
});

test("a closing file that does not hold", async () => {
  const other = "0".repeat(63) + "1";
  const spent = (await verify(closed)).roll!;
  const voter = JSON.parse(new TextDecoder().decode(vote.archive).match(/\["[0-9a-f]{64}"(,"[0-9a-f]{64}"){4}\]/)![0]).find((c: string) => c !== good.voided[0]);
  assert.throws(() => spent.mustBeUnspent(voter));
  const cases: [string, string][] = [
    [closing((c) => (c.election = "A".repeat(43))), "made for another ballot box"],
    [closing((c) => (c.endBallots = other)), "made for another ballot box"],
    [closing((c) => (c.slips.cast++, c.slips.returned--)), "5 cast, the box holds 4"],
    [closing((c) => c.slips.printed++), "slips: printed 6, issued + exchanged + unissued 5"],
    [closing((c) => c.slips.exchanged++), "slips: printed 5, issued + exchanged + unissued 6"],
    [closing((c) => c.slips.unissued++), "slips: printed 5, issued + exchanged + unissued 6"],
    [closing((c) => c.slips.returned--), "slips: issued 5, cast + returned + not returned 4"],
    [closing((c) => c.slips.not_returned++), "slips: issued 5, cast + returned + not returned 6"],
    [closing((c) => (c.slips.returned--, c.slips.not_returned++)), "slips: voided 1, exchanged + returned + unissued 0"],
    [closing((c) => (c.slips.printed++, c.slips.unissued++)), "6 slips printed, 5 credentials listed"],
    [closing((c) => (c.voided[0] = voter)), `voided credential ${voter}: credential: already used`],
    [closing((c) => (c.voided[0] = other)), `voided credential ${other}: credential: unknown`],
    [closing((c) => (c.voided.push(other), c.slips.returned++, c.slips.issued++, c.slips.printed++)), "voided credentials: not in ascending order"],
    [closing(() => {}, []), "0 signatures, want 2"],
    [closing(() => {}, [2]), "1 signatures, want 2"],
    [closing(() => {}, [3, 1]), "signatures: not in ascending order"],
    [closing(() => {}, [2, 2]), "signatures: not in ascending order"],
    [closing(() => {}, [1, 4]), "trustee: not on the list: 4 of 3"],
    [vote.closing.replace('"owner":3', '"owner":2'), "signature of trustee 2: challenge mismatch"],
    [`${vote.closing}\n`, "byte"],
    [vote.closing.replace('"schema":1', '"schema":2'), "byte 0"],
  ];
  for (const [text, words] of cases) {
    const report = await verify(closed, { closing: utf8(text) });
    assert.ok(report.reason?.startsWith("closing file: does not hold: ") && report.reason.includes(words), `${report.reason}\nwant ${words}`);
    assert.equal(report.voided, undefined);
  }
  const early = await verify(vote.archive.slice(0, vote.sealedAt), { closing: utf8(vote.closing) });
  assert.equal(early.reason, "closing file: does not hold: the poll has not ended");
});

test("a statement can be checked before anybody has signed it", async () => {
  const ended = endedOf(await verify(closed));
  const unsigned = parseClosing(utf8(written(good, [])));
  verifyStatement(unsigned, ended);
  verifyVoided(unsigned, ended);
  assert.throws(() => verifySignatures(unsigned, ended), /0 signatures, want 2/);
});
