/** A request being written. It lives in this tab only (sessionStorage) until it is sent. */

import type { Corner } from "../../../core/geo/polygon.ts";
import { readCorners } from "./corners.ts";
import { fromField } from "./times.ts";

export interface Draft {
  readonly caseNumber: string;
  readonly offence: string;
  readonly purpose: string;
  readonly words: string;
  readonly outline: readonly Corner[];
  /** As in the datetime-local fields: this computer's zone, whole minutes. */
  readonly from: string;
  readonly to: string;
  readonly emergency: boolean;
  /** Marked as a domestic matter or one with a child: the public is not shown its place until it opens. */
  readonly sensitive: boolean;
}

export const EMPTY: Draft = { caseNumber: "", offence: "", purpose: "", words: "", outline: [], from: "", to: "", emergency: false, sensitive: false };

/** Words to residents: what fits on a phone. */
export const MAX_WORDS = 1000;
export const CASE_NUMBER = /^[A-Z0-9][A-Z0-9-]{3,31}$/;
export const PURPOSES = [
  "identify_suspect",
  "identify_witness",
  "find_vehicle",
  "find_property",
  "find_missing_person",
  "verify_alibi",
  "collision",
] as const;

export type Field = "caseNumber" | "offence" | "purpose" | "words" | "outline" | "from" | "to";

/** What still keeps a draft from being sent at all, whatever the ordinance says. In the order of the form. */
export function missing(draft: Draft): Field[] {
  const from = fromField(draft.from);
  const to = fromField(draft.to);
  const wrong: readonly (readonly [Field, boolean])[] = [
    ["caseNumber", !CASE_NUMBER.test(draft.caseNumber)],
    ["offence", draft.offence === ""],
    ["purpose", draft.purpose === ""],
    ["words", draft.words.trim() === "" || draft.words.length > MAX_WORDS],
    ["outline", draft.outline.length < 3],
    ["from", from === null],
    ["to", to === null || (from !== null && to <= from)],
  ];
  return wrong.filter(([, bad]) => bad).map(([field]) => field);
}

export const draftText = (draft: Draft): string => JSON.stringify(draft);

/** Reads a kept draft; whatever does not fit is left empty, since storage may hold an older form. */
export function readDraft(kept: string | null): Draft {
  let value: unknown = null;
  try {
    value = JSON.parse(kept ?? "null");
  } catch {
    return EMPTY;
  }
  if (value === null || typeof value !== "object") return EMPTY;
  const from = value as Record<string, unknown>;
  const text = (key: string): string => (typeof from[key] === "string" ? from[key] : "");
  const outline = Array.isArray(from["outline"]) ? readCorners(from["outline"].map((corner) => String(corner)).join("\n")) : null;
  return {
    caseNumber: text("caseNumber"),
    offence: text("offence"),
    purpose: text("purpose"),
    words: text("words"),
    outline: outline?.kind === "corners" ? outline.corners : [],
    from: text("from"),
    to: text("to"),
    emergency: from["emergency"] === true,
    sensitive: from["sensitive"] === true,
  };
}
