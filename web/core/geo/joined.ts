/**
 * How far areas lie from each other, and what several of them cover together. Twin of fanlight.model.joined.
 *
 * In:     checked outlines, wherever they lie on the globe.
 * Out:    metres between two; square metres that several cover, ground that they share counted once.
 * Holds:  the same square metre as in Python, where shapely counts (vectors/geo/joined-*.json).
 * How:    a plane is cut into stripes at every corner and every crossing; within a stripe no two edges cross, so
 *         what is covered there are trapezoids, counted along their middle line.
 */
import { areaM2, AUTHALIC_RADIUS_M, contains, type Corner, type Outline } from "./polygon.ts";

type Point = readonly [x: number, y: number];
type Edge = readonly [Point, Point];
const RAD = Math.PI / 180;

/** Metres between the nearest points of two areas; 0 if they share one. Right to 1 % up to a few kilometres. */
export function distanceM(one: Outline, other: Outline): number {
  const lats = [...one, ...other].map(([, lat]) => lat);
  const shrink = Math.cos(((Math.min(...lats) + Math.max(...lats)) / 2) * RAD);
  const reference = Math.min(one[0]?.[0] ?? 0, other[0]?.[0] ?? 0);
  const flat = (corners: Outline): Point[] => {
    const turned = shift(corners, reference);
    return corners.map(([lon, lat]) => [AUTHALIC_RADIUS_M * ((lon + turned - reference) * RAD) * shrink, AUTHALIC_RADIUS_M * (lat * RAD)]);
  };
  const [a, b] = [flat(one), flat(other)];
  if (holds(a, b) || holds(b, a)) return 0;
  let least = Number.POSITIVE_INFINITY;
  for (const edge of edges(a)) for (const another of edges(b)) least = Math.min(least, between(edge, another));
  return least;
}

/** Square metres that at least one outline covers: their sizes less what they share. */
export function joinedAreaM2(outlines: readonly Outline[]): number {
  const different = [...new Map(outlines.map((corners) => [JSON.stringify(corners), corners])).values()].sort(inOrder);
  const whole = different.reduce((sum, corners) => sum + areaM2(corners), 0);
  if (different.length < 2) return whole;
  const reference = different[0]?.[0]?.[0] ?? 0;
  const flat = different.map((corners): Point[] => {
    const turned = shift(corners, reference);
    return corners.map(([lon, lat]) => [AUTHALIC_RADIUS_M * ((lon + turned - reference) * RAD), AUTHALIC_RADIUS_M * Math.sin(lat * RAD)]);
  });
  const shared = flat.reduce((sum, ring) => sum + covered([ring]), 0) - covered(flat);
  return whole - Math.max(0, shared);
}

/** By the first corner in which they differ, as Python orders tuples. */
function inOrder(one: Outline, other: Outline): number {
  for (let i = 0; i < Math.min(one.length, other.length); i += 1) {
    const [a, b] = [one[i] as Corner, other[i] as Corner];
    if (a[0] !== b[0]) return a[0] - b[0];
    if (a[1] !== b[1]) return a[1] - b[1];
  }
  return one.length - other.length;
}

/** The whole turn that brings an area to the side of the 180th meridian of the reference. */
function shift(corners: Outline, reference: number): number {
  const away = (corners[0]?.[0] ?? 0) - reference;
  return away > 180 ? -360 : away < -180 ? 360 : 0;
}

/** The size of what at least one ring covers. */
function covered(rings: readonly (readonly Point[])[]): number {
  const sides = rings.map((ring) => edges(ring).filter(([a, b]) => a[1] !== b[1]));
  const all = sides.flat();
  const cuts = new Set(rings.flatMap((ring) => ring.map(([, y]) => y)));
  for (const [i, one] of all.entries()) for (const other of all.slice(i + 1)) for (const y of crossings(one, other)) cuts.add(y);
  const levels = [...cuts].sort((a, b) => a - b);
  let size = 0;
  for (let i = 1; i < levels.length; i += 1) {
    const [low, high] = [levels[i - 1] as number, levels[i] as number];
    const middle = low + (high - low) / 2;
    const spans = sides.flatMap((ring) => spansAt(ring, middle)).sort(([a], [b]) => a - b);
    let [length, reached] = [0, Number.NEGATIVE_INFINITY];
    for (const [left, right] of spans) {
      length += Math.max(0, right - Math.max(left, reached));
      reached = Math.max(reached, right);
    }
    size += length * (high - low);
  }
  return size;
}

/** From where to where a line of that height lies within a ring. */
function spansAt(sides: readonly Edge[], y: number): [number, number][] {
  const met = sides.filter(([a, b]) => a[1] > y !== b[1] > y).map(([a, b]) => a[0] + ((b[0] - a[0]) * (y - a[1])) / (b[1] - a[1]));
  met.sort((a, b) => a - b);
  return met.flatMap((x, i): [number, number][] => (i % 2 === 1 ? [[met[i - 1] as number, x]] : []));
}

/** The height at which two edges cross, if they do. */
function crossings([a, b]: Edge, [c, d]: Edge): number[] {
  const [rx, ry, sx, sy] = [b[0] - a[0], b[1] - a[1], d[0] - c[0], d[1] - c[1]];
  const turn = rx * sy - ry * sx;
  if (turn === 0) return [];
  const at = ((c[0] - a[0]) * sy - (c[1] - a[1]) * sx) / turn;
  const other = ((c[0] - a[0]) * ry - (c[1] - a[1]) * rx) / turn;
  return at >= 0 && at <= 1 && other >= 0 && other <= 1 ? [a[1] + at * ry] : [];
}

const edges = (ring: readonly Point[]): Edge[] => ring.map((point, i) => [point, ring[(i + 1) % ring.length] as Point]);
const holds = (ring: readonly Point[], points: readonly Point[]): boolean => contains(ring, ...(points[0] as Point));

function between(one: Edge, other: Edge): number {
  if (crossings(one, other).length > 0) return 0;
  const [a, b] = one;
  const [c, d] = other;
  return Math.min(fromEdge(a, other), fromEdge(b, other), fromEdge(c, one), fromEdge(d, one));
}

function fromEdge([x, y]: Point, [a, b]: Edge): number {
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
  const long = dx * dx + dy * dy; // 0 of an edge too short for a number
  const along = long === 0 ? 0 : Math.min(1, Math.max(0, ((x - a[0]) * dx + (y - a[1]) * dy) / long));
  return Math.hypot(x - a[0] - along * dx, y - a[1] - along * dy);
}
