/** Coming back with the recovery sheet: find the household, show who is of it, write the next list with the sheet's key. */
import { challenge } from "../../../core/api/calls.ts";
import { Client } from "../../../core/api/client.ts";
import { findByRecovery, putRecovery, type Recovered, type SheetProof } from "../../../core/api/invites.ts";
import { b64 } from "../../../core/bytes.ts";
import { jcs } from "../../../core/jcs.ts";
import { accept, nextEpoch, NOTHING_KNOWN } from "../../../core/seal/book.ts";
import type { Epoch } from "../../../core/seal/epoch.ts";
import { sign } from "../../../core/seal/keys.ts";
import { type Notes, openNotes } from "../../../core/seal/notes.ts";
import type { Member } from "../../../core/seal/roll.ts";
import type { Sheet } from "../../../core/seal/sheet.ts";
import type { Session } from "../../../ui/session.ts";

export interface Found {
  readonly told: Recovered;
  readonly chain: readonly Epoch[];
  readonly notes: Notes;
  /** Whether it was begun already, by this account. */
  readonly begun: boolean;
}

/** Throws ApiError for a sheet that no household has, SealError for a household whose list does not hold. */
export async function findHousehold(session: Session, sheet: Sheet): Promise<Found> {
  const told = await findByRecovery(session.api, await proof(session, sheet));
  // This device knows nobody of the household yet: only that the sheet is the one its list names.
  const { chain, waiting } = accept(told.epochs, { household: told.household, known: NOTHING_KNOWN, now: Date.now(), pending: told.pending?.epoch ?? null });
  const head = chain.at(-1);
  if (head?.book?.recovery.sign_pub !== sheet.public.sign_pub) throw new Error("The list names another sheet.");
  const own = b64(session.keys.signing.public);
  return { told, chain, notes: await openNotes(head, [sheet.keys.age.secret]), begun: waiting?.book?.members.some((one) => one.sign_pub === own) ?? false };
}

/** Begins anew: this person becomes an owner on the day that is returned, unless an owner objects. */
export async function beginAnew(session: Session, sheet: Sheet, found: Found, name: string): Promise<string> {
  const { account } = await session.whoami();
  const after = found.chain.at(-1);
  if (!after?.book) throw new Error("A household without a list.");
  const self: Member = { account, sign_pub: b64(session.keys.signing.public), age_recipient: session.keys.age.recipient, role: "owner" };
  const members = [...after.book.members.filter((one) => one.account !== account), self];
  const { wire } = await nextEpoch({
    household: found.told.household,
    after,
    roll: { members, hubs: after.book.hubs, recovery: after.book.recovery },
    notes: { ...found.notes, why: "recovered", names: { ...found.notes.names, [account]: name } },
    signer: sheet.keys.signing,
    day: new Date().toISOString().slice(0, 10),
  });
  const { due } = await putRecovery(session.api, { ...(await proof(session, sheet)), epoch: wire });
  return due;
}

async function proof(session: Session, sheet: Sheet): Promise<SheetProof> {
  const { account } = await session.whoami();
  const { sign_pub } = sheet.public;
  const asked = await challenge(new Client((url, init) => fetch(url, init)), sign_pub);
  return { sign_pub, challenge: asked.challenge, signature: b64(sign(sheet.keys.signing, "recover", jcs({ account, challenge: asked.challenge }))) };
}
