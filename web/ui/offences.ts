/** The closed list of offences (NIBRS). The browser reads the very table that the server reads. Twin of fanlight.model.offence. */

import table from "../../src/fanlight/model/data/nibrs.csv?raw";

export interface Offence {
  readonly code: string;
  readonly name: string;
  readonly category: string;
  readonly listed: boolean;
  /** Purposes for which it is grave enough; null for all of them. */
  readonly floorPurposes: readonly string[] | null;
  readonly grave: boolean;
  readonly protected: boolean;
}

export const PROTECTED = "protected";

export function readOffences(csv: string): ReadonlyMap<string, Offence> {
  const [head = [], ...rows] = csv.trim().split(/\r?\n/).map(cells);
  return new Map(
    rows.map((row) => {
      const field = (name: string): string => row[head.indexOf(name)] ?? "";
      const floor = field("floor");
      return [
        field("code"),
        {
          code: field("code"),
          name: field("name"),
          category: field("category"),
          listed: field("listed") === "yes",
          floorPurposes: floor === "yes" ? null : floor === "no" ? [] : floor.split(" "),
          grave: field("grave") === "yes",
          protected: field("protected") === "yes",
        },
      ];
    }),
  );
}

export const aboveFloor = (offence: Offence, purpose: string): boolean =>
  offence.listed && (offence.floorPurposes === null || offence.floorPurposes.includes(purpose));

/** What the record shows of an offence at once. */
export const offenceClass = (offence: Offence): string => (offence.protected ? PROTECTED : offence.category);

export const offences = readOffences(table);

/** By family, in the order of the list, for a select with groups. Offences that no request may name are left out. */
export function families(all: ReadonlyMap<string, Offence> = offences): readonly (readonly [string, readonly Offence[]])[] {
  const groups = new Map<string, Offence[]>();
  for (const offence of all.values()) {
    if (!offence.listed) continue;
    const group = groups.get(offence.category) ?? [];
    group.push(offence);
    groups.set(offence.category, group);
  }
  return [...groups].sort(([one], [two]) => one.localeCompare(two));
}

/** Splits one CSV line; a quoted cell may hold commas and doubled quotes. */
function cells(line: string): string[] {
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, bare]) => quoted?.replaceAll('""', '"') ?? bare ?? "");
}

/** "Burglary/Breaking & Entering (220)", or the code alone where the table has none. */
export function offenceText(code: string): string {
  const found = offences.get(code);
  return found ? `${found.name} (${code})` : code;
}
