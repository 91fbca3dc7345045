/** The notes to an epoch: names, guests' cameras, mandated cameras, and why there is a new one. Twin of fanlight.seal.notes. */

import { jcs } from "../jcs.ts";
import { openAge } from "./age.ts";
import { type Bytes, text } from "./bytes.ts";
import type { Epoch } from "./epoch.ts";
import { bad, Fields } from "./fields.ts";
import { ID, MAX_MEMBERS, type Roll } from "./roll.ts";

const MINIMUM = 4 * 1024;
const MAX_CAMERAS = 64;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
export const WHYS = ["founded", "month", "joined", "left", "removed", "changed", "hub", "recovered"] as const;
export type Why = (typeof WHYS)[number];

export interface Guest {
  /** Camera ids; null: all. */
  readonly cameras: readonly string[] | null;
  /** RFC 3339, UTC, milliseconds. */
  readonly until: string;
}
export interface Notes {
  readonly why: Why;
  /** By account. */
  readonly names: Readonly<Record<string, string>>;
  readonly guests: Readonly<Record<string, Guest>>;
  /** Ids of cameras that somebody else than the household wants there. */
  readonly mandated: readonly string[];
}

/** The padded bytes that are sealed; throws SealError `malformed` if they speak of somebody who is not of the roll. */
export function notesBytes(notes: Notes, roll: Roll): Bytes {
  check(notes, roll);
  const guests = Object.fromEntries(
    Object.entries(notes.guests).map(([account, { cameras, until }]) => [account, { cameras: cameras && [...cameras].sort(), until }]),
  );
  const fields = { names: notes.names, guests, mandated: [...notes.mandated].sort(), why: notes.why, pad: "" };
  const bare = jcs(fields).length;
  return jcs({ ...fields, pad: "0".repeat(padded(bare) - bare) });
}

/** Opens the notes to a checked epoch; throws SealError: `not_for_us`, or `malformed` if there are none. */
export async function openNotes(epoch: Epoch, identities: readonly string[]): Promise<Notes> {
  if (!epoch.book || epoch.private.length === 0) return bad("this household key came without notes");
  return readNotes(await openAge(epoch.private, identities), epoch.book);
}

/** Reads opened notes; throws SealError `malformed`. */
export function readNotes(data: Uint8Array, roll: Roll): Notes {
  const read = Fields.of(text(data));
  const pad = read.match("pad", /^0*$/);
  if (data.length !== padded(data.length - pad.length)) bad("the notes to a household key have another size than their content asks");
  const names = read.object("names");
  const guests = read.object("guests");
  const notes: Notes = {
    why: read.oneOf("why", WHYS),
    names: Object.fromEntries(names.names(ID, MAX_MEMBERS).map((account) => [account, names.match(account, /^[^]{1,100}$/u)])),
    guests: Object.fromEntries(guests.names(ID, MAX_MEMBERS).map((account) => [account, readGuest(guests.object(account))])),
    mandated: read.texts("mandated", ID, MAX_CAMERAS) ?? bad("mandated has another form"),
  };
  read.end();
  check(notes, roll);
  return notes;
}

function readGuest(read: Fields): Guest {
  const guest: Guest = { cameras: read.texts("cameras", ID, MAX_CAMERAS), until: read.match("until", TIME) };
  read.end();
  return guest;
}

function check(notes: Notes, roll: Roll): void {
  const roles = new Map(roll.members.map(({ account, role }) => [account, role]));
  if (!Object.keys(notes.names).every((account) => roles.has(account))) bad("it names somebody who is not of the household");
  if (!Object.keys(notes.guests).every((account) => roles.get(account) === "guest")) bad("it lets somebody see cameras who is no guest");
  for (const { until } of Object.values(notes.guests)) {
    if (!TIME.test(until) || Number.isNaN(Date.parse(until)) || new Date(until).toISOString() !== until) bad("an end is not a time");
  }
}

function padded(bare: number): number {
  let size = MINIMUM;
  while (size < bare) size *= 2;
  return size;
}
