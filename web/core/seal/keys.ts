/** Keys of members, households and cases; signatures over a context line and bytes. Twin of fanlight.seal.keys. */

import { ed25519 } from "@noble/curves/ed25519.js";
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 as nobleSha256 } from "@noble/hashes/sha2.js";
import { generateHybridIdentity } from "age-encryption";
import { bech32, unbech32 } from "./bech32.ts";
import { type Bytes, concat, hex, utf8 } from "./bytes.ts";
import { readUrl64 } from "../url64.ts";
import { SealError } from "./errors.ts";
import { recipientFor } from "./hybrid.ts";

const PKCS8 = Uint8Array.of(0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20); // what Ed25519's seed follows

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
  return ed25519.sign(said(context, data), key.seed) as Bytes;
}

/** The same by the browser, where it knows Ed25519: one key and text have one signature. */
export async function signFast(key: SigningKey, context: string, data: Uint8Array): Promise<Bytes> {
  try {
    const own = await crypto.subtle.importKey("pkcs8", concat([PKCS8, key.seed]), "Ed25519", false, ["sign"]);
    return new Uint8Array(await crypto.subtle.sign("Ed25519", own, said(context, data)));
  } catch {
    return sign(key, context, data);
  }
}

/** As `signingKey`, by the browser where it can. */
async function signingKeyFast(seed: Bytes): Promise<SigningKey> {
  try {
    const own = await crypto.subtle.importKey("pkcs8", concat([PKCS8, seed]), "Ed25519", true, ["sign"]);
    const { x } = await crypto.subtle.exportKey("jwk", own);
    const half = readUrl64(x ?? "");
    if (half?.length === 32) return { seed, public: half };
  } catch {
    // It does not know Ed25519.
  }
  return signingKey(seed);
}

/** Throws SealError `bad_signature` unless `signature` over `data` holds under `publicKey`. */
export function verify(publicKey: Uint8Array, context: string, data: Uint8Array, signature: Uint8Array): void {
  let holds = held.size > 0 && held.has(nameOf(publicKey, context, data, signature));
  try {
    // zip215: false is RFC 8032's strict reading, which OpenSSL follows too.
    holds ||= ed25519.verify(signature, said(context, data), publicKey, { zip215: false });
  } catch {
    holds = false; // a key or signature of another length
  }
  if (!holds) throw unsigned(context);
}

const MOST = 100;
const native = new Map<string, Promise<CryptoKey | null>>();

/**
 * As `verify`, by the browser where it knows Ed25519, which is quicker by far. Nothing holds here that does not hold there: the
 * keys that it refuses are refused first, and browsers compare without the cofactor, as the twin in Python does.
 */
export async function verifyFast(publicKey: Uint8Array, context: string, data: Uint8Array, signature: Uint8Array): Promise<void> {
  const name = hex(publicKey);
  if (native.size > MOST) native.clear();
  const known = native.get(name) ?? nativeKey(publicKey);
  native.set(name, known);
  const key = await known;
  if (!key) return verify(publicKey, context, data, signature);
  if (!(await crypto.subtle.verify("Ed25519", key, signature as Bytes, said(context, data)))) throw unsigned(context);
}

const held = new Set<string>();
const nameOf = (publicKey: Uint8Array, context: string, data: Uint8Array, signature: Uint8Array): string => hex(concat([publicKey, sha256(data), signature])) + context;

/** Looks at a signature ahead: `verify` of the very same is then told what this found. Where it does not hold, `verify` says so. */
export async function foresee(publicKey: Uint8Array, context: string, data: Uint8Array, signature: Uint8Array): Promise<void> {
  try {
    await verifyFast(publicKey, context, data, signature);
    if (held.size > MOST) held.clear();
    held.add(nameOf(publicKey, context, data, signature));
  } catch {
    // Told by `verify`.
  }
}

/** Null where the browser does not know Ed25519, and for keys that sign nothing. */
async function nativeKey(publicKey: Uint8Array): Promise<CryptoKey | null> {
  try {
    if (ed25519.Point.fromBytes(publicKey, false).isSmallOrder()) return null;
    return await crypto.subtle.importKey("raw", publicKey as Bytes, "Ed25519", false, ["verify"]);
  } catch {
    return null;
  }
}

const said = (context: string, data: Uint8Array): Bytes => concat([utf8(`fanlight/${context}/v1\n`), data]);
const unsigned = (context: string): SealError => new SealError("bad_signature", `the signature of the ${context} does not hold`);

/** Derives a person's keys from their 32-byte seed. */
export async function memberKeys(seed: Bytes): Promise<MemberKeys> {
  checkSeed(seed);
  const secret = identityText(derive(seed, utf8("fanlight/member/age/v1")));
  return {
    age: { secret, recipient: await recipientFor(secret) },
    signing: await signingKeyFast(derive(seed, utf8("fanlight/member/sign/v1"))),
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
  return { secret, recipient: await recipientFor(secret) };
}

/** The recipient of an identity text; throws SealError `bad_key`. */
export async function identityRecipient(secret: string): Promise<string> {
  try {
    return await recipientFor(secret);
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
  if (data?.length !== 1216) throw noRecipient();
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
