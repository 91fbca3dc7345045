/** One's own household as this device knows it: its book, its keys, opened and checked, and its hubs. */
import { admitHub, type Household, myHousehold, putEpoch } from "../../../core/api/calls.ts";
import { type Accepted, accept, type Known, nextEpoch } from "../../../core/seal/book.ts";
import { readB64 } from "../../../core/bytes.ts";
import { b64, unb64, utf8 } from "../../../core/seal/bytes.ts";
import type { Household as Home } from "../../../core/seal/clip.ts";
import { openEarlier, readGift } from "../../../core/seal/earlier.ts";
import { type Book, type Epoch, type EpochWire, openEpoch } from "../../../core/seal/epoch.ts";
import { SealError } from "../../../core/seal/errors.ts";
import { type HubKeys, isAdmitted, signHub } from "../../../core/seal/hub.ts";
import { foresee } from "../../../core/seal/keys.ts";
import { Readers } from "../../../core/seal/kept.ts";
import { type Guest, type Notes, openNotes, type Why } from "../../../core/seal/notes.ts";
import { type Member, type PublicHalves, type Role, type Roll, reads, ROLES } from "../../../core/seal/roll.ts";
import type { Session } from "../../../ui/session.ts";
import { Pins } from "./pins.ts";
import { checkReady, type Said, stays } from "./ready.ts";

/** Somebody of the household. */
export interface Person extends Member {
  /** As an owner wrote it; null where none is known. */
  readonly name: string | null;
  readonly you: boolean;
  /** What a guest may see. */
  readonly guest: Guest | null;
  /** Left, and still in the signed list until an owner's device writes the next one. */
  readonly gone: boolean;
}

export interface House {
  /** As the server has it, but for members and hubs that no owner let in: those are left out. */
  readonly wire: Household;
  /** As the server told it, unchecked. */
  readonly told: Household;
  /** How many hubs the server names that no owner let in. */
  readonly leftOut: number;
  /** How many people the server names that no owner let in. */
  readonly ghosts: number;
  /** How many earlier keys the server shows that no owner gave to this person. */
  readonly ungiven: number;
  /** The household's keys that count, oldest first, each signed and chained. */
  readonly chain: readonly Epoch[];
  /** Who is of the household, by the newest of them; null while only old keys, which name nobody, are there. */
  readonly book: Book | null;
  readonly notes: Notes | null;
  /** This person in the book; null for one who is not in it (any more). */
  readonly me: Member | null;
  /** Everybody of the signed list; while only old keys are there, which name nobody, oneself. */
  readonly people: readonly Person[];
  readonly role: Role;
  /** A recovery that does not count yet, and from when it will (ms since 1970). */
  readonly waiting: Epoch | null;
  readonly countsFrom: number | null;
  readonly home: Home;
  /** Who may open what is kept of which page. */
  readonly readers: Readers;
  /** The owner's key that a new hub is to trust: one's own, for an owner. */
  readonly owner: Uint8Array;
  readonly mine: boolean;
}

/**
 * Fetches the household, checks the whole chain of its keys against what this device knew, and opens those that are for us.
 * Throws ApiError, SealError.
 */
export async function loadHouse(session: Session, pins?: Pins): Promise<House> {
  return readHouse(await myHousehold(session.api), session, pins);
}

/** As `loadHouse`, of what the server told. */
export async function readHouse(told: Household, session: Session, pins?: Pins): Promise<House> {
  const kept = pins ?? new Pins(session.keys.signing.public, told.household);
  const ownPub = b64(session.keys.signing.public);
  const old = ownerOfOld(told, session);
  await Promise.all(told.epochs.map(ahead));
  const accepted = accept(told.epochs, {
    household: told.household,
    known: trusting(kept.load(), told.epochs, ownPub, old),
    now: Date.now(),
    pending: pendingOf(told),
  });
  kept.keep(accepted.known);
  const book = accepted.chain.at(-1)?.book ?? null;
  const shown = book ? inBook(told, book) : alone(told, session, old);
  const me = book?.members.find((member) => member.sign_pub === ownPub) ?? null;
  const given = await openGiven(told, accepted.chain, me, session);
  const identities = new Map([...given.opened, ...(await openAll(accepted, session))].sort(([a], [b]) => a - b));
  const readers = new Readers(told.household, accepted.chain, [...told.words, ...told.earlier]);
  const home: Home = {
    household: told.household,
    hubKeys: hubKeysOf(accepted.chain, shown),
    identities,
    // Only who is handed secrets can tell a destroyed one from one that is not for them.
    destroyed: new Set(accepted.chain.filter(({ n, sealed }) => me !== null && reads(me.role) && sealed.length === 0 && !identities.has(n) && readers.may(me, n)).map(({ n }) => n)),
    own: identitiesOf(session),
  };
  const notes = await notesOf(accepted, session);
  const people = peopleOf(told, shown.members, notes, ownPub);
  return {
    wire: shown,
    told,
    people,
    role: me?.role ?? roleOf(told.role),
    leftOut: told.hubs.filter(({ sign_pub }) => !shown.hubs.some((hub) => hub.sign_pub === sign_pub)).length,
    ghosts: told.members.filter(({ account, sign_pub }) => !shown.members.some((one) => (book ? one.sign_pub === sign_pub : one.account === account))).length,
    ungiven: given.refused,
    chain: accepted.chain,
    book,
    notes,
    me,
    waiting: accepted.waiting,
    countsFrom: accepted.countsFrom,
    home,
    readers,
    owner: book ? (me?.role === "owner" ? session.keys.signing.public : unb64(book.by)) : old.key,
    mine: book ? me?.role === "owner" : old.own,
  };
}

