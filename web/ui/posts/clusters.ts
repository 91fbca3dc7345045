/** Posts and reports by area, for the map: cells joined into coarser ones as the map is seen from farther away. Pure. */
import { cellToParent, getResolution, isValidCell } from "h3-js";
import type { Counted } from "../../core/api/posts.ts";
import { shapeOf } from "../../core/geo/cells.ts";
import type { Field } from "./fields.ts";
import type { InCell } from "./tiles.ts";

export const FINE = 9;
/** How fine cells are told apart at a zoom of the map. */
export const fineAt = (zoom: number): number => (zoom >= 14 ? FINE : zoom >= 12.3 ? 8 : zoom >= 10.5 ? 7 : 6);

/** The posts of the last `days` days, and the reports of the last one, of which each counts once. */
export function clustered(counted: readonly Counted[], reported: readonly InCell[], days: number, today: string, res: number): Field[] {
  const from = new Date(Date.parse(`${today}T00:00:00Z`) - (days - 1) * 86_400_000).toISOString().slice(0, 10);
  const found = new Map<string, { many: number; act: boolean }>();
  const add = (cell: string, many: number, act: boolean): void => {
    if (!isValidCell(cell)) return;
    const at = getResolution(cell) > res ? cellToParent(cell, res) : cell;
    const known = found.get(at);
    found.set(at, { many: (known?.many ?? 0) + many, act: (known?.act ?? false) || act });
  };
  for (const { cell, day, many } of counted) if (day >= from) add(cell, many, false);
  for (const { cell, many, act } of reported) add(cell, many, act);
  return [...found].flatMap(([cell, { many, act }]) => {
    const shape = shapeOf(cell);
    return shape ? [{ cell, many, act, middle: shape.middle, ring: shape.ring }] : [];
  });
}
