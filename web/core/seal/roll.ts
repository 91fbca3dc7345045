/** Who is of a household: members with their roles, hubs, and the recovery sheet's public keys. Twin of fanlight.seal.roll. */

import { type Bytes, unb64 } from "./bytes.ts";
import { bad, Fields } from "./fields.ts";
import { checkRecipient } from "./keys.ts";

export const ROLES = ["owner", "member", "guest", "installer", "landlord"] as const;
export type Role = (typeof ROLES)[number];
export const MAX_MEMBERS = 20;
export const MAX_HUBS = 4;
export const MAX_GUESTS = 8;
export const ID = /^[a-z2-7]{26}$/;
export const RECIPIENT = /^age1pq1[02-9ac-hj-np-z]{1952}$/;

/** Public halves, as statements and the API have them: base64 of an Ed25519 key, and an age recipient. */
export interface PublicHalves {
  readonly sign_pub: string;
  readonly age_recipient: string;
}
export interface Member extends PublicHalves {
  readonly account: string;
  readonly role: Role;
}
export interface RolledHub extends PublicHalves {
  readonly hub: string;
}
export interface Roll {
  readonly members: readonly Member[];
  readonly hubs: readonly RolledHub[];
  readonly recovery: PublicHalves;
}

/** Owners and members: whom the household's secret is sealed to. */
export const reads = (role: Role): boolean => role === "owner" || role === "member";

export const isOwner = (roll: Roll, signPub: string): boolean =>
  roll.members.some((member) => member.role === "owner" && member.sign_pub === signPub);

/** Whom the household's secret is sealed to: owners, members, the sheet. */
export const secretRecipients = (roll: Roll): string[] => [
  ...roll.members.filter(({ role }) => reads(role)).map((member) => member.age_recipient),
  roll.recovery.age_recipient,
];

/** Whom the notes are sealed to: those of the secret, guests and every hub. */
export const notesRecipients = (roll: Roll): string[] => [
  ...secretRecipients(roll),
  ...roll.members.filter(({ role }) => role === "guest").map((member) => member.age_recipient),
  ...roll.hubs.map((hub) => hub.age_recipient),
];

/** Reads `members`, `hubs` and `recovery` of a statement; throws SealError `malformed`. */
export function readRoll(read: Fields): Roll {
  const roll: Roll = {
    members: read.objects("members", MAX_MEMBERS).map((one) =>
      ended(one, { account: one.match("account", ID), role: one.oneOf("role", ROLES), ...halves(one) }),
    ),
    hubs: read.objects("hubs", MAX_HUBS).map((one) => ended(one, { hub: one.match("hub", ID), ...halves(one) })),
    recovery: readHalves(read.object("recovery")),
  };
  checkRoll(roll);
  return roll;
}

/** Throws SealError `malformed` for a roll without an owner, too long a one, or one that names anybody twice. */
export function checkRoll(roll: Roll): void {
  if (!roll.members.some(({ role }) => role === "owner")) bad("a household must have an owner");
  if (roll.members.length > MAX_MEMBERS || roll.hubs.length > MAX_HUBS) bad("a household has more members or hubs than allowed");
  if (roll.members.filter(({ role }) => role === "guest").length > MAX_GUESTS) bad("a household has more guests than allowed");
  once([...roll.members.map(({ account }) => account), ...roll.hubs.map(({ hub }) => hub)]);
  once([...roll.members, ...roll.hubs, roll.recovery].map(({ sign_pub }) => sign_pub));
}

/** Reads an object of public halves and nothing else. */
export function readHalves(one: Fields): PublicHalves {
  return ended(one, halves(one));
}

/** The 32 bytes of a signing key; throws SealError `malformed`. */
export function publicKey(signPub: string): Bytes {
  const key = unb64(signPub);
  return key.length === 32 ? key : bad("a signing key has another length than 32 bytes");
}

/** A recipient in a signed text: its checksum too. Throws SealError `malformed`. */
export function recipientOf(read: Fields, name: string): string {
  const recipient = read.match(name, RECIPIENT);
  try {
    checkRecipient(recipient);
  } catch {
    bad(`${name} is no post-quantum age recipient`);
  }
  return recipient;
}

function halves(one: Fields): PublicHalves {
  const sign_pub = one.match("sign_pub", /^[A-Za-z0-9+/]{43}=$/);
  publicKey(sign_pub);
  return { sign_pub, age_recipient: recipientOf(one, "age_recipient") };
}

function ended<T>(read: Fields, value: T): T {
  read.end();
  return value;
}

function once(names: readonly string[]): void {
  if (new Set(names).size !== names.length) bad("an account or a key stands in it twice");
}
