/**
 * What a simulation says, in words and figures, before it is a page.
 *
 * In:     what came of it (core/policy/past.ts).
 * Out:    sentences, a month's counts, the words of one outcome, the command that does the same.
 * Holds:  every sentence is computed from the counts; what cannot be told is said as that, never as allowed or refused.
 * Absent: the document (simulate.ts, chart.ts).
 */
import type { Past, Untold } from "../core/policy/past.ts";
import type { Told } from "../core/policy/replay.ts";
import type { Chosen, Tally } from "../core/policy/simulate.ts";
import { MONTHS, number } from "./words.ts";

export const DECIDED = "what was really decided";
export const OUTCOMES: readonly Told[] = ["accepted", "refused", "cannot be told", "not governed"];
export const OUTCOME_WORDS: Record<Told, string> = {
  accepted: "Allowed",
  refused: "Refused",
  "cannot be told": "Cannot be told",
  "not governed": "Not governed",
};

/** `2026-11`, or nothing for decisions whose entry tells no day, and how each side came out. */
export type Month = { readonly month: string; readonly before: Record<Told, number>; readonly after: Record<Told, number> };

/** The months in their order; those without a day last. */
export function monthsOf({ months }: Tally): Month[] {
  const names = [...new Set(Object.keys(months).map((key) => key.slice(0, key.indexOf(" "))))].toSorted();
  const side = (month: string, which: string): Record<Told, number> =>
    Object.fromEntries(OUTCOMES.map((told) => [told, months[`${month} ${which} ${told}`] ?? 0])) as Record<Told, number>;
  const found = names.map((month) => ({ month, before: side(month, "before"), after: side(month, "after") }));
  return [...found.filter(({ month }) => month !== ""), ...found.filter(({ month }) => month === "")];
}

export function monthWords(month: string): string {
  const name = MONTHS[Number(month.slice(5, 7)) - 1];
  return name === undefined ? "No day on record" : `${name} ${month.slice(0, 4)}`;
}

/** `3 allowed, 1 refused`; what did not happen is not named. */
export function countWords(counts: Record<Told, number>): string {
  const said = OUTCOMES.filter((told) => counts[told] > 0).map((told) => `${number(counts[told])} ${OUTCOME_WORDS[told].toLowerCase()}`);
  return said.length > 0 ? said.join(", ") : "nothing";
}

export function totals({ outcomes }: Tally, side: 0 | 1): Record<Told, number> {
  const found: Record<Told, number> = { accepted: 0, refused: 0, "cannot be told": 0, "not governed": 0 };
  for (const [key, count] of Object.entries(outcomes)) {
    const told = key.split(" > ")[side] as Told;
    found[told] += count;
  }
  return found;
}

/** What came of it, in a heading and a few sentences. */
export function told({ tally, pack, against, size }: Past): { title: string; sentences: string[] } {
  const { decisions, changed, outcomes } = tally;
  if (decisions === 0) {
    return { title: "Nothing to decide again", sentences: [`Among the ${number(size)} entries of the record is no decision of an ordinance that you asked about.`] };
  }
  const [allowed, refused] = [outcomes["refused > accepted"] ?? 0, outcomes["accepted > refused"] ?? 0];
  const after = totals(tally, 1);
  const beside = against === null ? DECIDED : against.title;
  const title = changed === 0 ? "Nothing would come out otherwise" : `${number(changed)} of ${number(decisions)} would come out otherwise`;
  const sentences = [`Under ${pack.title}: ${countWords(after)}. Compared with ${beside}: ${countWords(totals(tally, 0))}.`];
  const turned = [...(allowed > 0 ? [`${number(allowed)} that ${was(allowed)} refused would be allowed`] : []), ...(refused > 0 ? [`${number(refused)} that ${was(refused)} allowed would be refused`] : [])];
  if (turned.length > 0) sentences.push(`${turned.join(", and ")}.`);
  if (after["cannot be told"] > 0) sentences.push("Where the record lacks a fact that the ordinance asks for, it cannot be told and is not guessed.");
  if (after["not governed"] > 0) sentences.push("Some decisions it does not govern at all: it says neither yes nor no to them.");
  if (pack.unread.length > 0) sentences.push(`${pack.title} cannot be in force as it stands: ${number(pack.unread.length)} of its clauses ${pack.unread.length === 1 ? "cites" : "cite"} a text that nobody has read.`);
  return { title, sentences };
}

const was = (count: number): string => (count === 1 ? "was" : "were");

/** The clauses that turned a decision, most first: what the law calls each, what it asks, how many it turned. */
export function turning({ tally, pack, against }: Past): { id: string; section: string; asks: string; count: number }[] {
  const known = { ...against?.clauses, ...pack.clauses };
  return Object.entries(tally.clauses)
    .toSorted(([a, some], [b, others]) => others - some || (a < b ? -1 : 1))
    .map(([id, count]) => ({ id, count, section: known[id]?.section ?? "", asks: known[id]?.asks ?? "" }));
}

/** What went wrong, what was kept, what to do. */
export function trouble(found: Untold | { kind: "stopped" } | { kind: "no-packs" }): { what: string; kept: string; todo: string } {
  const page = "Nothing was told of the record. The page is as it was.";
  switch (found.kind) {
    case "bad-pack":
      return { what: `${found.which === "pack" ? "This pack" : "The pack to compare with"} cannot be used: ${found.why}.`, kept: page, todo: "Prove it with fanlight pack check, or choose another." };
    case "fails":
      return { what: `This record does not hold: ${found.what} (${found.where}).`, kept: page, todo: "Keep this page, and check the record from another network with fanlight verify." };
    case "unknown":
      return { what: `Not all of the record could be fetched: ${found.where} is missing.`, kept: page, todo: "Try again in a minute; if it stays so, tell a witness." };
    case "no-packs":
      return { what: "The ordinances' texts could not be fetched.", kept: page, todo: "Try again in a minute." };
    case "stopped":
      return { what: "It could not be computed here.", kept: page, todo: "Use fanlight simulate on your computer." };
  }
}

/** The command that writes the same file. */
export function command(log: string, pack: string, against: string | null, chosen: Chosen): string {
  const parts = [["--log", log], ["--pack", pack], ["--against", against], ["--agency", chosen.agency], ["--from", chosen.first], ["--to", chosen.last], ["--csv", "rows.csv"]] as const;
  return `fanlight simulate ${parts.flatMap(([option, value]) => (value === null ? [] : [`${option} ${shell(value)}`])).join(" ")}`;
}

const shell = (value: string): string => (/^[\w.:/@%+,-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`);
