/**
 * An ordinance pack as the browser reads it. Twin of fanlight.policy.pack.
 *
 * In:     the canonical text of a pack; its SHA-256 is what the log names.
 * Out:    Pack, with its Cedar parsed once, or why it cannot be used.
 * Holds:  clauses and Cedar policies are the same, in the same order; each action has exactly one permit, and something that
 *         it accepts.
 * Absent: fetching, and whether the hash stands in the log (web/core/proof).
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";

import { parseJcs } from "../jcs.ts";
import { parseCedar } from "./cedar.ts";
import { ask } from "./decide.ts";
import { inCalendar, problemsOf } from "./form.ts";
import type { Cedar, Facts, Pack, PackText, Policy } from "./shapes.ts";

export type Loaded = { readonly kind: "pack"; readonly pack: Pack } | { readonly kind: "bad-pack"; readonly why: string };

const bad = (why: string): Loaded => ({ kind: "bad-pack", why });

const MAX_BYTES = 256 * 1024;

/**
 * Reads the canonical text of a pack. `cedar` is an initialised wasm module, which keeps what it parsed under
 * `name`, by default the hash; who reads one text after another gives it a name to be kept over.
 */
export function loadPack(cedar: Cedar, text: string, name?: string): Loaded {
  if (text.length > MAX_BYTES || new TextEncoder().encode(text).length > MAX_BYTES) return bad("it is larger than 256 KiB");
  let value: unknown;
  try {
    value = parseJcs(text);
  } catch {
    return bad("it has not the form of a pack");
  }
  if (problemsOf(value).length > 0) return bad("it has not the form of a pack");
  const form = value as PackText;
  const { effective_from: from, effective_until: until } = form.meta;
  if (!inCalendar(from) || (until !== null && !inCalendar(until))) return bad("a day in it is not in the calendar");
  if (until !== null && until <= from) return bad("it ends before it begins");
  const parsed = parseCedar(cedar, form.policies, form.schema);
  if (parsed.kind === "bad-cedar") return bad(parsed.why);
  const { all } = parsed;
  const why = disagreement(form, all) ?? unknownSlot(form);
  if (why !== null) return bad(why);
  const hash = bytesToHex(sha256(new TextEncoder().encode(text)));
  const kept = name ?? hash;
  const permits = new Set(all.filter(({ permit }) => permit).map(({ id }) => id));
  const byId = new Map(all.map((policy) => [policy.id, policy]));
  const pack: Pack = { ...form, sha256: hash, permits, parsed: byId, engine: kept, grants: `${kept}/grants`, types: kept };
  if (cedar.preparseSchema(pack.types, form.schema).type !== "success" || !keep(cedar, pack, all)) return bad("its Cedar text does not parse");
  for (const action of actionsOf(form)) {
    const refused = contradiction(cedar, pack, action);
    if (refused !== null) return bad(refused);
  }
  return { kind: "pack", pack };
}

/** Hands Cedar the policies of a pack under the pack's names. */
export function keep(cedar: Cedar, { engine, grants }: Pack, policies: readonly Policy[]): boolean {
  const texts = (wanted: readonly Policy[]): Record<string, string> => Object.fromEntries(wanted.map(({ id, text }) => [id, text]));
  return (
    cedar.preparsePolicySet(engine, { staticPolicies: texts(policies) }).type === "success" &&
    cedar.preparsePolicySet(grants, { staticPolicies: texts(policies.filter(({ permit }) => permit)) }).type === "success"
  );
}

/** The actions that a pack decides on, in the order in which its clauses name them. */
export const actionsOf = ({ clauses }: Pick<PackText, "clauses">): string[] => [...new Set(clauses.flatMap(({ actions }) => actions))];

/** Why clauses and policies are not one ordinance, or null. */
function disagreement(form: PackText, policies: readonly Policy[]): string | null {
  const named = (all: readonly { readonly id: string; readonly actions: readonly string[] }[]): string =>
    JSON.stringify(all.map(({ id, actions }) => [id, actions]));
  if (named(policies) !== named(form.clauses)) return "its clauses and its Cedar policies are not the same, in the same order";
  if (new Set(form.clauses.map(({ id }) => id)).size !== form.clauses.length) return "two clauses have one id";
  const actions = actionsOf(form);
  const { decides } = form.meta;
  if (decides && [...new Set(decides)].toSorted().join() !== actions.toSorted().join()) {
    return "the decisions it says it governs are not those of its clauses";
  }
  for (const action of actions) {
    const granting = policies.filter((policy) => policy.permit && policy.actions.includes(action));
    if (granting.length !== 1) return `the action ${action} has not exactly one permit`;
    if (!Object.hasOwn(form.vectors.base, action)) return `the action ${action} has no base facts to test with`;
  }
  return null;
}

/** A text may name numbers and words that each of its actions has; a yes or no has no wording. */
function unknownSlot({ clauses, vectors }: PackText): string | null {
  for (const clause of clauses) {
    for (const [, name = ""] of `${clause.holds}${clause.refuses}`.matchAll(/\{([a-z0-9_]+)\}/g)) {
      const told = clause.actions.every((action) => {
        const base = vectors.base[action] as Facts;
        return Object.hasOwn(base, name) && typeof base[name] !== "boolean";
      });
      if (!told) return `the words of clause ${clause.id} name the unknown fact ${name}`;
    }
  }
  return null;
}

/** Clauses of which one asks what another forbids accept nothing: that is no rule, but a contradiction. */
function contradiction(cedar: Cedar, pack: Pack, action: string): string | null {
  const base = pack.vectors.base[action] as Facts;
  const answer = ask(cedar, pack.engine, pack, action, base);
  if (answer === null) return `the base facts of ${action} are not those of its schema`;
  const tried = pack.vectors.cases.filter((one) => one.action === action && one.expect === "accepted");
  const allows = (facts: Facts): boolean => ask(cedar, pack.engine, pack, action, facts)?.allowed === true;
  if (answer.allowed || tried.some((one) => allows({ ...base, ...one.change }))) return null;
  return `it contradicts itself on ${action}: nothing that its vectors try is accepted`;
}

/** Whether the pack may decide on a day (`2026-11-21`): every citation read, and the day within its span. */
export function inForceOn(pack: PackText, day: string): boolean {
  const until = pack.meta.effective_until;
  const unread = pack.clauses.some((clause) => clause.cites.some((cite) => cite.read === "unread"));
  return !unread && pack.meta.effective_from <= day && (until === null || day < until);
}
