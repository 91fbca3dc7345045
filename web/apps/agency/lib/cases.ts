/**
 * Which requests of an agency ask for the same. Twin of fanlight.model.sweep: splitting one buys nothing.
 *
 * In:     a draft, and the agency's requests as its list has them.
 * Out:    the draft's number in its case; what it asks together with those that it adjoins.
 * Holds:  the same as in Python (vectors/geo/sweeps.json). The server counts again when it is sent.
 */
import { distanceM, joinedAreaM2 } from "../../../core/geo/joined.ts";
import { areaM2, type Outline, outline as checkOutline } from "../../../core/geo/polygon.ts";
import { offences } from "../../../ui/offences.ts";
import type { Draft } from "./draft.ts";
import { fromField } from "./times.ts";

const HOUR_MS = 3_600_000;
const [GAP_M, GAP_SIDES, GAP_LENGTHS, MEET_M] = [100, 0.25, 0.5, 1];

export interface Member {
  readonly case_number: string;
  readonly offence: string;
  readonly outline: readonly (readonly number[])[];
  readonly start: string;
  readonly end: string;
  readonly state?: string;
  /** As the server says; without it, by the offence. */
  readonly protected?: boolean;
}

export interface Sweep<Other extends Member> {
  /** Null while no area is drawn; of one alone its own. */
  readonly areaM2: number | null;
  /** Null while no time is given; of several in whole hours, rounded up. */
  readonly windowMin: number | null;
  readonly others: readonly Other[];
}

/** A request with its form checked; `corners` is null while none is drawn, the times are NaN while none is given. */
interface Asked<Of> {
  readonly of: Of;
  readonly caseNumber: string;
  readonly offence: string;
  readonly hidden: boolean;
  readonly corners: Outline | null;
  readonly start: number;
  readonly end: number;
}
type Joins = (one: Asked<unknown>, other: Asked<unknown>) => boolean;

/** 1 for the first request of a case, counting those joined to it, over hops too. Refused ones do not count. */
export const numberInCase = (draft: Draft, earlier: readonly Member[]): number => 1 + reached(asking(draft), alive(earlier), isOneCase).length;

/** What the draft asks together with the requests that it adjoins, over hops too; refused ones do not count. */
export function sweepOf<Other extends Member>(draft: Draft, earlier: readonly Other[]): Sweep<Other> {
  const own = asking(draft);
  const others = reached(own, alive(earlier), adjoin);
  const every: Asked<unknown>[] = [own, ...others];
  const span = Math.max(...every.map(({ end }) => end)) - Math.min(...every.map(({ start }) => start));
  const minutes = others.length === 0 ? Math.ceil(span / 60_000) : Math.ceil(span / HOUR_MS) * 60;
  const areas = every.flatMap(({ corners }) => (corners ? [corners] : []));
  return {
    areaM2: own.corners ? Math.floor(joinedAreaM2(areas) + 0.5) : null,
    windowMin: minutes > 0 ? minutes : null,
    others: others.map(({ of }) => of),
  };
}

function isOneCase(one: Asked<unknown>, other: Asked<unknown>): boolean {
  if (one.caseNumber !== "" && one.caseNumber === other.caseNumber) return true;
  if (!adjoin(one, other)) return false;
  if (one.offence === other.offence) return true;
  return one.start < other.end && other.start < one.end && apart(one, other) < MEET_M;
}

function adjoin(one: Asked<unknown>, other: Asked<unknown>): boolean {
  if (one.hidden !== other.hidden || !one.corners || !other.corners) return false;
  const gap = Math.max(one.start, other.start) - Math.min(one.end, other.end);
  const longest = Math.max(one.end - one.start, other.end - other.start);
  if (!(gap < Math.max(HOUR_MS, longest * GAP_LENGTHS))) return false; // written so that a missing time adjoins nothing
  const side = Math.sqrt(Math.max(areaM2(one.corners), areaM2(other.corners)));
  return apart(one, other) < Math.max(GAP_M, side * GAP_SIDES);
}

const apart = (one: Asked<unknown>, other: Asked<unknown>): number => (one.corners && other.corners ? distanceM(one.corners, other.corners) : Number.POSITIVE_INFINITY);

function reached<Of>(request: Asked<unknown>, earlier: readonly Asked<Of>[], joins: Joins): Asked<Of>[] {
  const found = new Set<Asked<Of>>();
  const waiting = [request];
  for (const member of waiting) {
    for (const other of earlier) {
      if (found.has(other) || !joins(member, other)) continue;
      found.add(other);
      waiting.push(other);
    }
  }
  return earlier.filter((other) => found.has(other));
}

const alive = <Of extends Member>(earlier: readonly Of[]): Asked<Of>[] => earlier.filter(({ state }) => state !== "refused").map(read);

function asking(draft: Draft): Asked<null> {
  const drawn = checkOutline(draft.outline);
  return {
    of: null,
    caseNumber: draft.caseNumber,
    offence: draft.offence,
    hidden: draft.sensitive || offences.get(draft.offence)?.protected === true,
    corners: drawn.kind === "outline" ? drawn.corners : null,
    start: fromField(draft.from)?.getTime() ?? Number.NaN,
    end: fromField(draft.to)?.getTime() ?? Number.NaN,
  };
}

function read<Of extends Member>(member: Of): Asked<Of> {
  const drawn = checkOutline(member.outline);
  return {
    of: member,
    caseNumber: member.case_number,
    offence: member.offence,
    hidden: member.protected ?? offences.get(member.offence)?.protected === true,
    corners: drawn.kind === "outline" ? drawn.corners : null,
    start: Date.parse(member.start),
    end: Date.parse(member.end),
  };
}
