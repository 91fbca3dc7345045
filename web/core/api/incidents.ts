/** The calls about dispatches. None carries a token: the files are the same for everybody, and nobody learns who reads. */
import type { Client } from "./client.ts";
import { bool, list, num, nullable, obj, oneOf, or, record, str } from "./shape.ts";

export interface Incident {
  readonly incident: string;
  readonly source: string;
  readonly class: string;
  /** H3 cells; none: somewhere in town. */
  readonly cells: readonly string[];
  readonly began: string;
  readonly ends: string;
  readonly state: "open" | "over";
}
export interface IncidentClass {
  readonly class: string;
  readonly words: string;
  /** Somebody near may have to do something now. */
  readonly act: boolean;
}
export interface Source {
  readonly source: string;
  readonly agency: string;
  readonly name: string;
  readonly delay_min: number;
  readonly allowed: boolean;
}
/** Counts of a part of town; homes to the hundred, null where they are too few for a rate. */
export interface AreaYears {
  readonly counts: Readonly<Record<string, readonly number[]>>;
  readonly homes: number | null;
}
/** Counts of 24 whole months, oldest first; `reported` tells silence from none. */
export interface Years {
  readonly months: readonly string[];
  readonly reported: readonly boolean[];
  readonly counts: Readonly<Record<string, readonly number[]>>;
  readonly homes: number | null;
  readonly homes_source: string | null;
  /** By H3 cell, of res 7 and coarser. */
  readonly areas: Readonly<Record<string, AreaYears>>;
}
const anonymous = { anonymous: true } as const;

/** The latest incidents; `more`: there are others, which the map counts. */
export interface Latest {
  readonly found: readonly Incident[];
  readonly more: boolean;
}
export const incidents = async (api: Client): Promise<Latest> => {
  const one = obj<Incident>({ incident: str, source: str, class: str, cells: list(str), began: str, ends: str, state: oneOf(["open", "over"]) });
  const page = await api.json("/v1/incidents", obj({ incidents: list(one), next: nullable(str) }), anonymous);
  return { found: page.incidents, more: page.next !== null };
};

/** The vector tiles that hold the whole town's incidents: all of them, whatever part somebody looks at. */
export const incidentTiles = async (api: Client): Promise<Uint8Array[]> => {
  const { whole } = await api.json("/v1/incidents/tiles", obj({ whole: list(str) }), anonymous);
  return Promise.all(whole.map((path) => api.bytes(`/v1/incidents/tiles/${path}`, anonymous)));
};

export const incidentClasses = async (api: Client): Promise<IncidentClass[]> =>
  (await api.json("/v1/incident-classes", obj({ classes: list(obj<IncidentClass>({ class: str, words: str, act: bool })) }), anonymous)).classes;

export const cadSources = async (api: Client): Promise<Source[]> =>
  (await api.json("/v1/cad-sources", obj({ sources: list(obj<Source>({ source: str, agency: str, name: str, delay_min: num, allowed: bool })) }), anonymous)).sources;

const perClass = (value: unknown, where: string): Record<string, number[]> =>
  Object.fromEntries(Object.entries(record(value, where)).map(([name, counts]) => [name, list(num)(counts, where)]));
const areaYears = obj<AreaYears>({ counts: perClass, homes: nullable(num) });

const yearsAt = (path: string) => (api: Client): Promise<Years> =>
  api.json(
    path,
    obj<Years>({
      months: list(str),
      reported: list(bool),
      counts: perClass,
      homes: nullable(num),
      homes_source: or(nullable(str), null),
      areas: (value, where) => Object.fromEntries(Object.entries(record(value, where)).map(([cell, area]) => [cell, areaYears(area, where)])),
    }),
    anonymous,
  );
export const incidentYears = yearsAt("/v1/incidents/years");
/** The same of posts, by category. */
export const postYears = yearsAt("/v1/posts/years");

export interface TownPlace {
  readonly name: string;
  /** West, south, east, north. */
  readonly bounds: readonly [number, number, number, number];
}
export const townPlace = async (api: Client): Promise<TownPlace> => {
  const { name, bounds } = await api.json("/v1/town", obj({ name: or(str, ""), bounds: list(num) }), anonymous);
  const [west = -180, south = -80, east = 180, north = 80] = bounds;
  return { name, bounds: [west, south, east, north] };
};
