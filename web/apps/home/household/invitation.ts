/** An invitation: a link whose secret stands behind `#`, and what an owner's device remembers until it is answered. */
import type { Bytes } from "../../../core/bytes.ts";
import { newId } from "../../../core/ids.ts";
import type { Guest } from "../../../core/seal/notes.ts";
import { type Since, SINCE } from "./earlier.ts";
import { ID, type Role, ROLES } from "../../../core/seal/roll.ts";
import { INVITE_SECRET_LENGTH } from "../../../core/seal/safety.ts";
import { fromUrl64, toUrl64 } from "../../../core/url64.ts";
import { openHere, wrapHere } from "../../../ui/device.ts";
import type { Invitation } from "./invite-link.ts";

/** What the owner decided when they made it. */
export interface Offered extends Invitation {
  readonly role: Role;
  readonly name: string;
  readonly guest: Guest | null;
  /** From when on they will see, as owner or member. */
  readonly since: Since;
}

export const inviteLink = (origin: string, { invite, secret }: Invitation): string => `${origin}/home#join=${invite}.${toUrl64(secret)}`;

export const newInvitation = (): Invitation => ({ invite: newId(), secret: crypto.getRandomValues(new Uint8Array(INVITE_SECRET_LENGTH)) });

const place = (invite: string): string => `fanlight.invite.${invite}`;

/** Remembers on this device what was offered; only this browser opens it. */
export async function keepOffered({ secret, ...rest }: Offered): Promise<void> {
  const text = new TextEncoder().encode(JSON.stringify({ ...rest, secret: toUrl64(secret) })) as Bytes;
  localStorage.setItem(place(rest.invite), await wrapHere(place(rest.invite), text));
}

/** What this device offered under an invitation; null for one that was made elsewhere. */
export async function offered(invite: string): Promise<Offered | null> {
  const kept = ID.test(invite) ? localStorage.getItem(place(invite)) : null;
  const plain = kept === null ? null : await openHere(place(invite), kept);
  if (!plain) return null;
  const read = JSON.parse(new TextDecoder().decode(plain)) as Omit<Offered, "secret"> & { secret: string };
  return { ...read, since: SINCE.find((since) => since === read.since) ?? "now", role: ROLES.find((role) => role === read.role) ?? "guest", secret: fromUrl64(read.secret) };
}

export function forgetOffered(invite: string): void {
  localStorage.removeItem(place(invite));
}

/** "482913" -> "482 913": read aloud in two breaths. */
export const spaced = (code: string): string => `${code.slice(0, 3)} ${code.slice(3)}`;

