/**
 * A pack while it is written: each clause with its own Cedar text, on or off.
 *
 * In:     the JSON of a pack; changes.
 * Out:    Draft, and the pack that it makes.
 * Holds:  a draft that nobody changed makes the same bytes it was made of. A clause that is off is kept here and is
 *         no part of the pack. Nothing is judged here: a draft may be no pack.
 * Absent: the rules (core/policy), files (files.ts), keeping it (history.ts).
 */
import type { Clause, Facts, PackText, Vector } from "../../core/policy/shapes.ts";
import { cut, join } from "../../core/policy/statements.ts";

export type DraftClause = {
  /** Stays when the clause's id is changed. */
  readonly key: number;
  readonly on: boolean;
  readonly clause: Clause;
  /** Blanks and comments before its Cedar text. */
  readonly lead: string;
  readonly text: string;
};
export type Draft = {
  readonly rest: Omit<PackText, "clauses" | "policies">;
  readonly clauses: readonly DraftClause[];
  /** What follows the last statement. */
  readonly tail: string;
};

/** The draft of a pack. Where clauses and Cedar are not one, they stand beside each other as they come. */
export function draftOf({ clauses, policies, ...rest }: PackText): Draft {
  const { statements, tail } = cut(policies);
  const more = join({ statements: statements.slice(clauses.length), tail });
  return {
    rest,
    clauses: clauses.map((clause, key) => ({ key, on: true, clause, lead: statements[key]?.lead ?? "", text: statements[key]?.text ?? "" })),
    tail: more,
  };
}

/** The pack that a draft makes. Which decisions it governs follows from its clauses. */
export function packOf({ rest, clauses, tail }: Draft): PackText {
  const on = clauses.filter((one) => one.on);
  const named = [...new Set(on.flatMap(({ clause }) => clause.actions))];
  const { decides } = rest.meta;
  const same = decides && decides.length === named.length && decides.every((action) => named.includes(action));
  const meta = decides && !same ? { ...rest.meta, decides: named } : rest.meta;
  const policies = join({ statements: on, tail });
  return { ...rest, meta, clauses: on.map(({ clause }) => clause), policies };
}

/** The Cedar texts of the clauses that are on, in their order. */
export const textsOf = ({ clauses }: Draft): string[] => clauses.flatMap(({ on, text }) => (on ? [text] : []));

/** The draft with one clause changed. */
export function withClause(draft: Draft, key: number, change: (one: DraftClause) => DraftClause): Draft {
  return { ...draft, clauses: draft.clauses.map((one) => (one.key === key ? change(one) : one)) };
}

/** The draft with a clause behind all others: a forbid that refuses nothing yet, which nobody has cited. */
export function withNewClause(draft: Draft, action: string): Draft {
  const key = Math.max(-1, ...draft.clauses.map((one) => one.key)) + 1;
  const taken = new Set(draft.clauses.map(({ clause }) => clause.id));
  let number = 1;
  while (taken.has(`new.clause-${number}`)) number += 1;
  const id = `new.clause-${number}`;
  const clause: Clause = {
    id,
    section: "",
    actions: [action],
    cites: [{ law: "", section: "", source: "", read: "unread" }],
    holds: "",
    refuses: "",
    lawful_if: "",
  };
  const text = `@id("${id}")\nforbid (principal, action == Action::"${action}", resource)\nwhen { false };`;
  return { ...draft, clauses: [...draft.clauses, { key, on: true, clause, lead: "\n\n", text }] };
}

/** The draft without a clause. */
export const withoutClause = (draft: Draft, key: number): Draft => ({ ...draft, clauses: draft.clauses.filter((one) => one.key !== key) });

/** The draft with its tests changed. */
export const withTests = (draft: Draft, change: (cases: readonly Vector[]) => readonly Vector[]): Draft => ({
  ...draft,
  rest: { ...draft.rest, vectors: { ...draft.rest.vectors, cases: change(draft.rest.vectors.cases) } },
});

/** What of some facts differs from the action's base facts: the `change` of a test. */
export function changeOf(base: Facts, facts: Facts): Facts {
  return Object.fromEntries(Object.entries(facts).filter(([name, value]) => base[name] !== value));
}

/** The decisions of a draft, those of clauses that are off too. */
export const decisionsOf = ({ clauses }: Draft): string[] => [...new Set(clauses.flatMap(({ clause }) => clause.actions))];

/** The id that a Cedar statement gives itself, or null. */
export const idIn = (text: string): string | null => /^\s*(?:@\w+(?:\("(?:\\[^]|[^"\\])*"\))?\s*)*?@id\("((?:\\[^]|[^"\\])*)"\)/.exec(text)?.[1] ?? null;
