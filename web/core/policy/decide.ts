/**
 * Decide again, in the browser, what the server says was decided. Twin of fanlight.policy.decision.
 *
 * In:     a Pack, an action, the flat facts that stand in the leaf.
 * Out:    the decision with every clause of the action, or why nothing can be decided.
 * Holds:  default deny; forbid wins; accepted exactly when every clause holds. vectors/policy and the
 *         pack's own vectors give the same result here and in Python.
 * Absent: clocks, the network.
 */
import type { Cedar, Cite, Clause, Facts, Pack } from "./shapes.ts";

export type Rule = {
  readonly id: string;
  readonly section: string;
  readonly cites: readonly Cite[];
  readonly text: string;
  readonly lawful_if: string;
  readonly holds: boolean;
};
export type Decision = { readonly decision: "accepted" | "refused"; readonly rules: readonly Rule[] };
export type Decided =
  | { readonly kind: "decided"; readonly decision: Decision }
  | { readonly kind: "undecided"; readonly why: string };

/** Decides on one action. `cedar` is the module that the pack was loaded with. */
export function decide(cedar: Cedar, pack: Pack, action: string, facts: Facts): Decided {
  const clauses = pack.clauses.filter((clause) => clause.actions.includes(action));
  if (clauses.length === 0) return { kind: "undecided", why: "the ordinance does not decide on this action" };
  for (const value of Object.values(facts)) {
    if (typeof value === "string" && [...value].length > 200) return { kind: "undecided", why: "a fact is too long" };
    if (typeof value === "number" && !Number.isSafeInteger(value)) {
      return { kind: "undecided", why: "a figure is too large or not whole" };
    }
  }
  const asked = ask(cedar, pack.engine, pack, action, facts);
  // With a forbid, Cedar names no permit: ask the permits alone which of them hold.
  const granted = asked?.allowed === false ? ask(cedar, pack.grants, pack, action, facts) : asked;
  if (asked === null || granted === null) {
    return { kind: "undecided", why: "the facts are not those that the ordinance decides on" };
  }
  const fails = (clause: Clause): boolean =>
    !asked.allowed && (pack.permits.has(clause.id) ? !granted.reasons.has(clause.id) : asked.reasons.has(clause.id));
  const rules = clauses.map((clause): Rule => {
    const holds = !fails(clause);
    const { id, section, cites, lawful_if } = clause;
    return { id, section, cites, text: fill(holds ? clause.holds : clause.refuses, facts), lawful_if, holds };
  });
  return { kind: "decided", decision: { decision: asked.allowed ? "accepted" : "refused", rules } };
}

/** Those of the known facts that a pack asks for: one of a town's own may ask for fewer than there are. */
export function asks(pack: Pack, action: string, known: Facts): Facts {
  const asked = pack.vectors.base[action] ?? {};
  return Object.fromEntries(Object.entries(known).filter(([name]) => Object.hasOwn(asked, name)));
}

/** Ids of the clauses that do not hold: what a leaf names under `rules`. */
export function refusing(decision: Decision): string[] {
  return decision.rules.filter((rule) => !rule.holds).map((rule) => rule.id);
}

/** A clause's text with each `{name}` replaced by that fact. */
export function fill(text: string, facts: Facts): string {
  return text.replace(/\{([a-z0-9_]+)\}/g, (slot, name: string) => String(facts[name] ?? slot));
}

export type Asked = { readonly allowed: boolean; readonly reasons: ReadonlySet<string> };

/** Asks Cedar once; null if the facts are not those of the schema or a policy fails to evaluate. */
export function ask(cedar: Cedar, engine: string, pack: Pack, action: string, facts: Facts): Asked | null {
  const answer = cedar.statefulIsAuthorized({
    principal: { type: "Agency", id: "asking" },
    action: { type: "Action", id: action },
    resource: { type: "Town", id: "asked" },
    context: { ...facts },
    preparsedSchemaName: pack.types,
    preparsedPolicySetId: engine,
    validateRequest: true,
    entities: [],
  });
  // Cedar skips a policy that fails to evaluate, so a forbid in error would allow: never accept then.
  if (answer.type !== "success" || answer.response.diagnostics.errors.length > 0) return null;
  return {
    allowed: answer.response.decision === "allow",
    reasons: new Set(answer.response.diagnostics.reason),
  };
}
