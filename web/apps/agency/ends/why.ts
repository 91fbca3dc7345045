/** Why a case or a copy ends when it does, in words. */
import type { CaseEnd } from "./api.ts";
import { words as w } from "./words.ts";

export function whyText(why: string, end: CaseEnd | null): string {
  if (why === "limit") return w.limit(end?.keep_days ?? 0);
  if (why === "minimum" && end?.minimum) return w.minimum(end.minimum.days, end.minimum.section);
  if (why === "withdrawn") return w.withdrawn;
  return why === "agreement" ? w.agreement : w.restored;
}

export type Tag = { readonly kind: string; readonly text: string };

/** What stands in a list beside a case, the most pressing first. */
export function tagsOf(end: CaseEnd): readonly Tag[] {
  if (end.done) return [{ kind: "", text: w.tags.done }];
  return [
    ...(end.holds.some((hold) => hold.overdue) ? [{ kind: "care", text: w.tags.overdue }] : []),
    ...(end.withdrawn.some((one) => !one.used) ? [{ kind: "care", text: w.tags.back }] : []),
    ...(end.held ? [{ kind: "", text: w.tags.held }] : []),
    { kind: end.told ? "care" : "ok", text: end.told ? w.tags.told : w.tags.runs },
  ];
}
