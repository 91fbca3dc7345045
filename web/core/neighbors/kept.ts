/** What a device remembers of posts, for its reader alone: where they look, what they follow and muted, what they were shown.
 *
 *  Holds:   no more than MOST posts; nothing of it is sent anywhere.
 *  Absent:  storage itself: text in, text out.
 */
import type { Correction, Post } from "../api/posts.ts";
import { bool, list, num, nullable, obj, oneOf, or, type Read, record, str } from "../api/shape.ts";

export type Area = { readonly kind: "town" } | { readonly kind: "around"; readonly cell: string; readonly name: string } | { readonly kind: "named"; readonly name: string };

export interface Kept {
  /** Null: not chosen yet. */
  readonly area: Area | null;
  readonly nearest: boolean;
  /** Posts that were shown, oldest first, with the marks of what had been said of them by then. */
  readonly seen: readonly (readonly [post: string, marks: readonly string[]])[];
  /** Posts that are followed, and how many comments they had when last looked at. */
  readonly followed: Readonly<Record<string, number>>;
  readonly muted: readonly string[];
  readonly mutedKinds: readonly string[];
}
export const MOST = 2_000;
const MOST_CHOSEN = 500;
export const NOTHING: Kept = { area: null, nearest: false, seen: [], followed: {}, muted: [], mutedKinds: [] };

const area: Read<Area> = (value, where) => {
  const { kind, cell, name } = obj({ kind: oneOf(["town", "around", "named"]), cell: or(str, ""), name: or(str, "") })(value, where);
  if (kind === "around") return { kind, cell, name };
  return kind === "named" ? { kind, name } : { kind };
};
const read = obj<Kept>({
  area: nullable(area),
  nearest: or(bool, false),
  seen: list((value, where) => {
    const [post, marks] = list((one) => one)(value, where);
    return [str(post, where), list(str)(marks, where)] as const;
  }),
  followed: (value, where) => Object.fromEntries(Object.entries(record(value, where)).map(([name, many]) => [name, num(many, where)])),
  muted: list(str),
  mutedKinds: list(str),
});

/** What was kept; nothing, where it is of another shape. */
export function readKept(text: string | null): Kept {
  try {
    return text === null ? NOTHING : read(JSON.parse(text) as unknown, "kept");
  } catch {
    return NOTHING;
  }
}

/** A short mark of one thing said of a post: the same text, the same mark. */
export function markOf({ kind, day, text, about }: Correction): string {
  let mark = 2_166_136_261;
  for (const letter of `${kind}|${day}|${text}|${about ?? ""}`) mark = Math.imul(mark ^ (letter.codePointAt(0) ?? 0), 16_777_619);
  return (mark >>> 0).toString(36);
}

/** What was said of posts since this device showed them, latest first. */
export function newsOf(kept: Kept, corrections: readonly Correction[]): Correction[] {
  const seen = new Map(kept.seen);
  return corrections.filter((one) => seen.has(one.post) && !seen.get(one.post)?.includes(markOf(one))).sort((a, b) => (a.day < b.day ? 1 : a.day > b.day ? -1 : 0));
}

/** Posts were shown: with what is said of them by now. Those that were known keep what they were told of. */
export function withShown(kept: Kept, shown: readonly Pick<Post, "post">[], corrections: readonly Correction[]): Kept {
  const known = new Set(kept.seen.map(([id]) => id));
  const fresh = [...new Set(shown.map(({ post }) => post))].filter((id) => !known.has(id));
  if (fresh.length === 0) return kept;
  const said = marksBy(corrections);
  return { ...kept, seen: [...kept.seen, ...fresh.map((id) => [id, said.get(id) ?? []] as const)].slice(-MOST) };
}

/** The reader was told of everything in the file. */
export function withTold(kept: Kept, corrections: readonly Correction[]): Kept {
  const said = marksBy(corrections);
  return { ...kept, seen: kept.seen.map(([id]) => [id, said.get(id) ?? []] as const) };
}

function marksBy(corrections: readonly Correction[]): Map<string, string[]> {
  const said = new Map<string, string[]>();
  for (const one of corrections) said.set(one.post, [...(said.get(one.post) ?? []), markOf(one)]);
  return said;
}

export function withFollowed(kept: Kept, id: string, comments: number | null): Kept {
  const followed = Object.fromEntries(Object.entries(kept.followed).filter(([one]) => one !== id));
  if (comments !== null) followed[id] = comments;
  return { ...kept, followed: Object.fromEntries(Object.entries(followed).slice(-MOST_CHOSEN)) };
}

export const withMuted = (kept: Kept, id: string): Kept => ({ ...kept, muted: [...kept.muted.filter((one) => one !== id), id].slice(-MOST_CHOSEN) });
