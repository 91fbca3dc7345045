/**
 * The H3 cells under which a town knows its homes. Twin of what fanlight.model.division looks up; the server divides.
 *
 * In:     a point or an outline; the town's division.
 * Out:    cells of the division, each with at least 50 homes, or of res 5 where the town has no table of homes.
 */
import { POLYGON_TO_CELLS_FLAGS, cellToParent, latLngToCell, polygonToCellsExperimental } from "h3-js";

import type { Outline } from "./polygon.ts";

/** `cells`: of what lies in several the finest counts; `rest`: where all else belongs, empty without a table. */
export interface Division {
  readonly cells: readonly string[];
  readonly rest: string;
}
const FINEST_RES = 8;
const COARSEST_RES = 5;

/** The cell under which a home at this point is known. */
export function homeCell(lon: number, lat: number, division: Division): string {
  return cellOf(latLngToCell(lat, lon, FINEST_RES), division, new Set(division.cells));
}

/** The cells that an outline touches, sorted. */
export function coveringCells(corners: Outline, division: Division): string[] {
  const ring = corners.map(([lon, lat]) => [lat, lon]);
  const fine = polygonToCellsExperimental(ring, FINEST_RES, POLYGON_TO_CELLS_FLAGS.containmentOverlapping, false);
  const listed = new Set(division.cells);
  return [...new Set(fine.map((cell) => cellOf(cell, division, listed)))].sort();
}

function cellOf(fine: string, { rest }: Division, listed: ReadonlySet<string>): string {
  for (let res = FINEST_RES; res >= COARSEST_RES; res -= 1) {
    const cell = cellToParent(fine, res);
    if (listed.has(cell)) return cell;
  }
  return rest || cellToParent(fine, COARSEST_RES);
}
