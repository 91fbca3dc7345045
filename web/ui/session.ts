/** Who this tab is. A person is a 32-byte seed; every key comes from it, and the server never sees it.
 *
 *  In:      a passkey's sign-in (`resume`); or, in a demo, the fragment `#k=<base64url seed>` of the address, taken out of
 *           it before anything else.
 *  Holds:   per tab, in sessionStorage, encrypted under a key that the browser never hands out: a copy of the tab's
 *           storage alone opens nothing. Closing the tab forgets.
 *  Absent:  cookies, the server.
 */
import { challenge, openSession, type SessionAnswer, sessionAnswer } from "../core/api/calls.ts";
import { ApiError, Client } from "../core/api/client.ts";
import { b64, type Bytes, readB64, readUtf8, utf8 } from "../core/bytes.ts";
import { type MemberKeys, memberKeys, signFast } from "../core/seal/keys.ts";
import { openHere, wrapHere } from "./device.ts";
import { ENDED, SLOT, takeSeed } from "./tab.ts";
import { words } from "./words.ts";

export interface Session {
  readonly seed: Bytes;
  readonly keys: MemberKeys;
  readonly api: Client;
  /** Further age identities that this tab may open the household's past with: those of a recovery sheet. */
  readonly more: readonly string[];
  /** Who the server takes us for; signs in first where the key alone does it. Throws ApiError. */
  whoami(): Promise<SessionAnswer>;
  /** Goes on as `who`, whom a passkey let in again; null where a key alone signs in. */
  readonly again: ((who: SessionAnswer) => Promise<void>) | null;
}

/** The person of this tab, or null if there is none yet: the one of the address, which is wiped first, or the one kept. */
export async function restore(given: Bytes | null = takeSeed()): Promise<Session | null> {
  if (given) return begin(given);
  const kept = sessionStorage.getItem(SLOT);
  if (!kept) return null;
  const plain = await openHere(SLOT, kept);
  const found = plain && readKept(plain);
  if (!found) {
    sessionStorage.removeItem(SLOT); // this browser's key is gone, for instance because site data was cleared
    return null;
  }
  return found.who ? resume(found.seed, found.who, found.more) : begin(found.seed);
}

/** Makes this tab the person of `seed`, who signs in with that key: the invented people of a demo, and agencies. */
export async function begin(seed: Bytes): Promise<Session> {
  await keep({ seed, who: null, more: [] });
  const keys = await memberKeys(seed);
  const ground = new Client((url, init) => fetch(url, init));
  let who: SessionAnswer | null = null;
  const signIn = async (): Promise<string> => {
    const signPub = b64(keys.signing.public);
    const asked = await challenge(ground, signPub);
    const signature = b64(await signFast(keys.signing, "sign-in", utf8(asked.challenge)));
    who = await openSession(ground, { sign_pub: signPub, challenge: asked.challenge, signature });
    return who.token;
  };
  const api = new Client((url, init) => fetch(url, init), "", signIn);
  const whoami = async (): Promise<SessionAnswer> => {
    if (!who) await api.signedIn();
    if (!who) throw new Error("A sign-in without an answer.");
    return who;
  };
  return { seed, keys, api, more: [], whoami, again: null };
}

/** Makes this tab the person whom the server just let in as `who`. When that ends, calls throw an error that `hasEnded`. */
export async function resume(seed: Bytes, who: SessionAnswer, more: readonly string[] = []): Promise<Session> {
  let now = who;
  await keep({ seed, who, more });
  const keys = await memberKeys(seed);
  let given = false;
  const api = new Client((url, init) => fetch(url, init), "", async () => {
    if (given) throw ended();
    given = true;
    return now.token;
  });
  const again = async (anew: SessionAnswer): Promise<void> => {
    [now, given] = [anew, false];
    api.forget();
    await keep({ seed, who: anew, more });
  };
  return { seed, keys, api, more, whoami: async () => now, again };
}

/** Forgets the person of this tab. */
export async function end(session: Session): Promise<void> {
  sessionStorage.removeItem(SLOT);
  await session.api.signOut();
}

const ended = (): ApiError => new ApiError(ENDED, words.ended.what, words.ended.kept, words.ended.todo, 401);

interface Kept {
  readonly seed: Bytes;
  readonly who: SessionAnswer | null;
  readonly more: readonly string[];
}

async function keep({ seed, who, more }: Kept): Promise<void> {
  try {
    sessionStorage.setItem(SLOT, await wrapHere(SLOT, utf8(JSON.stringify({ seed: b64(seed), who, more }))));
  } catch {
    // Storage is switched off: the person lasts until the page is reloaded, which is safe and works.
  }
}

function readKept(plain: Bytes): Kept | null {
  try {
    const read = JSON.parse(readUtf8(plain) ?? "") as { seed: string; who: unknown; more: string[] };
    const seed = readB64(read.seed);
    if (seed?.length !== 32) return null;
    return { seed, who: read.who === null ? null : sessionAnswer(read.who, "who"), more: read.more.map(String) };
  } catch {
    return null; // written by another version of this page
  }
}
