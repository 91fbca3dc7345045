/** The corners of an asked area: typed, read, moved and resized. Points are longitude, latitude in degrees. */

import { type Corner, SQ_MILE_M2 } from "../../../core/geo/polygon.ts";

const M_PER_DEGREE = 111_320;

/** "0.08 sq mi", with a third digit below a tenth, where the lower limit lies. */
export function sizeText(m2: number): string {
  const miles = m2 / SQ_MILE_M2;
  return `${miles < 0.1 ? miles.toFixed(3) : miles.toFixed(2)} sq mi`;
}

/** One corner a line, longitude first, six digits: about a hand's breadth. */
export const cornersText = (corners: readonly Corner[]): string =>
  corners.map(([lon, lat]) => `${lon.toFixed(6)}, ${lat.toFixed(6)}`).join("\n");

export type Typed = { readonly kind: "corners"; readonly corners: Corner[] } | { readonly kind: "wrong"; readonly line: number; readonly text: string };

/** Reads what somebody typed: one corner a line, "longitude, latitude". Empty lines are passed over. */
export function readCorners(typed: string): Typed {
  const corners: Corner[] = [];
  for (const [i, line] of typed.split("\n").entries()) {
    if (line.trim() === "") continue;
    const parts = line.trim().split(/[\s,;]+/).map(Number);
    const [lon, lat] = parts;
    if (parts.length !== 2 || lon === undefined || lat === undefined || !(Math.abs(lon) <= 180) || !(Math.abs(lat) <= 85)) {
      return { kind: "wrong", line: i + 1, text: line.trim() };
    }
    corners.push([lon, lat]);
  }
  return { kind: "corners", corners };
}

/** Rounds to six digits: what is drawn is what is typed, signed and shown. */
export const round = ([lon, lat]: Corner): Corner => [Number(lon.toFixed(6)), Number(lat.toFixed(6))];

/** A corner moved by metres east and north. */
export function moved([lon, lat]: Corner, east: number, north: number): Corner {
  return round([lon + east / (M_PER_DEGREE * Math.cos((lat * Math.PI) / 180)), lat + north / M_PER_DEGREE]);
}

/** The same shape around its middle, with about `m2` square metres instead of `now`. */
export function resized(corners: readonly Corner[], now: number, m2: number): Corner[] {
  const middle = centre(corners);
  const factor = Math.sqrt(m2 / now);
  return corners.map(([lon, lat]) => round([middle[0] + (lon - middle[0]) * factor, middle[1] + (lat - middle[1]) * factor]));
}

export function centre(corners: readonly Corner[]): Corner {
  const sum = corners.reduce<Corner>(([a, b], [lon, lat]) => [a + lon, b + lat], [0, 0]);
  return [sum[0] / corners.length, sum[1] / corners.length];
}

/** West, south, east, north. */
export function bounds(corners: readonly Corner[]): [number, number, number, number] {
  const lons = corners.map(([lon]) => lon);
  const lats = corners.map(([, lat]) => lat);
  return [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)];
}
