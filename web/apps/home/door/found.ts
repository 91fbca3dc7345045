/** Begins a household in the area around a place, with its first key and its recovery sheet. Each step may be done again. */
import { makeHousehold, myHousehold } from "../../../core/api/calls.ts";
import { ApiError } from "../../../core/api/client.ts";
import { type Division, homeCell } from "../../../core/geo/cells.ts";
import type { PublicHalves } from "../../../core/seal/roll.ts";
import type { Session } from "../../../ui/session.ts";
import { b64 } from "../../../core/bytes.ts";
import { beginBook } from "../household/house.ts";
import { Pins } from "../household/pins.ts";

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

/** Returns the household's id. `place` null: it is there already and only lacks its first key; `another`: beside one's first. Only the area's cell leaves the device. Throws ApiError, SealError. */
export async function foundHousehold(
  session: Session,
  place: Place | null,
  division: Division,
  name: string,
  recovery: PublicHalves,
  another: boolean,
): Promise<string> {
  const { account } = await session.whoami();
  if (place) {
    try {
      session.api.household = (await makeHousehold(session.api, homeCell(place.lon, place.lat, division), another)).household;
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== "accounts.has_household") throw error; // an earlier try got this far
    }
  }
  const { household, epochs } = await myHousehold(session.api);
  new Pins(session.keys.signing.public, household).trust(b64(session.keys.signing.public));
  if (epochs.length === 0) await beginBook(session, household, account, name, recovery);
  return household;
}
