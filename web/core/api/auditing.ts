/** The calls of an agency's auditor, as docs/spec/auditing.md has them. Who audits whom is read without an account. */
import type { Client } from "./client.ts";
import { list, nullable, num, obj, str } from "./shape.ts";

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
