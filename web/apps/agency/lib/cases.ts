/** Which requests count as one case. Twin of fanlight.server.requests.rules: splitting one buys nothing. */
import { contains, type Outline, outline as checkOutline } from "../../../core/geo/polygon.ts";
import type { Draft } from "./draft.ts";
import { crossing } from "./facts.ts";
import { fromField } from "./times.ts";

const TOUCH_MS = 3_600_000;

export interface Member {
  readonly case_number: string;
  readonly offence: string;
  readonly outline: readonly (readonly number[])[];
  readonly start: string;
  readonly end: string;
  readonly state?: string;
}

/** 1 for the first request of a case, counting those joined to it, over hops too. Refused ones do not count. */
export function numberInCase(draft: Draft, earlier: readonly Member[]): number {
  const [from, to] = [fromField(draft.from), fromField(draft.to)];
  const asking: Member = {
    case_number: draft.caseNumber,
    offence: draft.offence,
    outline: draft.outline,
    start: from?.toISOString() ?? "",
    end: to?.toISOString() ?? "",
  };
  const members = [asking];
  let rest = earlier.filter((one) => one.state !== "refused");
  for (const member of members) {
    members.push(...rest.filter((other) => oneCase(member, other)));
    rest = rest.filter((other) => !members.includes(other));
  }
  return members.length;
}

function oneCase(one: Member, other: Member): boolean {
  if (one.case_number !== "" && one.case_number === other.case_number) return true;
  if (one.offence === "" || one.offence !== other.offence) return false;
  const [start, end] = [Date.parse(one.start) - TOUCH_MS, Date.parse(one.end) + TOUCH_MS];
  return start < Date.parse(other.end) && Date.parse(other.start) < end && overlap(one.outline, other.outline);
}

function overlap(one: Member["outline"], other: Member["outline"]): boolean {
  const [a, b] = [checkOutline(one), checkOutline(other)];
  if (a.kind !== "outline" || b.kind !== "outline") return false;
  const holds = (ring: Outline, [point]: Outline): boolean => point !== undefined && contains(ring, ...point);
  return crossing(a.corners, b.corners) || holds(a.corners, b.corners) || holds(b.corners, a.corners) || a.corners.every((corner, i) => b.corners[i]?.join() === corner.join());
}
