/** Which part of town a reader looks at, and what of the posts lies in it. All of it happens on the device: the server is
 *  told an area of some 36 km² at the finest, and nothing where the part lies in several. Pure. */
import { cellToLatLng, cellToParent, getResolution, gridDisk, greatCircleDistance, isValidCell, latLngToCell, UNITS } from "h3-js";

/** The cells that a reader chose; none: the whole town. */
export type Part = ReadonlySet<string>;
type Point = readonly [lon: number, lat: number];
const PART_RES = 8;
const AREA_RES = [6, 5] as const;

export const cellAt = ([lon, lat]: Point): string => latLngToCell(lat, lon, PART_RES);

/** A cell and the ring around it. A cell that is coarser than a part is taken whole. */
export function around(cell: string): Part {
  if (!isValidCell(cell)) return new Set();
  const res = getResolution(cell);
  if (res > PART_RES) return new Set(gridDisk(cellToParent(cell, PART_RES), 1));
  return new Set(res === PART_RES ? gridDisk(cell, 1) : [cell]);
}

/** What to ask the server for: the one cell of res 6, else 5, that holds the whole part; none: the town. */
export function askedFor(part: Part): string {
  const cells = [...part];
  for (const res of AREA_RES) {
    if (cells.some((cell) => getResolution(cell) < res)) continue;
    const areas = new Set(cells.map((cell) => cellToParent(cell, res)));
    if (areas.size === 1) return [...areas][0] ?? "";
  }
  return "";
}

/** Whether a post's or report's cell lies in the part, holds some of it, or is some of it. */
export function liesIn(cell: string, part: Part): boolean {
  if (part.size === 0 || !isValidCell(cell)) return part.size === 0;
  const res = getResolution(cell);
  for (const one of part) {
    const other = getResolution(one);
    if (other <= res ? cellToParent(cell, other) === one : cellToParent(one, res) === cell) return true;
  }
  return false;
}

/** How far the middles of two cells lie apart, in metres. */
export const metresBetween = (cell: string, other: string): number =>
  isValidCell(cell) && isValidCell(other) ? greatCircleDistance(cellToLatLng(cell), cellToLatLng(other), UNITS.m) : Infinity;

/** A place that people have a name for. */
export interface Named {
  readonly name: string;
  readonly at: Point;
}

/** The cells of which a named place is the nearest of all, within its reach. */
export function cellsOf(name: string, all: readonly Named[], bounds: readonly [number, number, number, number]): Part {
  const own = all.find((one) => one.name === name);
  if (!own) return new Set();
  const near = gridDisk(cellAt(own.at), REACH);
  const far = (cell: string, { at: [lon, lat] }: Named): number => greatCircleDistance(cellToLatLng(cell), [lat, lon], UNITS.m);
  const [west, south, east, north] = bounds;
  return new Set(
    near.filter((cell) => {
      const [lat, lon] = cellToLatLng(cell);
      if (lon < west || lon > east || lat < south || lat > north) return false;
      const own_ = far(cell, own);
      return all.every((other) => other === own || own_ <= far(cell, other));
    }),
  );
}
const REACH = 3;

/** Streets by the cells they run through, with how much of each lies there: a cell is named by what it holds most of. */
export function streetsIn(cell: string, streets: readonly { readonly name: string; readonly line: readonly Point[] }[], most: number): string[] {
  if (!isValidCell(cell)) return [];
  const res = getResolution(cell);
  const [lat, lon] = cellToLatLng(cell);
  const metres = new Map<string, number>();
  // Only what is near is put into cells: a degree holds 111 km, and a cell of res 8 is 1 km wide.
  const reach = res >= 9 ? 0.006 : res === 8 ? 0.012 : 0.2;
  for (const { name, line } of streets) {
    if (!name || !line.some(([x, y]) => Math.abs(x - lon) < reach * 1.5 && Math.abs(y - lat) < reach)) continue;
    for (let i = 1; i < line.length; i += 1) {
      const [[x1, y1], [x2, y2]] = [line[i - 1] ?? [0, 0], line[i] ?? [0, 0]];
      if (latLngToCell((y1 + y2) / 2, (x1 + x2) / 2, res) !== cell) continue;
      metres.set(name, (metres.get(name) ?? 0) + greatCircleDistance([y1, x1], [y2, x2], UNITS.m));
    }
  }
  return [...metres].sort((a, b) => b[1] - a[1]).slice(0, most).map(([name]) => name);
}

/** The coarser cell that a place is counted under where a finer one is too small to be told: the town's division. */
export function coarser(cell: string, cells: ReadonlySet<string>, rest: string): string {
  for (let res = Math.min(PART_RES, getResolution(cell)); res >= 5; res -= 1) {
    const one = cellToParent(cell, res);
    if (cells.has(one)) return one;
  }
  return rest || cellToParent(cell, 5);
}
