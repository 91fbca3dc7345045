/** Says of whom a post tells what. Twin of fanlight.neighbors.persons. */

import { has, type Item } from "./items";
import { COMMA, SPACE, STOP } from "./letters";
import { clad, linked, tinted, toldTwice } from "./looks";
import { GARMENTS, GENERIC, GENERICS, LOOKS, Named, NOUNS, ORIGINS, SEXES } from "./named";

/** Somebody whom a post tells of. */
export class Person {
  readonly kinds = new Set<string>();
  readonly origins: string[] = [];
  readonly counted = new Map<string, string[]>();
  looks = false;
  ageTold = false;
  one = false;
  exempt = false;
  own = false;

  count(category: string, words: string): void {
    const said = this.counted.get(category) ?? [];
    if (!said.includes(words)) said.push(words);
    this.counted.set(category, said);
  }

  /** How many descriptors count: a category once, of what is worn or carried each thing. */
  get descriptors(): number {
    return [...this.counted].reduce((sum, [category, words]) => sum + (category === "worn" ? words.length : 1), 0);
  }

  /** Whether more is told of them than what they are called. */
  get told(): boolean {
    return this.origins.length > 0 || this.looks;
  }
}

/** The persons of a post, in the order in which they are named. */
export const personsIn = (items: readonly Item[], idle: boolean): Person[] => new Reader(items, idle).read();

/** Whether "the ..." may be the person the post is about: "the kids" is not the woman told of. */
const alike = (person: Person, item: Item): boolean => has(item, "person", ...person.kinds) || [...person.kinds].every((kind) => kind === "person");

class Reader {
  private readonly post: Named;
  private readonly said = new Set<number>();
  private readonly met = new Map<number, Person>();
  private readonly persons: Person[] = [];
  private now: Person | null = null;
  private main: Person | null = null;
  private ofPerson = false;

  constructor(
    private readonly items: readonly Item[],
    /** The post says that somebody was there: then an origin names them. */
    private readonly idle: boolean,
  ) {
    this.post = new Named(items);
  }

  read(): Person[] {
    // "Red hair, long coat. She ...": told before anybody is named.
    const alone = this.post.nouns.includes(true) ? undefined : this.items.find((item) => has(item, "one-by-one"));
    if (alone) this.point(alone);
    this.items.forEach((item, n) => {
      const noun = this.post.nouns[n] === true;
      if (item.gap === STOP && this.main) this.now = this.main;
      if (noun && !this.met.has(n)) this.meet(n);
      else if (has(item, "pronoun") && !has(item, "object")) this.point(item);
      if (has(item, ...ORIGINS)) this.origin(n);
      this.look(n);
      if (noun || has(item, "origin-people", ...GARMENTS, ...GENERICS)) this.ofPerson = true;
      else if (has(item, "animal", "vehicle", "ridden", "worn", "thing", "make")) this.ofPerson = false;
    });
    return this.persons;
  }

  // Who is named

  /** Takes a noun for the person spoken of, or for another. */
  private meet(n: number): Person {
    const item = this.items[n] as Item;
    const first = this.post.start.get(n) ?? n;
    const before = this.post.gap(first) < COMMA ? this.items[first - 1] : undefined;
    const same = has(before, "same") && !has(before, "own");
    const another = before !== undefined && (has(before, "another") || /^[0-9]+$/u.test(before.words));
    let person: Person;
    if (same && this.main && alike(this.main, item)) person = this.now = this.main;
    else if (this.now && this.saysWho(first)) person = this.now;
    else if (this.now && !same && !another && this.goesOn(this.now, n, first)) person = this.now;
    else {
      person = this.begin();
      person.own = has(before, "own") || (has(item, "relation") && first === n && !another);
      person.exempt = this.post.exempt(first);
    }
    for (const kind of NOUNS) if (has(item, kind)) person.kinds.add(kind);
    person.one = person.one || another || !item.words.endsWith("s");
    if (has(item, ...SEXES)) person.count("sex", item.words);
    if (has(item, "young")) person.count("age", item.words);
    this.said.add(n);
    this.met.set(n, person);
    return person;
  }

  /** Whether a noun with an article says who somebody is: "my roommate is a nurse". */
  private saysWho(first: number): boolean {
    const article = first - 1;
    if (article < 1 || this.post.gap(first) > SPACE || !this.post.has(article, "another")) return false;
    if (this.post.gap(article) === COMMA) return this.met.has(article - 1);
    return this.post.close(article) && this.post.has(article - 1, "is") && this.met.has(article - 2);
  }

