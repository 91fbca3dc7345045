/** From posts and reports to the rows of one list. Pure. */
import type { Post } from "../../core/api/posts.ts";
import { liesIn, metresBetween, type Part } from "../../core/neighbors/places.ts";
import type { Line } from "./lines.ts";

export type Row = { readonly is: "post"; readonly id: string; readonly post: Post } | { readonly is: "report"; readonly id: string; readonly line: Line };
/** A kind of post, all, what dispatch reports, or what is followed here. */
export type Choice = "" | "dispatch" | "followed" | Post["category"];

export interface Wish {
  readonly choice: Choice;
  readonly part: Part;
  readonly followed: Readonly<Record<string, number>>;
  /** The cell from which nearest is counted; empty: newest first. */
  readonly from: string;
}

/** Reports lie in the part where one of their cells does; one without a cell is somewhere in town. */
export const reportsIn = (lines: readonly Line[], part: Part): Line[] => lines.filter(({ cells }) => cells.length === 0 || cells.some((cell) => liesIn(cell, part)));

export function rowsOf(posts: readonly Post[], lines: readonly Line[], { choice, part, followed, from }: Wish): Row[] {
  const own = choice === "dispatch" ? [] : posts.filter((one) => choice === "" || (choice === "followed" ? one.post in followed : one.category === choice));
  const reported = choice === "" || choice === "dispatch" ? reportsIn(lines, part) : [];
  const rows = [
    ...own.map((post): { row: Row; at: number; cells: readonly string[] } => ({ row: { is: "post", id: post.post, post }, at: Date.parse(post.published ?? ""), cells: [post.cell] })),
    ...reported.map((line): { row: Row; at: number; cells: readonly string[] } => ({ row: { is: "report", id: line.incident, line }, at: line.at.getTime(), cells: line.cells })),
  ];
  const far = ({ cells }: { cells: readonly string[] }): number => Math.min(Infinity, ...cells.map((cell) => metresBetween(from, cell)));
  const away = new Map(from ? rows.map((one) => [one, far(one)]) : []);
  const near = (one: (typeof rows)[number], other: (typeof rows)[number]): number => {
    const [a, b] = [away.get(one) ?? 0, away.get(other) ?? 0];
    return a === b ? 0 : a < b ? -1 : 1;
  };
  return rows.sort((one, other) => near(one, other) || other.at - one.at).map(({ row }) => row);
}

/** Rows of one kind have one height: the list makes only those that are seen. */
export const kindOf = (row: Row): string => (row.is === "report" ? "report" : row.post.media.length > 0 ? "picture" : "post");
