/** A refusal of the register, taken apart: a sentence, and each clause of the ordinance that it names. */
import type { Clause } from "../ClauseList.svelte";
import type { Trouble } from "../trouble.ts";

/** "[agreement.heard, 1.3] It was not heard." once or more, behind a sentence. */
const NAMED = /\[([a-z][a-z0-9.-]*), ([^\]]+)\] /g;

export interface Refusal {
  readonly trouble: Trouble;
  readonly clauses: readonly Clause[];
}

/** Takes a trouble apart; one that names no clause stays whole. */
export function refusalOf(trouble: Trouble): Refusal {
  const found = [...trouble.what.matchAll(NAMED)];
  const first = found[0];
  if (!first) return { trouble, clauses: [] };
  const clauses = found.map((match, i) => {
    const [whole, id = "", section = ""] = match;
    const text = trouble.what.slice(match.index + whole.length, found[i + 1]?.index).trim();
    return { id, text, cites: `${section}, ${id}`, holds: false };
  });
  const said = trouble.what.slice(0, first.index).trim();
  return { trouble: { ...trouble, what: said }, clauses };
}
