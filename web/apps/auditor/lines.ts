/** A line of the log in words: what is said of it, in which order. */
import type { Line } from "../../core/auditing/lines.ts";
import type { Json } from "../../core/jcs.ts";
import { words } from "./words.ts";

const { types, fields } = words.log;
const ORDER = Object.keys(fields);
/** What only machines compare, or what stands in the line's own title. */
const LEFT_OUT = new Set(["agency", "key", "key_sha256", "facts", "pack", "papers", "outline", "statement", "signature", "offer", "acceptance", "recipient", "clauses", "documents"]);

export const titleOf = (type: string): string => types[type] ?? type;

function plain(value: Json): string {
  if (value === null) return "";
  if (typeof value === "boolean") return value ? words.log.yes : words.log.no;
  if (Array.isArray(value)) return value.map(plain).join(", ");
  if (typeof value === "object") return Object.entries(value).map(([name, inner]) => `${fields[name] ?? name}: ${plain(inner as Json)}`).join("; ");
  return String(value);
}

/** What a line says, names and reasons first; empty values are left out. */
export function shown({ pub, opened }: Line): [string, string][] {
  const all = Object.entries({ ...pub, ...opened }).filter(([name]) => !LEFT_OUT.has(name));
  const place = (name: string): number => (ORDER.indexOf(name) + ORDER.length + 1) % (ORDER.length + 1);
  return all
    .map(([name, value]): [string, string] => [name, plain(value)])
    .filter(([, value]) => value !== "")
    .sort(([a], [b]) => place(a) - place(b))
    .map(([name, value]) => [fields[name] ?? name, value]);
}
