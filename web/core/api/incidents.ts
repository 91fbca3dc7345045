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
/** Counts of 24 months, the present one last; `reported` tells silence from none. */
export interface Years {
  readonly months: readonly string[];
  readonly reported: readonly boolean[];
  readonly counts: Readonly<Record<string, readonly number[]>>;
  readonly homes: number | null;
  readonly homes_source: string | null;
}
const anonymous = { anonymous: true } as const;

export const incidents = async (api: Client): Promise<Incident[]> => {
  const one = obj<Incident>({ incident: str, source: str, class: str, cells: list(str), began: str, ends: str, state: oneOf(["open", "over"]) });
  return (await api.json("/v1/incidents", obj({ incidents: list(one) }), anonymous)).incidents;
};

export const incidentClasses = async (api: Client): Promise<IncidentClass[]> =>
  (await api.json("/v1/incident-classes", obj({ classes: list(obj<IncidentClass>({ class: str, words: str, act: bool })) }), anonymous)).classes;

export const cadSources = async (api: Client): Promise<Source[]> =>
  (await api.json("/v1/cad-sources", obj({ sources: list(obj<Source>({ source: str, agency: str, name: str, delay_min: num, allowed: bool })) }), anonymous)).sources;

export const incidentYears = (api: Client): Promise<Years> =>
  api.json(
    "/v1/incidents/years",
    obj<Years>({
      months: list(str),
      reported: list(bool),
      counts: (value, where) => Object.fromEntries(Object.entries(record(value, where)).map(([name, counts]) => [name, list(num)(counts, where)])),
      homes: nullable(num),
      homes_source: or(nullable(str), null),
    }),
    anonymous,
  );

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
