/**
 * Making a request: the case key is made on this computer, and what is sent is signed as it is read.
 *
 * Holds:  the secret of the case key leaves only sealed to the agency's people; the server gets ciphertext.
 */
import { jcs } from "../../../core/jcs.ts";
import { openAge, sealAge } from "../../../core/seal/age.ts";
import { b64, text, utf8 } from "../../../core/seal/bytes.ts";
import { type Identity, type SigningKey, identityRecipient, newIdentity, sign } from "../../../core/seal/keys.ts";
import type { Draft } from "./draft.ts";
import { fromField } from "./times.ts";

export interface Person {
  readonly account: string;
  readonly name: string;
  readonly role: string;
  readonly age_recipient: string;
}

/** Those whom a case key is sealed to. */
export const keyHolders = (people: readonly Person[]): Person[] =>
  people.filter(({ role }) => ["officer", "supervisor", "custodian"].includes(role));

export interface CaseKey {
  readonly identity: Identity;
  /** An age file of the identity's text, base64. */
  readonly sealed: string;
}

export async function makeCaseKey(people: readonly Person[]): Promise<CaseKey> {
  const identity = await newIdentity();
  const readers = keyHolders(people).map((person) => person.age_recipient);
  return { identity, sealed: b64(await sealAge(utf8(`${identity.secret}\n`), readers)) };
}

/** The case key's identity text and recipient, opened with one's own key. Throws SealError. */
export async function openCaseKey(sealed: Uint8Array, own: string): Promise<Identity> {
  const secret = text(await openAge(sealed, [own])).trim();
  return { secret, recipient: await identityRecipient(secret) };
}

export type RequestWire = {
  readonly case_number: string;
  readonly offence: string;
  readonly purpose: string;
  readonly words: string;
  readonly outline: readonly (readonly [number, number])[];
  readonly start: string;
  readonly end: string;
  readonly emergency: boolean;
  readonly sensitive: boolean;
  readonly case_key: string;
  readonly case_key_sealed: string;
  readonly signature: string;
};

/** The request as it is sent. `draft` must have nothing missing. */
export function signRequest(draft: Draft, key: CaseKey, signer: SigningKey): RequestWire {
  const [start, end] = [fromField(draft.from), fromField(draft.to)];
  if (!start || !end) throw new Error("A draft without times was about to be sent.");
  const fields = {
    case_number: draft.caseNumber,
    offence: draft.offence,
    purpose: draft.purpose,
    words: draft.words.trim(),
    outline: draft.outline,
    start: start.toISOString(),
    end: end.toISOString(),
    emergency: draft.emergency,
    sensitive: draft.sensitive,
    case_key: key.identity.recipient,
    case_key_sealed: key.sealed,
  };
  return { ...fields, signature: b64(sign(signer, "request", jcs(fields))) };
}

/** The second person's signature over the request exactly as it was signed. */
export const cosignature = (signed: string, signer: SigningKey): string => b64(sign(signer, "cosign", utf8(signed)));

export type ExportFields = { readonly recipient: string; readonly ground: string; readonly return_by: string; readonly recipient_kind: string };

export const exportSignature = (disclosure: string, fields: ExportFields, signer: SigningKey): string =>
  b64(sign(signer, "export", jcs({ disclosure, ...fields })));
