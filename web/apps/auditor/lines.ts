/** A line of the log in words: what is said of it, in which order, and what stands in it only to be compared. */
import type { Line } from "../../core/auditing/lines.ts";
import type { Json } from "../../core/jcs.ts";
import { area, day, length, moment } from "../../oversight/words.ts";
import { offences } from "../../ui/offences.ts";
import { told } from "../../ui/told.ts";
import { words } from "./words.ts";

const { types, fields, acts, states, kinds, whom } = words.log;
const ORDER = Object.keys(fields);
/** What only machines compare and the record's own page has, or what stands in the line's own title. */
const LEFT_OUT = new Set(["agency", "key", "key_sha256", "facts", "pack", "papers", "outline", "statement", "signature", "offer", "acceptance", "clauses", "documents"]);
/** What is compared with something else and read by nobody: hashes, keys, ids and how a source is read. */
const COMPARED = new Set(["cells", "length", "mapping", "types", "exporter"]);
const COMPARABLE = /^(?:[0-9a-f]{64}|[a-z2-7]{26})$/;

export type Row = readonly [name: string, value: string];
export interface Shown {
  /** Names and reasons first. */
  readonly said: readonly Row[];
  readonly compared: readonly Row[];
}

export const titleOf = (type: string): string => types[type] ?? type;
export const actOf = (act: string): string => acts[act] ?? act;
export const purposeOf = (purpose: string): string => told.purposes[purpose] ?? purpose;

const offenceOf = (code: string): string => (offences.has(code) ? `${code} ${offences.get(code)?.name}` : code);
const FORMS: Readonly<Record<string, (value: string) => string>> = {
  act: actOf,
  purpose: purposeOf,
  offence: offenceOf,
  state: (value) => states[value] ?? value,
  decision: (value) => states[value] ?? value,
  what: (value) => words.access.whats[value] ?? value,
  by: (value) => whom[value] ?? value,
  recipient_kind: (value) => kinds[value] ?? value,
};

const windowOf = ({ from, to, length_min }: Readonly<Record<string, Json>>): string => `${moment(String(from))} to ${moment(String(to))}, ${length(Number(length_min))}`;

function plain(name: string, value: Json): string {
  if (value === null) return "";
  if (typeof value === "boolean") return value ? words.log.yes : words.log.no;
  if (Array.isArray(value)) return value.map((one) => plain(name, one)).join(", ");
  if (name === "window" && typeof value === "object") return windowOf(value as Readonly<Record<string, Json>>);
  if (typeof value === "object") return Object.entries(value).map(([inner, one]) => `${fields[inner] ?? inner}: ${plain(inner, one as Json)}`).join("; ");
  if (name === "area_m2" && typeof value === "number") return area(value);
  const text = String(value);
  const form = FORMS[name];
  if (form) return form(text);
  return /^\d{4}-\d\d-\d\d$/.test(text) ? day(text) : moment(text);
}

/** What a line says; empty values are left out. The particulars of an act stand as lines of their own. */
export function shown({ pub, opened }: Line): Shown {
  const { detail, ...rest } = { ...pub, ...opened };
  const flat = typeof detail === "object" && detail !== null && !Array.isArray(detail) ? { ...rest, ...detail } : { ...rest, ...(detail === undefined ? {} : { detail }) };
  const place = (name: string): number => (ORDER.indexOf(name) + ORDER.length + 1) % (ORDER.length + 1);
  const all = Object.entries(flat as Readonly<Record<string, Json>>)
    .filter(([name, value]) => !LEFT_OUT.has(name) && !(name === "recipient" && String(value).startsWith("age1")))
    .map(([name, value]) => ({ name, text: plain(name, value), compared: COMPARED.has(name) || COMPARABLE.test(String(value)) }))
    .filter(({ text }) => text !== "")
    .sort((a, b) => place(a.name) - place(b.name));
  const rows = (compared: boolean): Row[] => all.filter((one) => one.compared === compared).map(({ name, text }) => [fields[name] ?? name, text]);
  return { said: rows(false), compared: rows(true) };
}
