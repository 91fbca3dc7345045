/** Locks kept clips anew, header and description, to the people who could open them when they were made and still may: then what
 *  the server keeps of them is no use to who left, nor to who came later, and the household's key of that time can be destroyed.
 *  Members' devices do it when they come by; nobody else can.
 *
 *  In:      the signed list, the owners' words of who may see earlier pages, the clips that the server lists.
 *  Holds:   only a clip that passed every check is sealed anew, and only to those whom `Readers` names for its page, by a
 *           device whose person is one of them.
 *  Absent:  guests: what is sealed anew opens to none; who wants them to have it shares a copy.
 */
import { clipHeader, clipManifest } from "../../../core/api/calls.ts";
import { ApiError, type Client } from "../../../core/api/client.ts";
import { allClips, type ClipRow, putAnew } from "../../../core/api/clips.ts";
import { openAge, openHeader, rewrapHeader, sealAge } from "../../../core/seal/age.ts";
import { unb64 } from "../../../core/seal/bytes.ts";
import { checkClip, keysOf, Order } from "../../../core/seal/clip.ts";
import type { Book, Epoch } from "../../../core/seal/epoch.ts";
import { SealError } from "../../../core/seal/errors.ts";
import { readersHash } from "../../../core/seal/kept.ts";
import { reads } from "../../../core/seal/roll.ts";
import type { Session } from "../../../ui/session.ts";
import { letSeeEarlier } from "./earlier.ts";
import type { House } from "./house.ts";

/** So many at a visit: the rest waits for the next one. */
const AT_A_VISIT = 20;
/** Before a key's secret can be destroyed: a hub that is away for a while still brings clips of before. */
const AFTER_MS = 30 * 86_400_000;

const opensClips = (book: Book): string[] => book.members.filter(({ role }) => reads(role) || role === "guest").map(({ account, role }) => `${account}${reads(role)}`);

/** Whether somebody could open clips under the key number `n` or a later one and can no more. */
export function anybodyGoneSince(chain: readonly Epoch[], n: number): boolean {
  const newest = chain.at(-1)?.book;
  const now = new Set(newest ? opensClips(newest) : []);
  return chain.slice(n, -1).some(({ book }) => !book || opensClips(book).some((one) => !now.has(one)));
}

/** Whether the key number `n` is of a time that is over. */
function isOver(chain: readonly Epoch[], n: number, now: Date): boolean {
  const ended = chain[n + 1]?.book?.day;
  return ended !== undefined && Date.parse(ended) < now.getTime() - AFTER_MS;
}

/** Seals kept clips anew where it is due; returns how many. Throws ApiError, SealError. */
export const resealKept = async (session: Session, house: House, now = new Date()): Promise<number> => (await visit(session, house, now)).done;

/** The same until nothing is left, for who came back with a sheet and is to give it up for another: what only the old one opens
 *  would be lost with it. Throws ApiError, SealError. */
export async function resealAll(session: Session, load: () => Promise<House>, now = new Date()): Promise<void> {
  if (!session.more?.length) return;
  if (!(await visit(session, await load(), now, true)).said) return;
  if ((await visit(session, await load(), now, true)).said) throw new SealError("altered", "the server does not show an owner's word that it took");
}

