/** The list of events as a file: CSV for tables, JSON for programs. Pure. */
import type { EventView } from "./api.ts";

const COLUMNS = ["start", "end", "camera", "label", "change", "zones", "score", "not_this", "id"] as const;

/** Text for one field: quoted where needed; what a table program would take for a formula is made plain text. */
function field(value: string): string {
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export type Names = ReadonlyMap<string, string>;
const row = (event: EventView, names: Names) => ({
  start: event.start,
  end: event.end ?? "",
  camera: names.get(event.camera) ?? event.camera,
  label: event.label,
  change: event.change ?? "",
  zones: event.zones.join("; "),
  score: event.score.toFixed(2),
  not_this: event.not_this ? "yes" : "no",
  id: event.id,
});

export function eventsCsv(events: readonly EventView[], names: Names): string {
  const lines = events.map((event) => {
    const found = row(event, names);
    return COLUMNS.map((column) => field(found[column])).join(",");
  });
  return `${[COLUMNS.join(","), ...lines].join("\r\n")}\r\n`;
}

export const eventsJson = (events: readonly EventView[], names: Names): string =>
  `${JSON.stringify(events.map((event) => ({ ...event, camera_name: names.get(event.camera) ?? "" })), null, 2)}\n`;

/** A name that any disk takes: "front-door-2026-11-21-100000.mp4". */
export function fileName(camera: string, from: Date, extension: string): string {
  const name = camera.normalize("NFKD").replace(/[^\w]+/g, "-").replace(/^-+|-+$/g, "").toLowerCase() || "camera";
  const two = (value: number): string => String(value).padStart(2, "0");
  const day = `${from.getFullYear()}-${two(from.getMonth() + 1)}-${two(from.getDate())}`;
  return `${name}-${day}-${two(from.getHours())}${two(from.getMinutes())}${two(from.getSeconds())}.${extension}`;
}
