/**
 * An ordinance pack as the browser reads it. Twin of fanlight.policy.pack.
 *
 * In:     the canonical text of a pack; its SHA-256 is what the log names.
 * Out:    Pack, with its Cedar parsed once, or why it cannot be used.
 * Holds:  clauses and Cedar policies are the same; each action has exactly one permit.
 * Absent: fetching, and whether the hash stands in the log (web/core/proof).
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";

import { parseJcs } from "../jcs.ts";
import { tooDeep } from "./guard.ts";

/** The part of @cedar-policy/cedar-wasm that is used; its nodejs and web builds both fit. */
export type Cedar = Pick<
  typeof import("@cedar-policy/cedar-wasm/web"),
  "policySetTextToParts" | "policyToJson" | "preparsePolicySet" | "preparseSchema" | "statefulIsAuthorized" | "validate"
>;

export type Fact = boolean | number | string;
export type Facts = { readonly [name: string]: Fact };
export type Cite = { readonly law: string; readonly section: string; readonly source: string; readonly read: string };
export type Clause = {
  readonly id: string;
  readonly section: string;
  readonly actions: readonly string[];
  readonly cites: readonly Cite[];
  readonly holds: string;
  readonly refuses: string;
  readonly lawful_if: string;
};
export type PackMeta = {
  readonly id: string;
  readonly title: string;
  readonly version: number;
  readonly language: string;
  readonly jurisdiction: { readonly name: string; readonly polygon: string };
  readonly effective_from: string;
  readonly effective_until: string | null;
  readonly note: string;
  readonly terms: {
    readonly second_signature_hours: number;
    readonly open_days: number;
    readonly opening_days: number;
  };
};
export type Vector = {
  readonly why: string;
  readonly action: string;
  readonly change: Facts;
  readonly expect: "accepted" | "refused";
  readonly rules: readonly string[];
};
/** The JSON of a pack. */
export type PackText = {
  readonly v: 1;
  readonly type: "pack";
  readonly meta: PackMeta;
  readonly policies: string;
  readonly schema: string;
  readonly clauses: readonly Clause[];
  readonly vectors: { readonly base: { readonly [action: string]: Facts }; readonly cases: readonly Vector[] };
};

export type Pack = PackText & {
  /** SHA-256 of the canonical text, lower-case hex. */
  readonly sha256: string;
  /** Ids of the clauses that are permits. */
  readonly permits: ReadonlySet<string>;
  /** Names under which the parsed policies and schema are kept inside the wasm module. */
  readonly engine: string;
  readonly grants: string;
  readonly types: string;
};

export type Loaded = { readonly kind: "pack"; readonly pack: Pack } | { readonly kind: "bad-pack"; readonly why: string };

const bad = (why: string): Loaded => ({ kind: "bad-pack", why });

/** Reads the canonical text of a pack. `cedar` is an initialised wasm module. */
export function loadPack(cedar: Cedar, text: string): Loaded {
  if (text.length > 256 * 1024) return bad("it is larger than 256 KiB");
  let parsed: unknown;
  try {
    parsed = parseJcs(text);
  } catch {
    return bad("it has not the form of a pack");
  }
  if (!isPackText(parsed)) return bad("it has not the form of a pack");
  if (tooDeep(parsed.policies) || tooDeep(parsed.schema)) {
    return bad("its Cedar text is longer or nested deeper than a clause needs");
  }
  const policies = parsePolicies(cedar, parsed.policies);
  if (policies === null) return bad("its Cedar text does not parse");
  // Cedar hands the policies back in no order; that of the ordinance is the clauses'.
  const byId = new Map(policies.map((policy) => [policy.id, policy]));
  const same =
    byId.size === policies.length &&
    policies.length === parsed.clauses.length &&
    new Set(parsed.clauses.map((clause) => clause.id)).size === policies.length &&
    parsed.clauses.every((clause) => byId.get(clause.id)?.actions.join() === clause.actions.join());
  const permits = new Set(policies.filter((policy) => policy.permit).map((policy) => policy.id));
  if (!same) return bad("its clauses and its Cedar policies are not the same");
  for (const action of new Set(parsed.clauses.flatMap((clause) => clause.actions))) {
    const granting = parsed.clauses.filter((clause) => permits.has(clause.id) && clause.actions.includes(action));
    if (granting.length !== 1) return bad(`the action ${action} has not exactly one permit`);
  }
  const hash = bytesToHex(sha256(new TextEncoder().encode(text)));
  const pack: Pack = { ...parsed, sha256: hash, permits, engine: hash, grants: `${hash}/grants`, types: hash };
  const kept = (wanted: typeof policies): Record<string, string> =>
    Object.fromEntries(wanted.map((policy) => [policy.id, policy.text]));
  const all = { staticPolicies: kept(policies) };
  const ready =
    cedar.preparseSchema(pack.types, parsed.schema).type === "success" &&
    cedar.preparsePolicySet(pack.engine, all).type === "success" &&
    cedar.preparsePolicySet(pack.grants, { staticPolicies: kept(policies.filter((policy) => policy.permit)) }).type ===
      "success";
  if (!ready) return bad("its Cedar text does not parse");
  const checked = cedar.validate({ validationSettings: { mode: "strict" }, schema: parsed.schema, policies: all });
  if (checked.type !== "success" || checked.validationErrors.length > 0) {
    return bad("its Cedar text does not fit its own schema");
  }
  return { kind: "pack", pack };
}

