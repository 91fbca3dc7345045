/** How the town's map is drawn: quiet land, white streets, names in the sans. Colours come from tokens.css. */
import type { ExpressionSpecification, LayerSpecification, StyleSpecification } from "maplibre-gl";

export interface Colours {
  readonly land: string;
  readonly water: string;
  readonly park: string;
  readonly road: string;
  readonly edge: string;
  readonly label: string;
  readonly door: string;
  readonly ink: string;
}

/** Reads the map's colours as the page's theme has them now. */
export function coloursOf(element: Element): Colours {
  const style = getComputedStyle(element);
  const of = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  return {
    land: of("map-land"),
    water: of("map-water"),
    park: of("map-park"),
    road: of("map-road"),
    edge: of("map-road-edge"),
    label: of("map-label"),
    door: of("door"),
    ink: of("ink-2"),
  };
}

// MapLibre draws letters from the page's own fonts where a style names no glyph server: nothing is fetched.
const FONT = ["Atkinson Hyperlegible Next Variable", "sans-serif"];
const PATHS = ["footway", "steps", "path", "cycleway", "pedestrian", "service", "busway"];
const MAJOR = ["motorway", "trunk", "primary", "motorway_link", "trunk_link", "primary_link"];
const MIDDLE = ["secondary", "tertiary", "secondary_link", "tertiary_link"];

const kind = (kinds: readonly string[]): ExpressionSpecification => ["in", ["get", "k"], ["literal", [...kinds]]];
const layer = (name: string): ExpressionSpecification => ["==", ["get", "layer"], name];
const width = (at12: number, at16: number): ExpressionSpecification => ["interpolate", ["exponential", 1.5], ["zoom"], 12, at12, 16, at16, 18, at16 * 2];

/** The style for files served at `base`, such as `http://localhost:8420/v1/map`. `boundary` is a GeoJSON geometry or null. */
export function styleOf(colours: Colours, base: string, boundary: unknown): StyleSpecification {
  const nothing: GeoJSON.FeatureCollection = { type: "FeatureCollection", features: [] };
  const road = (id: string, filter: ExpressionSpecification, at12: number, at16: number, minzoom = 0): LayerSpecification[] => {
    const line = (suffix: string, color: string, more: number): LayerSpecification => ({
      id: `${id}-${suffix}`,
      type: "line",
      source: "streets",
      filter: ["all", layer("roads"), filter],
      minzoom,
      layout: { "line-join": "round", "line-cap": "round" },
      paint: { "line-color": color, "line-width": width(at12 + more, at16 + more) },
    });
    return [line("edge", colours.edge, 2), line("road", colours.road, 0)];
  };
  const named = (id: string, filter: ExpressionSpecification, minzoom: number): LayerSpecification => ({
    id,
    type: "symbol",
    source: "streets",
    filter: ["all", layer("roads"), filter, ["has", "n"]],
    minzoom,
    layout: { "symbol-placement": "line", "symbol-spacing": 320, "text-field": ["get", "n"], "text-font": FONT, "text-size": 13 },
    paint: { "text-color": colours.label, "text-halo-color": colours.land, "text-halo-width": 2 },
  });
  const roads = [
    ...road("small", ["!", kind([...PATHS, ...MAJOR, ...MIDDLE])], 0.6, 6, 12.5),
    ...road("middle", kind(MIDDLE), 1.2, 9),
    ...road("major", kind(MAJOR), 2, 12),
  ];
  return {
    version: 8,
    sources: {
      city: { type: "geojson", data: `${base}/city.geojson` },
      streets: { type: "geojson", data: `${base}/streets.geojson`, attribution: "© OpenStreetMap contributors" },
      jurisdiction: { type: "geojson", data: boundary === null ? nothing : { type: "Feature", properties: {}, geometry: boundary as GeoJSON.Geometry } },
      area: { type: "geojson", data: nothing },
    },
    layers: [
      { id: "water", type: "background", paint: { "background-color": colours.water } },
      { id: "land", type: "fill", source: "city", filter: layer("land"), paint: { "fill-color": colours.land } },
      { id: "park", type: "fill", source: "city", filter: layer("leisure"), paint: { "fill-color": colours.park } },
      {
        id: "outer",
        type: "line",
        source: "city",
        filter: layer("streets"),
        minzoom: 12,
        paint: { "line-color": colours.road, "line-width": width(0.8, 6) },
      },
      {
        id: "paths",
        type: "line",
        source: "streets",
        filter: ["all", layer("roads"), kind(PATHS)],
        minzoom: 14.5,
        paint: { "line-color": colours.road, "line-width": width(0.4, 2) },
      },
      // All edges lie below all roads, so that crossings are open.
      ...roads.filter((one) => one.id.endsWith("-edge")),
      ...roads.filter((one) => one.id.endsWith("-road")),
      {
        id: "rail",
        type: "line",
        source: "streets",
        filter: layer("rail"),
        minzoom: 13,
        paint: { "line-color": colours.edge, "line-width": 1.2, "line-dasharray": [4, 3] },
      },
      { id: "jurisdiction", type: "line", source: "jurisdiction", paint: { "line-color": colours.ink, "line-width": 1.5, "line-dasharray": [5, 3] } },
      { id: "area-fill", type: "fill", source: "area", filter: ["==", ["geometry-type"], "Polygon"], paint: { "fill-color": colours.door, "fill-opacity": 0.16 } },
      { id: "area-line", type: "line", source: "area", layout: { "line-join": "round" }, paint: { "line-color": colours.door, "line-width": 3 } },
      named("names-major", kind([...MAJOR, ...MIDDLE]), 13.5),
      named("names-small", ["!", kind([...PATHS, ...MAJOR, ...MIDDLE])], 15),
      {
        id: "places",
        type: "symbol",
        source: "streets",
        filter: ["all", layer("places"), kind(["neighbourhood", "quarter", "suburb"])],
        maxzoom: 14.5,
        layout: { "text-field": ["get", "n"], "text-font": FONT, "text-size": 14, "text-max-width": 7 },
        paint: { "text-color": colours.label, "text-halo-color": colours.land, "text-halo-width": 2 },
      },
    ],
  };
}

/** The drawn corners as a map feature: a point's nothing, two make a line, three an area. */
export function areaFeature(corners: readonly (readonly [number, number])[]): GeoJSON.FeatureCollection {
  const ring = corners.map(([lon, lat]) => [lon, lat]);
  const [first] = ring;
  if (!first || ring.length < 2) return { type: "FeatureCollection", features: [] };
  const geometry: GeoJSON.Geometry =
    ring.length === 2 ? { type: "LineString", coordinates: ring } : { type: "Polygon", coordinates: [[...ring, first]] };
  return { type: "FeatureCollection", features: [{ type: "Feature", properties: {}, geometry }] };
}
