/** What went wrong at an office's door, in words. */
import { NoPasskeys, PasskeyClosed, PasskeyKnown } from "../passkey.ts";
import { type Trouble, troubleOf } from "../trouble.ts";
import { NoKey } from "./door.ts";
import { words as w } from "./words.ts";

export function doorTrouble(error: unknown): Trouble {
  if (error instanceof PasskeyClosed) return w.closed;
  if (error instanceof NoPasskeys) return w.none;
  if (error instanceof PasskeyKnown) return w.known;
  return error instanceof NoKey ? w.noKey : troubleOf(error);
}
