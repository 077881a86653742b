/**
 * Sealing a text to one board member: HPKE (RFC 9180) in base mode with DHKEM(X25519, HKDF-SHA256),
 * HKDF-SHA256 and ChaCha20-Poly1305, without associated data. On the wire it is lower-case
 * hexadecimal of enc (32 bytes) and the ciphertext. Needs WebCrypto, that is a secure context.
 */
import { Chacha20Poly1305 } from "@hpke/chacha20poly1305";
import { CipherSuite, HkdfSha256 } from "@hpke/core";
import { DhkemX25519HkdfSha256 } from "@hpke/dhkem-x25519";
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";
import { digest, utf8 } from "../hash";

/** A key to which texts are sealed, and its public half as 64 hexadecimal digits. */
export interface TransportKey {
  pair: CryptoKeyPair;
  wire: string;
}

const ENC = 32; // bytes of an encapsulated key
const TAG = 16; // bytes that ChaCha20-Poly1305 adds

/** The form of a sealed text on the wire. */
export const SEALED = new RegExp(`^(?:[0-9a-f]{2}){${ENC + TAG + 1},}$`);

const suite = () =>
  new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Chacha20Poly1305() });

/** The transport key of a seed in one ceremony: DeriveKeyPair of RFC 9180 §7.1.3. */
export async function transportKey(ceremony: string, seed: string): Promise<TransportKey> {
  const { kem } = suite();
  const pair = await kem.deriveKeyPair(buffer(digest(`homphieu-transport-v1|${ceremony}|${seed}`)));
  return { pair, wire: bytesToHex(new Uint8Array(await kem.serializePublicKey(pair.publicKey))) };
}

/** Seals a text to a public key. Throws for a public key of small order. */
export async function seal(to: string, info: string, plain: string): Promise<string> {
  const s = suite();
  const recipientPublicKey = await s.kem.deserializePublicKey(buffer(hexToBytes(to)));
  const { enc, ct } = await s.seal({ recipientPublicKey, info: buffer(utf8(info)) }, buffer(utf8(plain)));
  return bytesToHex(new Uint8Array(enc)) + bytesToHex(new Uint8Array(ct));
}

/** Opens what `seal` made. Throws if it is not in its form, or sealed to another key or for another purpose. */
export async function open({ pair }: TransportKey, info: string, sealed: string): Promise<string> {
  if (!SEALED.test(sealed)) throw new Error("hpke: not a sealed text");
  const bytes = hexToBytes(sealed);
  const plain = await suite().open(
    { recipientKey: pair, enc: buffer(bytes.slice(0, ENC)), info: buffer(utf8(info)) }, buffer(bytes.slice(ENC)));
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(plain);
}

/**
 * The points of small order, as u mod 2^255 − 19: X25519 gives zero for them, whatever the secret
 * (RFC 7748 §6.1).
 */
const SMALL_ORDER = [
  "0",
  "1",
  "7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffec",
  "00b8495f16056286fdb1329ceb8d09da6ac49ff1fae35616aeb8413b7c7aebe0",
  "57119fd0dd4e22d8868e1c58c45c44045bef839c55b1d0b1248c50a3bc959c5f",
].map((digits) => BigInt(`0x${digits}`));

/** Whether texts can be sealed to a public key: it is no point of small order. */
export function canSealTo(wire: string): boolean {
  const p = (1n << 255n) - 19n;
  const u = BigInt(`0x${bytesToHex(hexToBytes(wire).reverse())}`) & ((1n << 255n) - 1n); // RFC 7748 §5
  return !SMALL_ORDER.includes(u % p);
}

/** Exactly these bytes as an ArrayBuffer of their own. */
function buffer(bytes: Uint8Array): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}
