/** A person's seed, wrapped so that only their passkey (or this browser) opens it. The server keeps the wrapped form. */

import { type Bytes, concat, utf8 } from "./bytes.ts";
import { SealError } from "./errors.ts";
import { derive } from "./keys.ts";

const IV_LENGTH = 12;
const WRAPPED_LENGTH = IV_LENGTH + 32 + 16;

/** The key that a passkey's PRF output gives; it cannot be read out, only used. */
export async function wrapKey(prf: Uint8Array): Promise<CryptoKey> {
  if (prf.length < 32) throw new SealError("bad_key", "a passkey's secret is shorter than 32 bytes");
  return crypto.subtle.importKey("raw", derive(prf, utf8("fanlight/wrap/v1")), "AES-GCM", false, ["encrypt", "decrypt"]);
}

/** 12 random bytes, then AES-256-GCM of the seed, bound to the account's id. `key` is `wrapKey`'s, or a browser's own. */
export async function wrapSeed(key: CryptoKey, account: string, seed: Bytes): Promise<Bytes> {
  if (seed.length !== 32) throw new SealError("bad_key", "a seed has another length than 32 bytes");
  const iv = crypto.getRandomValues(new Uint8Array(IV_LENGTH));
  const body = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: utf8(account) }, key, seed);
  return concat([iv, new Uint8Array(body)]);
}

/** The seed; throws SealError `not_for_us` for another passkey's, another account's or an altered one. */
export async function unwrapSeed(key: CryptoKey, account: string, wrapped: Uint8Array): Promise<Bytes> {
  if (wrapped.length !== WRAPPED_LENGTH) throw new SealError("malformed", "a wrapped seed has another length than 60 bytes");
  const iv = wrapped.slice(0, IV_LENGTH);
  try {
    const seed = await crypto.subtle.decrypt({ name: "AES-GCM", iv, additionalData: utf8(account) }, key, wrapped.slice(IV_LENGTH));
    return new Uint8Array(seed);
  } catch {
    throw new SealError("not_for_us", "this passkey does not open this account's keys");
  }
}
