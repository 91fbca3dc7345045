/** From when on somebody who came later may see: an owner's device gives them the keys of before.
 *
 *  Holds:   only keys that this device opened itself are given, and only to somebody whom the signed list lets see.
 *  Absent:  taking back: who was given a key has it.
 */
import { giveKeys } from "../../../core/api/invites.ts";
import { giveEarlier } from "../../../core/seal/earlier.ts";
import type { Epoch } from "../../../core/seal/epoch.ts";
import { SealError } from "../../../core/seal/errors.ts";
import { reads } from "../../../core/seal/roll.ts";
import type { Session } from "../../../ui/session.ts";
import type { House } from "./house.ts";

export const SINCE = ["now", "month", "all"] as const;
/** From when they come on, from 30 days before, or all that is kept. */
export type Since = (typeof SINCE)[number];

const BEFORE_MS = 30 * 86_400_000;
const AT_ONCE = 40;

/** The keys, oldest first, that `account` ("" for one who is still to come) gets for `since`: of each that was in use at some time since. */
export function earlierKeys({ chain, home }: Pick<House, "chain" | "home">, account: string, since: Since, now = new Date()): Epoch[] {
  if (since === "now") return [];
  const from = since === "all" ? "" : new Date(now.getTime() - BEFORE_MS).toISOString().slice(0, 10);
  const reader = ({ book }: Epoch): boolean => (book?.members ?? []).some((one) => one.account === account && reads(one.role));
  return chain.filter((epoch, n) => {
    const next = chain[n + 1];
    const ended = next ? (next.book?.day ?? "") : "9999-12-31"; // old keys have no day: they are given with all
    // Of a key that was destroyed the word alone is given: clips of its time may be kept.
    return (home.identities.has(epoch.n) || home.destroyed?.has(epoch.n)) && !reader(epoch) && ended >= from;
  });
}

/** The day from which on these keys open; null where there is none, or the first has no day. */
export const reachOf = (keys: readonly Epoch[]): string | null => keys[0]?.book?.day ?? null;

/** Gives a member of the signed list the keys from before they came. Throws ApiError, SealError. */
export async function letSeeEarlier(session: Session, house: House, account: string, since: Since): Promise<void> {
  const to = house.book?.members.find((one) => one.account === account);
  const keys = earlierKeys(house, account, since);
  if (keys.length === 0) return;
  if (!to || !reads(to.role)) throw new SealError("altered", "somebody is to be given a key whom the signed list does not let see");
  for (let from = 0; from < keys.length; from += AT_ONCE) {
    const gifts = keys.slice(from, from + AT_ONCE).map((epoch) => giveEarlier(epoch, house.home.identities.get(epoch.n) ?? null, to, session.keys.signing));
    await giveKeys(session.api, account, await Promise.all(gifts));
  }
}
