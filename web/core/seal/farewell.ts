/** An owner's word that a household is over: its hubs destroy what they hold. Twin of fanlight.seal.farewell, which reads it.
 *
 *  Holds:  a word is for one household as its newest page has it, for the hubs that it names, and for a month.
 */
import { jcs } from "../jcs.ts";
import { sealAge } from "./age.ts";
import { type Bytes, b64, text } from "./bytes.ts";
import type { Epoch } from "./epoch.ts";
import { sign, type SigningKey } from "./keys.ts";
import type { PublicHalves } from "./roll.ts";

/** The word, before it is sealed; `day` is today in UTC. */
export function lastWord(newest: Epoch, hubs: readonly PublicHalves[], owner: SigningKey, day: string): Bytes {
  const statement = jcs({
    v: 1,
    type: "end",
    household: newest.household,
    n: newest.n,
    head: newest.chainHash,
    day,
    by: b64(owner.public),
    hubs: hubs.map(({ sign_pub }) => sign_pub).sort(),
  });
  return jcs({ statement: text(statement), sig: b64(sign(owner, "end", statement)) });
}

/** The same, sealed to the hubs; null for a household without one. */
export const sayFarewell = async (newest: Epoch, hubs: readonly PublicHalves[], owner: SigningKey, day: string): Promise<Bytes | null> =>
  hubs.length === 0 ? null : sealAge(lastWord(newest, hubs, owner, day), hubs.map(({ age_recipient }) => age_recipient));
