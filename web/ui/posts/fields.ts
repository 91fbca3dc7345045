/** The fields of the map in which something was reported: H3 cells as outlines. Pure. */
import { shapeOf } from "../../core/geo/cells.ts";
import type { Line } from "./lines.ts";

export interface Field {
  readonly cell: string;
  readonly many: number;
  /** Something that somebody near may have to act on. */
  readonly act: boolean;
  readonly middle: readonly [lon: number, lat: number];
  readonly ring: readonly (readonly [lon: number, lat: number])[];
}

/** One field a cell, with how many reports name it; what names no cell is on the list alone. */
export function fieldsOf(lines: readonly Line[]): Field[] {
  const found = new Map<string, { many: number; act: boolean }>();
  for (const line of lines) {
    for (const cell of line.cells) {
      const known = found.get(cell);
      found.set(cell, { many: (known?.many ?? 0) + 1, act: (known?.act ?? false) || line.act });
    }
  }
  return [...found].flatMap(([cell, { many, act }]) => {
    const shape = shapeOf(cell);
    return shape ? [{ cell, many, act, middle: shape.middle, ring: shape.ring }] : [];
  });
}

export const featuresOf = (fields: readonly Field[]): GeoJSON.FeatureCollection => ({
  type: "FeatureCollection",
  features: fields.map(({ many, act, ring }) => ({
    type: "Feature",
    properties: { many, act },
    geometry: { type: "Polygon", coordinates: [ring.map(([lon, lat]) => [lon, lat])] },
  })),
});

const FINE_RES = 9;
/** Whether all that is known of its place is one fine field, a part of town, or nothing. */
export const spread = (cells: readonly string[]): "field" | "part" | "town" =>
  cells.length === 0 ? "town" : cells.length === 1 && (shapeOf(cells[0] ?? "")?.res ?? 0) >= FINE_RES ? "field" : "part";

/** West, south, east, north around the fields; null where there are none. */
export function boundsOf(fields: readonly Field[]): [number, number, number, number] | null {
  const [lons, lats] = [fields.flatMap(({ ring }) => ring.map(([lon]) => lon)), fields.flatMap(({ ring }) => ring.map(([, lat]) => lat))];
  return lons.length === 0 ? null : [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)];
}
