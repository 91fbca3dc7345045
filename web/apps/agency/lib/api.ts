/** The calls of an agency's people. Answers are checked on arrival. */
import type { Client } from "../../../core/api/client.ts";
import { bool, list, nullable, num, obj, or, raw, type Read, record, str } from "../../../core/api/shape.ts";
import type { Opening } from "../../../core/evidence/package.ts";
import type { Division } from "../../../core/geo/cells.ts";
import type { Json } from "../../../core/jcs.ts";
import type { ExportFields, RequestWire } from "./asking.ts";
import type { Give, Hand, Person } from "./casekey.ts";
import type { AnswerWire } from "./answering.ts";
import type { Sealed, Wire } from "./papers.ts";

type Bytes = Uint8Array<ArrayBuffer>;

export interface Agreement {
  readonly agreement: string;
  readonly from: string;
  readonly until: string;
  readonly vote: unknown;
}
export interface Mine {
  readonly agency: { readonly ori: string; readonly name: string; readonly kind: string; readonly demo: boolean; readonly boundary: unknown };
  readonly agreement: Agreement | null;
  readonly pack: { readonly sha256: string; readonly id: string; readonly title: string } | null;
  readonly people: readonly Person[];
  readonly me: { readonly account: string; readonly name: string; readonly role: string };
}
const mine: Read<Mine> = obj<Mine>({
  agency: obj<Mine["agency"]>({ ori: str, name: str, kind: str, demo: or(bool, false), boundary: raw }),
  agreement: nullable(obj<Agreement>({ agreement: str, from: str, until: str, vote: raw })),
  pack: nullable(obj<NonNullable<Mine["pack"]>>({ sha256: str, id: str, title: str })),
  people: list(obj<Person>({ account: str, name: str, role: str, age_recipient: str })),
  me: obj<Mine["me"]>({ account: str, name: str, role: str }),
});

export interface Sample {
  readonly case_number: string;
  readonly offence: string;
  readonly purpose: string;
  readonly words: string;
  readonly outline: readonly (readonly number[])[];
}
export interface TownPlace {
  readonly name: string;
  readonly demo: boolean;
  readonly bounds: readonly number[];
  readonly division: Division;
  readonly credits: string;
  readonly sample: Sample | null;
}
const division: Read<Division> = or(obj<Division>({ cells: list(str), rest: str }), { cells: [], rest: "" });
const sample: Read<Sample> = obj<Sample>({ case_number: str, offence: str, purpose: str, words: str, outline: list(list(num)) });
const town: Read<TownPlace> = (value, where) => {
  const read = obj<Omit<TownPlace, "sample">>({ name: str, demo: or(bool, false), bounds: list(num), division, credits: or(str, "") })(value, where);
  return { ...read, sample: nullable(sample)(record(value, where)["sample_request"], `${where}.sample_request`) };
};

export interface Rule {
  readonly id: string;
  readonly section: string;
  readonly cites: readonly { readonly law: string; readonly section: string }[];
  readonly text: string;
  readonly lawful_if: string;
  readonly holds: boolean;
}
export interface Decision {
  readonly decision: string;
  readonly rules: readonly Rule[];
}
const rule: Read<Rule> = obj<Rule>({
  id: str,
  section: or(str, ""),
  cites: or(list(obj({ law: str, section: str })), []),
  text: str,
  lawful_if: or(str, ""),
  holds: bool,
});
const decision: Read<Decision> = obj<Decision>({ decision: str, rules: list(rule) });

export type State = "waiting" | "open" | "closed" | "refused";
const state: Read<State> = (value, where) => {
  const known: readonly State[] = ["waiting", "open", "closed", "refused"];
  return known.find((one) => one === value) ?? (str(value, where) as State);
};

interface Common {
  readonly request: string;
  readonly state: State;
  readonly case_number: string;
  readonly offence: string;
  readonly purpose: string;
  readonly start: string;
  readonly end: string;
  readonly words: string;
  readonly outline: readonly (readonly number[])[];
  readonly emergency: boolean;
  /** When it was sent, RFC 3339. */
  readonly at: string;
  readonly expires: string;
  readonly cosign_by: string | null;
  /** By name; `officer_account` tells two of one name apart. */
  readonly officer: string;
  readonly officer_account: string;
  readonly cosigner: string | null;
  readonly number_in_case: number;
  /** Shown to the public without its place until it opens. */
  readonly protected: boolean;
  readonly decision: Decision;
  readonly case_key: string;
  readonly reason: string | null;
  readonly band: string | null;
  /** Residents were reminded of it, as may be done once. */
  readonly reminded: boolean;
}
const common: { [K in keyof Common]: Read<Common[K]> } = {
  request: str,
  state,
  case_number: str,
  offence: str,
  purpose: str,
  start: str,
  end: str,
  words: str,
  outline: list(list(num)),
  emergency: bool,
  at: str,
  expires: str,
  cosign_by: nullable(str),
  officer: str,
  officer_account: str,
  cosigner: nullable(str),
  number_in_case: num,
  protected: bool,
  decision,
  case_key: str,
  reason: nullable(str),
  band: nullable(str),
  reminded: or(bool, false),
};
/** A request in a list. */
export interface Row extends Common {
  /** Clips disclosed so far: exact for the agency, a band for everybody else. */
  readonly disclosures: number;
}
const row: Read<Row> = obj<Row>({ ...common, disclosures: num });

