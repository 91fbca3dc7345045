/** Keys of members, households and cases; signatures over a context line and bytes. Twin of fanlight.seal.keys. */

import { ed25519 } from "@noble/curves/ed25519.js";
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 as nobleSha256 } from "@noble/hashes/sha2.js";
import { generateHybridIdentity, identityToRecipient } from "age-encryption";
import { type Bytes, concat, utf8 } from "./bytes.ts";
import { SealError } from "./errors.ts";

const ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
const GENERATORS = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];

/** An age identity: `secret` is AGE-SECRET-KEY-PQ-1..., `recipient` age1pq1... */
export interface Identity {
  readonly secret: string;
  readonly recipient: string;
}

/** An Ed25519 key: `seed` is its 32-byte secret. */
export interface SigningKey {
  readonly seed: Bytes;
  readonly public: Bytes;
}

export interface MemberKeys {
  readonly age: Identity;
  readonly signing: SigningKey;
}

export function sha256(data: Uint8Array): Bytes {
  return nobleSha256(data) as Bytes;
}

/** HKDF-SHA256, 32 bytes out, no salt. */
export function derive(ikm: Uint8Array, info: Uint8Array): Bytes {
  return hkdf(nobleSha256, ikm, undefined, info, 32) as Bytes;
}

export function signingKey(seed: Bytes): SigningKey {
  if (seed.length !== 32) throw new SealError("bad_key", "a signing key has another length than 32 bytes");
  return { seed, public: ed25519.getPublicKey(seed) as Bytes };
}

/** Signs `data` for one context: a signature made for one fits no other. */
export function sign(key: SigningKey, context: string, data: Uint8Array): Bytes {
  return ed25519.sign(concat([utf8(`fanlight/${context}/v1\n`), data]), key.seed) as Bytes;
}

/** Throws SealError `bad_signature` unless `signature` over `data` holds under `publicKey`. */
export function verify(publicKey: Uint8Array, context: string, data: Uint8Array, signature: Uint8Array): void {
  let holds = false;
  try {
    // zip215: false is RFC 8032's strict reading, which OpenSSL follows too.
    holds = ed25519.verify(signature, concat([utf8(`fanlight/${context}/v1\n`), data]), publicKey, { zip215: false });
  } catch {
    holds = false; // a key or signature of another length
  }
  if (!holds) throw new SealError("bad_signature", `the signature of the ${context} does not hold`);
}

/** Derives a person's keys from their 32-byte seed. */
export async function memberKeys(seed: Bytes): Promise<MemberKeys> {
  checkSeed(seed);
  const secret = identityText(derive(seed, utf8("fanlight/member/age/v1")));
  return {
    age: { secret, recipient: await identityToRecipient(secret) },
    signing: signingKey(derive(seed, utf8("fanlight/member/sign/v1"))),
  };
}

/** The key one person signs one case's disclosures with: linkable to nothing without the seed. */
export function caseSigningKey(seed: Bytes, caseRecipient: string): SigningKey {
  checkSeed(seed);
  return signingKey(derive(seed, concat([utf8("fanlight/case-sign/v1"), sha256(utf8(caseRecipient))])));
}

/** A random post-quantum age identity. */
export async function newIdentity(): Promise<Identity> {
  const secret = await generateHybridIdentity();
  return { secret, recipient: await identityToRecipient(secret) };
}

/** The recipient of an identity text; throws SealError `bad_key`. */
export async function identityRecipient(secret: string): Promise<string> {
  try {
    return await identityToRecipient(secret);
  } catch {
    throw new SealError("bad_key", "it is not an age identity");
  }
}

/** Writes 32 secret bytes as a post-quantum age identity (Bech32, upper case). */
export function identityText(secret: Bytes): string {
  checkSeed(secret);
  return bech32("age-secret-key-pq-", secret).toUpperCase();
}

const LATTICE_BYTES = 1152; // of the ML-KEM-768 key: 768 numbers of 12 bits, each below the modulus
const MODULUS = 3329;
const checked = new Set<string>();

/** Throws SealError `bad_key` unless this is a post-quantum age recipient, letter by letter, that can be sealed to. */
export function checkRecipient(recipient: string): void {
  if (checked.has(recipient)) return;
  const data = unbech32("age1pq", recipient);
  if (data.length !== 1216) throw noRecipient();
  for (let at = 0; at < LATTICE_BYTES; at += 3) {
    const [a, b, c] = [data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0];
    if (((b & 15) << 8 | a) >= MODULUS || (c << 4 | b >> 4) >= MODULUS) throw noRecipient();
  }
  if (checked.size > 1000) checked.clear();
  checked.add(recipient); // the same people stand on every page
}

const noRecipient = (): SealError => new SealError("bad_key", "it is no post-quantum age recipient");

function checkSeed(seed: Uint8Array): void {
  if (seed.length !== 32) throw new SealError("bad_key", "a seed has another length than 32 bytes");
}

function bech32(hrp: string, data: Uint8Array): string {
  const values: number[] = [];
  let held = 0;
  let bits = 0;
  for (const byte of data) {
    held = ((held << 8) | byte) & 0xfff;
    for (bits += 8; bits >= 5; bits -= 5) values.push((held >> (bits - 5)) & 31);
  }
  if (bits > 0) values.push((held << (5 - bits)) & 31);
  const letters = Array.from(hrp, (letter) => letter.charCodeAt(0));
  const expanded = [...letters.map((code) => code >> 5), 0, ...letters.map((code) => code & 31)];
  const remainder = polymod([...expanded, ...values, 0, 0, 0, 0, 0, 0]) ^ 1;
  for (let i = 5; i >= 0; i--) values.push((remainder >> (5 * i)) & 31);
  return `${hrp}1${values.map((value) => ALPHABET[value]).join("")}`;
}

/** The bytes of a lower-case Bech32 text; throws SealError `bad_key` for a letter or a checksum that is wrong, or bits left over. */
function unbech32(hrp: string, coded: string): Bytes {
  const rest = coded.slice(hrp.length + 1);
  const values = Array.from(rest, (letter) => ALPHABET.indexOf(letter));
  const letters = Array.from(hrp, (letter) => letter.charCodeAt(0));
  const expanded = [...letters.map((code) => code >> 5), 0, ...letters.map((code) => code & 31)];
  if (!coded.startsWith(`${hrp}1`) || rest.length < 6 || values.includes(-1) || polymod([...expanded, ...values]) !== 1) throw noRecipient();
  const out: number[] = [];
  let held = 0;
  let bits = 0;
  for (const value of values.slice(0, -6)) {
    held = ((held << 5) | value) & 0xfff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    out.push((held >> bits) & 0xff);
  }
  if (bits >= 5 || (held & ((1 << bits) - 1)) !== 0) throw noRecipient();
  return Uint8Array.from(out);
}

function polymod(values: readonly number[]): number {
  let check = 1;
  for (const value of values) {
    const top = check >>> 25;
    check = ((check & 0x1ffffff) << 5) ^ value;
    GENERATORS.forEach((generator, bit) => {
      if ((top >>> bit) & 1) check ^= generator;
    });
  }
  return check;
}
