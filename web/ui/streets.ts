/** Streets of the town around an outline, as SVG paths. The layer holds the whole town, so fetching it tells no place. */
import { list, num, obj, raw, record, str } from "../core/api/shape.ts";

export interface Street {
  readonly name: string;
  readonly kind: string;
  /** lon, lat */
  readonly line: readonly (readonly [number, number])[];
}
export interface Label {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  /** Degrees, -90 to 90, so that no name stands on its head. */
  readonly turn: number;
}
export interface View {
  readonly width: number;
  readonly height: number;
  /** lon, lat to x, y */
  project(point: readonly [number, number]): [number, number];
  readonly west: number;
  readonly south: number;
  readonly east: number;
  readonly north: number;
}

const line = list(list(num));

/** Reads the street layer; a feature of another form is left out. */
export function readStreets(layer: unknown): Street[] {
  const { features } = obj({ features: list(raw) })(layer, "streets");
  const streets: Street[] = [];
  for (const feature of features) {
    try {
      const { properties, geometry } = obj({ properties: record, geometry: obj({ type: str, coordinates: raw }) })(feature, "street");
      // The layer holds water and rails too.
      if (geometry.type !== "LineString" || (properties["layer"] ?? "roads") !== "roads") continue;
      const points = line(geometry.coordinates, "street").map(([lon = 0, lat = 0]) => [lon, lat] as const);
      streets.push({ name: String(properties["n"] ?? ""), kind: String(properties["k"] ?? ""), line: points });
    } catch {
      continue; // a point or a polygon in the layer is no street
    }
  }
  return streets;
}

/** A view of fixed size in which the outline fills about half the width. */
export function viewOf(outline: readonly (readonly [number, number])[], width: number, height: number): View {
  const lons = outline.map(([lon]) => lon);
  const lats = outline.map(([, lat]) => lat);
  const middle = [(Math.min(...lons) + Math.max(...lons)) / 2, (Math.min(...lats) + Math.max(...lats)) / 2] as const;
  const squeeze = Math.cos((middle[1] * Math.PI) / 180);
  const span = Math.max((Math.max(...lons) - Math.min(...lons)) * squeeze, ((Math.max(...lats) - Math.min(...lats)) * width) / height, 0.001);
  const scale = width / (span * 1.8); // units per degree of latitude
  const half = [width / 2 / scale / squeeze, height / 2 / scale] as const;
  return {
    width,
    height,
    project: ([lon, lat]) => [round(width / 2 + (lon - middle[0]) * squeeze * scale), round(height / 2 - (lat - middle[1]) * scale)],
    west: middle[0] - half[0],
    east: middle[0] + half[0],
    south: middle[1] - half[1],
    north: middle[1] + half[1],
  };
}

/** The streets that touch the view, as path data by weight. */
export function drawStreets(streets: readonly Street[], view: View): { wide: string; narrow: string; labels: Label[] } {
  const parts = { wide: [] as string[], narrow: [] as string[] };
  const longest = new Map<string, { length: number; label: Label }>();
  for (const street of streets) {
    if (!street.line.some(([lon, lat]) => lon > view.west && lon < view.east && lat > view.south && lat < view.north)) continue;
    const points = street.line.map((point) => view.project(point));
    const wide = /motorway|trunk|primary|secondary|tertiary|major|highway/.test(street.kind);
    parts[wide ? "wide" : "narrow"].push(`M${points.map((point) => point.join(",")).join("L")}`);
    if (!street.name) continue;
    for (let i = 1; i < points.length; i++) {
      const [[x1, y1], [x2, y2]] = [points[i - 1] ?? [0, 0], points[i] ?? [0, 0]];
      const [x, y] = [(x1 + x2) / 2, (y1 + y2) / 2];
      const length = Math.hypot(x2 - x1, y2 - y1) * (wide ? 1.5 : 1);
      const inside = x > 60 && x < view.width - 60 && y > 24 && y < view.height - 24;
      if (!inside || length <= (longest.get(street.name)?.length ?? 30)) continue;
      let turn = (Math.atan2(y2 - y1, x2 - x1) * 180) / Math.PI;
      if (turn > 90) turn -= 180;
      if (turn < -90) turn += 180;
      longest.set(street.name, { length, label: { text: street.name, x, y, turn: round(turn) } });
    }
  }
  const labels: Label[] = [];
  for (const { label } of [...longest.values()].sort((a, b) => b.length - a.length)) {
    if (labels.length >= 7) break;
    if (labels.every((one) => Math.hypot(one.x - label.x, one.y - label.y) > 90)) labels.push(label);
  }
  return { wide: parts.wide.join(""), narrow: parts.narrow.join(""), labels };
}

const round = (value: number): number => Math.round(value * 10) / 10;
