/** From the digest to what its page shows. Pure. */
import type { Week } from "../../core/api/weeks.ts";
import { liesIn, type Part } from "../../core/neighbors/places.ts";

/** A category, how many of it came out here and in town, and in a usual week in town. */
export interface Row {
  readonly kind: string;
  /** Null: no part of town was chosen, or none of its areas is told. */
  readonly here: number | null;
  readonly town: number;
  readonly usual: number;
}

/** The categories of a week, in the order given; those that neither came nor are usual are left out. */
export function rowsOf(week: Week, part: Part, kinds: readonly string[]): Row[] {
  const touched = part.size === 0 ? [] : Object.entries(week.areas).flatMap(([cell, counts]) => (liesIn(cell, part) ? [counts] : []));
  return kinds
    .map((kind) => ({
      kind,
      here: part.size === 0 ? null : touched.reduce((sum, counts) => sum + (counts[kind] ?? 0), 0),
      town: week.posts[kind] ?? 0,
      usual: week.usual[kind] ?? 0,
    }))
    .filter(({ town, usual }) => town > 0 || usual > 0);
}

/** The week of that name, else the latest; and its neighbours in time. */
export function chosen(weeks: readonly Week[], name: string): { readonly week: Week; readonly before: Week | null; readonly after: Week | null } | null {
  const at = Math.max(0, weeks.findIndex((one) => one.week === name));
  const week = weeks[at];
  return week ? { week, before: weeks[at + 1] ?? null, after: weeks[at - 1] ?? null } : null;
}

/** 1 -> "1", 0.3 -> "0.3", 12.6 -> "13": as fine as a usual number means something. */
export const usualText = (usual: number): string => (usual >= 3 ? Math.round(usual).toLocaleString("en-GB") : usual.toFixed(1).replace(/\.0$/, ""));
