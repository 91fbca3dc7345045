/** Who this tab is. A person is a 32-byte seed; every key comes from it, and the server never sees it.
 *
 *  In:      the fragment `#k=<base64url seed>` of the address, taken out of it before anything else; or a typed sheet.
 *  Holds:   per tab, in sessionStorage, encrypted under a key that the browser's IndexedDB keeps and never hands out:
 *           a copy of the tab's storage alone opens nothing. Closing the tab forgets.
 *  Absent:  cookies, localStorage, the server.
 */
import { challenge, openSession, type SessionAnswer } from "../core/api/calls.ts";
import { Client } from "../core/api/client.ts";
import { b64, type Bytes, unb64, utf8 } from "../core/seal/bytes.ts";
import { type MemberKeys, memberKeys, sign } from "../core/seal/keys.ts";

const SLOT = "fanlight.seed";

export interface Session {
  readonly seed: Bytes;
  readonly keys: MemberKeys;
  readonly api: Client;
  /** Signs in and returns who the server takes us for. Throws ApiError. */
  whoami(): Promise<SessionAnswer>;
}

/** Reads `#k=` of an address, or null. */
export function seedInFragment(hash: string): Bytes | null {
  const match = /^#k=([A-Za-z0-9_-]{43})$/.exec(hash);
  if (!match?.[1]) return null;
  try {
    const seed = unb64(`${match[1].replaceAll("-", "+").replaceAll("_", "/")}=`);
    return seed.length === 32 ? seed : null;
  } catch {
    return null;
  }
}

/** The person of this tab, or null if there is none yet. Wipes the seed from the address first. */
export async function restore(): Promise<Session | null> {
  const given = seedInFragment(location.hash);
  if (location.hash.startsWith("#k=")) history.replaceState(null, "", location.pathname + location.search);
  if (given) return begin(given);
  const kept = sessionStorage.getItem(SLOT);
  if (!kept) return null;
  try {
    const [iv = "", body = ""] = kept.split(".");
    const opened = await crypto.subtle.decrypt({ name: "AES-GCM", iv: unb64(iv) }, await wrappingKey(), unb64(body));
    return await begin(new Uint8Array(opened));
  } catch {
    sessionStorage.removeItem(SLOT); // the wrapping key is gone, for instance because site data was cleared
    return null;
  }
}

/** Makes this tab the person of `seed`. */
export async function begin(seed: Bytes): Promise<Session> {
  await keep(seed);
  const keys = await memberKeys(seed);
  const ground = new Client((url, init) => fetch(url, init));
  let who: SessionAnswer | null = null;
  const signIn = async (): Promise<string> => {
    const signPub = b64(keys.signing.public);
    const asked = await challenge(ground, signPub);
    const signature = b64(sign(keys.signing, "sign-in", utf8(asked.challenge)));
    who = await openSession(ground, { sign_pub: signPub, challenge: asked.challenge, signature });
    return who.token;
  };
  const api = new Client((url, init) => fetch(url, init), "", signIn);
  return {
    seed,
    keys,
    api,
    whoami: async () => {
      if (!who) await api.signedIn();
      if (!who) throw new Error("A sign-in without an answer.");
      return who;
    },
  };
}

/** Forgets the person of this tab. */
export async function end(session: Session): Promise<void> {
  sessionStorage.removeItem(SLOT);
  await session.api.signOut();
}

async function keep(seed: Bytes): Promise<void> {
  try {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const body = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await wrappingKey(), seed);
    sessionStorage.setItem(SLOT, `${b64(iv)}.${b64(new Uint8Array(body))}`);
  } catch {
    // Storage is switched off: the person lasts until the page is reloaded, which is safe and works.
  }
}

/** The browser's own AES key for this origin; it cannot be read out, only used. */
async function wrappingKey(): Promise<CryptoKey> {
  const database = await new Promise<IDBDatabase>((resolve, reject) => {
    const open = indexedDB.open("fanlight", 1);
    open.onupgradeneeded = () => open.result.createObjectStore("keys");
    open.onsuccess = () => resolve(open.result);
    open.onerror = () => reject(open.error ?? new Error("IndexedDB is not there."));
  });
  try {
    const known = await ask<CryptoKey | undefined>(database, "readonly", (store) => store.get("wrap"));
    if (known) return known;
    const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
    // Two tabs may get here at once: the first one's key stays, `add` refuses the second.
    await ask(database, "readwrite", (store) => store.add(made, "wrap")).catch(() => undefined);
    return (await ask<CryptoKey | undefined>(database, "readonly", (store) => store.get("wrap"))) ?? made;
  } finally {
    database.close();
  }
}

function ask<T>(database: IDBDatabase, mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = act(database.transaction("keys", mode).objectStore("keys"));
    request.onsuccess = () => resolve(request.result as T);
    request.onerror = () => reject(request.error ?? new Error("IndexedDB refused."));
  });
}
