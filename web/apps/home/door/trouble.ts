/** What can go wrong between a person and their passkey, in sentences. */
import { ApiError } from "../../../core/api/client.ts";
import { NoPasskeys, PasskeyClosed, PasskeyKnown } from "../../../ui/passkey.ts";
import { type Trouble, troubleOf } from "../../../ui/trouble.ts";
import { words } from "../words.ts";

/** What the server keeps for this passkey does not open with it. */
export class WrongKey extends Error {}

/** Sentences for what can go wrong between a person and their passkey. */
export function signInTrouble(error: unknown): Trouble {
  const w = words.signIn;
  if (error instanceof PasskeyClosed) return w.closed;
  if (error instanceof PasskeyKnown) return w.known;
  if (error instanceof NoPasskeys) return w.none;
  if (error instanceof WrongKey) return w.wrongKey;
  if (error instanceof ApiError && error.code === "accounts.passkey_refused") return w.refused;
  return troubleOf(error);
}
