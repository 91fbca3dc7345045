/** What one press can do about a clause that does not hold: a changed draft, or the field to go to. */
import { areaM2 } from "../../../core/geo/polygon.ts";
import { SQ_MILE_M2 } from "../../../core/geo/polygon.ts";
import { resized } from "./corners.ts";
import type { Draft, Field } from "./draft.ts";
import { clockText, fromField, plusMinutes, toField, wholeMinute } from "./times.ts";

export type Mend =
  | { readonly kind: "change"; readonly what: "shorten" | "lengthen" | "end-now" | "smaller" | "larger"; readonly shown: string; readonly draft: Draft }
  | { readonly kind: "go"; readonly field: Field };

const FIELDS: { readonly [clause: string]: Field } = {
  "case.number": "caseNumber",
  "case.twice": "caseNumber",
  "purpose.listed": "purpose",
  "offence.listed": "offence",
  "offence.floor": "offence",
  "assembly.kept_out": "outline",
  "asker.jurisdiction": "outline",
  "window.fresh": "from",
  "area.joined": "outline",
  "window.joined": "from",
  "words.plain": "words",
  "words.records": "words",
};

/** The mend for a clause, or null where nothing in this form can make it hold. */
export function mendOf(clause: string, draft: Draft, now: Date): Mend | null {
  const from = fromField(draft.from);
  const to = fromField(draft.to);
  const ending = (what: "shorten" | "lengthen" | "end-now", end: Date): Mend | null =>
    from && end > from ? { kind: "change", what, shown: `${clockText(from)} to ${clockText(end)}`, draft: { ...draft, to: toField(end) } } : { kind: "go", field: "from" };
  const sized = (what: "smaller" | "larger", miles: number): Mend => ({
    kind: "change",
    what,
    shown: `${miles} sq mi`,
    draft: { ...draft, outline: resized(draft.outline, areaM2(draft.outline), miles * SQ_MILE_M2) },
  });
  switch (clause) {
    case "window.most":
      return from && to ? ending("shorten", plusMinutes(from, 12 * 60)) : null;
    case "window.least":
      return from ? ending("lengthen", plusMinutes(from, 15)) : null;
    case "window.past":
      return ending("end-now", wholeMinute(now));
    case "area.most":
      return sized("smaller", 0.49);
    case "area.least":
      return sized("larger", 0.03);
    default: {
      const field = FIELDS[clause];
      return field ? { kind: "go", field } : null;
    }
  }
}
