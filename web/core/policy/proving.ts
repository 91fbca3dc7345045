/**
 * Proves a pack by its own test vectors. Twin of fanlight.policy.proving.
 *
 * In:     a Pack, or bytes that may be one.
 * Out:    the vectors that come out otherwise, and the clauses that no vector would miss; Verdict.
 * Holds:  the verdict on the same bytes is that of `fanlight pack check`: vectors/policy/verdicts.json.
 */
import { commonFacts } from "./common.ts";
import { decide, refusing } from "./decide.ts";
import { actionsOf, keep, loadPack, type Loaded } from "./pack.ts";
import type { Cedar, Facts, Pack, Vector } from "./shapes.ts";

export type Verdict = {
  /** Why it is no pack, in a sentence; null if it is one. */
  readonly refused: string | null;
  /** Vectors that come out otherwise, by their `why`. */
  readonly failing: readonly string[];
  /** Clauses that could be struck out without any vector noticing. */
  readonly weak: readonly string[];
  /** Clauses that cite a text nobody has read. */
  readonly unread: readonly string[];
  /** Facts that no other ordinance knows. */
  readonly uncommon: readonly string[];
};

/** What a pack says on one of its vectors: the decision and its clauses; null if it cannot be told. */
export type Said = { readonly decision: "accepted" | "refused"; readonly rules: readonly string[] } | null;

/** What there is to say of a pack's bytes; never throws. `name` is as in loadPack. */
export function verdict(cedar: Cedar, data: Uint8Array, name?: string): Verdict {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(data);
  } catch {
    return refusedFor(data.length > 256 * 1024 ? "it is larger than 256 KiB" : "it has not the form of a pack");
  }
  return verdictOf(cedar, loadPack(cedar, text, name));
}

/** What there is to say of what was read. */
export function verdictOf(cedar: Cedar, loaded: Loaded): Verdict {
  return loaded.kind === "pack" ? verdictOn(cedar, loaded.pack) : refusedFor(loaded.why);
}

const refusedFor = (why: string): Verdict => ({
  refused: `The ordinance pack cannot be used: ${why}.`,
  failing: [],
  weak: [],
  unread: [],
  uncommon: [],
});

/** What there is to say of a pack. */
export function verdictOn(cedar: Cedar, pack: Pack): Verdict {
  const said = pack.vectors.cases.map((one) => passes(cedar, pack, one));
  return {
    refused: null,
    failing: pack.vectors.cases.filter((_, place) => !said[place]).map(({ why }) => why),
    weak: weakClauses(cedar, pack, pack.vectors.cases.filter((_, place) => said[place])),
    unread: pack.clauses.filter(({ cites }) => cites.some(({ read }) => read === "unread")).map(({ id }) => id),
    uncommon: actionsOf(pack).flatMap((action) =>
      Object.keys(pack.vectors.base[action] ?? {})
        .filter((fact) => commonFacts.get(action)?.has(fact) !== true)
        .toSorted()
        .map((fact) => `${action} ${fact}`),
    ),
  };
}

/** What a pack says on a vector's facts. */
export function saidOn(cedar: Cedar, pack: Pack, { action, change }: Vector): Said {
  const made = decide(cedar, pack, action, { ...(pack.vectors.base[action] as Facts), ...change });
  return made.kind === "undecided" ? null : { decision: made.decision.decision, rules: refusing(made.decision) };
}

function passes(cedar: Cedar, pack: Pack, vector: Vector): boolean {
  const said = saidOn(cedar, pack, vector);
  return said !== null && said.decision === vector.expect && said.rules.join() === vector.rules.join();
}

function weakClauses(cedar: Cedar, pack: Pack, passing: readonly Vector[]): string[] {
  const left: Pack = { ...pack, engine: `${pack.engine}/without`, grants: `${pack.engine}/without/grants` };
  return pack.clauses.flatMap(({ id, actions }) => {
    const rest = { ...left, clauses: pack.clauses.filter((one) => one.id !== id) };
    keep(cedar, rest, [...pack.parsed.values()].filter((one) => one.id !== id));
    // Only a vector of its own actions can notice; one that names it is the likeliest.
    const own = passing.filter(({ action }) => actions.includes(action));
    const first = own.toSorted((one, other) => Number(other.rules.includes(id)) - Number(one.rules.includes(id)));
    return first.every((vector) => passes(cedar, rest, vector)) ? [id] : [];
  });
}
