/** What an ordinance pack is made of, as the browser has it. docs/spec/packs.md */

/** The part of @cedar-policy/cedar-wasm that is used; its nodejs and web builds both fit. */
export type Cedar = Pick<
  typeof import("@cedar-policy/cedar-wasm/web"),
  | "checkParseSchema"
  | "policySetTextToParts"
  | "policyToJson"
  | "preparsePolicySet"
  | "preparseSchema"
  | "statefulIsAuthorized"
  | "validate"
>;

export type Policy = {
  readonly id: string;
  readonly permit: boolean;
  readonly actions: readonly string[];
  readonly text: string;
  /** `when` and `unless` in Cedar's JSON form. */
  readonly conditions: readonly unknown[];
  /** Facts that the conditions look at; null if they take the record as a whole. */
  readonly reads: ReadonlySet<string> | null;
};

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
  readonly jurisdiction: {
    readonly name: string;
    readonly polygon: string;
    readonly level?: "city" | "county" | "state";
    readonly adds?: boolean;
  };
  readonly effective_from: string;
  readonly effective_until: string | null;
  readonly note: string;
  readonly terms: {
    readonly second_signature_hours: number;
    readonly open_days: number;
    readonly opening_days: number;
  };
  readonly decides?: readonly string[] | null;
};
/** Something the law says that a pack cannot express. */
export type Gap = { readonly section: string; readonly says: string };
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
  readonly cannot_express?: readonly Gap[];
};

export type Pack = PackText & {
  /** SHA-256 of the canonical text, lower-case hex. */
  readonly sha256: string;
  /** Ids of the clauses that are permits. */
  readonly permits: ReadonlySet<string>;
  readonly parsed: ReadonlyMap<string, Policy>;
  /** Names under which the parsed policies and schema are kept inside the wasm module. */
  readonly engine: string;
  readonly grants: string;
  readonly types: string;
};