/** Whether the pack may decide on a day (`2026-11-21`): every citation read, and the day within its span. */
export function inForceOn(pack: PackText, day: string): boolean {
  const until = pack.meta.effective_until;
  const unread = pack.clauses.some((clause) => clause.cites.some((cite) => cite.read === "unread"));
  return !unread && pack.meta.effective_from <= day && (until === null || day < until);
}

type Policy = { id: string; permit: boolean; actions: string[]; text: string };

function parsePolicies(cedar: Cedar, text: string): Policy[] | null {
  const parts = cedar.policySetTextToParts(text);
  if (parts.type !== "success" || parts.policy_templates.length > 0) return null;
  const policies: Policy[] = [];
  for (const part of parts.policies) {
    const json = cedar.policyToJson(part);
    if (json.type !== "success") return null;
    const id = json.json.annotations?.["id"];
    const actions = actionsOf(json.json.action);
    if (id === undefined || actions === null) return null;
    policies.push({ id, permit: json.json.effect === "permit", actions, text: part });
  }
  return policies;
}

function actionsOf(scope: unknown): string[] | null {
  const { entity, entities } = scope as { entity?: { id?: string }; entities?: { id?: string }[] };
  const ids = (entities ?? (entity === undefined ? [] : [entity])).map((one) => one.id);
  return ids.length > 0 && ids.every((id) => id !== undefined) ? ids : null;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const hasTexts = (value: Record<string, unknown>, names: readonly string[]): boolean =>
  names.every((name) => typeof value[name] === "string");

function isClause(value: unknown): value is Clause {
  if (!isRecord(value) || !hasTexts(value, ["id", "section", "holds", "refuses", "lawful_if"])) return false;
  const { actions, cites } = value;
  return (
    Array.isArray(actions) &&
    actions.length > 0 &&
    actions.every((action) => typeof action === "string") &&
    Array.isArray(cites) &&
    cites.length > 0 &&
    cites.every((cite) => isRecord(cite) && hasTexts(cite, ["law", "section", "source", "read"]))
  );
}

function isPackText(value: unknown): value is PackText {
  if (!isRecord(value) || value["v"] !== 1 || value["type"] !== "pack") return false;
  if (!hasTexts(value, ["policies", "schema"])) return false;
  const { meta, clauses, vectors } = value;
  return (
    isRecord(meta) &&
    hasTexts(meta, ["id", "title", "language", "effective_from", "note"]) &&
    (meta["effective_until"] === null || typeof meta["effective_until"] === "string") &&
    isRecord(meta["jurisdiction"]) &&
    isRecord(meta["terms"]) &&
    Array.isArray(clauses) &&
    clauses.length > 0 &&
    clauses.every(isClause) &&
    isRecord(vectors) &&
    isRecord(vectors["base"]) &&
    Array.isArray(vectors["cases"])
  );
}
