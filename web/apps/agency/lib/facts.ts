/**
 * The facts of a draft, as the ordinance would be given them if it were sent now. Twin of RequestFacts.of.
 *
 * In:     the draft, what is known of agency, map and case, a clock reading.
 * Out:    the flat facts, and which of them only the server can know.
 * Holds:  a fact not filled in yet is given its lawful value and named in `open`, so that the panel says
 *         "not filled in" beside that clause instead of a refusal nobody has earned.
 */
import { type Outline, areaM2, contains, outline } from "../../../core/geo/polygon.ts";
import type { Facts } from "../../../core/policy/shapes.ts";
import { CASE_NUMBER, type Draft } from "./draft.ts";
import { aboveFloor, offenceClass, offences } from "../../../ui/offences.ts";
import { fromField, hoursSince, minutesBetween } from "./times.ts";
import { findPhrases, findRecords } from "./wording.ts";

export interface Known {
  readonly agencyKind: string;
  readonly agreementInForce: boolean;
  /** Rings of the jurisdiction, holes not expected; null while it is not loaded. */
  readonly jurisdiction: readonly Outline[] | null;
  /** Which request of its case this would be; see cases.ts. */
  readonly numberInCase: number;
  /** What it asks together with requests that it adjoins; see cases.ts. Null while it is not filled in. */
  readonly joined: { readonly areaM2: number | null; readonly windowMin: number | null };
  /** The agreement in force names its vote. */
  readonly voteRecorded: boolean;
}

export type Why = "empty" | "server";
export interface Asked {
  readonly facts: Facts;
  /** Facts that are not known here yet, and why. */
  readonly open: ReadonlyMap<string, Why>;
}

export function factsOf(draft: Draft, known: Known, now: Date): Asked {
  const open = new Map<string, Why>();
  const unlessEmpty = <T>(fact: string, empty: boolean, lawful: T, value: () => T): T => {
    if (!empty) return value();
    open.set(fact, "empty");
    return lawful;
  };
  const offence = offences.get(draft.offence);
  const drawn = outline(draft.outline);
  const from = fromField(draft.from);
  const to = fromField(draft.to);
  const timed = from !== null && to !== null && from < to;
  open.set("assembly_overlap", "server"); // the clerk's list of assemblies is not handed out
  if (known.jurisdiction === null) open.set("inside_jurisdiction", "server");
  const facts: Facts = {
    agency_kind: known.agencyKind,
    agreement_in_force: known.agreementInForce,
    vote_recorded: known.voteRecorded,
    named_officer: true,
    has_case_number: unlessEmpty("has_case_number", draft.caseNumber === "", true, () => CASE_NUMBER.test(draft.caseNumber)),
    number_in_case: known.numberInCase,
    purpose: unlessEmpty("purpose", draft.purpose === "", "identify_suspect", () => draft.purpose),
    offence_class: offence ? offenceClass(offence) : "",
    offence_listed: unlessEmpty("offence_listed", !offence, true, () => offence?.listed === true),
    offence_floor: unlessEmpty("offence_floor", !offence || draft.purpose === "", true, () => offence !== undefined && aboveFloor(offence, draft.purpose)),
    offence_grave: offence?.grave === true,
    area_m2: unlessEmpty("area_m2", drawn.kind !== "outline", 400_000, () => Math.floor((drawn.kind === "outline" ? areaM2(drawn.corners) : 0) + 0.5)),
    joined_area_m2: unlessEmpty("joined_area_m2", known.joined.areaM2 === null, 400_000, () => known.joined.areaM2 ?? 0),
    window_min: unlessEmpty("window_min", !timed, 60, () => (timed ? minutesBetween(from, to) : 0)),
    joined_window_min: unlessEmpty("joined_window_min", !timed || known.joined.windowMin === null, 60, () => known.joined.windowMin ?? 0),
    hours_since_end: unlessEmpty("hours_since_end", !timed, 0, () => (timed ? hoursSince(from, to, now) : 0)),
    ends_in_future: unlessEmpty("ends_in_future", !timed, false, () => timed && to > now),
    inside_jurisdiction: unlessEmpty("inside_jurisdiction", drawn.kind !== "outline", true, () => {
      if (known.jurisdiction === null || drawn.kind !== "outline") return true;
      return known.jurisdiction.some((ring) => covers(ring, drawn.corners));
    }),
    assembly_overlap: false,
    words_plain: unlessEmpty("words_plain", draft.words.trim() === "", true, () => findPhrases(draft.words).length === 0),
    words_no_records: unlessEmpty("words_no_records", draft.words.trim() === "", true, () => findRecords(draft.words).length === 0),
    emergency: draft.emergency,
    second_signature: false,
  };
  return { facts, open };
}

/** Which facts each clause of the model ordinance looks at. A clause of another pack is taken as known. */
export const LOOKS_AT: { readonly [clause: string]: readonly string[] } = {
  "asker.jurisdiction": ["inside_jurisdiction"],
  "case.number": ["has_case_number"],
  "purpose.listed": ["purpose"],
  "offence.listed": ["offence_listed"],
  "offence.floor": ["offence_floor"],
  "assembly.kept_out": ["assembly_overlap"],
  "area.least": ["area_m2"],
  "area.most": ["area_m2"],
  "window.least": ["window_min"],
  "window.most": ["window_min"],
  "window.past": ["ends_in_future"],
  "window.fresh": ["hours_since_end"],
  "area.joined": ["joined_area_m2"],
  "window.joined": ["joined_window_min"],
  "words.plain": ["words_plain"],
  "words.records": ["words_no_records"],
};

/** Whether a whole outline lies within a ring: no edges cross, and a corner is inside. */
export function covers(ring: Outline, corners: Outline): boolean {
  const [first] = corners;
  if (!first || !corners.every(([lon, lat]) => contains(ring, lon, lat))) return false;
  return !crossing(ring, corners);
}

/** Whether an edge of one outline crosses an edge of the other. */
export const crossing = (one: Outline, other: Outline): boolean => edges(one).some(([a, b]) => edges(other).some(([c, d]) => cross(a, b, c, d)));

type Point = readonly [number, number];
const edges = (ring: Outline): (readonly [Point, Point])[] => ring.map((point, i) => [point, ring[(i + 1) % ring.length] ?? point]);
const turn = (a: Point, b: Point, c: Point): number => Math.sign((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]));
const cross = (a: Point, b: Point, c: Point, d: Point): boolean => turn(a, b, c) * turn(a, b, d) < 0 && turn(c, d, a) * turn(c, d, b) < 0;

/** The outer rings of a GeoJSON geometry; holes are left to the server. */
export function ringsOf(geometry: unknown): Outline[] {
  type Ring = [number, number][];
  const { type, coordinates } = geometry as { type?: string; coordinates?: unknown };
  if (type === "Polygon") return [(coordinates as Ring[])[0] ?? []];
  if (type === "MultiPolygon") return (coordinates as Ring[][]).map((polygon) => polygon[0] ?? []);
  return [];
}
