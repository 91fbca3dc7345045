/**
 * Reads the letters of a post, whatever is done to hide a word: invisible characters, letters that look alike, figures
 * for letters, letters spaced out or repeated. Twin of fanlight.neighbors.letters.
 */

import table from "../../../src/fanlight/policy/data/post-letters.json";
import { WORD_ROWS } from "./lists";

export const JOINED = 0;
export const SPACE = 1;
export const COMMA = 2;
export const STOP = 3;

/** A word or number, and the strongest thing that stood before it. */
export interface Token {
  readonly text: string;
  readonly gap: number;
}

const STOPS = new Set(".!?;\n\r");
const COMMAS = new Set(',:()"&[]{}<>');
const JOINS = new Set("-/_.'~*|+#@$!");
const INNER = new Set("@$!*|+#");
const LETTERS = new Set("abcdefghijklmnopqrstuvwxyz");
const FIGURES = new Set("0123456789");
const WORD = new Set([...LETTERS, ...FIGURES]);
const ENDINGS = new Set(["re", "ve", "ll", "d", "m", "s"]);
const TITLES = new Set(["mr", "mrs", "ms", "dr", "st", "sgt", "approx", "ft", "lbs", "lb", "yrs", "yr", "hwy", "ave", "in"]);
const GUESSES = 3; // figures in one word that may stand for letters
const LONGEST = 16; // letters of a word that is looked for in spaced-out ones
const SHORTEST = 3; // letters of a word that is worth hiding
const NAMED = new Set(["male", "female", "young", "person", "origin", "origin-noun", "origin-people", "origin-sign"]);

const MEANT: Readonly<Record<string, string>> = table.figures;
const SPELLING = new Map(Object.entries(table.spelling));
const KNOWN = new Set(WORD_ROWS.flatMap(([phrase, group]) => (NAMED.has(group) ? phrase.split(" ").filter((word) => word.length >= SHORTEST) : [])));
const code = (hex: string): number => Number.parseInt(hex, 16);
const ALIKE = new Map<string, string>();
for (const [to, codes] of Object.entries(table.alike)) for (const hex of codes.split(" ")) ALIKE.set(String.fromCodePoint(code(hex)), to);
for (const [first, to, count] of table.runs as [string, string, number][]) {
  for (let n = 0; n < count; n += 1) ALIKE.set(String.fromCodePoint(code(first) + n), String.fromCodePoint(to.charCodeAt(0) + n));
}
const DROPPED = new Set<string>();
for (const [a, b] of table.dropped as [string, string][]) for (let at = code(a); at <= code(b); at += 1) DROPPED.add(String.fromCodePoint(at));

/** The text with each character as the letter that it is read as. */
export function plain(text: string): string {
  let first = "";
  for (const c of text) first += ALIKE.get(c) ?? c;
  let out = "";
  for (const c of first.normalize("NFKD")) if (!DROPPED.has(c)) out += ALIKE.get(c) ?? c;
  return out.replace(/[A-Z]/gu, (c) => c.toLowerCase());
}

/** The words of a text. */
export function tokens(text: string): Token[] {
  return closedUp(cut(plain(text)).flatMap(read)).map(({ text: word, gap }) => ({ text: SPELLING.get(word) ?? word, gap }));
}

/** Cuts a plain text at what is no letter, figure or sign inside of a word. */
function cut(text: string): Token[] {
  const out: Token[] = [];
  let gap = STOP;
  let began = -1;
  for (let place = 0; place <= text.length; place += 1) {
    const char = text[place] ?? "\n";
    const after = text[place + 1] ?? " ";
    const sign = (INNER.has(char) && (began >= 0 || char === "@" || char === "$")) || (char === "'" && began >= 0);
    const inside = WORD.has(char) || (WORD.has(after) && sign);
    if (inside && began < 0) began = place;
    else if (!inside) {
      if (began >= 0) {
        out.push({ text: text.slice(began, place), gap });
        gap = JOINED;
        began = -1;
      }
      gap = Math.max(gap, gapOf(text, place, char, after));
    }
  }
  return out;
}

function gapOf(text: string, place: number, char: string, after: string): number {
  const before = text[place - 1] ?? " ";
  if (char === "." && WORD.has(before) && WORD.has(after)) {
    const alone = place < 2 || !LETTERS.has(text[place - 2] ?? "") || FIGURES.has(before);
    return alone ? JOINED : STOP;
  }
  if (char === "." && titled(text, place)) return SPACE;
  if (STOPS.has(char)) return STOP;
  if (COMMAS.has(char)) return COMMA;
  if (JOINS.has(char)) return (before === " " || before === "\t") && (after === " " || after === "\t") ? COMMA : JOINED;
  return SPACE;
}

