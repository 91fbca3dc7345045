/**
 * Areas on the map. Twin of fanlight.model.geo.
 *
 * In:     corners as [lon, lat] in degrees (WGS 84).
 * Out:    a checked outline, its area, whether a point lies in it.
 * Holds:  3 to 100 corners, none twice; the outline does not cross or touch itself.
 */

export type Corner = readonly [lon: number, lat: number];
export type Outline = readonly Corner[];
export type Drawn =
  | { readonly kind: "outline"; readonly corners: Outline }
  | { readonly kind: "refused"; readonly why: "corners" | "not-on-the-map" | "too-wide" | "crosses" };

export const SQ_MILE_M2 = 2_589_988.110336;
export const AUTHALIC_RADIUS_M = 6_371_007.180918475; // see fanlight.model.geo
const MAX_LAT = 85;

/** Checks corners; a repeated first corner at the end is dropped. */
export function outline(points: readonly (readonly number[])[]): Drawn {
  const refused = (why: (Drawn & { kind: "refused" })["why"]): Drawn => ({ kind: "refused", why });
  const corners: Corner[] = [];
  for (const point of points) {
    const [lon, lat] = point;
    if (point.length !== 2 || lon === undefined || lat === undefined) return refused("corners");
    // Written so that NaN is refused too.
    if (!(Math.abs(lon) <= 180 && Math.abs(lat) <= MAX_LAT)) return refused("not-on-the-map");
    corners.push([lon, lat]);
  }
  const [first, end] = [corners[0], corners.at(-1)];
  if (corners.length > 1 && first?.[0] === end?.[0] && first?.[1] === end?.[1]) corners.pop();
  if (corners.length < 3 || corners.length > 100) return refused("corners");
  const lons = corners.map(([lon]) => lon);
  if (Math.max(...lons) - Math.min(...lons) >= 180) return refused("too-wide");
  return isSimple(corners) ? { kind: "outline", corners } : refused("crosses");
}

/** Area in square metres, by the spherical excess on the authalic sphere. */
export function areaM2(corners: Outline): number {
  const rad = Math.PI / 180;
  let excess = 0;
  corners.forEach(([lon1, lat1], i) => {
    const [lon2, lat2] = corners[(i + 1) % corners.length] as Corner;
    const [t1, t2] = [Math.tan((lat1 * rad) / 2), Math.tan((lat2 * rad) / 2)];
    excess += 2 * Math.atan2(Math.tan(((lon2 - lon1) * rad) / 2) * (t1 + t2), 1 + t1 * t2);
  });
  return Math.abs(excess) * AUTHALIC_RADIUS_M ** 2;
}

/** Whether a point lies inside. On an edge it may be either; Python agrees bit by bit. */
export function contains(corners: Outline, lon: number, lat: number): boolean {
  let inside = false;
  let [lon2, lat2] = corners.at(-1) as Corner;
  for (const [lon1, lat1] of corners) {
    if (lat1 > lat !== lat2 > lat && lon < ((lon2 - lon1) * (lat - lat1)) / (lat2 - lat1) + lon1) inside = !inside;
    [lon2, lat2] = [lon1, lat1];
  }
  return inside;
}

/** Whether no two edges share a point, but for neighbours their common corner. */
function isSimple(corners: Outline): boolean {
  const n = corners.length;
  const at = (i: number): Corner => corners[i % n] as Corner;
  for (let i = 0; i < n; i += 1) {
    const [a, b, c] = [at(i), at(i + 1), at(i + 2)];
    if (a[0] === b[0] && a[1] === b[1]) return false;
    // A spike: the next edge runs back along this one.
    if (turn(a, b, c) === 0 && (b[0] - a[0]) * (c[0] - b[0]) + (b[1] - a[1]) * (c[1] - b[1]) < 0) return false;
    for (let j = i + 2; j < n; j += 1) {
      if ((j + 1) % n !== i && touch(a, b, at(j), at(j + 1))) return false;
    }
  }
  return true;
}

function turn(a: Corner, b: Corner, c: Corner): number {
  return Math.sign((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]));
}

function touch(a: Corner, b: Corner, c: Corner, d: Corner): boolean {
  const [abc, abd, cda, cdb] = [turn(a, b, c), turn(a, b, d), turn(c, d, a), turn(c, d, b)];
  if (abc * abd < 0 && cda * cdb < 0) return true;
  return (
    (abc === 0 && between(a, b, c)) ||
    (abd === 0 && between(a, b, d)) ||
    (cda === 0 && between(c, d, a)) ||
    (cdb === 0 && between(c, d, b))
  );
}

function between(a: Corner, b: Corner, p: Corner): boolean {
  return (
    Math.min(a[0], b[0]) <= p[0] &&
    p[0] <= Math.max(a[0], b[0]) &&
    Math.min(a[1], b[1]) <= p[1] &&
    p[1] <= Math.max(a[1], b[1])
  );
}
