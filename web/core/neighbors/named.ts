/** Finds the words for persons in a post, and how an origin is said of one. Twin of fanlight.neighbors.named. */

import { has, type Item } from "./items";
import { COMMA, SPACE, STOP } from "./letters";

export const SEXES = ["male", "female"] as const;
export const NOUNS = [...SEXES, "young", "person", "office", "relation"] as const;
export const LOOKS = ["age", "height", "build", "hair", "face", "mark"] as const;
export const GARMENTS = ["upper", "lower", "shoes", "head"] as const;
export const GENERIC = [
  ["clothing", "upper"],
  ["clothing-lower", "lower"],
  ["clothing-shoes", "shoes"],
] as const;
export const GENERICS = GENERIC.map(([generic]) => generic);
export const ORIGINS = ["origin", "origin-noun", "origin-people", "origin-sign", "language"] as const;
export const REACH = 8; // items that may stand between a word and the person it is said of
const ADJECTIVES = [...LOOKS, "origin", "origin-noun", "origin-sign", "looks-like", "clad", "told", "before-noun"];
const LISTED = [...LOOKS, "origin", "origin-sign", "told"];
const NO_PERSON = ["animal", "vehicle", "ridden", "worn", "hair", "it", ...GARMENTS, ...GENERICS];
const BEFORE_ANIMAL = ["colour", "another", "between", "build", "height", "age", "animal", "looks-like"];
const FEW = 3;

/** Whether a word ends as most words for doing do. */
export const goesOn = (item: Item): boolean => has(item, "follows", "cue") || /(?:ing|ed)$/u.test(item.words);

/** A post's items, and which of them name a person. */
export class Named {
  readonly nouns: readonly boolean[];
  readonly onlyAnimals: boolean;
  /** Of an adjective, the noun it stands before. */
  readonly owner = new Map<number, number>();
  /** Of a noun, where its phrase begins. */
  readonly start = new Map<number, number>();

  constructor(readonly items: readonly Item[]) {
    this.onlyAnimals = this.areAnimals();
    this.nouns = items.map((_, n) => this.isNoun(n));
    this.nouns.forEach((noun, n) => {
      if (!noun) return;
      const first = this.first(n);
      this.start.set(n, first);
      for (let k = first; k < n; k += 1) this.owner.set(k, n);
    });
  }

  gap(n: number): number {
    return this.items[n]?.gap ?? STOP;
  }

  has(n: number, ...groups: readonly string[]): boolean {
    return has(this.items[n], ...groups);
  }

  /** Whether an item is there and follows in the same breath. */
  close(n: number): boolean {
    return n > 0 && n < this.items.length && this.gap(n) <= SPACE;
  }

  /** Whether the next item, in the same breath, is in any of the groups. */
  next(n: number, ...groups: readonly string[]): boolean {
    return this.close(n + 1) && this.has(n + 1, ...groups);
  }

  /** Whether an item may stand before a word for a person and be said of them. */
  adjective(n: number): boolean {
    if (this.has(n, ...SEXES, "young", "person")) return this.next(n, ...NOUNS);
    return !this.has(n, "made-up") && this.has(n, ...ADJECTIVES);
  }

  /** Where the adjectives right before an item begin. */
  back(n: number): number {
    let first = n;
    while (first > 0 && n - first < REACH && this.gap(first) <= SPACE && this.adjective(first - 1)) first -= 1;
    return first;
  }

  /** Whether words such as male, girl and he are said of an animal. */
  private areAnimals(): boolean {
    if (this.items.some((item) => has(item, ...SEXES, "young", "person") && !has(item, "of-animals"))) return false;
    return this.items.some((item, n) => has(item, "animal") && !this.beside(n));
  }

  /** Whether an animal goes with a person: "walking a dog". */
  private beside(n: number): boolean {
    let back = n - 1;
    while (back >= 0 && n - back < REACH && this.gap(back) < STOP && this.has(back, ...BEFORE_ANIMAL) && !this.has(back, "beside-animal")) back -= 1;
    return back >= 0 && this.has(back, "beside-animal") && this.gap(back + 1) < STOP;
  }

