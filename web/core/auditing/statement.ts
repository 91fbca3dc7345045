/** What an agency's auditor and a clerk sign, in canonical JSON. Twin of fanlight.wire.auditing.
 *
 *  Holds:   a statement names its agency, the very offer, the term and the day; it is signed in a context of its own, so that
 *           nothing that a clerk signs on an agreement can be read as one of these. What is taken is an offer to the letter,
 *           written again from what was read.
 *  Why:     docs/spec/auditing.md
 */
import { obj, str } from "../api/shape.ts";
import { b64, readB64, utf8 } from "../bytes.ts";
import { type Json, jcsText } from "../jcs.ts";
import { sign, type SigningKey, verify } from "../seal/keys.ts";

export const CONTEXT = "auditing";

export interface OfferFields {
  readonly auditor: string;
  readonly agency: string;
  readonly name: string;
  readonly key: string;
  readonly recipient: string;
  readonly day: string;
}
export interface AppointmentFields {
  readonly auditor: string;
  readonly agency: string;
  readonly offer: string;
  readonly from: string;
  readonly until: string;
  readonly clerk: string;
  readonly day: string;
  readonly appointed: { readonly body: string; readonly date: string; readonly reference: string; readonly document: string };
}

export const onOffer = (fields: OfferFields): string => jcsText({ v: 1, act: "offer", ...fields });
export const onAuditor = (fields: AppointmentFields): string => jcsText({ v: 1, act: "appoint", ...fields, appointed: { ...fields.appointed } });
export const onEnd = (fields: { readonly auditor: string; readonly reason: string; readonly clerk: string; readonly day: string }): string =>
  jcsText({ v: 1, act: "end", ...fields });

export const signed = (key: SigningKey, statement: string): string => b64(sign(key, CONTEXT, utf8(statement)));

/** An offer on its way from the auditor to the clerk: a text that is copied. It holds nothing secret. */
export interface Offered {
  readonly account: string;
  readonly offer: string;
  readonly acceptance: string;
}
export const offerText = (offered: Offered): string => JSON.stringify(offered, null, 1);

const carried = obj<Offered>({ account: str, offer: str, acceptance: str });
const said = obj<OfferFields>({ auditor: str, agency: str, name: str, key: str, recipient: str, day: str });
const ID = /^[a-z2-7]{26}$/;
const DAY = /^\d{4}-\d\d-\d\d$/;

/** Reads a signed offer, or null: another text, a field too many, or a signature that does not hold. */
export function readOffered(text: string): (Offered & { readonly fields: OfferFields }) | null {
  try {
    const given = JSON.parse(text) as Json;
    const offered = carried(given, "offer");
    if (jcsText({ ...offered }) !== jcsText(given)) return null;
    const fields = said(JSON.parse(offered.offer), "offer");
    if (onOffer(fields) !== offered.offer || !ID.test(fields.auditor) || !DAY.test(fields.day)) return null;
    const [pub, signature] = [readB64(fields.key), readB64(offered.acceptance)];
    if (!pub || !signature) return null;
    verify(pub, CONTEXT, utf8(offered.offer), signature);
    return { ...offered, fields };
  } catch {
    return null;
  }
}
