/** What the desk makes of what waits and of what was decided. Pure. */
import type { Act, Because, Done, Item, Kind, Of, Rule } from "../../core/api/moderation.ts";
import type { Flag, Post } from "../../core/api/posts.ts";
import { readUtf8 } from "../../core/bytes.ts";
import { obj, str } from "../../core/api/shape.ts";
import { openAge } from "../../core/seal/age.ts";
import { csvText } from "../../ui/csv.ts";

const HOUR_MS = 3_600_000;
export const TARGET_H = 24;
export const LEAST_REASON = 10;
export const MOST_REASON = 500;

/** Hours for which something waits, full ones. */
export const waitsFor = (item: Item, now: number): number => Math.max(0, Math.floor((now - Date.parse(item.since)) / HOUR_MS));
/** When its 24 hours are over. */
export const dueAt = (item: Item): Date => new Date(Date.parse(item.since) + TARGET_H * HOUR_MS);

/** What the lists show: of a kind, or all; in the order in which the server gives them, oldest first. */
export const ofKind = (items: readonly Item[], kind: Kind | ""): readonly Item[] => (kind ? items.filter((item) => item.kind === kind) : items);
export const found = (items: readonly Item[], kind: string, id: string): Item | undefined => items.find((item) => item.kind === kind && item.item === id);
/** The one to open after this one was decided: the next that is left, else the first. */
export function after(items: readonly Item[], item: Item): Item | undefined {
  const at = items.findIndex((one) => one.kind === item.kind && one.item === item.item);
  const left = items.filter((one) => one.item !== item.item);
  return items.slice(at + 1).find((one) => one.item !== item.item) ?? left[0];
}

export const subject = (item: Item): Of => (item.comment ? { kind: "comment", id: item.comment.comment } : { kind: "post", id: item.post.post });
/** Whether a post is out, or will be: only then can it be confirmed or joined. */
export const isOut = (item: Item): boolean => item.kind === "report" && item.comment === null;
/** What can be decided about it; an appeal has its own form. */
export const actsFor = (item: Item): readonly Act[] => (isOut(item) ? ["show", "remove", "confirm", "join"] : ["show", "remove"]);

/** What keeps a decision from being sent: its name in the words, or "". */
export function missing(act: Act | "uphold" | "overturn" | "author" | "bar", { rule, reason }: Because, into = ""): "rule" | "reason" | "into" | "" {
  const ruled = act !== "show" && act !== "confirm" && act !== "join";
  const said = act !== "show" && act !== "join";
  if (ruled && rule === "") return "rule";
  if (said && reason.trim().length < LEAST_REASON) return "reason";
  return act === "join" && into === "" ? "into" : "";
}

/** The rule that a form begins with: what the reports name, else what the checks found. */
export const firstRule = (item: Item): string => item.removed?.rule ?? item.reports[0]?.rule ?? item.flags[0]?.rule ?? "";
export const ruleOf = (rules: readonly Rule[], id: string): Rule | undefined => rules.find((rule) => rule.id === id);

export interface Piece {
  readonly text: string;
  readonly flagged: boolean;
}
/** A text in pieces, with what the checks read in it marked; whole words, whatever their case. */
export function marked(text: string, flags: readonly Flag[]): Piece[] {
  const words = [...new Set(flags.flatMap((flag) => flag.words))].filter((word) => word.trim() !== "").sort((one, other) => other.length - one.length);
  if (words.length === 0) return text ? [{ text, flagged: false }] : [];
  const any = new RegExp(`(?<![\\p{L}\\p{N}])(${words.map((word) => word.replaceAll(/[\\^$.*+?()[\]{}|/]/g, "\\$&")).join("|")})(?![\\p{L}\\p{N}])`, "giu");
  return text
    .split(any)
    .map((piece, i) => ({ text: piece, flagged: i % 2 === 1 }))
    .filter((piece) => piece.text !== "");
}

/** Posts into which one can be joined: others that are out and not joined themselves, of the same place or day first. */
export function joinable(of: Post, posts: readonly Post[]): Post[] {
  const near = (one: Post): number => Number(one.cell === of.cell) * 2 + Number(one.day === of.day) + Number(one.category === of.category);
  return posts.filter((one) => one.post !== of.post && one.about === null && one.by === null).toSorted((one, other) => near(other) - near(one));
}

/** The account that wrote something, opened with the moderator's own key. Throws SealError, and BadAnswer for what is another's. */
export async function authorOf(sealed: Uint8Array, identity: string, of: Of): Promise<string> {
  const text = readUtf8(await openAge(sealed, [identity]));
  const said = obj<{ account: string; of: string }>({ account: str, of: str })(text === null ? null : (JSON.parse(text) as unknown), "author");
  if (said.of !== of.id) throw new OtherAuthor();
  return said.account;
}
/** What was sealed is about something else than what was asked for. */
export class OtherAuthor extends Error {}

export const doneCsv = (rows: readonly Done[]): string =>
  csvText([["id", "day", "act", "rule", "reason", "kind", "of", "own"], ...rows.map((row) => [row.id, row.day, row.act, row.rule ?? "", row.reason, row.kind, row.of, row.own ? "yes" : "no"])]);
