/** A signed appointment on its way between the new clerk, the clerk in office and the operator: a text that is copied.
 *
 *  Holds:   it is public from the day on which it is recorded; nothing in it is secret. Who takes it looks at both signatures.
 *           What is taken is an appointment to the letter, written again from what was read: one key signs statements on
 *           agreements in the same context, and a text that could be read as another is none that a clerk is asked to sign.
 */
import type { Appointment } from "../api/register.ts";
import { nullable, obj, str } from "../api/shape.ts";
import { readB64, utf8 } from "../bytes.ts";
import { type Json, jcsText } from "../jcs.ts";
import { verify } from "../seal/keys.ts";
import { CONTEXT, digest, onAppointment } from "./statement.ts";

const read = obj<Appointment>({ account: str, statement: str, acceptance: str, document: str, handed_over_by: nullable(str), handover: nullable(str) });
const act = obj({ body: str, date: str, reference: str, document: str });
const said = obj({ clerk: str, name: str, office: str, key: str, day: str, appointed: act });
const ID = /^[a-z2-7]{26}$/;
const DAY = /^\d{4}-\d\d-\d\d$/;

export interface Offered {
  readonly offer: Appointment;
  readonly name: string;
  readonly office: string;
  readonly day: string;
}

export const offerText = (offer: Appointment): string => JSON.stringify(offer, null, 1);

/** Reads a signed appointment, or null: another text, a field too many, other words than were signed, or a signature that does not hold. */
export function readOffer(text: string): Offered | null {
  try {
    const given = JSON.parse(text) as Json;
    const offer = read(given, "offer");
    if (jcsText({ ...offer }) !== jcsText(given)) return null;
    const { appointed, ...clerk } = said(JSON.parse(offer.statement), "statement");
    if (onAppointment(clerk, appointed) !== offer.statement) return null;
    if (!ID.test(clerk.clerk) || !DAY.test(clerk.day) || !DAY.test(appointed.date)) return null;
    const [pub, signature] = [readB64(clerk.key), readB64(offer.acceptance)];
    if (!pub || !signature || appointed.document !== digest(offer.document)) return null;
    verify(pub, CONTEXT, utf8(offer.statement), signature);
    return { offer, name: clerk.name, office: clerk.office, day: clerk.day };
  } catch {
    return null;
  }
}
