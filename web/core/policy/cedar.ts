/**
 * What of Cedar's JSON form a pack needs: its policies, and which facts each of them looks at.
 * Twin of fanlight.policy.cedar.
 */
import { tooDeep } from "./guard.ts";
import type { Cedar, Policy } from "./shapes.ts";
import { cut } from "./statements.ts";

export type Parsed =
  | { readonly kind: "policies"; readonly all: readonly Policy[] }
  | { readonly kind: "bad-cedar"; readonly why: string };

const bad = (why: string): Parsed => ({ kind: "bad-cedar", why });

/** Parses and checks a policy set; its policies come in the order of the text. */
export function parseCedar(cedar: Cedar, text: string, schema: string): Parsed {
  if (tooDeep(text) || tooDeep(schema)) return bad("its Cedar text is longer or nested deeper than a clause needs");
  if (hasOptional(schema)) return bad("its schema has a fact that may be left out");
  const parts = cedar.policySetTextToParts(text);
  if (parts.type !== "success" || cedar.checkParseSchema(schema).type !== "success") return bad("its Cedar text does not parse");
  if (parts.policy_templates.length > 0) return bad("it holds a Cedar template");
  const checked = cedar.validate({ validationSettings: { mode: "strict" }, schema, policies: { staticPolicies: text } });
  if (checked.type !== "success" || checked.validationErrors.length > 0) return bad("its Cedar text does not fit its own schema");
  const all: Policy[] = [];
  // Cedar need not hand the policies back in the order of the text.
  for (const { text: part } of cut(text).statements) {
    const json = cedar.policyToJson(part);
    if (json.type !== "success") return bad("its Cedar text does not parse");
    const id = json.json.annotations?.["id"];
    const actions = actionsOf(json.json.action);
    if (id === undefined || actions === null) return bad("a Cedar policy has no id or names no action");
    const { conditions } = json.json;
    all.push({ id: id ?? "", permit: json.json.effect === "permit", actions, text: part, conditions, reads: readsOf(conditions) });
  }
  return { kind: "policies", all };
}

// An optional fact could be left out of a request to change what is decided on.
const OPTIONAL = /"(?:\\[^]|[^"\\])*"\s*\?|\/\/[^\n]*|[\p{L}\p{N}_]\s*\?/gu;

/** Whether a schema has a fact that may be left out. */
export function hasOptional(schema: string): boolean {
  return [...schema.matchAll(OPTIONAL)].some(([found]) => !found.startsWith("//"));
}

/** The fact that a node reads, if it is `context.NAME`. */
export function factRead(node: unknown): string | null {
  const got = (node as { "."?: { left?: { Var?: string }; attr?: string } } | null)?.["."];
  return got?.left?.Var === "context" && got.attr !== undefined ? got.attr : null;
}

function readsOf(conditions: readonly unknown[]): ReadonlySet<string> | null {
  const found = new Set<string>();
  const waiting: unknown[] = [...conditions];
  while (waiting.length > 0) {
    const node = waiting.pop();
    if (typeof node !== "object" || node === null) continue;
    const name = factRead(node);
    if (name !== null) found.add(name);
    else if (Array.isArray(node)) waiting.push(...(node as unknown[]));
    else if ((node as { Var?: string }).Var === "context") return null;
    else waiting.push(...Object.entries(node).flatMap(([key, part]) => (key === "Value" ? [] : [part as unknown])));
  }
  return found;
}

function actionsOf(scope: unknown): string[] | null {
  const { entity, entities } = scope as { entity?: { id?: string }; entities?: { id?: string }[] };
  const ids = (entities ?? (entity === undefined ? [] : [entity])).map((one) => one.id);
  return ids.length > 0 && ids.every((id) => id !== undefined) ? ids : null;
}
