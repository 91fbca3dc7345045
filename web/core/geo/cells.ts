/**
 * The H3 cells under which a town knows its homes. Twin of what fanlight.model.division looks up; the server divides.
 *
 * In:     a point or an outline; the town's division.
 * Out:    cells of the division, each with at least 50 homes, or of res 5 where the town has no table of homes.
 */
import { POLYGON_TO_CELLS_FLAGS, cellToBoundary, cellToLatLng, cellToParent, getResolution, isValidCell, latLngToCell, polygonToCellsExperimental } from "h3-js";

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

/** A cell's outline and middle, lon, lat, and how fine it is (H3 resolution); null for a text that is no cell. */
export interface CellShape {
  readonly ring: readonly (readonly [lon: number, lat: number])[];
  readonly middle: readonly [lon: number, lat: number];
  readonly res: number;
}
export function shapeOf(cell: string): CellShape | null {
  if (!isValidCell(cell)) return null;
  const [lat, lon] = cellToLatLng(cell);
  return { ring: cellToBoundary(cell, true) as [number, number][], middle: [lon, lat], res: getResolution(cell) };
}