/** Begins the household's book: this person as owner, and the sheet's public halves. */
export async function beginBook(session: Session, household: string, account: string, name: string, recovery: PublicHalves): Promise<void> {
  const { signing, age } = session.keys;
  const me: Member = { account, sign_pub: b64(signing.public), age_recipient: age.recipient, role: "owner" };
  const notes: Notes = { why: "founded", names: name ? { [account]: name } : {}, guests: {}, mandated: [] };
  await putNext(session, household, undefined, { members: [me], hubs: [], recovery }, notes);
}

/** Writes the next page of the book, as an owner: another roll, other notes, or the same for a new month. Names and guests are
 *  added to those before; who is not listed any more takes theirs along. Throws ApiError, Unready among them, and SealError. */
export async function turnPage(session: Session, house: House, why: Why, change: Partial<Roll> & Partial<Omit<Notes, "why">> & Said): Promise<void> {
  checkReady(house, change);
  const recovery = change.recovery ?? house.book?.recovery;
  if (!recovery) throw new SealError("altered", "the household's keys name nobody yet, and there is no sheet");
  const roll: Roll = {
    members: change.members ?? house.people.filter(stays).map(asMember),
    hubs: change.hubs ?? house.wire.hubs.map(({ hub, sign_pub, age_recipient }) => ({ hub, sign_pub, age_recipient })),
    recovery,
  };
  const listed = new Set(roll.members.map(({ account }) => account));
  const guests = new Set(roll.members.filter(({ role }) => role === "guest").map(({ account }) => account));
  const notes: Notes = {
    why,
    names: only({ ...house.notes?.names, ...change.names }, listed),
    guests: only({ ...house.notes?.guests, ...change.guests }, guests),
    mandated: change.mandated ?? house.notes?.mandated ?? [],
  };
  await putNext(session, house.wire.household, house.chain.at(-1), roll, notes);
}

/** Lets a hub in: the owner's word to the server, and a new page that lists it. Throws ApiError, SealError. */
export async function letHubIn(session: Session, house: House, keys: HubKeys): Promise<void> {
  checkReady(house);
  const { hub } = await admitHub(session.api, { ...keys, signature: signHub(session.keys.signing, house.wire.household, keys) });
  const { book } = house;
  if (!book || book.hubs.some((one) => one.hub === hub)) return;
  await turnPage(session, house, "hub", { hubs: [...book.hubs, { hub, ...keys }] });
}

async function putNext(session: Session, household: string, after: Epoch | undefined, roll: Roll, notes: Notes): Promise<void> {
  const day = new Date().toISOString().slice(0, 10);
  const { wire, epoch } = await nextEpoch({ household, after, roll, notes, signer: session.keys.signing, day });
  await putEpoch(session.api, epoch.n, wire);
}

/** In old keys an owner is whom the server calls so; an owner's own key is known on this device, whatever the server says. */
function ownerOfOld(told: Household, session: Session): { key: Uint8Array; own: boolean } {
  const owners = told.members.filter(({ role }) => role === "owner");
  const own = owners.some((member) => member.age_recipient === session.keys.age.recipient);
  return { key: own ? session.keys.signing.public : unb64(owners[0]?.sign_pub ?? ""), own };
}

function trusting(known: Known, epochs: readonly EpochWire[], ownPub: string, old: { key: Uint8Array }): Known {
  if (known.trusted.length > 0) return known;
  const names = epochs.map(byOf);
  if (names.includes(ownPub)) return { ...known, trusted: [ownPub] };
  return names[0] === null ? { ...known, trusted: [b64(old.key)] } : known;
}

/** Whose word a statement says it is; null in the form that names nobody. Checked by `accept`. */
function byOf({ statement }: EpochWire): string | null {
  try {
    const { by } = JSON.parse(statement) as { by?: unknown };
    return typeof by === "string" ? by : null;
  } catch {
    return null;
  }
}

/** Looks at the signature of a page under the key that it names; whether that one may sign is for `accept`. */
async function ahead(wire: EpochWire): Promise<void> {
  const [by, sig] = [readB64(byOf(wire) ?? ""), readB64(wire.sig)];
  if (by && sig) await foresee(by, "epoch", utf8(wire.statement), sig);
}

const pendingOf = (told: Household): EpochWire | null => told.pending?.epoch ?? null;

