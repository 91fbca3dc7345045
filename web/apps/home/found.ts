/** Begins a household: account, household in the area around a place, its first key. Each step may be done again. */
import { homeCell } from "../../core/geo/cells.ts";
import { jcs } from "../../core/jcs.ts";
import { makeAccount, makeHousehold } from "../../core/api/calls.ts";
import { ApiError } from "../../core/api/client.ts";
import { b64 } from "../../core/seal/bytes.ts";
import { sign } from "../../core/seal/keys.ts";
import type { Session } from "../../ui/session.ts";
import { firstKey, loadHouse } from "./house.ts";

export interface Place {
  readonly lon: number;
  readonly lat: number;
}

/** Reads "latitude, longitude"; null if it is none. */
export function readPlace(typed: string): Place | null {
  const match = /^\s*(-?\d{1,2}(?:\.\d+)?)\s*[,;\s]\s*(-?\d{1,3}(?:\.\d+)?)\s*$/.exec(typed);
  if (!match) return null;
  const [lat, lon] = [Number(match[1]), Number(match[2])];
  return Math.abs(lat) <= 85 && Math.abs(lon) <= 180 ? { lon, lat } : null;
}

/** Throws ApiError or SealError. Only the area's cell leaves the device, never the place. */
export async function foundHousehold(session: Session, place: Place, homes: Record<string, number>): Promise<void> {
  const offer = { sign_pub: b64(session.keys.signing.public), age_recipient: session.keys.age.recipient };
  await makeAccount(session.api, { kind: "member", ...offer, signature: b64(sign(session.keys.signing, "account", jcs(offer))) });
  try {
    await makeHousehold(session.api, homeCell(place.lon, place.lat, homes));
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== "accounts.has_household") throw error; // an earlier try got this far
  }
  await firstKey(session, await loadHouse(session));
}
