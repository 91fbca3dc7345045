/**
 * What of an agency's copies ends when, and what its custodian records about it. Each act is signed here.
 *
 * Holds:  what is signed is what is sent, with what it is about; the server checks it against the person's key.
 */
import { bool, list, nullable, num, obj, type Read, str } from "../../../core/api/shape.ts";
import type { Client } from "../../../core/api/client.ts";
import { jcs } from "../../../core/jcs.ts";
import { b64 } from "../../../core/seal/bytes.ts";
import { type SigningKey, sign } from "../../../core/seal/keys.ts";

export interface Hold {
  readonly hold: string;
  readonly kind: string;
  readonly document: string;
  readonly court: string | null;
  readonly docket: string | null;
  readonly until: string;
  readonly by: string;
  readonly stands: boolean;
  /** It stands past its stated end. */
  readonly overdue: boolean;
  readonly ended: string | null;
}
export interface Party {
  readonly party: string;
  readonly name: string;
  readonly told: string | null;
}
export interface WantedBack {
  readonly disclosure: string;
  readonly due: string;
  readonly used: boolean;
}
export interface CaseEnd {
  readonly request: string;
  readonly case_number: string;
  readonly offence: string;
  readonly copies: number;
  readonly ends: string;
  readonly why: string;
  readonly keep_days: number;
  readonly minimum: { readonly days: number; readonly section: string } | null;
  readonly told: string | null;
  readonly told_inside: readonly string[];
  readonly parties: readonly Party[];
  readonly held: boolean;
  readonly holds: readonly Hold[];
  readonly withdrawn: readonly WantedBack[];
  readonly done: string | null;
  readonly leaf_index: number | null;
}
export interface Out {
  readonly export: string;
  readonly request: string;
  readonly disclosure: string;
  /** The hash of the package's evidence parts; null for one that was made before it was entered. */
  readonly parts: string | null;
  /** The export that this copy for the defence equals. */
  readonly equals: string | null;
  readonly recipient: string;
  readonly return_by: string;
  /** Out past its date, and not attested. */
  readonly past: boolean;
  readonly over: string | null;
  readonly over_day: string | null;
}
export interface Stone {
  readonly disclosure: string;
  readonly day: string;
  readonly why: string;
  readonly custody: readonly { readonly at: string; readonly act: string; readonly by: string }[];
}
export interface Whole {
  readonly today: string;
  readonly case: CaseEnd | null;
  readonly destroyed: readonly Stone[];
  readonly exports: readonly Out[];
}

const hold: Read<Hold> = obj<Hold>({ hold: str, kind: str, document: str, court: nullable(str), docket: nullable(str), until: str, by: str, stands: bool, overdue: bool, ended: nullable(str) });
const caseEnd: Read<CaseEnd> = obj<CaseEnd>({
  request: str,
  case_number: str,
  offence: str,
  copies: num,
  ends: str,
  why: str,
  keep_days: num,
  minimum: nullable(obj<{ days: number; section: string }>({ days: num, section: str })),
  told: nullable(str),
  told_inside: list(str),
  parties: list(obj<Party>({ party: str, name: str, told: nullable(str) })),
  held: bool,
  holds: list(hold),
  withdrawn: list(obj<WantedBack>({ disclosure: str, due: str, used: bool })),
  done: nullable(str),
  leaf_index: nullable(num),
});
const out: Read<Out> = obj<Out>({ export: str, request: str, disclosure: str, parts: nullable(str), equals: nullable(str), recipient: str, return_by: str, past: bool, over: nullable(str), over_day: nullable(str) });
const stone: Read<Stone> = obj<Stone>({ disclosure: str, day: str, why: str, custody: list(obj<Stone["custody"][number]>({ at: str, act: str, by: str })) });

export interface All {
  readonly today: string;
  readonly cases: readonly CaseEnd[];
  readonly exports: readonly Out[];
}
export const ends = (api: Client): Promise<All> => api.json("/v1/agency/ends", obj<All>({ today: str, cases: list(caseEnd), exports: list(out) }));
export const endOf = (api: Client, request: string): Promise<Whole> =>
  api.json(`/v1/agency/requests/${request}/end`, obj<Whole>({ today: str, case: nullable(caseEnd), destroyed: list(stone), exports: list(out) }));

export type Fields = Readonly<Record<string, string>>;

/** `fields` as they are sent: with a signature over them and what they are about. */
export const signed = (signer: SigningKey, context: string, about: Fields, fields: Fields): Fields => ({
  ...fields,
  signature: b64(sign(signer, context, jcs({ ...about, ...fields }))),
});
const post = async (api: Client, path: string, json?: Fields): Promise<void> => {
  await api.send(`/v1/agency/${path}`, { method: "POST", ...(json ? { json } : {}) });
};
export const placeHold = (api: Client, signer: SigningKey, request: string, fields: Fields): Promise<void> =>
  post(api, `requests/${request}/holds`, signed(signer, "hold", { request }, fields));
export const endHold = (api: Client, signer: SigningKey, hold: string, fields: Fields): Promise<void> => post(api, `holds/${hold}/end`, signed(signer, "hold-end", { hold }, fields));
export const recordUse = (api: Client, signer: SigningKey, disclosure: string, fields: Fields): Promise<void> =>
  post(api, `disclosures/${disclosure}/uses`, signed(signer, "copy-use", { disclosure }, fields));
export const exportOver = (api: Client, signer: SigningKey, gone: string, fields: Fields): Promise<void> =>
  post(api, `exports/${gone}/over`, signed(signer, "export-over", { export: gone }, fields));
export const addParty = (api: Client, request: string, fields: Fields): Promise<void> => post(api, `requests/${request}/parties`, fields);
export const partyTold = (api: Client, party: string): Promise<void> => post(api, `parties/${party}/told`);
