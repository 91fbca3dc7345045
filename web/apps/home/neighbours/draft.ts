/** A post as it is being written, kept on this device until it is sent or thrown away. */
import { CATEGORIES, PARTS, type Part, type PostText } from "../../../core/api/posts.ts";
import { obj, oneOf, or, str } from "../../../core/api/shape.ts";
import { newId } from "../../../core/ids.ts";

const PLACE = "fanlight.posts.draft";

export interface Draft extends Omit<PostText, "category"> {
  /** The post's id: sent again, it is one post. */
  readonly post: string;
  readonly category: PostText["category"] | "";
}
const read = obj<Draft>({
  post: str,
  category: oneOf(["", ...CATEGORIES]),
  title: or(str, ""),
  done: or(str, ""),
  looks: or(str, ""),
  cell: or(str, ""),
  day: str,
  part: oneOf(["", ...PARTS]),
});

/** The draft that is kept, or a new one: about now. */
export function readDraft(text: string | null, now: Date, cell: string): Draft {
  try {
    if (text !== null) return read(JSON.parse(text) as unknown, "draft");
  } catch {
    // Of another version: a new one begins.
  }
  return { post: newId(), category: "", title: "", done: "", looks: "", cell, day: dayOf(now), part: partOf(now) };
}
export const keptDraft = (): string | null => localStorage.getItem(PLACE);
export const keepDraft = (draft: Draft): void => localStorage.setItem(PLACE, JSON.stringify(draft));
export const dropDraft = (): void => localStorage.removeItem(PLACE);

/** The local day, so many days back. */
export function dayOf(now: Date, back = 0): string {
  const day = new Date(now.getFullYear(), now.getMonth(), now.getDate() - back);
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}
export const partOf = (now: Date): Part => PARTS[Math.floor(now.getHours() / 6)] ?? "night";

/** A line for a post, from the first sentence of what was done. */
export function lineOf(done: string): string {
  const first = done.trim().split(/(?<=[.!?])\s|\n/u)[0] ?? "";
  const line = first.replace(/[.!?]+$/u, "");
  return line.length <= 80 ? line : `${line.slice(0, 79).replace(/\s+\S*$/u, "")}…`;
}
