/**
 * age v1 files in the browser: headers by `age-encryption` with our own identities, payload chunks by WebCrypto where it knows
 * ChaCha20-Poly1305, else by `@noble/ciphers`. Bytes in, bytes out; no fetch, no document.
 *
 * Source: C2SP age.md, age v1. Twin of fanlight.seal.{age_format,sealing,opening}.
 */

import { chacha20poly1305 } from "@noble/ciphers/chacha.js";
import { hkdf } from "@noble/hashes/hkdf.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { Decrypter, Encrypter, type Recipient, type Stanza } from "age-encryption";
import { b64, type Bytes, concat, utf8 } from "./bytes.ts";
import { SealError } from "./errors.ts";
import { opener } from "./hybrid.ts";

export const NONCE_LENGTH = 16;
export const TAG_LENGTH = 16;
export const CHUNK_PLAIN = 65_536;
export const CHUNK_SEALED = CHUNK_PLAIN + TAG_LENGTH;
const HEADER_LIMIT = 1 << 20;
const MAC_LINE = /^--- [A-Za-z0-9+/]{43}$/;

/** How many chunks hold `plainLength` bytes; an empty plaintext has one. */
export function chunkCount(plainLength: number): number {
  return Math.max(1, Math.ceil(plainLength / CHUNK_PLAIN));
}

/** Length in bytes of nonce and chunks. */
export function payloadLength(plainLength: number): number {
  return NONCE_LENGTH + plainLength + TAG_LENGTH * chunkCount(plainLength);
}

/** Length in bytes of the header at the start of `file`, its last LF included. */
export function headerLength(file: Uint8Array): number {
  const end = Math.min(file.length, HEADER_LIMIT);
  let line = 0;
  for (let at = 0; at < end; at++) {
    if (file[at] !== 0x0a) continue;
    if (file[line] === 0x2d && file[line + 1] === 0x2d && file[line + 2] === 0x2d) {
      // The library compares a short MAC as a wrong one; age says that such a header has no form at all.
      if (MAC_LINE.test(String.fromCharCode(...file.subarray(line, Math.min(at, line + 64))))) return at + 1;
      break;
    }
    line = at + 1;
  }
  throw new SealError("malformed", "it is not an age file");
}

/**
 * The file key of the header at the start of `header`.
 *
 * Throws SealError: `malformed`, `not_for_us`, `header_altered`, `bad_key` for an identity that is none.
 */
export async function openHeader(header: Uint8Array, identities: readonly string[]): Promise<Bytes> {
  const decrypter = new Decrypter();
  try {
    for (const identity of await Promise.all(identities.map(opener))) decrypter.addIdentity(identity);
  } catch {
    throw new SealError("bad_key", "it is not an age identity");
  }
  try {
    return (await decrypter.decryptHeader(header.slice(0, headerLength(header)))) as Bytes;
  } catch (error) {
    throw asSealError(error);
  }
}

/**
 * Checks the header at the start of `file` with the file key itself, for who was given no identity.
 *
 * Throws SealError: `malformed`, `header_altered`.
 */
export async function checkHeader(file: Uint8Array, fileKey: Bytes): Promise<void> {
  const decrypter = new Decrypter();
  decrypter.addIdentity({ unwrapFileKey: () => fileKey });
  try {
    await decrypter.decryptHeader(file.slice(0, headerLength(file)));
  } catch (error) {
    throw error instanceof SealError ? error : asSealError(error);
  }
}

/** The whole plaintext of an age file; also throws `payload_altered`. */
export async function openAge(file: Uint8Array, identities: readonly string[]): Promise<Bytes> {
  const length = headerLength(file);
  const fileKey = await openHeader(file, identities);
  const payload = file.subarray(length);
  if (payload.length < NONCE_LENGTH) throw new SealError("malformed", "the payload has no whole nonce");
  const cipher = await ChunkCipher.make(fileKey, payload.slice(0, NONCE_LENGTH));
  const body = payload.subarray(NONCE_LENGTH);
  const count = Math.max(1, Math.ceil(body.length / CHUNK_SEALED));
  const pieces: Bytes[] = [];
  for (let index = 0; index < count; index++) {
    const chunk = body.subarray(index * CHUNK_SEALED, (index + 1) * CHUNK_SEALED);
    pieces.push(await cipher.open(index, chunk, index === count - 1));
  }
  return concat(pieces);
}

/** An age file of `plain` for `recipients` (age1pq1... or age1...). For small files: it is sealed in one go. */
export async function sealAge(plain: Uint8Array, recipients: readonly string[]): Promise<Bytes> {
  return (await encrypter(recipients).encrypt(plain)) as Bytes;
}

/** A fresh file key and the header that gives it to `recipients`. */
export async function newHeader(recipients: readonly string[]): Promise<{ fileKey: Bytes; hdr: Bytes }> {
  const sealer = encrypter(recipients);
  let fileKey: Bytes | undefined;
  // The library makes the file key itself and shows it to recipients only. This one listens and adds no
  // stanza. The empty payload it writes is thrown away; ours has a nonce, and so a payload key, of its own.
  sealer.addRecipient({
    wrapFileKey: (key) => {
      fileKey = key.slice() as Bytes;
      return [];
    },
  });
  const file = await sealer.encrypt(new Uint8Array(0));
  if (!fileKey) throw new SealError("bad_key", "there is nobody to seal to");
  return { fileKey, hdr: file.slice(0, headerLength(file)) as Bytes };
}

