/** The calls of an agency's auditor, as docs/spec/auditing.md has them. Who audits whom is read without an account. */
import type { Client } from "./client.ts";
import { list, nullable, num, obj, raw, str } from "./shape.ts";

export interface Auditor {
  auditor: string;
  agency: string;
  name: string;
  key: string;
  day: string;
  from: string;
  until: string;
  ended: string | null;
  clerk: string;
  statement: string;
  document: string;
  index: number | null;
}
export interface Naming {
  account: string;
  offer: string;
  acceptance: string;
  statement: string;
  signature: string;
  document: string;
}

const auditor = obj<Auditor>({
  auditor: str,
  agency: str,
  name: str,
  key: str,
  day: str,
  from: str,
  until: str,
  ended: nullable(str),
  clerk: str,
  statement: str,
  document: str,
  index: nullable(num),
});

const ALL = "/v1/auditing/auditors";
export const auditors = async (api: Client): Promise<Auditor[]> => (await api.json(ALL, obj({ auditors: list(auditor) }))).auditors;
export const appointAuditor = async (api: Client, body: Naming): Promise<string> => (await api.json(ALL, obj({ auditor: str }), { method: "POST", json: body })).auditor;
export const endAuditor = async (api: Client, statement: string, signature: string): Promise<void> => {
  await api.send(`${ALL}/end`, { method: "POST", json: { statement, signature } });
};

/** Whether an appointment counts on a day. */
export type Term = "later" | "in" | "over";
export const termOf = (one: Auditor, day: string): Term =>
  one.until <= day || (one.ended !== null && one.ended <= day) ? "over" : one.from > day ? "later" : "in";

export interface LogLine {
  index: number;
  leaf: string;
  path: string[];
  openings: { field: string; salt: string; value: unknown }[];
}
export interface LogPart {
  checkpoint: string;
  vkey: string;
  witness_vkeys: string;
  entries: LogLine[];
  next: number | null;
}
export interface Look {
  auditor: string;
  agency: string;
  day: string;
  what: string;
  index: number | null;
}
export interface Access {
  agreement: { agreement: string; until: string } | null;
  people: { account: string; name: string; role: string }[];
}
export interface Count {
  table: string;
  value: string;
  count: number;
  leaves: number[];
}

const line = obj<LogLine>({
  index: num,
  leaf: str,
  path: list(str),
  openings: list(obj<{ field: string; salt: string; value: unknown }>({ field: str, salt: str, value: raw })),
});
const of = (agency: string, part: string): string => `/v1/auditing/agencies/${encodeURIComponent(agency)}/${part}`;

export const logPart = (api: Client, agency: string, after: number): Promise<LogPart> =>
  api.json(of(agency, `log?after=${after}`), obj<LogPart>({ checkpoint: str, vkey: str, witness_vkeys: str, entries: list(line), next: nullable(num) }));
export const access = (api: Client, agency: string): Promise<Access> =>
  api.json(
    of(agency, "access"),
    obj<Access>({
      agreement: nullable(obj<{ agreement: string; until: string }>({ agreement: str, until: str })),
      people: list(obj<{ account: string; name: string; role: string }>({ account: str, name: str, role: str })),
    }),
  );
export const looks = async (api: Client): Promise<Look[]> =>
  (await api.json("/v1/auditing/looks", obj({ looks: list(obj<Look>({ auditor: str, agency: str, day: str, what: str, index: nullable(num) })) }))).looks;

/** A span of days, either end left open by an empty text. */
export interface Span {
  readonly first: string;
  readonly last: string;
}
function patternsPath(agency: string, { first, last }: Span, format = ""): string {
  const asked = new URLSearchParams(Object.entries({ first, last, format }).filter(([, value]) => value !== ""));
  return of(agency, asked.size > 0 ? `patterns?${asked.toString()}` : "patterns");
}
export const patterns = async (api: Client, agency: string, span: Span): Promise<Count[]> =>
  (await api.json(patternsPath(agency, span), obj({ counts: list(obj<Count>({ table: str, value: str, count: num, leaves: list(num) })) }))).counts;
export const patternsFile = (api: Client, agency: string, span: Span, format: "csv" | "json"): Promise<string> => api.text(patternsPath(agency, span, format));