/** The agency's answer to the note in a copy, sealed to the case's key. */
export interface Answered {
  readonly sealed: string;
  readonly by: string;
  readonly at: string;
}
/** A redacted copy; `record` is sealed to the case, and empty once it was taken off. */
export interface Redacted {
  readonly redaction: string;
  readonly by: string;
  readonly at: string;
  readonly record: string;
  readonly off: boolean;
}
export interface Disclosed {
  readonly disclosure: string;
  readonly received_day: string;
  readonly manifest: string;
  readonly length: number;
  readonly root: string;
  readonly answer: Answered | null;
  /** What whoever gave it said of themselves, sealed to the case's key, base64. */
  readonly giver: string | null;
  readonly redactions: readonly Redacted[];
}
/** Who did what with a clip at the agency; `at` is a day for what came from a home, else a time. */
export interface Custody {
  readonly at: string;
  readonly act: string;
  readonly by: string;
}
const custody: Read<Custody> = obj<Custody>({ at: str, act: str, by: str });
/** A leaf and what proves it: the receipt is a C2SP tlog-proof text. */
export interface Proof {
  readonly leaf: string;
  readonly index: number;
  readonly receipt: string;
}
/** Who can open a case, and from whom they have that. */
export interface Holder {
  readonly account: string;
  readonly name: string;
  readonly why: string;
  readonly by: string;
  readonly at: string;
}
/** Two custodians who can recover a case's key together; `handed`: the first has handed on to the second. */
export interface KeyPair {
  readonly first: string;
  readonly first_name: string;
  readonly second: string;
  readonly second_name: string;
  readonly handed: boolean;
}
/** A line of a case's custody; `disclosure` is null for what was done with the case as a whole. */
export interface TrailLine {
  readonly at: string;
  readonly act: string;
  readonly about: string;
  readonly by: string;
  readonly disclosure: string | null;
}
export interface Whole extends Common {
  /** The request exactly as its officer signed it. */
  readonly signed: string;
  /** One's own copy of the case's key; null who has none. */
  readonly case_key_sealed: string | null;
  readonly holders: readonly Holder[];
  readonly pairs: readonly KeyPair[];
  /** Of how many lines the case's custody is. */
  readonly custody_lines: number;
  readonly receipt: Proof | null;
  readonly disclosures: readonly Disclosed[];
}
const proof: Read<Proof> = obj<Proof>({ leaf: str, index: num, receipt: str });
const whole: Read<Whole> = obj<Whole>({
  ...common,
  signed: str,
  case_key_sealed: nullable(str),
  holders: or(list(obj<Holder>({ account: str, name: str, why: str, by: str, at: str })), []),
  pairs: or(list(obj<KeyPair>({ first: str, first_name: str, second: str, second_name: str, handed: bool })), []),
  custody_lines: or(num, 0),
  receipt: nullable(proof),
  disclosures: list(obj<Disclosed>({ disclosure: str, received_day: str, manifest: str, length: num, root: str, answer: or(nullable(obj<Answered>({ sealed: str, by: str, at: str })), null), giver: or(nullable(str), null), redactions: or(list(obj<Redacted>({ redaction: str, by: str, at: str, record: str, off: bool })), []) })),
});

export interface Asked {
  readonly request: string;
  readonly state: State;
  readonly decision: Decision;
}
const asked: Read<Asked> = obj<Asked>({ request: str, state, decision });

export const agencyOf = (api: Client): Promise<Mine> => api.json("/v1/agency", mine);
export const townOf = (api: Client): Promise<TownPlace> => api.json("/v1/town", town, { anonymous: true });
export const packText = (api: Client, sha256: string): Promise<string> => api.text(`/v1/packs/${sha256}`, { anonymous: true });
export const requests = async (api: Client): Promise<readonly Row[]> =>
  (await api.json("/v1/agency/requests", obj({ requests: list(row) }))).requests;
