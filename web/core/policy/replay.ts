/**
 * Decide a great many facts under one pack, asking Cedar about each kind of facts once. Twin of
 * fanlight.policy.replay.
 *
 * In:     a Pack; actions with facts, some of which may not be on record.
 * Out:    Outcome: accepted, refused with its clauses, not governed, or that it cannot be told.
 * Holds:  the same decision and clauses as decide.ts gives on the same facts. A fact that is not on record
 *         is never guessed: only a clause that reads none of those may refuse then, and nothing accepts.
 * How:    a figure that a pack only compares with figures of its own text matters only by where it lies
 *         between them, a word only by which word of the text it is; a fact used in any other way counts
 *         with its exact value. What a clause says depends on its own facts alone, so it is asked once for
 *         each kind of those, whatever the other clauses look at.
 */
import { factRead } from "./cedar.ts";
import type { Policy, Cedar, Fact, Facts, Pack } from "./shapes.ts";
import { ask } from "./decide.ts";

export type Told = "accepted" | "refused" | "cannot be told" | "not governed";
export type Outcome = {
  readonly told: Told;
  /** Ids of the clauses that refuse, in the order of the ordinance. */
  readonly rules: readonly string[];
  /** Facts that the pack reads and that are not on record, sorted. */
  readonly missing: readonly string[];
};
export type Replay = {
  readonly pack: Pack;
  /** Decides by those facts that are on record; never throws. */
  readonly decide: (action: string, facts: { readonly [name: string]: unknown }) => Outcome;
};

type Uses = { readonly figures: Set<number>; readonly words: Set<string>; exactly: boolean };
/** Tells two values of a fact apart; null for what is no value of it. */
type Kind = (value: unknown) => string | null;
/** What one clause said of each kind of the facts that it looks at. */
type Clause = { readonly policy: Policy; readonly places: readonly number[]; readonly refuses: Map<string, boolean> };
type About = {
  readonly base: Facts;
  readonly clauses: readonly Clause[];
  readonly kinds: readonly (readonly [name: string, kind: Kind])[];
  readonly untold: Set<string>;
};
type Read = { readonly [name: string]: unknown };

const MAX_STRING = 200;
const COMPARED = new Set(["<", "<=", ">", ">=", "==", "!="]);

/** Prepares to decide under a pack. `cedar` is the module that it was loaded with. */
export function replay(cedar: Cedar, pack: Pack): Replay {
  const actions = new Map(
    [...new Set(pack.clauses.flatMap((clause) => clause.actions))].map((action) => [action, aboutOf(pack, action)]),
  );
  return {
    pack,
    decide: (action, facts) => {
      const about = actions.get(action);
      return about === undefined ? NOT_GOVERNED : decideBy(cedar, pack, action, about, facts);
    },
  };
}

const ACCEPTED: Outcome = { told: "accepted", rules: [], missing: [] };
const NOT_GOVERNED: Outcome = { told: "not governed", rules: [], missing: [] };

function decideBy(cedar: Cedar, pack: Pack, action: string, about: About, facts: Read): Outcome {
  const kinds = about.kinds.map(([name, kind]) => (Object.hasOwn(facts, name) ? kind(facts[name]) : null));
  const missing = about.kinds.flatMap(([name], place) => (kinds[place] === null ? [name] : []));
  const rules: string[] = [];
  let answered = about.untold.size > 0 && about.untold.has(JSON.stringify(kinds));
  for (const clause of about.clauses) {
    const key = keyOf(clause, kinds);
    if (key === null) continue;
    if (!clause.refuses.has(key) && !answered) {
      askAll(cedar, pack, action, about, facts, kinds);
      answered = true;
    }
    const said = clause.refuses.get(key);
    // A clause of this action cannot be computed from these facts.
    if (said === undefined) return { told: "cannot be told", rules: [], missing };
    if (said) rules.push(clause.policy.id);
  }
  if (rules.length > 0) return { told: "refused", rules, missing };
  return missing.length > 0 ? { told: "cannot be told", rules: [], missing } : ACCEPTED;
}

/** Asks Cedar, and notes what each clause said of its own facts. */
function askAll(
  cedar: Cedar,
  pack: Pack,
  action: string,
  about: About,
  facts: Read,
  kinds: readonly (string | null)[],
): void {
  const filled: Record<string, Fact> = { ...about.base };
  about.kinds.forEach(([name], place) => {
    if (kinds[place] !== null) filled[name] = facts[name] as Fact;
  });
  const asked = ask(cedar, pack.engine, pack, action, filled);
  // With a forbid, Cedar names no permit: ask the permits alone which of them hold.
  const granted = asked?.allowed === false ? ask(cedar, pack.grants, pack, action, filled) : asked;
  if (asked === null || granted === null) {
    about.untold.add(JSON.stringify(kinds));
    return;
  }
  for (const clause of about.clauses) {
    const key = keyOf(clause, kinds);
    const { id, permit } = clause.policy;
    const fails = !asked.allowed && (permit ? !granted.reasons.has(id) : asked.reasons.has(id));
    if (key !== null) clause.refuses.set(key, fails);
  }
}

