/** The auditor's calls about officers' pseudonyms, as docs/spec/auditing.md has them. */
import type { Known, Naming } from "../auditing/pseudonyms.ts";
import type { Client } from "./client.ts";
import { bool, list, nullable, num, obj, str } from "./shape.ts";

export interface WaitingYear {
  year: number;
  key: string | null;
  waiting: string[];
  taken: string[];
}
export interface Waiting {
  auditor: string;
  agency: string;
  years: WaitingYear[];
}
const of = (agency: string, part = ""): string => `/v1/auditing/agencies/${encodeURIComponent(agency)}/pseudonyms${part}`;

export const waitingFor = (api: Client, agency: string): Promise<Waiting> =>
  api.json(
    of(agency, "/waiting"),
    obj<Waiting>({ auditor: str, agency: str, years: list(obj<WaitingYear>({ year: num, key: nullable(str), waiting: list(str), taken: list(str) })) }),
  );
export const keepKey = async (api: Client, agency: string, year: number, sealed: string): Promise<void> => {
  await api.send(of(agency, "/key"), { method: "POST", json: { year, sealed } });
};
export const givePseudonyms = async (api: Client, agency: string, statement: string, signature: string): Promise<number> =>
  (await api.json(of(agency), obj({ given: num }), { method: "POST", json: { statement, signature } })).given;
export const whose = (api: Client, agency: string): Promise<{ people: Known[]; namings: Naming[] }> =>
  api.json(
    of(agency),
    obj({
      people: list(obj<Known>({ account: str, name: str, role: str, ended: bool, year: num, pseudonym: str, naming: str, asked: num, signed: num })),
      namings: list(obj<Naming>({ naming: str, key: str, statement: str, signature: str })),
    }),
  );
export const whoseFile = (api: Client, agency: string): Promise<string> => api.text(of(agency, "?format=csv"));
