/**
 * What there is to say of a draft: the verdict, where it is broken, what differs from the pack it began from.
 *
 * In:     canonical texts of the draft's pack and of the other; Cedar, initialised.
 * Out:    Judged; never throws for what people write.
 * Holds:  the verdict is that of core/policy/proving.ts, and so that of `fanlight pack check`. All else only helps to mend it.
 * Absent: the worker (judge.ts), words.
 */
import { problemsOf, type Problem } from "../../core/policy/form.ts";
import { tooDeep } from "../../core/policy/guard.ts";
import { loadPack } from "../../core/policy/pack.ts";
import type { Cedar, Pack, PackText } from "../../core/policy/shapes.ts";
import { saidOn, verdictOf, type Said, type Verdict } from "../../core/policy/proving.ts";
import { difference, type PackDiff } from "../../core/policy/reading.ts";

/** `text` is the draft's pack, `from` the one it is compared with; `clauses` are the Cedar texts of its clauses. */
export type Question = { readonly text: string; readonly from: string; readonly clauses: readonly string[] };
export type Judged = {
  readonly verdict: Verdict;
  readonly problems: readonly Problem[];
  /** What Cedar says against a clause's text, by the clause's place. */
  readonly cedar: readonly (string | null)[];
  /** What the pack says on each of its tests; empty where it is no pack. */
  readonly said: readonly Said[];
  /** Which clauses grant, by id. */
  readonly permits: readonly string[];
  /** Facts that each clause looks at, by id; null: every fact. */
  readonly reads: { readonly [id: string]: readonly string[] | null };
  readonly diff: PackDiff | null;
};

const NAME = "draft";
const FROM = "from";

/** Judges a draft. `known` keeps the other pack from one time to the next. */
export function judge(cedar: Cedar, { text, from, clauses }: Question, known: Map<string, Pack>): Judged {
  const loaded = loadPack(cedar, text, NAME);
  const said = verdictOf(cedar, loaded);
  if (loaded.kind === "bad-pack") return { ...broken(cedar, text, clauses), verdict: said };
  const { pack } = loaded;
  const other = otherOf(cedar, from, known);
  return {
    verdict: said,
    problems: [],
    cedar: pack.clauses.map(() => null),
    said: pack.vectors.cases.map((one) => saidOn(cedar, pack, one)),
    permits: [...pack.permits],
    reads: Object.fromEntries([...pack.parsed].map(([id, { reads }]) => [id, reads && [...reads].toSorted()])),
    diff: other && difference(other, pack),
  };
}

function otherOf(cedar: Cedar, from: string, known: Map<string, Pack>): Pack | null {
  const found = known.get(from);
  if (found !== undefined) return found;
  const loaded = loadPack(cedar, from, FROM);
  if (loaded.kind === "bad-pack") return null;
  known.set(from, loaded.pack);
  return loaded.pack;
}

function broken(cedar: Cedar, text: string, clauses: readonly string[]): Omit<Judged, "verdict"> {
  const nothing = { problems: [], cedar: [], said: [], permits: [], reads: {}, diff: null };
  let value: unknown;
  try {
    value = JSON.parse(text) as unknown;
  } catch {
    return nothing;
  }
  const problems = problemsOf(value);
  if (problems.some(({ kind }) => kind !== "limit")) return { ...nothing, problems };
  return { ...nothing, problems, cedar: troubles(cedar, clauses, (value as PackText).schema) };
}

/** What Cedar says against each clause's text by itself. */
function troubles(cedar: Cedar, clauses: readonly string[], schema: string): (string | null)[] {
  return clauses.map((text) => {
    if (tooDeep(text)) return "longer or nested deeper than a clause needs";
    const parsed = cedar.policySetTextToParts(text);
    if (parsed.type === "failure") return parsed.errors.map(({ message }) => message).join("; ");
    if (parsed.policies.length !== 1) return "not one policy with its semicolon";
    if (tooDeep(schema) || cedar.checkParseSchema(schema).type === "failure") return null;
    const checked = cedar.validate({ validationSettings: { mode: "strict" }, schema, policies: { staticPolicies: text } });
    if (checked.type === "failure") return null;
    return checked.validationErrors[0]?.error.message ?? null;
  });
}