/**
 * The header that gives the file key of `hdr` to `recipients` instead: for a clip that is kept after somebody left.
 * Throws SealError as `openHeader`.
 */
export async function rewrapHeader(hdr: Uint8Array, identities: readonly string[], recipients: readonly string[]): Promise<Bytes> {
  const fileKey = await openHeader(hdr, identities);
  const lines = ["age-encryption.org/v1\n"];
  for (const { args, body } of await stanzasFor(fileKey, recipients)) {
    lines.push(`-> ${args.join(" ")}\n`);
    for (let at = 0; at <= body.length; at += 48) lines.push(`${nopad(body.subarray(at, at + 48))}\n`);
  }
  const head = utf8(`${lines.join("")}---`);
  const mac = hmac(sha256, hkdf(sha256, fileKey, undefined, utf8("header"), 32), head);
  return concat([head, utf8(` ${nopad(mac)}\n`)]);
}

/** Nonce and chunks of `plain` under `fileKey`. */
export async function sealPayload(fileKey: Bytes, plain: Uint8Array): Promise<Bytes> {
  const nonce = crypto.getRandomValues(new Uint8Array(NONCE_LENGTH));
  const cipher = await ChunkCipher.make(fileKey, nonce);
  const out = new Uint8Array(payloadLength(plain.length));
  out.set(nonce);
  const count = chunkCount(plain.length);
  for (let index = 0; index < count; index++) {
    const piece = plain.subarray(index * CHUNK_PLAIN, (index + 1) * CHUNK_PLAIN);
    out.set(await cipher.seal(index, piece, index === count - 1), NONCE_LENGTH + index * CHUNK_SEALED);
  }
  return out;
}

/** Opens and seals the chunks of one payload, in any order. */
export class ChunkCipher {
  readonly #raw: Bytes;
  readonly #native: CryptoKey | undefined;

  private constructor(raw: Bytes, native: CryptoKey | undefined) {
    this.#raw = raw;
    this.#native = native;
  }

  static async make(fileKey: Bytes, nonce: Bytes): Promise<ChunkCipher> {
    const raw = hkdf(sha256, fileKey, nonce, utf8("payload"), 32) as Bytes;
    return new ChunkCipher(raw, await nativeKey(raw));
  }

  /** The plaintext of chunk `index`; throws SealError `payload_altered`. */
  async open(index: number, sealed: Uint8Array, last: boolean): Promise<Bytes> {
    if (sealed.length < TAG_LENGTH) throw new SealError("payload_altered", "it ends within a piece");
    if (sealed.length === TAG_LENGTH && index > 0) throw new SealError("payload_altered", "its last piece is empty");
    const iv = chunkNonce(index, last);
    try {
      if (!this.#native) return chacha20poly1305(this.#raw, iv).decrypt(sealed) as Bytes;
      const name = { name: "ChaCha20-Poly1305", iv } as AesGcmParams;
      return new Uint8Array(await crypto.subtle.decrypt(name, this.#native, sealed as Bytes));
    } catch {
      throw new SealError("payload_altered", `piece ${index} is not the one that was sealed there`);
    }
  }

  /** The ciphertext of chunk `index`. */
  async seal(index: number, plain: Uint8Array, last: boolean): Promise<Bytes> {
    const iv = chunkNonce(index, last);
    if (!this.#native) return chacha20poly1305(this.#raw, iv).encrypt(plain) as Bytes;
    const name = { name: "ChaCha20-Poly1305", iv } as AesGcmParams;
    return new Uint8Array(await crypto.subtle.encrypt(name, this.#native, plain as Bytes));
  }
}

function chunkNonce(index: number, last: boolean): Bytes {
  const iv = new Uint8Array(12); // 11 bytes of big-endian count, then the final mark
  new DataView(iv.buffer).setBigUint64(3, BigInt(index));
  iv[11] = last ? 1 : 0;
  return iv;
}

async function nativeKey(raw: Bytes): Promise<CryptoKey | undefined> {
  try {
    // Too new for TypeScript's own list of formats, and for Node 20, which lacks the cipher.
    return await crypto.subtle.importKey("raw-secret" as "raw", raw, "ChaCha20-Poly1305", false, ["encrypt", "decrypt"]);
  } catch {
    return undefined;
  }
}

/** The library wraps only file keys that it made itself; what it does that with is its own, and looked at here. */
async function stanzasFor(fileKey: Bytes, recipients: readonly string[]): Promise<Stanza[]> {
  const inside = (encrypter(recipients) as unknown as { recipients?: readonly Recipient[] }).recipients;
  if (inside?.length !== recipients.length) throw new Error("The age library keeps its recipients elsewhere now.");
  return (await Promise.all(inside.map(async (recipient) => recipient.wrapFileKey(fileKey)))).flat();
}

const nopad = (data: Uint8Array): string => b64(data).replaceAll("=", "");

function encrypter(recipients: readonly string[]): Encrypter {
  if (recipients.length === 0) throw new SealError("bad_key", "there is nobody to seal to");
  const sealer = new Encrypter();
  try {
    for (const recipient of recipients) sealer.addRecipient(recipient);
  } catch {
    throw new SealError("bad_key", "it is not an age recipient");
  }
  return sealer;
}

function asSealError(error: unknown): SealError {
  const said = error instanceof Error ? error.message : "";
  if (said.includes("no identity matched")) return new SealError("not_for_us", "it is sealed to other keys");
  if (said.includes("invalid header HMAC")) return new SealError("header_altered", "the MAC of its header does not hold");
  return new SealError("malformed", "its header is not in age's form");
}
