/**
 * Making a request: what is sent is signed as it is read.
 *
 * Holds:  the signature covers the case's public key and, by their hash, the sealed copies of its secret.
 */
import { jcs } from "../../../core/jcs.ts";
import { b64, utf8 } from "../../../core/seal/bytes.ts";
import { type SigningKey, sign } from "../../../core/seal/keys.ts";
import { type CaseKey, copiesDigest, type Copy, type Pair } from "./casekey.ts";
import type { Draft } from "./draft.ts";
import { fromField } from "./times.ts";

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
  readonly copies_sha256: string;
  readonly copies: readonly Copy[];
  readonly recovery: readonly Pair[];
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
    copies_sha256: copiesDigest(key),
  };
  return { ...fields, copies: key.copies, recovery: key.recovery, signature: b64(sign(signer, "request", jcs(fields))) };
}

/** The second person's signature over the request exactly as it was signed. */
export const cosignature = (signed: string, signer: SigningKey): string => b64(sign(signer, "cosign", utf8(signed)));

export type ExportFields = { readonly recipient: string; readonly ground: string; readonly return_by: string; readonly recipient_kind: string; readonly parts: string; readonly equals?: string };

export const exportSignature = (disclosure: string, fields: ExportFields, signer: SigningKey): string =>
  b64(sign(signer, "export", jcs({ disclosure, ...fields })));
