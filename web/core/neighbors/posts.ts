/** What the form for posts must ask, and why: the same text, the same answer, here and in fanlight.neighbors. */

import { told } from "./deeds";
import { has, type Item, items } from "./items";
import { tokens } from "./letters";
import { type Person, personsIn } from "./persons";

/** Descriptors beside a person's origin. */
export const NEEDED = 3;

export type Ask = "behaviour" | "descriptors";
export type ByCategory = Readonly<Record<string, readonly string[]>>;

/** What was read in a post. */
export interface Reading {
  /** What the form must ask for. */
  readonly ask: readonly Ask[];
  /** What was done, as read. */
  readonly deeds: readonly string[];
  /** Words that say that somebody was there, or how it felt: no deed. */
  readonly idle: readonly string[];
  /** Words by which a person is described, by category. */
  readonly looks: ByCategory;
  /** Words of origin of the person who has the fewest descriptors. */
  readonly origins: readonly string[];
  /** That person's descriptors, by category. */
  readonly counted: ByCategory;
}

/** Reads a post as the form does. */
export function readPost(text: string): Reading {
  const words = tokens(text);
  const named = items(words);
  const done = told(words);
  const missing = done.deeds.includes("missing") || done.deeds.includes("last seen");
  const asked = reportsBias(named) ? [] : personsIn(named, done.idle.length > 0).filter((one) => !one.exempt && (!one.own || missing));
  const welcomed = named.some((item) => has(item, "welcome")) && named.some((item) => has(item, "family"));
  const short = asked.filter((one) => one.origins.length > 0 && one.descriptors < NEEDED && !(welcomed && one.kinds.has("relation")));
  const described = asked.filter((one) => isDescribed(one, done.idle.length > 0));
  const least = short.reduce<Person | undefined>((fewest, one) => (fewest && fewest.descriptors <= one.descriptors ? fewest : one), undefined);
  const ask: Ask[] = [];
  if (described.length > 0 && done.deeds.length === 0) ask.push("behaviour");
  if (least) ask.push("descriptors");
  return { ask, deeds: done.deeds, idle: done.idle, looks: byCategory(least ?? described[0]), origins: least?.origins ?? [], counted: byCategory(least) };
}

const byCategory = (person: Person | undefined): ByCategory => Object.fromEntries(person?.counted ?? []);

function isDescribed(person: Person, idle: boolean): boolean {
  // A crossing guard in an orange vest is at work.
  if (person.kinds.size === 1 && person.kinds.has("office") && person.origins.length === 0 && !idle) return false;
  return person.told || (person.ageTold && idle && person.one && (person.kinds.has("male") || person.kinds.has("female")));
}

/** Whether a post reports racism, or speaks about policing: "not to be racist, but" does not. */
function reportsBias(named: readonly Item[]): boolean {
  return named.some((item, n) => has(item, "bias") && !named.slice(Math.max(0, n - 3), n).some((before) => has(before, "bias-denied")));
}
