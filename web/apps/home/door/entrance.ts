/** Coming in: an account by a passkey, signing in with it, and the key of the person that it brings along.
 *
 *  Holds:   the seed is made here and leaves only wrapped under what the passkey derived, or not at all; what the
 *           passkey derived goes nowhere.
 *  Absent:  the household (house.ts).
 */
import * as account from "../../../core/api/account.ts";
import { Client } from "../../../core/api/client.ts";
import { jcs } from "../../../core/jcs.ts";
import { b64, type Bytes, readB64, utf8 } from "../../../core/bytes.ts";
import { carry } from "../../../core/seal/carrying.ts";
import { derive, memberKeys, sign } from "../../../core/seal/keys.ts";
import { SealError } from "../../../core/seal/errors.ts";
import { unwrapSeed, wrapKey, wrapSeed } from "../../../core/seal/wrap.ts";
import { keepMore, keepOnDevice, keptMore, keptOnDevice } from "../../../ui/device.ts";
import { makePasskey, usePasskey } from "../../../ui/passkey.ts";
import { resume, type Session } from "../../../ui/session.ts";
import { readUrl64, toUrl64 } from "../../../core/url64.ts";
import { words } from "../words.ts";
import { WrongKey } from "./trouble.ts";

const ground = new Client((url, init) => fetch(url, init));
const DEVICE = "fanlight.device-name";
const KEY_CODE = "fanlight-device:1:";
const LABEL_BYTES = 64; // always as many, so that the length tells nothing

export interface SignedUp {
  readonly session: Session;
  /** False where the key lives in this browser only. */
  readonly carried: boolean;
}

/** Makes an account with a new key and a passkey. `name` is for the browser's list of passkeys. Throws ApiError and passkey errors. */
export async function signUp(name: string): Promise<SignedUp> {
  const { account: id, options } = await account.beginPasskey(ground, "new");
  const { credential, secret } = await makePasskey(options, name);
  const seed = crypto.getRandomValues(new Uint8Array(32));
  const keys = await memberKeys(seed);
  const offer = { account: id, sign_pub: b64(keys.signing.public), age_recipient: keys.age.recipient };
  const who = await account.makeAccountByPasskey(ground, {
    ...offer,
    credential: { ...credential },
    wrapped: secret ? b64(await wrapSeed(await wrapKey(secret), id, seed)) : null,
    label: await sealLabel(seed, deviceLabel()),
    device: deviceName(),
    signature: b64(sign(keys.signing, "account", jcs(offer))),
  });
  if (!secret) await keepOnDevice(id, seed);
  return { session: await resume(seed, who), carried: secret !== null };
}

export type SignedIn = { readonly kind: "in"; readonly session: Session } | { readonly kind: "keyless"; readonly who: account.PasskeySession };

/** Signs in with a passkey of this device. Throws ApiError, passkey errors, WrongKey. */
export async function signIn(): Promise<SignedIn> {
  const { options } = await account.beginPasskeySignIn(ground);
  const { credential, secret } = await usePasskey(options);
  const who = await account.signInByPasskey(ground, { ...credential }, deviceName());
  const wrapped = who.wrapped === null ? null : readB64(who.wrapped);
  let seed = await keptOnDevice(who.account);
  if (wrapped && secret) {
    try {
      seed = await unwrapSeed(await wrapKey(secret), who.account, wrapped);
    } catch (error) {
      throw error instanceof SealError ? new WrongKey(error.code) : error;
    }
  }
  return seed ? { kind: "in", session: await resume(seed, who, await keptMore(who.account)) } : { kind: "keyless", who };
}

/** What lets another of one's own devices in. */
export interface KeyCode extends account.Ticket {
  readonly seed: Bytes;
}

/** The code that does so, for ten minutes. Whoever reads it has the key. Throws ApiError. */
export async function keyCode(session: Session): Promise<string> {
  const [{ ticket }, who] = await Promise.all([account.makeTicket(session.api), session.whoami()]);
  return `${KEY_CODE}${who.account}:${toUrl64(session.seed)}:${ticket}`;
}

/** Reads such a code, or null. */
export function readKeyCode(text: string): KeyCode | null {
  const [, id, seed, ticket] = /^fanlight-device:1:([a-z2-7]{26}):([A-Za-z0-9_-]{43}):([A-Za-z0-9_.-]{20,200})$/.exec(text.trim()) ?? [];
  const read = seed ? readUrl64(seed) : null;
  return id && ticket && read?.length === 32 ? { account: id, seed: read, ticket } : null;
}

