/** What a browser asks to be told of what dispatch reports, and where. Pure. */
import type { IncidentClass } from "../../../core/api/incidents.ts";
import { around, type Part } from "../../../core/neighbors/places.ts";
import type { Choices, Near } from "../../../core/push/behest.ts";

/** A part of town that can be chosen; no cells: the whole town. */
export interface Place {
  readonly key: "home" | "town" | "read" | "before";
  readonly label: string;
  readonly cells: readonly string[];
}

const sorted = (part: Part): string[] => [...part].sort();
export const homePart = (cell: string): string[] => sorted(around(cell));

/** Whether two parts are the same, in whatever order. */
export const samePart = (one: readonly string[], other: readonly string[]): boolean => sorted(new Set(one)).join() === sorted(new Set(other)).join();

/** The places to choose from: those that are known, and what was chosen before if it is none of them. */
export function placesWith(known: readonly Place[], near: Near | null, before: string): Place[] {
  const other = near !== null && !known.some(({ cells }) => samePart(cells, near.cells));
  return other ? [...known, { key: "before", label: before, cells: near.cells }] : [...known];
}

/** The first choice: all kinds, around the home. */
export const firstNear = (classes: readonly IncidentClass[], cells: readonly string[]): Near => ({
  classes: classes.filter(({ act }) => act).map((one) => one.class),
  cells,
  through: true,
});

/** With a kind or without it, in the order of the town's list. */
export function withClass(near: Near, classes: readonly IncidentClass[], name: string, on: boolean): Near {
  const chosen = new Set(near.classes);
  if (on) chosen.add(name);
  else chosen.delete(name);
  return { ...near, classes: classes.map((one) => one.class).filter((one) => chosen.has(one)) };
}

/** With what is asked of dispatch; null takes it back. */
export function withNear(choices: Choices, near: Near | null): Choices {
  const { near: _, ...rest } = choices;
  return near ? { ...rest, near } : rest;
}