  private isNoun(n: number): boolean {
    const item = this.items[n];
    if (!has(item, ...NOUNS) || has(item, "made-up") || this.next(n, "institution", "animal")) return false;
    if (this.close(n + 1) && this.items[n + 1]?.words === "'s" && !this.next(n + 1, "cue", "looks-like", ...LOOKS)) {
      return (this.items[n + 2]?.words ?? "").endsWith("ing") || this.next(n + 1, "another");
    }
    return !(this.onlyAnimals && has(item, ...SEXES, "relation"));
  }

  /** Where a noun's phrase begins: its adjectives, and a list of them. */
  private first(n: number): number {
    let first = n;
    while (first > 0 && n - first < REACH && this.gap(first) <= COMMA && this.adjective(first - 1)) {
      if (this.gap(first) === COMMA && !this.has(first - 1, ...LISTED)) break;
      first -= 1;
    }
    if (first === n && this.trade(n)) first = n - 2;
    while (first < n && this.has(first, "joins")) first += 1;
    return first;
  }

  /** Whether a word between an origin and an office says which: "Mexican asphalt contractor". */
  private trade(n: number): boolean {
    if (!(this.has(n, "office") && this.close(n) && this.close(n - 1))) return false;
    return this.items[n - 1]?.groups.size === 0 && this.has(n - 2, "origin") && !this.has(n - 2, "colour-origin");
  }

  /** Whether a noun is the writer, somebody looked for to hire, or a picture. */
  exempt(first: number): boolean {
    for (let reach = 0; reach < FEW; reach += 1) {
      const back = first - 1 - reach;
      if (back < 0 || this.gap(back + 1) === STOP) return false;
      if (this.has(back, "self")) return reach < FEW - 1;
      if (this.has(back, "pictured")) return true;
      if (this.has(back, "sought")) return !this.items.slice(Math.max(0, back - 4), back).some((item) => has(item, "searcher"));
    }
    return false;
  }

  // How an origin is said

  /** Whether a word of origin is a name: "Mr. White", "the Brown family". */
  surname(n: number): boolean {
    if (this.close(n) && this.has(n - 1, "title")) return true;
    const owner = this.owner.get(n);
    return owner !== undefined && this.has(n, "colour-origin") && this.has(owner, "surname-group");
  }

  /** Whether black, white or brown before a noun is the colour of clothes: "in black, male". */
  ofClothes(n: number): boolean {
    return this.has(n, "colour-origin") && this.close(n) && this.has(n - 1, "clothes-cue") && this.gap(this.owner.get(n) ?? n) >= COMMA;
  }

  /** Whether a word of origin is a noun here: "a Latino with a cap". */
  standsAlone(n: number): boolean {
    if (this.close(n + 1)) {
      const after = this.items[n + 1] as Item;
      if (has(after, "thing", "institution", "animal") || !goesOn(after)) return false;
    }
    const first = this.back(n);
    if (first === 0 || this.gap(first) === STOP) return true;
    return this.close(first) && this.has(first - 1, "another", "same") && !this.has(first - 1, "pronoun");
  }

  /** Whether an origin is said by is, looks or seems, of a person. */
  predicate(n: number): boolean {
    const colour = this.has(n, "colour-origin");
    let back = n;
    while (n - back < REACH && this.close(back) && this.has(back - 1, "maybe") && !this.has(back - 1, "is")) back -= 1;
    if (!(this.close(back) && this.has(back - 1, "is"))) return back > 0 && back < n && this.gap(back) === COMMA && !colour;
    for (let k = back - 2; k > Math.max(-1, back - 2 - REACH); k -= 1) {
      if (this.gap(k + 1) === STOP) break;
      if (this.nouns[k] || this.has(k, "pronoun")) return true;
      if (this.has(k, ...NO_PERSON)) return false;
    }
    return !colour;
  }

  /** Whether a language is named as what somebody speaks: "speaking Spanish". */
  spoken(n: number): boolean {
    return this.close(n) && this.has(n, "language") && this.has(n - 1, "speaks");
  }

  /** Whether an origin stands by itself in a list about a person. */
  inList(n: number, ofPerson: boolean): boolean {
    const endsHere = !this.close(n + 1) || this.next(n, "told", "follows", ...LOOKS);
    return this.gap(n) >= COMMA && endsHere && (ofPerson || !this.has(n, "colour-origin"));
  }
}
