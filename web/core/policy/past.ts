/**
 * Decides the whole published record again under another ordinance, and checks that record while it is read.
 *
 * In:     a function that gives a file below the log; the text of a pack, and of one to compare with or null for what was
 *         really decided; which decisions. Cedar, initialised.
 * Out:    rows in the order of the record, counts, who witnessed it; or the one reason why nothing can be told.
 * Holds:  nothing is told of entries that are not those of the signed checkpoint: rows are handed out only once every entry,
 *         every tile and the root fit. The same rows and CSV as `fanlight simulate` gives.
 * Absent: fetching and the worker (replaying.ts), pages.
 */
import { parseLeaf } from "../proof/leaf.ts";
import type { GetFile } from "../proof/tree.ts";
import { verifyWhole } from "../proof/whole.ts";
import { loadPack } from "./pack.ts";
import type { Cedar, Pack } from "./shapes.ts";
import { replay } from "./replay.ts";
import { Count, csvLine, hasChanged, HEADING, recorded, simulate, takes, turnedBy, type Chosen, type Recorded, type Row, type Tally } from "./simulate.ts";

/** `pack` and `against` are canonical texts of packs. */
export type Question = { readonly pack: string; readonly against: string | null; readonly chosen: Chosen };
/** What a page says of a pack. */
export type Named = {
  readonly title: string;
  readonly sha256: string;
  /** Clauses that cite what nobody has read. */
  readonly unread: readonly string[];
  /** Of each clause: what the law calls it, and what must be so for it to be lawful. */
  readonly clauses: { readonly [id: string]: { readonly section: string; readonly asks: string } };
};
export type Past = {
  readonly kind: "past";
  readonly origin: string;
  readonly size: number;
  /** One sentence on who else signed the checkpoint. */
  readonly witnesses: string;
  readonly pack: Named;
  readonly against: Named | null;
  readonly tally: Tally;
};
export type Untold =
  | { readonly kind: "bad-pack"; readonly which: "pack" | "against"; readonly why: string }
  /** The record does not hold. */
  | { readonly kind: "fails"; readonly what: string; readonly where: string }
  /** A file of the record could not be had. */
  | { readonly kind: "unknown"; readonly where: string };
export type Progress = (done: number, all: number, decisions: number) => void;

/** Which rows a table shows. `turned` are those that would come out otherwise. */
export type Filter = { readonly which: "all" | "turned" | "allowed" | "refused" | "untold"; readonly words: string };
export type Picked = { readonly rows: readonly Row[]; readonly all: number };

// A leaf's canonical form ends with its type: most entries of a record are no decisions and need not be read.
const ENDS = ["request", "agreement"].map((type) => new TextEncoder().encode(`,"type":"${type}","v":1}`));

/** Decides everything again. Never rejects for outside bytes or packs. */
export async function decidePast(cedar: Cedar, get: GetFile, trusted: string | null, asked: Question, progress: Progress): Promise<{ found: Past; rows: readonly Row[] } | { found: Untold; rows: null }> {
  const pack = loadPack(cedar, asked.pack);
  if (pack.kind === "bad-pack") return { found: { ...pack, which: "pack" }, rows: null };
  const against = asked.against === null ? null : loadPack(cedar, asked.against);
  if (against?.kind === "bad-pack") return { found: { ...against, which: "against" }, rows: null };
  const tried = replay(cedar, pack.pack);
  const other = against === null ? undefined : replay(cedar, against.pack);
  const rows: Row[] = [];
  const count = new Count();
  const found = await verifyWhole(
    get,
    trusted,
    (done, all) => progress(done, all, rows.length),
    (first, entries) => {
      for (const row of simulate(tried, decisionsOf(first, entries, asked.chosen), other)) {
        count.add(row);
        rows.push(light(row));
      }
    },
  );
  if (found.kind !== "whole") return { found, rows: null };
  const { origin, size, witnesses } = found;
  return { found: { kind: "past", origin, size, witnesses, pack: named(pack.pack), against: against && named(against.pack), tally: count.tally }, rows };
}

/** A part of the rows that a filter leaves: those that would come out otherwise first, then in the record's order. */
export function pick(rows: readonly Row[], { which, words }: Filter, first: number, count: number): Picked {
  const wanted = words.trim().toLowerCase();
  const left = rows.filter((row) => isOf(which, row) && (wanted === "" || wordsOf(row).includes(wanted)));
  const ordered = [...left.filter(hasChanged), ...left.filter((row) => !hasChanged(row))];
  return { rows: ordered.slice(first, first + count), all: left.length };
}

/** The file of all rows, in parts that a Blob is made of: the same bytes as `fanlight simulate --csv` writes. */
export function* csvParts(rows: readonly Row[]): Generator<string> {
  yield HEADING;
  for (let at = 0; at < rows.length; at += 10_000) yield rows.slice(at, at + 10_000).map(csvLine).join("");
}

function decisionsOf(first: number, entries: readonly Uint8Array[], chosen: Chosen): Recorded[] {
  return entries.flatMap((raw, place) => {
    if (!ENDS.some((end) => endsWith(raw, end))) return [];
    const leaf = parseLeaf(raw);
    const one = leaf.kind === "leaf" ? recorded(first + place, leaf.type, leaf.pub) : null;
    return one !== null && takes(chosen, one) ? [one] : [];
  });
}

function endsWith(raw: Uint8Array, end: Uint8Array): boolean {
  for (let back = 1; back <= end.length; back++) if (raw[raw.length - back] !== end[end.length - back]) return false;
  return true;
}

const NO_FACTS = {};

/** A row without the facts it was decided on: a million of them must fit into a browser's memory. */
const light = ({ recorded: one, before, after }: Row): Row => ({ recorded: { ...one, facts: NO_FACTS }, before, after });

const named = ({ meta: { title }, sha256, clauses }: Pack): Named => ({
  title,
  sha256,
  unread: clauses.filter(({ cites }) => cites.some(({ read }) => read === "unread")).map(({ id }) => id),
  clauses: Object.fromEntries(clauses.map(({ id, section, lawful_if: asks }) => [id, { section, asks }])),
});

function isOf(which: Filter["which"], row: Row): boolean {
  switch (which) {
    case "all":
      return true;
    case "turned":
      return hasChanged(row);
    case "allowed":
      return hasChanged(row) && row.after.told === "accepted";
    case "refused":
      return hasChanged(row) && row.after.told === "refused";
    case "untold":
      return row.after.told === "cannot be told" || row.before.told === "cannot be told";
  }
}

const wordsOf = (row: Row): string =>
  [row.recorded.entry, row.recorded.kind, row.recorded.id, row.recorded.agency, row.recorded.day ?? "", ...turnedBy(row), ...row.before.rules, ...row.after.rules].join(" ").toLowerCase();
