/** The weekly digest: the same file for everybody, without a token. docs/spec/neighbors.md */
import type { Client } from "./client.ts";
import { list, num, obj, record, str } from "./shape.ts";

type Counts = Readonly<Record<string, number>>;

export interface Week {
  /** Such as `2026-W47`. */
  readonly week: string;
  readonly begins: string;
  readonly ends: string;
  /** Posts that came out, by category. */
  readonly posts: Counts;
  /** How many came out in a usual week of the year before. */
  readonly usual: Counts;
  /** Posts by H3 cell of res 7 or coarser, and category. */
  readonly areas: Readonly<Record<string, Counts>>;
  readonly corrected: number;
  readonly resolved: number;
  readonly removed: number;
  readonly verified: number;
  /** Posts that somebody can act on or be glad of. */
  readonly named: readonly { readonly post: string; readonly category: string; readonly title: string; readonly cell: string }[];
}

const counts = (value: unknown, where: string): Counts => Object.fromEntries(Object.entries(record(value, where)).map(([kind, many]) => [kind, num(many, where)]));
const week = obj<Week>({
  week: str,
  begins: str,
  ends: str,
  posts: counts,
  usual: counts,
  areas: (value, where) => Object.fromEntries(Object.entries(record(value, where)).map(([cell, found]) => [cell, counts(found, where)])),
  corrected: num,
  resolved: num,
  removed: num,
  verified: num,
  named: list(obj({ post: str, category: str, title: str, cell: str })),
});

/** The last whole weeks, the latest first. */
export const postWeeks = async (api: Client): Promise<Week[]> => (await api.json("/v1/posts/weeks", obj({ weeks: list(week) }), { anonymous: true })).weeks;
