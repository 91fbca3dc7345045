/** What changed from one text to another, word by word. Pure; small texts of a few thousand words.
 *
 *  Holds:   the kept and struck pieces joined are the old text, the kept and added ones the new text, to the letter.
 */
export interface Piece {
  readonly kind: "same" | "added" | "struck";
  readonly text: string;
}

/** Compares paragraph by paragraph, then word by word where paragraphs differ. */
export function difference(before: string, after: string): Piece[] {
  const pieces: Piece[] = [];
  let struck = "";
  let added = "";
  const settle = (): void => {
    for (const one of compare(struck.match(WORDS) ?? [], added.match(WORDS) ?? [])) push(pieces, one);
    struck = added = "";
  };
  for (const { kind, text } of compare(before.match(LINES) ?? [], after.match(LINES) ?? [])) {
    if (kind === "struck") struck += text;
    else if (kind === "added") added += text;
    else {
      settle();
      push(pieces, { kind, text });
    }
  }
  settle();
  return gathered(pieces);
}

/** Changes with nothing but a space between them as one: a reader sees a sentence struck and a sentence added, not every other word. */
function gathered(pieces: readonly Piece[]): Piece[] {
  const all: Piece[] = [];
  let struck = "";
  let added = "";
  const settle = (): void => {
    push(all, { kind: "struck", text: struck });
    push(all, { kind: "added", text: added });
    struck = added = "";
  };
  for (const [i, { kind, text }] of pieces.entries()) {
    const between = kind === "same" && struck !== "" && added !== "" && /^[^\S\n]+$/u.test(text) && (pieces[i + 1]?.kind ?? "same") !== "same";
    if (kind === "struck" || between) struck += text;
    if (kind === "added" || between) added += text;
    if (kind !== "same" || between) continue;
    settle();
    push(all, { kind, text });
  }
  settle();
  return all;
}

/** The pieces of a difference by paragraph, those without a change left out. */
export function changedParagraphs(pieces: readonly Piece[]): Piece[][] {
  const paragraphs: Piece[][] = [[]];
  for (const { kind, text } of pieces) {
    text.split(/\n\n+/u).forEach((part, i) => {
      if (i > 0) paragraphs.push([]);
      if (/\S|^ +$/u.test(part)) paragraphs.at(-1)?.push({ kind, text: part });
    });
  }
  return paragraphs.filter((paragraph) => paragraph.some(({ kind }) => kind !== "same"));
}

const LINES = /[^\n]*\n+|[^\n]+$/gu;
const WORDS = /\s+|[\p{L}\p{N}’'-]+|[^\s\p{L}\p{N}’'-]/gu;

function push(pieces: Piece[], { kind, text }: Piece): void {
  const last = pieces.at(-1);
  if (last?.kind === kind) pieces[pieces.length - 1] = { kind, text: last.text + text };
  else if (text !== "") pieces.push({ kind, text });
}

/** The longest common run of parts, in order; what is struck comes before what is added. */
function compare(before: readonly string[], after: readonly string[]): Piece[] {
  let start = 0;
  while (start < before.length && before[start] === after[start]) start++;
  let end = 0;
  while (end < Math.min(before.length, after.length) - start && before.at(-1 - end) === after.at(-1 - end)) end++;
  const old = before.slice(start, before.length - end);
  const young = after.slice(start, after.length - end);
  const pieces: Piece[] = before.slice(0, start).map((text) => ({ kind: "same", text }));
  if (old.length * young.length > MOST) {
    pieces.push({ kind: "struck", text: old.join("") }, { kind: "added", text: young.join("") });
  } else {
    walk(old, young, pieces);
  }
  return [...pieces, ...before.slice(before.length - end).map((text) => ({ kind: "same", text }) as const)];
}

const MOST = 4_000_000; // past this, in cells of a table, one is simply put in the place of the other

function walk(old: readonly string[], young: readonly string[], pieces: Piece[]): void {
  const width = young.length + 1;
  const table = new Uint32Array((old.length + 1) * width); // how much is common from (i, j) on
  const at = (i: number, j: number): number => table[i * width + j] ?? 0;
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = young.length - 1; j >= 0; j--) {
      table[i * width + j] = old[i] === young[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  let i = 0;
  let j = 0;
  while (i < old.length || j < young.length) {
    if (i < old.length && j < young.length && old[i] === young[j]) {
      pieces.push({ kind: "same", text: old[i] ?? "" });
      i++;
      j++;
    } else if (i < old.length && (j === young.length || at(i + 1, j) >= at(i, j + 1))) pieces.push({ kind: "struck", text: old[i++] ?? "" });
    else pieces.push({ kind: "added", text: young[j++] ?? "" });
  }
}