/** One's own, and those of a sheet that one came back with. */
const identitiesOf = (session: Session): string[] => [session.keys.age.secret, ...(session.more ?? [])];

/** Before anybody signed who is of the household: oneself, with one's own keys, and the hubs that an owner let in. Whomever
 *  else the server names would open all that follows, once the first page lists them: they are invited anew. */
function alone(told: Household, session: Session, old: { key: Uint8Array; own: boolean }): Household {
  const { age, signing } = session.keys;
  const sign_pub = b64(signing.public);
  const self = told.members.find((one) => one.sign_pub === sign_pub) ?? told.members.find((one) => one.age_recipient === age.recipient);
  return {
    ...told,
    members: self ? [{ account: self.account, sign_pub, age_recipient: age.recipient, role: old.own ? "owner" : self.role }] : [],
    hubs: told.hubs.filter((hub) => isAdmitted(hub, old.key, told.household)),
  };
}

function peopleOf(told: Household, shown: Household["members"], notes: Notes | null, ownPub: string): Person[] {
  const listed = shown.map((one) => ({ ...one, role: roleOf(one.role) }));
  const here = new Set(told.members.map(({ account }) => account));
  // Installers and landlords are shown owners only: to them nobody else is gone.
  const all = told.role !== "installer" && told.role !== "landlord";
  return listed.map((one) => {
    const you = one.sign_pub === ownPub;
    return { ...one, you, name: notes?.names[one.account] ?? null, guest: notes?.guests[one.account] ?? null, gone: all && !you && !here.has(one.account) };
  });
}

/** An unknown role may do least; who comes back with the sheet reads until they count. */
const roleOf = (text: string): Role => ROLES.find((role) => role === text) ?? (text === "returning" ? "member" : "landlord");

export const asMember = ({ account, sign_pub, age_recipient, role }: Member): Member => ({ account, sign_pub, age_recipient, role });

function inBook(told: Household, book: Book): Household {
  return {
    ...told,
    members: book.members.map(({ account, sign_pub, age_recipient, role }) => ({ account, sign_pub, age_recipient, role })),
    hubs: book.hubs.map(({ hub, sign_pub, age_recipient }) => ({ hub, sign_pub, age_recipient, signature: null })),
  };
}

/** Whose clips of each epoch count: the hubs that its page lists, and those of the page after it, as a hub that was let in seals
 *  to the key that it finds until a page lists it. Old keys list none: the first page after them does. */
export function hubKeysOf(chain: readonly Epoch[], shown: Pick<Household, "hubs">): ReadonlyMap<number, readonly Uint8Array[]> {
  const listedFrom = (n: number): readonly HubKeys[] => chain.slice(n).find(({ book }) => book)?.book?.hubs ?? shown.hubs;
  return new Map(
    chain.map(({ n }) => {
      const next = n + 1 < chain.length ? listedFrom(n + 1) : [];
      return [n, [...new Set([...listedFrom(n), ...next].map(({ sign_pub }) => sign_pub))].map((key) => unb64(key))];
    }),
  );
}

/** Who may tell how things are now: the hubs of the newest page. */
export const speakingHubs = ({ wire }: Pick<House, "wire">): Uint8Array[] => wire.hubs.map(({ sign_pub }) => unb64(sign_pub));

async function openAll({ chain }: Accepted, session: Session): Promise<Map<number, string>> {
  const identities = new Map<number, string>();
  for (const epoch of chain) {
    const opened = await unlessForOthers(openEpoch(epoch, identitiesOf(session)));
    if (opened !== null) identities.set(epoch.n, opened);
  }
  return identities;
}

/** What an owner gave this person from before they came; what does not hold is left out, and counted. */
async function openGiven(told: Household, chain: readonly Epoch[], me: Member | null, session: Session): Promise<{ opened: Map<number, string>; refused: number }> {
  const opened = new Map<number, string>();
  let refused = 0;
  for (const wire of told.earlier) {
    try {
      const gift = readGift(wire);
      opened.set(gift.n, await openEarlier(gift, identitiesOf(session), { household: told.household, account: me?.account ?? "", chain }));
    } catch (error) {
      if (!(error instanceof SealError)) throw error;
      refused++;
    }
  }
  return { opened, refused };
}

async function notesOf({ chain }: Accepted, session: Session): Promise<Notes | null> {
  const head = chain.at(-1);
  return head?.book && head.private.length > 0 ? unlessForOthers(openNotes(head, identitiesOf(session))) : null;
}

/** Null for what is sealed to others: from before we joined, or not for our role. */
async function unlessForOthers<T>(opening: Promise<T>): Promise<T | null> {
  try {
    return await opening;
  } catch (error) {
    if (!(error instanceof SealError) || error.code !== "not_for_us") throw error;
    return null;
  }
}

function only<T>(byAccount: Readonly<Record<string, T>>, accounts: ReadonlySet<string>): Record<string, T> {
  return Object.fromEntries(Object.entries(byAccount).filter(([account]) => accounts.has(account)));
}
