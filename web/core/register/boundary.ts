/** Reads the boundary of a jurisdiction from a GeoJSON file (RFC 7946): one area, of one part or several. Whether it is sound is the server's to say. */

export type Point = readonly [number, number];
export interface Boundary {
  /** A Polygon or MultiPolygon, as it goes to the server. */
  readonly geometry: { readonly type: "Polygon" | "MultiPolygon"; readonly coordinates: unknown };
  /** The outer ring with the most corners, longitude and latitude in degrees: to be looked at. */
  readonly outline: readonly Point[];
  readonly parts: number;
  readonly corners: number;
}
/** Why a file is no boundary. */
export type BadBoundary = "not-json" | "no-area" | "many-areas" | "bad-corner";

const FEW = 4; // corners of the smallest ring, the last one being the first again

export function readBoundary(text: string): Boundary | BadBoundary {
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch {
    return "not-json";
  }
  const areas = areasIn(found);
  const [only] = areas;
  if (!only) return "no-area";
  if (areas.length > 1) return "many-areas";
  const parts: unknown = only["type"] === "Polygon" ? [only["coordinates"]] : only["coordinates"];
  if (!Array.isArray(parts) || parts.length === 0) return "no-area";
  const rings = parts.map((part: unknown) => (Array.isArray(part) ? part.map(ringOf) : []));
  if (rings.some((part) => part.length === 0 || part.includes(null))) return "bad-corner";
  const outer = rings.map((part) => part[0] ?? []);
  return {
    geometry: { type: only["type"] === "Polygon" ? "Polygon" : "MultiPolygon", coordinates: only["coordinates"] },
    outline: outer.reduce((most, ring) => (ring.length > most.length ? ring : most)).slice(0, -1),
    parts: rings.length,
    corners: rings.flat().reduce((sum, ring) => sum + (ring ? ring.length - 1 : 0), 0),
  };
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);

/** The areas that a file holds: a geometry, a feature, or the features of a collection. */
function areasIn(value: unknown): Record<string, unknown>[] {
  if (!isRecord(value)) return [];
  if (value["type"] === "FeatureCollection") return Array.isArray(value["features"]) ? value["features"].flatMap(areasIn) : [];
  if (value["type"] === "Feature") return isRecord(value["geometry"]) && value["geometry"]["type"] !== "Feature" ? areasIn(value["geometry"]) : [];
  return value["type"] === "Polygon" || value["type"] === "MultiPolygon" ? [value] : [];
}

/** A ring in whole; null where a corner is none. */
function ringOf(value: unknown): Point[] | null {
  if (!Array.isArray(value) || value.length < FEW) return null;
  const ring = value.map((corner: unknown): Point | null => {
    const [lon, lat]: unknown[] = Array.isArray(corner) ? corner : [];
    return typeof lon === "number" && typeof lat === "number" && Math.abs(lon) <= 180 && Math.abs(lat) <= 90 ? [lon, lat] : null;
  });
  return ring.every((corner) => corner !== null) ? ring : null;
}
