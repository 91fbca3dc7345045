/** From the town's files to what the page shows. Pure. */
import type { Incident, IncidentClass, Years } from "../../core/api/incidents.ts";
import { liesIn, type Part } from "../../core/neighbors/places.ts";
import { csvText } from "../../ui/csv.ts";

export type Group = "now" | "fire" | "road" | "crime" | "other";
const GROUPS: Readonly<Record<string, Group>> = {
  fire: "fire", "fire-alarm": "fire", smoke: "fire", gas: "fire", hazard: "fire", electrical: "fire",
  collision: "road", road: "road",
  burglary: "crime", robbery: "crime", theft: "crime", "vehicle-theft": "crime", vandalism: "crime",
};
const SIGNS: Readonly<Record<string, string>> = {
  fire: "fire", "fire-alarm": "bell-ringing", gas: "flask", hazard: "flask", electrical: "lightning", smoke: "wind", flood: "drop",
  weather: "cloud-lightning", evacuation: "signpost", rescue: "lifebuoy", collision: "car", road: "traffic-cone", burglary: "lock-open",
  robbery: "hand-grabbing", theft: "package", "vehicle-theft": "car-profile", vandalism: "wrench", noise: "speaker-high", animal: "cat",
  "police-activity": "siren", shots: "siren",
  // kinds of posts
  safety: "warning-circle", package: "package", vehicle: "car", "lost-found": "binoculars", help: "hand-heart", "good-news": "sun", notice: "megaphone",
};
const HOUR_MS = 3_600_000;
export const YEAR = 12;

export interface Line extends Incident {
  readonly words: string;
  readonly act: boolean;
  readonly groups: readonly Group[];
  readonly at: Date;
}

/** Incidents with the words of their class, latest first; one of a class that this page does not know keeps its name. */
export function linesOf(incidents: readonly Incident[], classes: readonly IncidentClass[]): Line[] {
  const known = new Map(classes.map((one) => [one.class, one]));
  return incidents
    .map((one) => {
      const kind = known.get(one.class);
      const act = (kind?.act ?? false) && one.state === "open";
      const group = GROUPS[one.class] ?? "other";
      return { ...one, words: kind?.words ?? one.class, act, groups: act ? (["now", group] as const) : [group], at: new Date(one.began) };
    })
    .sort((one, other) => other.at.getTime() - one.at.getTime());
}

/** What of the lines is of a kind and began within so many hours. */
export const shownOf = (lines: readonly Line[], group: Group | "", hours: number, now: number): Line[] =>
  lines.filter((line) => (group === "" || line.groups.includes(group)) && now - line.at.getTime() <= hours * HOUR_MS);

export const signOf = (kind: string): string => SIGNS[kind] ?? "megaphone";

/** What can be looked up: counts of years, and the kinds with their words. */
export interface Counts {
  readonly of: "reports" | "posts";
  readonly years: Years;
  readonly kinds: readonly { readonly kind: string; readonly words: string }[];
}

export interface Common {
  readonly year: number;
  /** Null where there was no full year before. */
  readonly before: number | null;
  /** In 1,000 homes; null without a table of homes. */
  readonly rate: number | null;
  readonly rateBefore: number | null;
  /** Twelve months; null where no source reported. */
  readonly months: readonly { readonly month: string; readonly many: number | null }[];
  /** In how many of them something was reported at all. */
  readonly told: number;
}

/** How common a class was in the last twelve months, and in the twelve before. */
export function commonOf(years: Years, kind: string): Common {
  const counts = years.counts[kind] ?? years.months.map(() => 0);
  const sum = (from: number, to: number): number => counts.slice(from, to).reduce((one, other) => one + other, 0);
  const [year, earlier] = [sum(YEAR, 2 * YEAR), sum(0, YEAR)];
  const whole = years.reported.slice(0, YEAR).every(Boolean);
  const rate = (many: number): number | null => (years.homes ? (many * 1_000) / years.homes : null);
  const months = years.months.slice(YEAR).map((month, i) => ({ month, many: years.reported[YEAR + i] ? (counts[YEAR + i] ?? 0) : null }));
  return { year, before: whole ? earlier : null, rate: rate(year), rateBefore: whole ? rate(earlier) : null, months, told: months.filter(({ many }) => many !== null).length };
}

/** The counts of the areas that a part of town touches; null where the part is the whole town, or touches none of them.
 *  Homes are null where an area has too few: then there is a number, and no rate. */
export function yearsOf(years: Years, part: Part): Years | null {
  const touched = part.size === 0 ? [] : Object.entries(years.areas).flatMap(([cell, area]) => (liesIn(cell, part) ? [area] : []));
  if (touched.length === 0) return null;
  const counts: Record<string, number[]> = {};
  for (const area of touched) {
    for (const [kind, many] of Object.entries(area.counts)) counts[kind] = many.map((n, i) => n + (counts[kind]?.[i] ?? 0));
  }
  const homes = touched.reduce<number | null>((sum, area) => (sum === null || area.homes === null ? null : sum + area.homes), 0);
  return { ...years, counts, homes: years.homes === null ? null : homes };
}

/** Whether there were more or fewer than the year before; as many where the difference is no larger than chance makes it. */
export function trendOf({ year, before }: Common): "more" | "fewer" | "alike" | null {
  if (before === null) return null;
  if (Math.abs(year - before) <= 2 * Math.sqrt(year + before)) return "alike";
  return year > before ? "more" : "fewer";
}

/** 3.27 -> "3", 0.4 -> "0.4", 0.03 -> "less than 0.1". */
export function rateText(rate: number): string {
  if (rate === 0) return "0";
  if (rate < 0.1) return "less than 0.1";
  return rate < 3 ? rate.toFixed(1).replace(/\.0$/, "") : Math.round(rate).toLocaleString("en-GB");
}

/** The list as CSV. */
export const csvOf = (lines: readonly Line[]): string =>
  csvText([["incident", "class", "began", "state", "cells"], ...lines.map((one) => [one.incident, one.class, one.began, one.state, one.cells.join(" ")])]);
