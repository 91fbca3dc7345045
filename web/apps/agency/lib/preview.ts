/**
 * What the public will read of a request, at once and later, in the very words of the public page.
 *
 * In:     what is asked, as a draft or as it waits for its second signature; what is known of agency, case and cells.
 * Out:    the public fields of its entry, as the server writes them; lines of the public page made from these.
 * Holds:  `publicFields` is what fanlight.server.requests.rules.leaf_pub gives (vectors/policy/previews.json), and the
 *         words are those of web/oversight. What is not filled in yet is said to be so, and never guessed.
 * Absent: what only the decision shows (accepted or refused, an assembly).
 */
import { areaM2, type Outline, outline } from "../../../core/geo/polygon.ts";
import { factsOfRequest, moment } from "../../../oversight/words.ts";
import { offenceClass, offences, PROTECTED } from "../../../ui/offences.ts";
import type { Draft } from "./draft.ts";
import { fromField, minutesBetween, published } from "./times.ts";

/** What is asked. Null or empty: not filled in yet. */
export interface Said {
  readonly caseNumber: string;
  readonly offence: string;
  readonly purpose: string;
  readonly words: string;
  readonly corners: Outline | null;
  readonly window: readonly [Date, Date] | null;
  readonly emergency: boolean;
  readonly hidden: boolean;
}

/** Those fields of a request in the agency's list that are shown to others. */
export interface Asking {
  readonly case_number: string;
  readonly offence: string;
  readonly purpose: string;
  readonly words: string;
  readonly outline: readonly (readonly number[])[];
  readonly start: string;
  readonly end: string;
  readonly emergency: boolean;
  readonly protected: boolean;
}

export function saidOf(draft: Draft): Said {
  const drawn = outline(draft.outline);
  const [from, to] = [fromField(draft.from), fromField(draft.to)];
  const { caseNumber, offence, purpose, emergency } = draft;
  return {
    ...{ caseNumber, offence, purpose, emergency },
    words: draft.words.trim(),
    corners: drawn.kind === "outline" ? drawn.corners : null,
    window: from && to && from < to ? [from, to] : null,
    hidden: draft.sensitive || offences.get(offence)?.protected === true,
  };
}

/** What waits for its second signature, as the server keeps it. */
export function saidByRow(row: Asking): Said {
  const drawn = outline(row.outline);
  return {
    caseNumber: row.case_number,
    offence: row.offence,
    purpose: row.purpose,
    words: row.words,
    corners: drawn.kind === "outline" ? drawn.corners : null,
    window: [new Date(row.start), new Date(row.end)],
    emergency: row.emergency,
    hidden: row.protected,
  };
}

export const sizeOf = (said: Said): number | null => (said.corners ? Math.floor(areaM2(said.corners) + 0.5) : null);

/** The public fields of the entry that can be told before a decision, as everybody reads them at once. */
export function publicFields(said: Said, agency: string, numberInCase: number, cells: readonly string[]) {
  const offence = offences.get(said.offence);
  const [start, end] = said.window ?? [new Date(0), new Date(0)];
  const [from, to] = published(start, end);
  return {
    agency,
    purpose: said.purpose,
    offence_class: said.hidden ? PROTECTED : offence ? offenceClass(offence) : "",
    cells: said.hidden ? [] : cells,
    window: { from: from.toISOString(), to: to.toISOString(), length_min: minutesBetween(start, end) },
    area_m2: sizeOf(said) ?? 0,
    number_in_case: numberInCase,
    emergency: said.emergency,
    protected: said.hidden,
  };
}

export type Fact = "agency" | "purpose" | "offence" | "window" | "area" | "number" | "signature";

/** Fact -> the words of the public page, before a second person has signed and after; null where nothing is filled in. */
export function publicNow(said: Said, agency: string, numberInCase: number, signed: boolean): Readonly<Record<Fact, string | null>> {
  const pub = { ...publicFields(said, agency, numberInCase, []), decision: "accepted", second_signature: signed, assembly_overlap: false };
  const shown = factsOfRequest(pub) ?? {};
  const told = (fact: Fact, known: boolean): string | null => (known ? (shown[fact] ?? null) : null);
  return {
    agency: told("agency", true),
    purpose: told("purpose", said.purpose !== ""),
    offence: told("offence", said.offence !== ""),
    window: told("window", said.window !== null),
    area: told("area", said.corners !== null),
    number: told("number", true),
    signature: told("signature", true),
  };
}

/** What opens when the request closes, or after 180 days, as the public page words it. */
export function publicLater(said: Said): Readonly<Record<"case" | "offence" | "window" | "outline" | "words", string | null>> {
  return {
    case: said.caseNumber || null,
    offence: said.offence ? `NIBRS ${said.offence}` : null,
    window: said.window ? `${moment(said.window[0].toISOString())} to ${moment(said.window[1].toISOString())}` : null,
    outline: said.corners ? said.corners.map((corner) => corner.join(", ")).join("; ") : null,
    words: said.words || null,
  };
}
