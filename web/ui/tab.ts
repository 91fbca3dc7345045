/** Whether this tab is somebody's, told without any key. What opens it is session.ts, which brings the keys' code along. */
import { ApiError } from "../core/api/client.ts";
import type { Bytes } from "../core/bytes.ts";
import { readUrl64 } from "../core/url64.ts";

/** Where session.ts keeps the person of this tab, sealed. */
export const SLOT = "fanlight.seed";
/** The code of an error that asks for the passkey again. */
export const ENDED = "session.ended";

/** Reads `#k=` of an address, or null. */
export function seedInFragment(hash: string): Bytes | null {
  const match = /^#k=([A-Za-z0-9_-]{43})$/.exec(hash);
  const seed = match?.[1] ? readUrl64(match[1]) : null;
  return seed?.length === 32 ? seed : null;
}

/** The seed that this tab was opened with, if any. Wipes it from the address, before anything else is done. */
export function takeSeed(): Bytes | null {
  const given = seedInFragment(location.hash);
  if (location.hash.startsWith("#k=")) history.replaceState(null, "", location.pathname + location.search);
  return given;
}

/** Whether a person is kept in this tab. */
export const isTaken = (): boolean => sessionStorage.getItem(SLOT) !== null;

/** Whether an error says that the passkey must be used again. */
export const hasEnded = (error: unknown): boolean => error instanceof ApiError && error.code === ENDED;