async function visit(session: Session, house: House, now: Date, all = false): Promise<{ said: boolean; done: number }> {
  const newest = house.chain.at(-1);
  const { me } = house;
  const none = { said: false, done: 0 };
  if (!newest?.book || !me || !reads(me.role)) return none;
  if (!all && !anybodyGoneSince(house.chain, 0) && !isOver(house.chain, 0, now)) return none;
  const most = all ? Infinity : AT_A_VISIT;
  const rows = (await allClips(session.api)).filter((row) => row.keep);
  const due = rows.filter((row) => isDue(house, row, now));
  // Who came back with the sheet holds keys of pages that do not name them: an owner's word has to, or the next device forgets them.
  if (house.mine) {
    const unsaid = (n: number): boolean => !house.readers.may(me, n);
    const emptied = session.more?.length ? await emptiedPages(session.api, house, anyOf(rows.filter((row) => unsaid(pageOf(row))), most)) : [];
    const held = all ? [...house.home.identities.keys()] : due.map(pageOf).filter((n) => house.home.identities.has(n));
    if (emptied.length > 0 || held.some(unsaid)) {
      const home = { ...house.home, destroyed: new Set([...(house.home.destroyed ?? []), ...emptied]) };
      await letSeeEarlier(session, { ...house, home }, me.account, "all");
      return { said: true, done: 0 }; // with the next visit, which finds the word
    }
  }
  let done = 0;
  const ours = due.filter((row) => house.readers.may(me, pageOf(row)));
  for (const row of anyOf(ours, most)) done += Number(await reseal(session.api, house, newest, row));
  return { said: false, done };
}

/** The pages whose secret is gone and of which something that was sealed anew opens here: with the sheet alone, as no word names us. */
async function emptiedPages(api: Client, house: House, rows: readonly ClipRow[]): Promise<number[]> {
  const found = new Set<number>();
  for (const row of rows) {
    const n = pageOf(row);
    if (row.readers === null || found.has(n) || house.home.identities.has(n) || house.chain[n]?.sealed.length !== 0) continue;
    try {
      if ((await fetched(api, house, row)).checked.kind === "opened") found.add(n);
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 404) throw error; // let go meanwhile
    }
  }
  return [...found];
}

async function fetched(api: Client, house: House, row: ClipRow) {
  const [manifestAge, hdr] = await Promise.all([clipManifest(api, row.clip), clipHeader(api, row.clip)]);
  const offer = { clip: row.clip, card: row.card, sig: unb64(row.sig), manifestAge, hdr, anew: row.readers !== null };
  return { manifestAge, hdr, checked: await checkClip(offer, house.home, new Order()) };
}

function isDue(house: House, row: ClipRow, now: Date): boolean {
  const n = pageOf(row);
  if (!house.chain[n]) return false;
  if (row.readers !== null) return row.readers !== readersHash(house.readers.of(n));
  // One that an older client sealed anew is locked to a later key, which who came in between has.
  return row.epoch !== null || anybodyGoneSince(house.chain, n) || isOver(house.chain, n, now);
}

/** Some of them by chance: those that cannot be opened keep nobody from the rest for ever. */
function anyOf<T>(all: readonly T[], most: number): T[] {
  const left = [...all];
  const drawn: T[] = [];
  while (left.length > 0 && drawn.length < most) drawn.push(...left.splice(Math.floor(Math.random() * left.length), 1));
  return drawn;
}

/** The page that a clip's card names: a hint of what is worth a look. What counts is the description. */
const pageOf = ({ card }: ClipRow): number => Number(/"epoch":(\d+)/.exec(card)?.[1] ?? 0);

async function reseal(api: Client, house: House, newest: Epoch, row: ClipRow): Promise<boolean> {
  try {
    const { manifestAge, hdr, checked } = await fetched(api, house, row);
    if (checked.kind === "refused") return false; // shown as such where it is looked at
    const { epoch } = checked.opened.manifest;
    const recipients = house.readers.of(epoch);
    const identities = keysOf(house.home);
    const sealed = {
      hdr: await rewrapHeader(hdr, identities, recipients),
      manifest: await sealAge(await openAge(manifestAge, identities), recipients),
      epoch: newest.n,
      readers: readersHash(recipients),
    };
    await Promise.all([sealed.hdr, sealed.manifest].map((part) => openHeader(part, house.home.own ?? []))); // or it would be lost
    await putAnew(api, row.clip, sealed);
    return true;
  } catch (error) {
    // One that was let go meanwhile needs nothing.
    if (error instanceof SealError || (error instanceof ApiError && error.status === 404)) return false;
    throw error;
  }
}
