/** What went wrong at the clerk's door, in words. */
import { NoPasskeys, PasskeyClosed, PasskeyKnown } from "../../ui/passkey.ts";
import { type Trouble, troubleOf } from "../../ui/trouble.ts";
import { NoKey } from "./door.ts";
import { words } from "./words.ts";

const w = words.door;

export function doorTrouble(error: unknown): Trouble {
  if (error instanceof PasskeyClosed) return w.closed;
  if (error instanceof NoPasskeys) return w.none;
  if (error instanceof PasskeyKnown) return w.known;
  return error instanceof NoKey ? w.noKey : troubleOf(error);
}
