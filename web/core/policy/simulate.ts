/**
 * What another ordinance would have decided, from the public record alone. Twin of fanlight.policy.simulate.
 *
 * In:     public fields of `request` and `agreement` entries; a pack made ready by replay.ts, and another
 *         one to compare with or the record's own decision.
 * Out:    a row for each decision on record; counts; CSV.
 * Holds:  nothing is decided on but what everybody may read. Where the record does not tell a fact that the
 *         pack asks for, the row says `cannot be told` and names it. A decision without a day of its own lies
 *         in no span of days.
 * Absent: reading a log and checking it (web/core/proof), pages.
 */
import type { Outcome, Replay } from "./replay.ts";

export type Recorded = {
  readonly entry: number;
  readonly kind: string;
  readonly id: string;
  readonly agency: string;
  readonly action: string;
  readonly facts: { readonly [name: string]: unknown };
  readonly made: Outcome;
  /** When it was decided, `2026-11-21`, in UTC; null if the entry does not tell. */
  readonly day: string | null;
};
/** Which decisions are looked at: those of an agency (an ORI), of a span of days whose last still counts. */
export type Chosen = { readonly agency: string | null; readonly first: string | null; readonly last: string | null };
export const ALL: Chosen = { agency: null, first: null, last: null };
export type Row = { readonly recorded: Recorded; readonly before: Outcome; readonly after: Outcome };
export type Counts = { readonly [name: string]: number };
export type Tally = {
  readonly decisions: number;
  readonly changed: number;
  /** `before > after` -> decisions. */
  readonly outcomes: Counts;
  /** Clause -> decisions that it turned. */
  readonly clauses: Counts;
  /** Clause of the simulated pack -> decisions that it refuses. */
  readonly refusing: Counts;
  /** Fact -> decisions that could not be told for want of it. */
  readonly missing: Counts;
  /** `2026-11 before accepted` -> decisions; ` before accepted` for those of which no day is known. */
  readonly months: Counts;
};
type Fields = { readonly [name: string]: unknown };

/** A published entry: its place in the log, its type and its public fields. */
export type Leaf = { readonly entry: number; readonly type: string; readonly pub: Fields };

export const COLUMNS = ["entry", "kind", "id", "agency", "action", "before", "before_rules", "after", "after_rules", "changed"];

/** The decision that an entry records, or null if it records none or has another form. */
export function recorded(entry: number, kind: string, pub: Fields): Recorded | null {
  if (kind === "request") return requestOf(entry, pub);
  return kind === "agreement" && pub["state"] === "in_force" ? agreementOf(entry, pub) : null;
}

/** Decides each recorded decision again; compares with `against`, by default with what was really decided. */
export function simulate(pack: Replay, leaves: readonly Recorded[], against?: Replay): Row[] {
  return leaves.map((one) => ({
    recorded: one,
    before: against === undefined ? one.made : against.decide(one.action, one.facts),
    after: pack.decide(one.action, one.facts),
  }));
}

/** Whether one accepts and the other refuses. What cannot be told on a side has not changed. */
export function hasChanged({ before, after }: Row): boolean {
  return (
    (before.told === "accepted" && after.told === "refused") || (before.told === "refused" && after.told === "accepted")
  );
}

/** The clauses for which it changed: those that refuse on the side that refuses. */
export function turnedBy(row: Row): readonly string[] {
  if (!hasChanged(row)) return [];
  return row.before.rules.length > 0 ? row.before.rules : row.after.rules;
}

/** Whether a decision is one of those chosen. */
export function takes({ agency, first, last }: Chosen, one: Recorded): boolean {
  if (agency !== null && one.agency !== agency) return false;
  if (first === null && last === null) return true;
  return one.day !== null && (first ?? "") <= one.day && one.day <= (last ?? "9999-12-31");
}

/** Counts rows, for a table and a chart. */
export function tally(rows: readonly Row[]): Tally {
  const count = new Count();
  for (const row of rows) count.add(row);
  return count.tally;
}

/** Counts rows as they come. */
export class Count {
  #decisions = 0;
  #changed = 0;
  readonly #outcomes = new Map<string, number>();
  readonly #clauses = new Map<string, number>();
  readonly #refusing = new Map<string, number>();
  readonly #missing = new Map<string, number>();
  readonly #months = new Map<string, number>();

