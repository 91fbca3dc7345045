/** What somebody wrote, known by secrets that their own key makes: which ones are in use, and for what.
 *
 *  In:      a person's session; open calls with a secret, without a token.
 *  Out:     the next free secret; one's own posts and comments with the secret of each.
 *  Holds:   one writer has one secret below one post, so that their comments carry one number.
 *  Absent:  a list at the server of who wrote what.
 */
import type { Client } from "../../../core/api/client.ts";
import { minePosts, type Own } from "../../../core/api/posts.ts";
import { secretOf } from "../../../core/neighbors/secrets.ts";
import type { SigningKey } from "../../../core/seal/keys.ts";

const AT_ONCE = 64;
const USED = "fanlight.posts.used";
/** Of a browser's storage, what is used here. */
export type Notes = Pick<Storage, "getItem" | "setItem">;

export interface Mine extends Own {
  readonly secret: string;
}

/** All that this person wrote, latest first. Throws ApiError. */
export async function mine(api: Client, key: Pick<SigningKey, "seed">, notes: Notes = localStorage): Promise<Mine[]> {
  const found: Mine[] = [];
  for (let from = 0; ; from += AT_ONCE) {
    const secrets = Array.from({ length: AT_ONCE }, (_, i) => secretOf(key, from + i).secret);
    const rows = await minePosts(api, secrets);
    found.push(...rows.map((one) => ({ ...one, n: from + one.n, secret: secrets[one.n] ?? "" })));
    if (rows.length === 0 && from + AT_ONCE > used(notes)) break;
  }
  return found.sort((one, other) => other.n - one.n);
}

/** The secret under which this person writes below a post: the post's own, the one of an earlier comment, or a new one. */
export function keyBelow(post: string, own: readonly Mine[], key: Pick<SigningKey, "seed">, notes: Notes = localStorage): { secret: string; key: string } {
  const known = own.find((one) => (one.kind === "post" ? one.post : one.of) === post);
  return secretOf(key, known ? known.n : next(own, notes));
}

/** A number that no secret of this person has been made with. */
export function next(own: readonly Mine[], notes: Notes = localStorage): number {
  const n = Math.max(used(notes), ...own.map((one) => one.n + 1), 0);
  notes.setItem(USED, String(n + 1));
  return n;
}

/** How many this device knows to be used: what was taken back leaves no trace at the server. */
function used(notes: Notes): number {
  const kept = Number(notes.getItem(USED));
  return Number.isSafeInteger(kept) && kept > 0 ? kept : 0;
}
