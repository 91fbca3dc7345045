/** The end of a household: an owner deletes it, its hubs learn it by that owner's word and destroy what they hold, and this device
 *  forgets what it kept of it.
 */
import { deleteHousehold, endHousehold as end } from "../../../core/api/account.ts";
import { ApiError } from "../../../core/api/client.ts";
import { sayFarewell } from "../../../core/seal/farewell.ts";
import type { Session } from "../../../ui/session.ts";
import { signAct } from "../../../core/seal/carrying.ts";
import type { House } from "./house.ts";
import { Pins } from "./pins.ts";

/** Throws ApiError. */
export async function endHousehold(session: Session, house: House, account: string): Promise<void> {
  const { household } = house.told;
  const newest = house.chain.at(-1);
  const signature = signAct(session.keys, account, "delete-household", household);
  const { endAlerts } = await import("../push/device.ts");
  await endAlerts(session, house).catch(() => undefined); // its key goes from this device; the household's part goes anyway
  const today = new Date().toISOString().slice(0, 10);
  const farewell = newest ? await sayFarewell(newest, house.wire.hubs, session.keys.signing, today) : null;
  try {
    await end(session.api, signature, farewell);
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 404) throw error;
    await deleteHousehold(session.api, signature); // a server that carries no last words
  }
  new Pins(session.keys.signing.public, household).forget();
}