/** The same for facts that a clause cannot tell apart; null if one of them is not on record. */
function keyOf({ places }: Clause, kinds: readonly (string | null)[]): string | null {
  let key = "";
  for (const place of places) {
    const kind = kinds[place] ?? null;
    if (kind === null) return null;
    key += `${kind.length}:${kind}`;
  }
  return key;
}

function aboutOf(pack: Pack, action: string): About {
  const base = pack.vectors.base[action] as Facts;
  const policies = pack.clauses
    .filter((clause) => clause.actions.includes(action))
    .map((clause) => pack.parsed.get(clause.id) as Policy);
  const uses = new Map<string, Uses>();
  for (const policy of policies) {
    if (policy.reads === null) for (const name of Object.keys(base)) use(uses, name).exactly = true;
    for (const condition of policy.conditions) findUses(condition, uses);
  }
  const names = [...uses.keys()].toSorted();
  const clauses = policies.map((policy) => ({
    policy,
    places: names.flatMap((name, place) => (policy.reads === null || policy.reads.has(name) ? [place] : [])),
    refuses: new Map<string, boolean>(),
  }));
  const kinds = names.map((name) => [name, kindOf(use(uses, name), base[name])] as const);
  return { base, clauses, kinds, untold: new Set() };
}

function use(uses: Map<string, Uses>, name: string): Uses {
  const known = uses.get(name) ?? { figures: new Set(), words: new Set(), exactly: false };
  uses.set(name, known);
  return known;
}

function kindOf(uses: Uses, base: Fact | undefined): Kind {
  if (typeof base === "boolean") return (value) => (typeof value === "boolean" ? String(value) : null);
  if (typeof base === "string") {
    return (value) => {
      if (typeof value !== "string" || [...value].length > MAX_STRING) return null;
      return uses.exactly || uses.words.has(value) ? `=${value}` : "other";
    };
  }
  const cuts = [...uses.figures].toSorted((a, b) => a - b);
  return (value) => {
    if (!Number.isSafeInteger(value)) return null;
    const figure = value as number;
    if (uses.exactly) return String(figure);
    const place = cuts.findIndex((cut) => cut >= figure);
    return place === -1 ? "above" : `${cuts[place] === figure ? "at" : "below"} ${place}`;
  };
}

/** Notes every place in which a condition looks at a fact. */
function findUses(node: unknown, uses: Map<string, Uses>): void {
  if (Array.isArray(node)) return node.forEach((part) => findUses(part, uses));
  if (typeof node !== "object" || node === null) return;
  const name = factRead(node);
  if (name !== null) {
    use(uses, name).exactly = true;
    return;
  }
  for (const [key, part] of Object.entries(node)) {
    if (key === "Value") continue;
    const compared = comparedOf(key, part);
    if (compared === null) findUses(part, uses);
    else {
      const found = use(uses, compared.fact);
      for (const value of compared.values) {
        if (typeof value === "number") found.figures.add(value);
        else found.words.add(value);
      }
    }
  }
}

type Literal = number | string;

/** The fact and the literals if a node compares just these. */
function comparedOf(key: string, part: unknown): { fact: string; values: Literal[] } | null {
  if (typeof part !== "object" || part === null) return null;
  const { left, right } = part as { left?: unknown; right?: unknown };
  const found = ((): [string | null, Literal[] | null] => {
    if (key === "contains") return [factRead(right), literalsOf(left)];
    if (!COMPARED.has(key)) return [null, null];
    const name = factRead(left);
    return name === null ? [factRead(right), literalOf(left)] : [name, literalOf(right)];
  })();
  return found[0] === null || found[1] === null ? null : { fact: found[0], values: found[1] };
}

function literalOf(node: unknown): Literal[] | null {
  const value = (node as { Value?: unknown } | null)?.Value;
  return typeof value === "number" || typeof value === "string" ? [value] : null;
}

function literalsOf(node: unknown): Literal[] | null {
  const parts = (node as { Set?: unknown } | null)?.Set;
  if (!Array.isArray(parts)) return null;
  const found = parts.map(literalOf);
  return found.every((one) => one !== null) ? found.flat() : null;
}
