/** Names the words of a post by the public lists. Twin of fanlight.neighbors.items. */

import { COMMA, JOINED, SPACE, type Token } from "./letters";
import { type Groups, NONE, wordGroups } from "./lists";

/** A phrase: its words, the groups it is in, and what stood before it. */
export interface Item {
  readonly words: string;
  readonly groups: Groups;
  readonly gap: number;
}

const UNITS = new Map([
  ...["yo", "y", "yr", "yrs", "year", "years", "ish", "something"].map((unit): [string, string] => [unit, "age"]),
  ...["ft", "feet", "foot", "cm"].map((unit): [string, string] => [unit, "height"]),
  ...["lb", "lbs", "pound", "pounds"].map((unit): [string, string] => [unit, "build"]),
]);
const TAILS = new Map([
  ["age", new Set(["old", "o", "olds", "of", "age"])],
  ["height", new Set(["in", "inches", "inch", "tall"])],
  ["build", new Set<string>()],
]);
const CLOSERS = new Set(["with", "wearing", "in", "and", "or"]);
const TIMES = new Set(["at", "by", "until", "after", "before"]);
const isNumber = (word: string | undefined): boolean => word !== undefined && /^[0-9]+$/u.test(word);

/** Whether an item is in any of the groups. */
export const has = (item: Item | undefined, ...groups: readonly string[]): boolean => item !== undefined && groups.some((group) => item.groups.has(group));

/** The items of a post. */
export function items(tokens: readonly Token[]): Item[] {
  const words = tokens.map((one) => one.text);
  const out: Item[] = [];
  let place = 0;
  while (place < tokens.length) {
    let found: { length: number; groups: Groups } = measure(tokens, place) ?? wordGroups.at(words, place) ?? { length: 1, groups: NONE };
    while (found.length > 1 && tokens.slice(place + 1, place + found.length).some((one) => one.gap > COMMA)) {
      // No phrase goes on over a full stop.
      found = wordGroups.at(words.slice(place, place + found.length - 1), 0) ?? { length: 1, groups: NONE };
    }
    out.push({ words: words.slice(place, place + found.length).join(" "), groups: found.groups, gap: tokens[place]?.gap ?? 0 });
    place += found.length;
  }
  return out;
}

/** How many tokens tell an age, a height or a weight from here, and which. */
function measure(tokens: readonly Token[], place: number): { length: number; groups: Groups } | null {
  const word = (n: number): string => (n < 8 ? (tokens[place + n]?.text ?? "") : "");
  if (!isNumber(word(0))) return null;
  let count = 1;
  if ((word(1) === "to" || word(1) === "or") && isNumber(word(2))) count = 3;
  else if (isNumber(word(1)) && tokens[place + 1]?.gap === JOINED) count = 2;
  if (word(count) === "s" && /^[1-9]0$/u.test(word(0)) && tokens[place + count]?.gap === JOINED) return { length: count + 1, groups: new Set(["age", "told"]) };
  const kind = UNITS.get(word(count));
  if (kind !== undefined) {
    count += 1;
    while (TAILS.get(kind)?.has(word(count)) || (kind === "height" && isNumber(word(count)) && !UNITS.has(word(count + 1)))) count += 1;
    return { length: Math.min(count, tokens.length - place), groups: new Set([kind, "told"]) };
  }
  return isAge(tokens, place, count) ? { length: count, groups: new Set(["age", "told"]) } : null;
}

/** Whether a bare number is an age: by a word before it, or by standing alone between commas. */
function isAge(tokens: readonly Token[], place: number, count: number): boolean {
  const { text, gap } = tokens[place] as Token;
  const last = tokens[place + count];
  if (text.length > 2 || (last && wordGroups.groups(last.text).has("not-age"))) return false;
  const alone = !last || last.gap > SPACE;
  const before = tokens[place - 1]?.text ?? "";
  if (wordGroups.groups(before).has("about") && gap <= SPACE) {
    return (alone || CLOSERS.has(last?.text ?? "")) && Number(text) > 12 && !TIMES.has(tokens[place - 2]?.text ?? "");
  }
  return gap === COMMA && alone;
}
