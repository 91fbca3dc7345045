/** Decides whether what is told of looks, clothes and things is told of a person. Twin of fanlight.neighbors.looks. */

import { has, type Item } from "./items";
import { COMMA, SPACE, STOP } from "./letters";
import { GARMENTS, GENERICS, goesOn, LOOKS, REACH } from "./named";

const THINGS = ["ridden", "worn", "vehicle", "animal", ...GARMENTS];
const BETWEEN = ["between", "colour", "worn", "ridden", "told", "looks-like", ...LOOKS, ...GARMENTS, ...GENERICS];
const MEASURES = ["age", "height", "build"]; // which may tell of a thing: "short hair", "a big bag"
const TELLS = ["hair", "face", "mark", "colour", "worn", "ridden", "vehicle", "thing", ...GARMENTS, ...GENERICS];
const OF_VEHICLES = ["colour", "vehicle", "make", "plate"];

/** Whether something is said of the person spoken of: by a word such as with, or in a list. */
export function linked(items: readonly Item[], n: number, said: ReadonlySet<number>): boolean {
  const gap = (k: number): number => items[k]?.gap ?? STOP;
  if (has(items[n], ...MEASURES) && gap(n + 1) <= SPACE && has(items[n + 1], ...TELLS)) return false;
  let at = n;
  while (n - at < 2 * REACH && gap(at) < STOP) {
    const before = items[at - 1] as Item;
    const isSaid = said.has(at - 1);
    if (gap(at) === COMMA) return isSaid || !has(before, ...THINGS);
    if (isSaid || has(before, "own", "cue", "pronoun", "clad")) return isSaid || !has(before, "own");
    if (has(before, "on")) return gap(at - 1) >= COMMA || said.has(at - 2);
    if (!(has(before, ...BETWEEN) || (at === n && mayTellKind(before)))) return false;
    at -= 1;
  }
  return gap(at) === STOP;
}

/** Whether clothes have their colour or kind before them. */
export function tinted(items: readonly Item[], n: number): boolean {
  const before = items[n - 1];
  return before !== undefined && (items[n]?.gap ?? STOP) <= SPACE && (has(before, "colour", "clad") || mayTellKind(before));
}

/** Whether "in black" stands for clothes, and not before a thing that is black. */
export function clad(items: readonly Item[], n: number): boolean {
  const after = items[n + 1];
  return after === undefined || after.gap > SPACE || goesOn(after);
}

/** Whether a vehicle is told by two of colour, kind, make and plate. */
export function toldTwice(items: readonly Item[], n: number): boolean {
  const from = Math.max(0, n - 3);
  const near = items.slice(from, n + 2).filter((item, k) => from + k === n || item.gap < STOP);
  return OF_VEHICLES.filter((kind) => near.some((item) => has(item, kind))).length > 1;
}

/** Whether a word that no list has may say what kind a thing is: "spiderman shirt". */
const mayTellKind = (before: Item): boolean => before.groups.size === 0 && !/(?:ed|ing|es)$/u.test(before.words);