export const request = (api: Client, id: string): Promise<Whole> => api.json(`/v1/agency/requests/${id}`, whole);
export const ask = (api: Client, wire: RequestWire): Promise<Asked> => api.json("/v1/agency/requests", asked, { method: "POST", json: wire });
export const cosign = (api: Client, id: string, signature: string): Promise<unknown> =>
  api.json(`/v1/agency/requests/${id}/cosign`, raw, { method: "POST", json: { signature } });
export const closeRequest = async (api: Client, id: string): Promise<void> => {
  await api.send(`/v1/agency/requests/${id}/close`, { method: "POST" });
};
/** Reminds residents of an open request, as may be done once. */
export const remind = async (api: Client, id: string): Promise<void> => {
  await api.send(`/v1/agency/requests/${id}/reminder`, { method: "POST" });
};
export interface TrailPage {
  readonly total: number;
  readonly lines: readonly TrailLine[];
}
const trailPage: Read<TrailPage> = obj<TrailPage>({ total: num, lines: list(obj<TrailLine>({ at: str, act: str, about: str, by: str, disclosure: nullable(str) })) });
export const custodyPage = (api: Client, id: string, skip: number): Promise<TrailPage> => api.json(`/v1/agency/requests/${id}/custody?skip=${skip}`, trailPage);
export const custodyCsv = (api: Client, id: string): Promise<string> => api.text(`/v1/agency/requests/${id}/custody?format=csv`);
const sealedPaper: Read<Sealed> = obj<Sealed>({
  paper: str,
  kind: str,
  disclosure: nullable(str),
  number: nullable(num),
  earlier: nullable(str),
  sealed: str,
  by: str,
  at: str,
});
export const papersOf = (api: Client, id: string): Promise<readonly Sealed[]> => api.json(`/v1/agency/requests/${id}/papers`, list(sealedPaper));
export const addPaper = (api: Client, id: string, wire: Wire): Promise<unknown> => api.json(`/v1/agency/requests/${id}/papers`, raw, { method: "POST", json: wire });
export const answerNote = (api: Client, disclosure: string, wire: AnswerWire): Promise<unknown> =>
  api.json(`/v1/agency/disclosures/${disclosure}/answer`, raw, { method: "POST", json: wire });
export interface RecoveryFile {
  readonly first: string;
  readonly second: string;
  readonly layer: string;
  readonly file: string;
}
const recoveryFile: Read<RecoveryFile> = obj<RecoveryFile>({ first: str, second: str, layer: str, file: str });
export const giveCopy = (api: Client, id: string, wire: Give): Promise<unknown> => api.json(`/v1/agency/requests/${id}/copies`, raw, { method: "POST", json: wire });
export const takeCopyBack = (api: Client, id: string, account: string): Promise<unknown> =>
  api.json(`/v1/agency/requests/${id}/copies/${account}`, raw, { method: "DELETE" });
export const recoveryFiles = (api: Client, id: string): Promise<readonly RecoveryFile[]> => api.json(`/v1/agency/requests/${id}/recovery`, list(recoveryFile));
export const handOn = (api: Client, id: string, second: string, wire: Hand): Promise<unknown> =>
  api.json(`/v1/agency/requests/${id}/recovery/${second}`, raw, { method: "POST", json: wire });
/** The header of a disclosed clip; asking for it is entered in the record as "viewed". */
export const disclosureHeader = (api: Client, id: string): Promise<Bytes> => api.bytes(`/v1/agency/disclosures/${id}/hdr`);
export const disclosureRange = (api: Client, id: string, from: number, to: number): Promise<Bytes> =>
  api.range(`/v1/agency/disclosures/${id}/pay`, from, to);
export const disclosurePay = (api: Client, id: string): Promise<Bytes> => api.bytes(`/v1/agency/disclosures/${id}/pay`);

export interface Exported {
  readonly export: string;
  readonly openings: Readonly<Record<"request" | "case-key" | "export", readonly Opening[]>>;
  readonly receipts: Readonly<Record<"request" | "key" | "export", Proof>>;
  readonly custody: readonly Custody[];
  readonly vkey: string;
  readonly witness_vkeys: string;
}
const opening: Read<Opening> = obj<Opening>({ field: str, salt: str, value: (value) => value as Json });
const exported: Read<Exported> = obj<Exported>({
  export: str,
  openings: obj<Exported["openings"]>({ request: list(opening), "case-key": list(opening), export: list(opening) }),
  receipts: obj<Exported["receipts"]>({ request: proof, key: proof, export: proof }),
  custody: list(custody),
  vkey: str,
  witness_vkeys: str,
});
/** Enters an export in the record; the answer comes when the entry is cosigned. */
export const exportEntry = (api: Client, id: string, fields: ExportFields, signature: string): Promise<Exported> =>
  api.json(`/v1/agency/disclosures/${id}/exports`, exported, { method: "POST", json: { ...fields, signature } });
