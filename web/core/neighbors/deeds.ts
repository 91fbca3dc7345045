/** Finds what was done, among the words of a post: nothing feared, denied, advised or the writer's own. Twin of fanlight.neighbors.deeds. */

import { COMMA, SPACE, STOP, type Token } from "./letters";
import { deedGroups, type Groups, NONE, Phrases, TOGETHER, wordGroups } from "./lists";

const FAR = 7; // words before a deed in which a fear or a wish makes it none
const NEAR = 3;
const FIRSTS = new Phrases(TOGETHER.flatMap((row, n) => row.words.map((word): [string, string] => [word, String(n)])));
const ROWS = TOGETHER.map((row) => ({ within: row.within, things: new Phrases(row.with.map((thing): [string, string] => [thing, ""])) }));
const SUBJECTS = ["male", "female", "young", "person", "origin-people"];

/** What a post tells: deeds, and words that are none. */
export interface Told {
  readonly deeds: readonly string[];
  readonly idle: readonly string[];
}

/** What was done and what is none. */
export function told(tokens: readonly Token[]): Told {
  const words = tokens.map((one) => one.text);
  const deeds = new Set<string>();
  const idle = new Set<string>();
  let place = 0;
  while (place < words.length) {
    const { length, groups } = deedGroups.at(words, place) ?? { length: 1, groups: NONE };
    const phrase = words.slice(place, place + length).join(" ");
    const none = groups.has("no-deed");
    if (groups.has("idle")) idle.add(phrase);
    const listed = groups.has("deed") || groups.has("deed-bare") || groups.has("deed-fact");
    if (listed && !none && !undone(tokens, words, place, groups)) deeds.add(phrase);
    else if (!none || tokens.slice(place + 1, place + length).some((one) => one.gap === STOP)) {
      const pair = together(tokens, words, place) ?? toUs(tokens, words, place, groups);
      if (pair !== null && !undone(tokens, words, place, new Set([...groups, "deed"]))) deeds.add(pair);
    }
    // A word that is none hides those in it: "take a look" is no taking.
    place += none ? length : 1;
  }
  return { deeds: [...deeds], idle: [...idle] };
}

/** The words that are a deed together, such as "trying" and "handle". */
function together(tokens: readonly Token[], words: readonly string[], place: number): string | null {
  const first = FIRSTS.at(words, place);
  if (!first) return null;
  const after = place + first.length;
  for (const n of [...first.groups].map(Number).sort((a, b) => a - b)) {
    const row = ROWS[n];
    if (!row) continue;
    for (let at = after; at < Math.min(after + row.within, words.length) && tokens[at]?.gap !== STOP; at += 1) {
      const thing = row.things.at(words, at);
      if (thing) return [...words.slice(place, after), ...words.slice(at, at + thing.length)].join(" ");
    }
  }
  return null;
}

/** A word in -ed or -ing that no list has, and what it was done to: "whittled his". */
function toUs(tokens: readonly Token[], words: readonly string[], place: number, groups: Groups): string | null {
  const word = words[place] ?? "";
  const after = words[place + 1];
  if (groups.size > 0 || !/(?:ed|ing)$/u.test(word) || after === undefined || (tokens[place + 1]?.gap ?? STOP) > SPACE) return null;
  const said = deedGroups.groups(after);
  const listed = said.has("ours") || (word.endsWith("ed") && said.has("objects"));
  return listed && wordGroups.groups(word).size === 0 ? `${word} ${after}` : null;
}

/** Whether a deed is feared, denied, advised or the writer's own. */
function undone(tokens: readonly Token[], words: readonly string[], place: number, groups: Groups): boolean {
  let first = place;
  while (first > 0 && place - first < FAR && (tokens[first]?.gap ?? STOP) < STOP) first -= 1;
  const clause = clauseOf(tokens, first, place);
  if (groups.has("deed-fact") && !groups.has("deed") && !groups.has("deed-bare")) {
    return first !== place && said(words, clause, place, ["feared", "denied"], NEAR);
  }
  const plainForm = groups.has("deed-bare") && !groups.has("deed");
  if (first === place) return plainForm;
  if (words[place - 1] === "to" && place > 1) return !ends(words, place - 1, "deed-after-to", 0, 2);
  if (plainForm && !hasSubject(words[place - 1] ?? "")) return true;
  return (
    ends(words, place, "writer") ||
    ends(words, place, "feared-next") ||
    said(words, clause, place, ["denied"], NEAR - 1) ||
    said(words, clause, place, ["feared"], FAR)
  );
}

/** Whether a word before a plain form makes it a deed: "they steal", and not "the steal". */
function hasSubject(before: string): boolean {
  const listed = deedGroups.groups(before);
  if (listed.has("before-bare")) return true;
  const named = wordGroups.groups(before);
  return SUBJECTS.some((group) => named.has(group)) || (before.endsWith("s") && !listed.has("not-plural"));
}

/** Where the part of the sentence begins that ends at `place`. */
function clauseOf(tokens: readonly Token[], first: number, place: number): number {
  for (let at = place; at > first; at -= 1) if ((tokens[at]?.gap ?? STOP) >= COMMA) return at;
  return first;
}

/** Whether a phrase of the group, not beginning before `first`, ends right before `place`. */
function ends(words: readonly string[], place: number, group: string, first = 0, reach = 4): boolean {
  for (let size = 1; size <= Math.min(reach, place - first); size += 1) {
    if (deedGroups.groups(words.slice(place - size, place).join(" ")).has(group)) return true;
  }
  return false;
}

/** Whether a phrase of the groups stands in the `near` words before `place`, not before `first`. */
function said(words: readonly string[], first: number, place: number, groups: readonly string[], near: number): boolean {
  for (let end = place; end > Math.max(first, place - near); end -= 1) {
    const notOnly = end < place && ends(words, end + 1, "not-only-denied", first);
    if (!notOnly && groups.some((group) => ends(words, end, group, first))) return true;
  }
  return false;
}