/** Lets this browser in with a code and a first passkey of its own. Throws ApiError and passkey errors. */
export async function arrive(code: KeyCode): Promise<SignedUp> {
  const { account: id, options } = await account.beginDevice(ground, code);
  const { credential, secret } = await makePasskey(options, words.title);
  const keys = await memberKeys(code.seed);
  const who = await account.addDevice(ground, {
    account: id,
    ticket: code.ticket,
    credential: { ...credential },
    label: await sealLabel(code.seed, deviceLabel()),
    device: deviceName(),
    ...(await carry(code.seed, keys, id, credential.id, secret)),
  });
  if (!secret) await keepOnDevice(id, code.seed);
  return { session: await resume(code.seed, who), carried: secret !== null };
}

/** Lets this browser in with the seed of another device, if it is that of the person who signed in. */
export async function letIn(who: account.PasskeySession, seed: Bytes): Promise<Session | null> {
  const keys = await memberKeys(seed);
  const told = await account.aboutAccount(new Client((url, init) => fetch(url, init), "", async () => who.token));
  if (told.sign_pub !== b64(keys.signing.public)) return null;
  await keepOnDevice(who.account, seed);
  return resume(seed, who);
}

/** Adds a passkey of this device, or of one that the browser reaches, to the account. */
export async function addPasskey(session: Session): Promise<{ carried: boolean }> {
  const { account: id, options } = await account.beginPasskey(session.api, "add");
  const { credential, secret } = await makePasskey(options, words.title);
  await account.addPasskey(session.api, {
    credential: { ...credential },
    label: await sealLabel(session.seed, deviceLabel()),
    ...(await carry(session.seed, session.keys, id, credential.id, secret)),
  });
  if (!secret) await keepOnDevice(id, session.seed);
  return { carried: secret !== null };
}

/** The same person, who from now on also opens with the identities of a sheet, on this device. */
export async function withSheet(session: Session, identity: string): Promise<Session> {
  const who = await session.whoami();
  const more = [...new Set([...session.more, identity])];
  await keepMore(who.account, more);
  return resume(session.seed, who, more);
}

/** What a passkey's device is called, sealed for oneself: the server cannot read it. */
export async function sealLabel(seed: Bytes, label: string): Promise<string> {
  const padded = new Uint8Array(LABEL_BYTES);
  const text = utf8(label).subarray(0, LABEL_BYTES);
  padded.set(text);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const body = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await labelKey(seed), padded);
  return b64(new Uint8Array([...iv, ...new Uint8Array(body)]));
}

/** Null for a label of another key or form. */
export async function openLabel(seed: Bytes, sealed: string): Promise<string | null> {
  const bytes = readB64(sealed);
  if (!bytes || bytes.length <= 12) return null;
  try {
    const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: bytes.slice(0, 12) }, await labelKey(seed), bytes.slice(12));
    return new TextDecoder().decode(plain).replace(/[\0\ufffd]+$/u, "");
  } catch {
    return null;
  }
}

const labelKey = (seed: Bytes): Promise<CryptoKey> =>
  crypto.subtle.importKey("raw", derive(seed, utf8("fanlight/label/v1")), "AES-GCM", false, ["encrypt", "decrypt"]);

/** "Chrome, Android": from what the browser says of itself. */
export function deviceLabel(agent = navigator.userAgent): string {
  const browser = /Edg\//.test(agent) ? "Edge" : /Firefox\//.test(agent) ? "Firefox" : /Chrome\//.test(agent) ? "Chrome" : /Safari\//.test(agent) ? "Safari" : "";
  const system = /Android/.test(agent) ? "Android" : /iPhone|iPad/.test(agent) ? "iPhone or iPad" : /Windows/.test(agent) ? "Windows" : /Mac OS/.test(agent) ? "Mac" : /Linux/.test(agent) ? "Linux" : "";
  return [browser, system].filter(Boolean).join(", ") || words.devices.unnamed;
}

/** Random bytes by which the server tells a known browser from a new one; they say nothing else. */
function deviceName(): string | null {
  try {
    const known = localStorage.getItem(DEVICE);
    if (known && readUrl64(known)?.length === 16) return known;
    const made = toUrl64(crypto.getRandomValues(new Uint8Array(16)));
    localStorage.setItem(DEVICE, made);
    return made;
  } catch {
    return null; // storage is switched off: every sign-in is told as a new device, which is the safe side
  }
}

/** A name fit for the household's list, or null. */
export function readName(typed: string): string | null {
  const name = typed.trim().replaceAll(/\s+/g, " ");
  return /^\P{Cc}{1,60}$/u.test(name) ? name : null;
}
