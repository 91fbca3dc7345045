/**
 * Wishes: what somebody who is in a picture asks of the homes around, sealed to their area.
 *
 * Holds: all wishes have one length; nothing in one says who sent it, unless its words do.
 * Source: docs/spec/links.md, "Wishes". Twin of fanlight.hub.wishes.
 */
import { openAge, sealAge } from "./seal/age.ts";
import { type Bytes, text } from "./seal/bytes.ts";
import { SealError } from "./seal/errors.ts";
import { jcs, parseJcs } from "./jcs.ts";

export interface Wish {
  readonly lon: number;
  readonly lat: number;
  /** RFC 3339, UTC, milliseconds. */
  readonly start: string;
  readonly end: string;
  readonly want: "erase" | "blur";
  readonly words: string;
}

export const WISH_WORDS = 300;
export const WISH_HOURS = 12;
const LENGTH = 4 * 1024;

/** Seals a wish to a cell's recipient. */
export async function sealWish(wish: Wish, recipient: string): Promise<Bytes> {
  const fields = { v: 1, type: "wish", lon: wish.lon, lat: wish.lat, start: wish.start, end: wish.end, want: wish.want, words: wish.words };
  const bare = jcs({ ...fields, pad: "" }).length;
  return sealAge(jcs({ ...fields, pad: "0".repeat(LENGTH - bare) }), [recipient]);
}

/** Opens a wish. Throws SealError: anybody may have sent anything. */
export async function openWish(sealed: Uint8Array, identity: string): Promise<Wish> {
  const plain = text(await openAge(sealed, [identity]));
  try {
    const { lon, lat, start, end, want, words } = parseJcs(plain);
    const isWish =
      typeof lon === "number" && typeof lat === "number" && typeof words === "string" && words.length <= WISH_WORDS &&
      isTime(start) && isTime(end) && start < end && (want === "erase" || want === "blur");
    if (isWish) return { lon, lat, start, end, want, words };
  } catch {
    // told below
  }
  throw new SealError("malformed", "it is no wish");
}

const isTime = (value: unknown): value is string => typeof value === "string" && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value) && !Number.isNaN(Date.parse(value));