  add(row: Row): void {
    const { before, after, recorded: one } = row;
    this.#decisions += 1;
    if (hasChanged(row)) this.#changed += 1;
    more(this.#outcomes, `${before.told} > ${after.told}`);
    for (const rule of turnedBy(row)) more(this.#clauses, rule);
    for (const rule of after.rules) more(this.#refusing, rule);
    if (after.told === "cannot be told") for (const name of after.missing) more(this.#missing, name);
    const month = (one.day ?? "").slice(0, 7);
    more(this.#months, `${month} before ${before.told}`);
    more(this.#months, `${month} after ${after.told}`);
  }

  get tally(): Tally {
    return {
      decisions: this.#decisions,
      changed: this.#changed,
      outcomes: Object.fromEntries(this.#outcomes),
      clauses: Object.fromEntries(this.#clauses),
      refusing: Object.fromEntries(this.#refusing),
      missing: Object.fromEntries(this.#missing),
      months: Object.fromEntries(this.#months),
    };
  }
}

function more(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

/** A row as COLUMNS has it. */
export function cells({ recorded: one, before, after, ...rest }: Row): string[] {
  const unknown = after.told === "cannot be told" ? ` (${after.missing.join(" ")})` : "";
  const changed = hasChanged({ recorded: one, before, after, ...rest }) ? "yes" : "no";
  return [
    String(one.entry),
    one.kind,
    one.id,
    one.agency,
    one.action,
    before.told,
    before.rules.join(" "),
    after.told + unknown,
    after.rules.join(" "),
    changed,
  ];
}

/** The lines of a CSV file, heading first. No cell can start a formula. */
export function asCsv(rows: readonly Row[]): string {
  return [HEADING, ...rows.map(csvLine)].join("");
}

/** A row's line of a CSV file. */
export const csvLine = (row: Row): string => lineOf(cells(row));

const lineOf = (row: readonly string[]): string => `${row.map(cellText).join(",")}\r\n`;
export const HEADING = lineOf(COLUMNS);

function cellText(cell: string): string {
  const text = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((one) => typeof one === "string");

function requestOf(entry: number, pub: Fields): Recorded | null {
  const { request, agency, facts, rules, decision } = pub;
  if (typeof request !== "string" || typeof agency !== "string" || !isFields(facts)) return null;
  if ((decision !== "accepted" && decision !== "refused") || !isTexts(rules)) return null;
  // An entry does not say at which of the two it was decided; the second signature tells.
  const opened = facts["second_signature"] === true || facts["emergency"] === true;
  const made: Outcome = { told: decision, rules, missing: [] };
  const action = opened ? "request.open" : "request.submit";
  return { entry, kind: "request", id: request, agency, action, facts, made, day: decidedOn(pub["window"], facts) };
}

function agreementOf(entry: number, pub: Fields): Recorded | null {
  const { agreement, agency, facts } = pub;
  if (typeof agreement !== "string" || typeof agency !== "string") return null;
  const known = isFields(facts) ? facts : agreementFacts(pub);
  const made: Outcome = { told: "accepted", rules: [], missing: [] };
  const day = dayOf(pub["from"]) === null ? null : (pub["from"] as string);
  return { entry, kind: "agreement", id: agreement, agency, action: "agreement.approve", facts: known, made, day };
}

/** What the plain fields of an agreement tell; hearing, papers and clauses are not among them. */
function agreementFacts({ vote, from, until }: Fields): Fields {
  const facts: Record<string, unknown> = { vote_recorded: isFields(vote) };
  for (const key of ["ayes", "noes"]) {
    if (isFields(vote) && Number.isSafeInteger(vote[key])) facts[key] = vote[key];
  }
  const [first, last] = [dayOf(from), dayOf(until)];
  if (first !== null && last !== null) facts["term_days"] = (last - first) / 86_400_000;
  return facts;
}

function dayOf(value: unknown): number | null {
  if (typeof value !== "string" || !/^(?!0000)[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(value)) return null;
  const time = Date.parse(`${value}T00:00:00Z`);
  // A day that is in no calendar is either refused or carried over into the next month.
  return Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== value ? null : time;
}

const MOST_HOURS = 1_000_000; // a century and more

/**
 * The day of a request's decision. Its entry has the end of the published window, on a whole hour, and the whole hours since
 * then, which are 0 before it too: only a request for a window that is not over may have been decided on an earlier day.
 */
function decidedOn(window: unknown, facts: Fields): string | null {
  const end = isFields(window) ? window["to"] : null;
  const hours = facts["hours_since_end"];
  if (typeof end !== "string" || !/^(?!0000)\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(end)) return null;
  if (!Number.isSafeInteger(hours) || (hours as number) < 0 || (hours as number) > MOST_HOURS) return null;
  const time = Date.parse(end);
  if (Number.isNaN(time) || new Date(time).toISOString() !== end) return null;
  const text = new Date(time + (hours as number) * 3_600_000).toISOString();
  return text.startsWith("+") ? null : text.slice(0, 10); // past the year 9999
}
