/** Locks kept clips anew to the household's newest key, once somebody is gone who could open them: what the server still
 *  keeps of them is no use to who left. Members' devices do it when they come by; nobody else can.
 *
 *  Holds:   a header is sealed anew only after it opened to the key that the hub signed for this clip.
 *  Absent:  descriptions: they stay locked to the key of their day, as the hub signed them.
 */
import { clipHeader, clipManifest } from "../../../core/api/calls.ts";
import { ApiError, type Client } from "../../../core/api/client.ts";
import { allClips, type ClipRow, putHeader } from "../../../core/api/clips.ts";
import { rewrapHeader } from "../../../core/seal/age.ts";
import { ClipReader, openManifest } from "../../../core/seal/clip.ts";
import type { Epoch } from "../../../core/seal/epoch.ts";
import { SealError } from "../../../core/seal/errors.ts";
import { newIdentity } from "../../../core/seal/keys.ts";
import { reads } from "../../../core/seal/roll.ts";
import type { House } from "./house.ts";

/** So many at a visit: the rest waits for the next one. */
const AT_A_VISIT = 20;

/** Whether somebody could read under the key number `n` or a later one and is a reader no more. */
export function anybodyGoneSince(chain: readonly Epoch[], n: number): boolean {
  const now = new Set((chain.at(-1)?.book?.members ?? []).filter(({ role }) => reads(role)).map(({ account }) => account));
  return chain.slice(n, -1).some(({ book }) => !book || book.members.some(({ account, role }) => reads(role) && !now.has(account)));
}

/** Seals kept clips' headers anew where it is due; returns how many. Throws ApiError. */
export async function resealKept(api: Client, house: House): Promise<number> {
  const newest = house.chain.at(-1);
  if (!newest?.book || !house.me || !reads(house.me.role) || !house.home.identities.has(newest.n)) return 0;
  if (!anybodyGoneSince(house.chain, 0)) return 0;
  const due = (await allClips(api)).filter((row) => row.keep && anybodyGoneSince(house.chain, keyOf(row)));
  let done = 0;
  for (const { clip } of anyOf(due, AT_A_VISIT)) done += Number(await reseal(api, house, newest, clip));
  return done;
}

/** Some of them by chance: those that cannot be opened keep nobody from the rest for ever. */
function anyOf<T>(all: readonly T[], most: number): T[] {
  const left = [...all];
  const drawn: T[] = [];
  while (left.length > 0 && drawn.length < most) drawn.push(...left.splice(Math.floor(Math.random() * left.length), 1));
  return drawn;
}

/** The key that the server says a clip's header is locked to: a hint of what is worth a look, and no more. */
function keyOf({ card, epoch }: ClipRow): number {
  if (epoch !== null) return epoch;
  const [, n] = /"epoch":(\d+)/.exec(card) ?? [];
  return Number(n ?? 0);
}

async function reseal(api: Client, house: House, newest: Epoch, clip: string): Promise<boolean> {
  try {
    const [manifestAge, hdr] = await Promise.all([clipManifest(api, clip), clipHeader(api, clip)]);
    const { manifest } = await openManifest(manifestAge, house.home);
    if (manifest.clip !== clip) return false;
    const identities = [...house.home.identities.values()].reverse();
    await ClipReader.open(manifest, manifest.seal, hdr, identities);
    const recipients = [newest.recipient, ...(await guestsOf(house, newest, manifest.camera, manifest.start))];
    await putHeader(api, clip, await rewrapHeader(hdr, identities, recipients), newest.n);
    return true;
  } catch (error) {
    // One that does not hold is shown as such where it is looked at; one that was let go meanwhile needs nothing.
    if (error instanceof SealError || (error instanceof ApiError && error.status === 404)) return false;
    throw error;
  }
}

/** As the hub does: a guest's own key if they may see it, and otherwise one that nobody has, so that the server cannot tell which. */
async function guestsOf(house: House, newest: Epoch, camera: string, start: string): Promise<string[]> {
  const listed = (newest.book?.members ?? []).filter(({ role }) => role === "guest");
  return Promise.all(
    listed.map(async ({ account, age_recipient }) => {
      const guest = house.notes?.guests[account];
      const sees = guest && (guest.cameras === null || guest.cameras.includes(camera)) && start < guest.until;
      return sees ? age_recipient : (await newIdentity()).recipient;
    }),
  );
}
