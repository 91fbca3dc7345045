/** The live decision as the panel shows it: each clause holding, not holding, or not known yet. Pure. */
import type { Decision, Rule } from "../../../core/policy/decide.ts";
import type { Clause } from "../../../core/policy/shapes.ts";
import { LOOKS_AT, type Why } from "./facts.ts";

export interface Line {
  readonly id: string;
  readonly text: string;
  readonly cites: string;
  readonly remedy: string;
  /** `empty`: the form has not got that far. `server`: known there only. `second`: the other person's signature. */
  readonly state: "holds" | "fails" | Why | "second";
}

export interface Verdict {
  readonly kind: "accepted" | "refused" | "open";
  readonly lines: readonly Line[];
}

/** "Fanlight model ordinance 4.4". A clause's own place first, then where it comes from. */
export const citesText = (cites: readonly { readonly law: string; readonly section: string }[]): string =>
  cites.map(({ law, section }) => `${law} ${section}`).join("; ");

/**
 * @param decision of `request.submit`
 * @param later clauses of `request.open` that `request.submit` does not have: the second signature
 */
export function verdictOf(decision: Decision, clauses: readonly Clause[], open: ReadonlyMap<string, Why>, later: readonly Clause[]): Verdict {
  const words = new Map(clauses.map((clause) => [clause.id, clause]));
  const lines = [
    ...decision.rules.map((rule: Rule): Line => {
      const why = (LOOKS_AT[rule.id] ?? []).map((fact) => open.get(fact)).find((found) => found !== undefined);
      // A clause that holds names its own place; one that does not also says which laws it comes from.
      const base = { id: rule.id, cites: citesText(why || rule.holds ? rule.cites.slice(0, 1) : rule.cites), remedy: rule.lawful_if };
      return why ? { ...base, text: words.get(rule.id)?.holds ?? rule.text, state: why } : { ...base, text: rule.text, state: rule.holds ? "holds" : "fails" };
    }),
    ...later.map((clause): Line => ({ id: clause.id, text: clause.holds, cites: citesText(clause.cites.slice(0, 1)), remedy: clause.lawful_if, state: "second" })),
  ];
  const has = (state: Line["state"]): boolean => lines.some((line) => line.state === state);
  return { kind: has("fails") ? "refused" : has("empty") ? "open" : "accepted", lines };
}