function titled(text: string, place: number): boolean {
  let start = place;
  while (start > 0 && place - start < 8 && LETTERS.has(text[start - 1] ?? "")) start -= 1;
  return TITLES.has(text.slice(start, place));
}

const only = (text: string, set: ReadonlySet<string>): boolean => [...text].every((c) => set.has(c));

/** Reads one piece: figures that stand for letters, an ending after an apostrophe, a number with its unit. */
function read({ text, gap }: Token): Token[] {
  if (only(text, LETTERS)) return [{ text: unrepeated(text), gap }];
  if ([...text].some((c) => LETTERS.has(c))) {
    const guess = guessed(text.replaceAll("'", ""));
    if (guess !== null) return [{ text: guess, gap }];
  }
  const words = text
    .replace(/[@$!*|+#]/gu, " ")
    .split(" ")
    .filter((part) => part !== "")
    .flatMap(apart);
  return words.map((word, n) => ({ text: word, gap: n ? JOINED : gap }));
}

function apart(given: string): string[] {
  let part = given;
  const mark = part.lastIndexOf("'");
  if (mark >= 0) {
    const head = part.slice(0, mark).replaceAll("'", "");
    const tail = part.slice(mark + 1);
    if (head && only(head, FIGURES)) return tail === "s" ? [head, "s"] : [head, "ft", ...apart(tail)];
    if (ENDINGS.has(tail)) return [...apart(head), `'${tail}`];
    part = head + tail;
  }
  const figures = /^[0-9]*/u.exec(part)?.[0].length ?? 0;
  if (figures > 0 && figures < part.length) return [part.slice(0, figures), ...apart(part.slice(figures))];
  const letters = /^[a-z]*/u.exec(part)?.[0].length ?? 0;
  if (letters > 0 && letters < part.length) return [unrepeated(part.slice(0, letters)), ...apart(part.slice(letters))];
  return [unrepeated(part)];
}

/** The word that is meant by figures and signs, if it is one that could be hidden so. */
function guessed(text: string): string | null {
  if (text.length > 2 * LONGEST || [...text].filter((c) => c in MEANT).length > GUESSES) return null;
  let all = [""];
  for (const c of text) all = all.flatMap((begun) => [...(MEANT[c] ?? c)].map((letter) => begun + letter));
  for (const one of all) {
    const word = unrepeated(one);
    if (KNOWN.has(word)) return word;
  }
  return null;
}

/** A word without letters repeated for show, if then it is one that could be hidden so. */
function unrepeated(word: string): string {
  if (KNOWN.has(word) || !/(.)\1\1/su.test(word)) return word;
  for (const most of [2, 1]) {
    const out = word.replace(/(.)\1+/gsu, (run) => run.slice(0, most));
    if (KNOWN.has(out)) return out;
  }
  return word;
}

/** Joins letters that were spaced out, and words cut by a sign or one space, where a hidden word comes out. */
function closedUp(pieces: readonly Token[]): Token[] {
  const out: Token[] = [];
  let place = 0;
  while (place < pieces.length) {
    const here = pieces[place] as Token;
    const [word, count] = spaced(pieces, place) ?? halved(pieces, place) ?? [here.text, 1];
    out.push({ text: word, gap: here.gap });
    place += count;
  }
  return out;
}

/** The longest known word that is spelled by single letters from here. */
function spaced(pieces: readonly Token[], place: number): [string, number] | null {
  let letters = "";
  while (letters.length < LONGEST && pieces[place + letters.length]?.text.length === 1) letters += pieces[place + letters.length]?.text ?? "";
  for (let size = letters.length; size >= SHORTEST; size -= 1) {
    if (KNOWN.has(letters.slice(0, size))) return [letters.slice(0, size), size];
  }
  return null;
}

/** A known word that one sign, or a space beside one of its end letters, has cut; "b/m". */
function halved(pieces: readonly Token[], place: number): [string, number] | null {
  const first = pieces[place]?.text ?? "";
  const next = pieces[place + 1];
  if (next?.gap === JOINED && /^[bwhl]$/u.test(first) && /^[mf]$/u.test(next.text)) return [`${first}/${next.text}`, 2];
  let word = first;
  for (let count = 1; count < 5; count += 1) {
    const one = pieces[place + count];
    if (!one) return null;
    word += one.text;
    const lone = count === 1 && one.gap === SPACE && (first.length === 1 || one.text.length === 1) && first !== "a" && first !== "i";
    if (one.gap !== JOINED && !lone) return null;
    if (KNOWN.has(word) && word.length > 4 && !KNOWN.has(first)) return [word, count + 1];
  }
  return null;
}
