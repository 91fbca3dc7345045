/** The public lists by which a post is read, and how a phrase of them is found. Twin of fanlight.neighbors.lists. */

import deedWords from "../../../src/fanlight/policy/data/deed-words.json";
import lookWords from "../../../src/fanlight/policy/data/look-words.json";
import originWords from "../../../src/fanlight/policy/data/origin-words.json";
import personWords from "../../../src/fanlight/policy/data/person-words.json";

export type Groups = ReadonlySet<string>;
export const NONE: Groups = new Set<string>();
type Row = readonly [phrase: string, group: string];
interface List {
  readonly groups: readonly { readonly group: string; readonly words: readonly string[] }[];
}

/** Phrases by their words. */
export class Phrases {
  private readonly byPhrase = new Map<string, Set<string>>();
  private readonly longest = new Map<string, number>();

  constructor(rows: Iterable<Row>) {
    for (const [phrase, group] of rows) {
      const groups = this.byPhrase.get(phrase);
      if (groups) groups.add(group);
      else this.byPhrase.set(phrase, new Set([group]));
      const words = phrase.split(" ");
      const first = words[0] ?? "";
      this.longest.set(first, Math.max(words.length, this.longest.get(first) ?? 0));
    }
  }

  /** The longest phrase that begins at `place`: how many words it has, and its groups. */
  at(words: readonly string[], place: number): { length: number; groups: Groups } | null {
    for (let length = Math.min(this.longest.get(words[place] ?? "") ?? 0, words.length - place); length > 0; length -= 1) {
      const groups = this.byPhrase.get(words.slice(place, place + length).join(" "));
      if (groups) return { length, groups };
    }
    return null;
  }

  /** The groups of exactly this phrase. */
  groups(phrase: string): Groups {
    return this.byPhrase.get(phrase) ?? NONE;
  }
}

const rows = (list: List): Row[] => list.groups.flatMap(({ group, words }) => words.map((phrase): Row => [phrase, group]));

export const WORD_ROWS: readonly Row[] = [...rows(personWords), ...rows(originWords)];
export const wordGroups = new Phrases([...WORD_ROWS, ...rows(lookWords)]);
export const deedGroups = new Phrases(rows(deedWords));
export const TOGETHER: readonly { readonly within: number; readonly words: readonly string[]; readonly with: readonly string[] }[] = deedWords.together;
