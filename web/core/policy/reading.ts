/**
 * A pack in plain words, and what changed from one pack to another. Twin of fanlight.policy.reading.
 *
 * In:     packs.
 * Out:    lines to read: every clause in its order, what it asks, where it comes from; PackDiff.
 * Holds:  two clauses count as one when their ids are; their law has changed when what Cedar is told has,
 *         whatever their words say.
 * Absent: which past decisions would change (simulate.ts), pages.
 */
import type { Clause, Pack } from "./shapes.ts";

export type Part = "law" | "words" | "citations" | "section" | "decisions";
export type Changed = { readonly id: string; readonly what: readonly Part[]; readonly old: Clause; readonly new: Clause };
export type PackDiff = {
  readonly added: readonly Clause[];
  readonly removed: readonly Clause[];
  readonly changed: readonly Changed[];
  /** Whether the clauses that both have stand in another order. */
  readonly moved: boolean;
  readonly decidesMore: readonly string[];
  readonly decidesLess: readonly string[];
  /** Names of what else differs: title, version, place, days, terms, gaps. */
  readonly head: readonly string[];
};

const NOT_ADVICE = "Not legal advice.";
const LEVELS = { city: "a city or town", county: "a county", state: "a state" };

/** What `after` has otherwise than `before`. */
export function difference(before: Pack, after: Pack): PackDiff {
  const old = new Map(before.clauses.map((clause) => [clause.id, clause]));
  const own = new Map(after.clauses.map((clause) => [clause.id, clause]));
  const both = [...old.keys()].filter((id) => own.has(id));
  const [was, is] = [actionsOf(before), actionsOf(after)];
  const [oldHead, newHead] = [headOf(before), headOf(after)];
  return {
    added: after.clauses.filter(({ id }) => !old.has(id)),
    removed: before.clauses.filter(({ id }) => !own.has(id)),
    changed: both.flatMap((id) => {
      const pair = [old.get(id) as Clause, own.get(id) as Clause] as const;
      const what = partsOf(before, after, ...pair);
      return what.length > 0 ? [{ id, what, old: pair[0], new: pair[1] }] : [];
    }),
    moved: both.join() !== [...own.keys()].filter((id) => old.has(id)).join(),
    decidesMore: is.filter((action) => !was.includes(action)),
    decidesLess: was.filter((action) => !is.includes(action)),
    head: Object.keys(oldHead).filter((name) => oldHead[name] !== newHead[name]),
  };
}

/** Whether the two say the same. */
export function isNothing(diff: PackDiff): boolean {
  return diff.added.length + diff.removed.length + diff.changed.length + diff.head.length === 0 && !diff.moved;
}

/** The lines of a pack in plain words. */
export function told(pack: Pack): string[] {
  const { meta } = pack;
  const place = `${meta.jurisdiction.name} (${LEVELS[meta.jurisdiction.level ?? "city"]})`;
  const until = meta.effective_until === null ? "" : ` until ${meta.effective_until}`;
  const unread = pack.clauses.filter((clause) => clause.cites.some((cite) => cite.read === "unread")).length;
  const gaps = pack.cannot_express ?? [];
  return [
    `${meta.title}, version ${meta.version}. ${NOT_ADVICE}`,
    `For ${place}, from ${meta.effective_from}${until}.`,
    ...(meta.jurisdiction.adds === true ? ["It holds beside the rules of smaller places, not instead of them."] : []),
    `It decides on: ${actionsOf(pack).join(", ")}.`,
    ...(unread > 0
      ? [`It cannot be in force: ${unread} of ${pack.clauses.length} clauses cite a text nobody has read.`]
      : []),
    meta.note,
    ...pack.clauses.flatMap((clause) => ["", ...clauseTold(pack, clause)]),
    ...(gaps.length > 0 ? ["", "What the law says and this pack cannot express:"] : []),
    ...gaps.map((gap) => `  ${gap.section}: ${gap.says}`),
  ];
}

/** The lines of a difference in plain words. */
export function toldDifference(diff: PackDiff): string[] {
  if (isNothing(diff)) return ["The two say the same."];
  const list = (words: string, names: readonly string[]): string[] =>
    names.length > 0 ? [`${words} ${names.join(", ")}.`] : [];
  return [
    ...list("Otherwise:", diff.head),
    ...list("It also decides on:", diff.decidesMore),
    ...list("It no longer decides on:", diff.decidesLess),
    ...diff.added.map((clause) => `+ ${clause.section} ${clause.id}: ${clause.holds}`),
    ...diff.removed.map((clause) => `- ${clause.section} ${clause.id}: ${clause.holds}`),
    ...diff.changed.flatMap((one) => [
      `~ ${one.new.section} ${one.id} (${one.what.join(", ")})`,
      ...(one.old.holds === one.new.holds ? [] : [`    was: ${one.old.holds}`, `    is:  ${one.new.holds}`]),
    ]),
    ...(diff.moved ? ["Clauses stand in another order."] : []),
  ];
}

function clauseTold(pack: Pack, clause: Clause): string[] {
  const policy = pack.parsed.get(clause.id);
  const reads = policy?.reads ?? null;
  const asks = policy?.permit === true ? "Lets it be done where this holds" : "Asks";
  return [
    `${clause.section}  ${clause.id}  (${clause.actions.join(", ")})`,
    `  ${asks}: ${clause.holds}`,
    `  Otherwise: ${clause.refuses}`,
    `  Lawful if: ${clause.lawful_if}`,
    ...(reads === null ? ["  Looks at: every fact"] : []),
    ...(reads !== null && reads.size > 0 ? [`  Looks at: ${[...reads].toSorted().join(", ")}`] : []),
    ...clause.cites.map((cite) => {
      const read = cite.read === "unread" ? "NOT READ" : `read ${cite.read}`;
      return `  From: ${cite.law}, ${cite.section} (${cite.source}; ${read})`;
    }),
  ];
}

function partsOf(before: Pack, after: Pack, old: Clause, own: Clause): Part[] {
  const law = (pack: Pack): string => {
    const policy = pack.parsed.get(old.id);
    return JSON.stringify([policy?.permit, policy?.conditions]);
  };
  const pairs: [Part, unknown, unknown][] = [
    ["law", law(before), law(after)],
    ["words", [old.holds, old.refuses, old.lawful_if], [own.holds, own.refuses, own.lawful_if]],
    ["citations", citesOf(old), citesOf(own)],
    ["section", old.section, own.section],
    ["decisions", old.actions, own.actions],
  ];
  return pairs.filter(([, was, is]) => JSON.stringify(was) !== JSON.stringify(is)).map(([part]) => part);
}

const citesOf = (clause: Clause): string[][] =>
  clause.cites.map(({ law, section, source, read }) => [law, section, source, read]);

const actionsOf = (pack: Pack): string[] => [...new Set(pack.clauses.flatMap((clause) => clause.actions))];

function headOf({ meta, cannot_express: gaps }: Pack): Record<string, string> {
  const { jurisdiction: place, terms } = meta;
  return {
    title: JSON.stringify([meta.id, meta.title, meta.language, meta.note]),
    version: String(meta.version),
    place: JSON.stringify([place.name, place.polygon, place.level ?? "city", place.adds ?? false]),
    days: JSON.stringify([meta.effective_from, meta.effective_until]),
    terms: JSON.stringify([terms.second_signature_hours, terms.open_days, terms.opening_days]),
    gaps: JSON.stringify((gaps ?? []).map((gap) => [gap.section, gap.says])),
  };
}
