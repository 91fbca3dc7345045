/** Names of NIBRS offence codes, from the same table that the server decides by. */
import table from "../../src/fanlight/model/data/nibrs.csv?raw";

export interface Offence {
  readonly code: string;
  readonly name: string;
  readonly category: string;
  readonly listed: boolean;
  readonly protected: boolean;
}

/** Splits one line of CSV; a field in quotes may hold commas. */
export function csvFields(line: string): string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map((m) => (m[1] ?? m[2] ?? "").replaceAll('""', '"'));
}

const [head = "", ...rows] = table.trim().split(/\r?\n/);
const COLUMNS = csvFields(head);

export const OFFENCES: readonly Offence[] = rows.map((row) => {
  const fields = csvFields(row);
  const get = (name: string): string => fields[COLUMNS.indexOf(name)] ?? "";
  return { code: get("code"), name: get("name"), category: get("category"), listed: get("listed") === "yes", protected: get("protected") === "yes" };
});

/** "Burglary/Breaking & Entering (220)", or the code alone where the table has none. */
export function offenceText(code: string): string {
  const found = OFFENCES.find((offence) => offence.code === code);
  return found ? `${found.name} (${code})` : code;
}