  /** Whether a noun without an article goes on about the same person, as in a list. */
  private goesOn(now: Person, n: number, first: number): boolean {
    const item = this.items[n] as Item;
    if (first === n && this.met.has(n - 1)) return true;
    if (has(item, "relation", "office")) return false;
    const apart = this.post.gap(first) >= COMMA || this.post.has(first - 1, "is", ...NOUNS);
    return apart && !SEXES.some((sex) => now.kinds.has(sex) && has(item, sex));
  }

  private begin(): Person {
    const person = new Person();
    this.persons.push(person);
    this.now = person;
    if (!this.main?.told) this.main = person;
    return person;
  }

  private point(item: Item): void {
    if (this.main) this.now = this.main;
    else if (has(item, "one-by-one") && !this.post.onlyAnimals) this.begin();
  }

  /** The person whose noun comes: met now, so that what is said before it is theirs. */
  private beforeNoun(noun: number): Person {
    return this.met.get(noun) ?? this.meet(noun);
  }

  // Where they seem to be from

  private origin(n: number): void {
    const item = this.items[n] as Item;
    if (has(item, "made-up") || this.post.surname(n)) return;
    const noun = this.post.owner.get(n);
    if (noun !== undefined && !this.post.spoken(n)) {
      if (has(item, ...ORIGINS.slice(0, -1)) && !this.post.ofClothes(n)) this.hold(this.beforeNoun(noun), n);
    } else if ((has(item, "origin-people") && !this.post.next(n, "thing", "institution")) || (has(item, "origin-noun") && this.post.standsAlone(n))) {
      this.name(n);
    } else if ((this.now ?? this.idle) && this.isSaid(n)) this.hold(this.now ?? this.begin(), n);
  }

  private isSaid(n: number): boolean {
    const item = this.items[n] as Item;
    if (has(item, "origin-sign") || this.post.nouns[n]) return this.now !== null && !this.post.next(n, "thing");
    if (!this.now && has(item, "colour-origin")) return false;
    return this.post.spoken(n) || (has(item, "origin") && (this.post.predicate(n) || this.post.inList(n, this.ofPerson)));
  }

  private hold(person: Person, n: number): void {
    const { words } = this.items[n] as Item;
    if (!person.origins.includes(words)) person.origins.push(words);
    this.said.add(n);
    if (!(person.exempt || person.own)) this.main = person;
  }

  /** Takes a word such as Mexicans for persons of their own, or for the origin of the one before it. */
  private name(n: number): void {
    const item = this.items[n] as Item;
    if (this.now && item.gap >= COMMA && this.now.origins.length === 0) {
      this.hold(this.now, n);
      return;
    }
    const person = this.begin();
    const first = this.post.back(n);
    person.exempt = this.post.exempt(first);
    person.own = this.post.has(first - 1, "own");
    person.kinds.add("person");
    if (has(item, "origin-young")) person.count("age", item.words);
    if (has(item, "origin-female", "origin-male")) person.count("sex", item.words);
    for (const adjective of this.items.slice(first, n)) {
      for (const look of LOOKS) if (has(adjective, look)) person.count(look, adjective.words);
    }
    this.hold(person, n);
  }

  // How they look

  private look(n: number): void {
    const item = this.items[n] as Item;
    if (this.said.has(n) && !has(item, "young", "hair", "age")) return;
    const noun = this.post.owner.get(n);
    const person = noun === undefined ? this.now : this.beforeNoun(noun);
    if (!person) return;
    const isLinked = (): boolean => linked(this.items, n, this.said);
    for (const category of [...LOOKS, ...GARMENTS, "worn"]) if (has(item, category) && (noun !== undefined || isLinked())) this.count(person, category, n);
    for (const [generic, category] of GENERIC) if (has(item, generic) && tinted(this.items, n) && isLinked()) this.count(person, category, n);
    if (has(item, "clad") && (noun !== undefined || clad(this.items, n))) this.count(person, "upper", n);
    if (has(item, "ridden") && isLinked()) {
      person.count("ridden", item.words);
      this.said.add(n);
    }
    if (has(item, "vehicle", "make", "plate") && toldTwice(this.items, n)) person.count("vehicle", item.words);
  }

  private count(person: Person, category: string, n: number): void {
    person.count(category, (this.items[n] as Item).words);
    this.said.add(n);
    if (category === "age") {
      person.ageTold = person.ageTold || !this.post.nouns[n];
      return;
    }
    person.looks = true;
    if (!this.main || this.main.exempt || !this.main.told) this.main = person;
  }
}
