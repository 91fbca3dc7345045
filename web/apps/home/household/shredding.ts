/** Destroys the secrets of old household keys once nothing needs them: then what expired opens with no backup's help either.
 *
 *  In:      the signed list, the hub's own word, the clips that the server lists, how long they stay.
 *  Holds:   a key is destroyed a month after the last clip of its time expired, and never while the hub keeps anything
 *           under it; where that cannot be told, it stays.
 *  Absent:  the newest key; what somebody took along or a hub still has: that is theirs.
 */
import { destroySecret } from "../../../core/api/account.ts";
import { ApiError } from "../../../core/api/client.ts";
import { allClips, type ClipRow, keeping } from "../../../core/api/clips.ts";
import type { Session } from "../../../ui/session.ts";
import { signAct } from "../../../core/seal/carrying.ts";
import type { House } from "./house.ts";
import type { HubStatus } from "./status.ts";

/** A hub that is away for a while still brings clips of before. */
const MARGIN_DAYS = 31;
const DAY_MS = 86_400_000;

/** From which UTC day on hubs keep anything under the household's keys; null where nobody says. */
export function hubsSince({ book }: Pick<House, "book">, heard: HubStatus | null, today: string): string | null {
  if (!book || book.hubs.length > 1) return null; // one word for several hubs
  return book.hubs.length === 0 ? today : (heard?.keys_since ?? null);
}

/** The numbers of the keys that nothing needs any more. */
export function overKeys({ chain }: Pick<House, "chain">, given: { since: string; keepDays: number; inUse: ReadonlySet<number>; today: string }): number[] {
  const expired = new Date(Date.parse(`${given.today}T00:00:00Z`) - (given.keepDays + MARGIN_DAYS) * DAY_MS).toISOString().slice(0, 10);
  return chain
    .filter(({ n, sealed }) => {
      const ended = chain[n + 1]?.book?.day;
      return sealed.length > 0 && ended !== undefined && ended < given.since && ended < expired && !given.inUse.has(n);
    })
    .map(({ n }) => n);
}

/** Destroys them, as an owner; returns which. Throws ApiError. */
export async function shredOver(session: Session, house: House, heard: HubStatus | null, now = new Date()): Promise<number[]> {
  const today = now.toISOString().slice(0, 10);
  const since = hubsSince(house, heard, today);
  if (!house.mine || !house.me || since === null) return [];
  const far = { since, keepDays: 0, inUse: new Set<number>(), today };
  if (overKeys(house, far).length === 0) return []; // the rest is not worth asking
  const { keep_days: keepDays } = await keeping(session.api);
  const inUse = new Set((await allClips(session.api)).flatMap(keysOf));
  const over = overKeys(house, { ...far, keepDays, inUse });
  for (const n of over) {
    try {
      await destroySecret(session.api, n, signAct(session.keys, house.me.account, "destroy-secret", `${house.wire.household}/${n}`));
    } catch (error) {
      if (!(error instanceof ApiError) || error.code !== "vault.epoch_in_use") throw error; // one that is on its way
    }
  }
  return over;
}

const keysOf = ({ card, epoch, readers }: ClipRow): number[] => {
  if (readers !== null) return []; // sealed to people
  const named = /"epoch":(\d+)/.exec(card)?.[1];
  return [...(named === undefined ? [] : [Number(named)]), ...(epoch === null ? [] : [epoch])];
};
