/** From the town's street layer to places people can name: a street and a crossing of it. */
import type { Street } from "../../ui/streets.ts";

type Point = readonly [lon: number, lat: number];
const NEAR_M = 15;
const M_PER_DEGREE = 111_320;

/** Names of streets, sorted. */
export const namesOf = (streets: readonly Street[]): string[] => [...new Set(streets.map(({ name }) => name).filter(Boolean))].sort((a, b) => a.localeCompare(b));

/** The streets that cross or meet `name`, each with where. */
export function crossingsOf(streets: readonly Street[], name: string): { name: string; at: Point }[] {
  const own = streets.filter((street) => street.name === name).flatMap(({ line }) => line);
  const found = new Map<string, Point>();
  for (const other of streets) {
    if (!other.name || other.name === name || found.has(other.name)) continue;
    const at = other.line.find((point) => own.some((mine) => metres(point, mine) < NEAR_M));
    if (at) found.set(other.name, at);
  }
  return [...found].map(([crossing, at]) => ({ name: crossing, at })).sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }));
}

function metres([lon, lat]: Point, [otherLon, otherLat]: Point): number {
  const east = (otherLon - lon) * Math.cos((lat * Math.PI) / 180);
  return M_PER_DEGREE * Math.hypot(east, otherLat - lat);
}

/** The place that a door sign's address carries behind `#at=`; null for none. The server never sees it. */
export function placeOfSign(hash: string): Point | null {
  const match = /^#at=(-?\d{1,3}\.\d{1,6}),(-?\d{1,2}\.\d{1,6})$/.exec(hash);
  if (!match) return null;
  const [lon, lat] = [Number(match[1]), Number(match[2])];
  return Math.abs(lon) <= 180 && Math.abs(lat) <= 85 ? [lon, lat] : null;
}
