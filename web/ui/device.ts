/** This browser's own key, and what is kept under it. The key cannot be read out, only used here.
 *
 *  Holds:   a copy of the browser's storage without its key opens nothing; each thing kept names its place, so that
 *           nothing can be moved to another.
 *  Absent:  the server.
 */
import { b64, type Bytes, readB64, utf8 } from "../core/bytes.ts";

/** Encrypts `plain` under this browser's key. Throws where storage is switched off. */
export async function wrapHere(place: string, plain: Bytes): Promise<string> {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const body = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: utf8(place) }, await deviceKey(), plain);
  return `${b64(iv)}.${b64(new Uint8Array(body))}`;
}

/** Opens what `wrapHere` made at this place, or null: another browser, other data, or cleared. */
export async function openHere(place: string, kept: string): Promise<Bytes | null> {
  const [iv, body] = kept.split(".").map((part) => readB64(part));
  if (!iv || !body) return null;
  try {
    const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv, additionalData: utf8(place) }, await deviceKey(), body);
    return new Uint8Array(plain);
  } catch {
    return null;
  }
}

const PLACE = "fanlight.device.";

/** Keeps a person's key on this device for good: the way of browsers whose passkeys derive nothing. */
export async function keepOnDevice(account: string, seed: Bytes): Promise<void> {
  localStorage.setItem(PLACE + account, await wrapHere(PLACE + account, seed));
}

/** The key of `account` on this device, or null if it was never let in here. */
export async function keptOnDevice(account: string): Promise<Bytes | null> {
  const kept = localStorage.getItem(PLACE + account);
  const seed = kept === null ? null : await openHere(PLACE + account, kept);
  return seed?.length === 32 ? seed : null;
}

const MORE = "fanlight.more.";

/** Keeps further identities of a person on this device: those of the sheet they came back with, which open the past. */
export async function keepMore(account: string, identities: readonly string[]): Promise<void> {
  localStorage.setItem(MORE + account, await wrapHere(MORE + account, utf8(identities.join("\n"))));
}

export async function keptMore(account: string): Promise<readonly string[]> {
  const kept = localStorage.getItem(MORE + account);
  const plain = kept === null ? null : await openHere(MORE + account, kept);
  return plain ? new TextDecoder().decode(plain).split("\n").filter(Boolean) : [];
}

const STORES = ["fanlight", "fanlight-alerts"]; // the second is the service worker's: what alerts open with

/** Forgets all that Fanlight keeps in this browser, its keys included; no alert reaches it any more. */
export async function wipeDevice(): Promise<void> {
  await silence().catch(() => undefined); // an old browser, or one that forbids it: the rest goes all the same
  sessionStorage.clear();
  localStorage.clear();
  await Promise.all(
    STORES.map(
      (name) =>
        new Promise<void>((resolve) => {
          const gone = indexedDB.deleteDatabase(name);
          gone.onsuccess = gone.onerror = gone.onblocked = () => resolve(); // blocked: it goes with the last page that has it open
        }),
    ),
  );
}

/** Ends the subscription, so that whoever still has it writes to nobody, and sends the service worker away. */
async function silence(): Promise<void> {
  for (const registration of await navigator.serviceWorker.getRegistrations()) {
    await (await registration.pushManager.getSubscription())?.unsubscribe();
    await registration.unregister();
  }
  for (const name of await caches.keys()) await caches.delete(name);
}

async function deviceKey(): Promise<CryptoKey> {
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
