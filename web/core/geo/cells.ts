/**
 * The H3 cells under which a town knows its homes. Twin of fanlight.model.geo.
 *
 * In:     a point or an outline; homes per res-8 cell (empty: no housing table).
 * Out:    cells of the town's partition, each with at least 50 homes or of res 5.
 */
import {
  POLYGON_TO_CELLS_FLAGS,
  cellToChildren,
  cellToParent,
  getResolution,
  latLngToCell,
  polygonToCellsExperimental,
} from "h3-js";

import type { Outline } from "./polygon.ts";

export type Homes = { readonly [cell: string]: number };
const FINEST_RES = 8;
const COARSEST_RES = 5;
const HOMES_PER_CELL = 50;

/** The finest cell of res 8 to 5 around a point that holds at least 50 homes, else that of res 5. */
export function homeCell(lon: number, lat: number, homes: Homes): string {
  return partitionCell(latLngToCell(lat, lon, FINEST_RES), homes);
}

/** The cells of the partition that an outline touches, sorted. */
export function coveringCells(corners: Outline, homes: Homes): string[] {
  const ring = corners.map(([lon, lat]) => [lat, lon]);
  const fine = polygonToCellsExperimental(ring, FINEST_RES, POLYGON_TO_CELLS_FLAGS.containmentOverlapping, false);
  return [...new Set(fine.map((cell) => partitionCell(cell, homes)))].sort();
}

function partitionCell(fine: string, homes: Homes): string {
  for (let res = FINEST_RES; res > COARSEST_RES; res -= 1) {
    const cell = cellToParent(fine, res);
    const children = getResolution(cell) === FINEST_RES ? [cell] : cellToChildren(cell, FINEST_RES);
    if (children.reduce((sum, child) => sum + (homes[child] ?? 0), 0) >= HOMES_PER_CELL) return cell;
  }
  return cellToParent(fine, COARSEST_RES);
}
