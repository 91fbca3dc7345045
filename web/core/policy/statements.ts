/** Cuts Cedar text into its statements, so that each clause can be read and changed by itself. */

/** One statement, with the blanks and comments that stand before it. */
export type Statement = { readonly lead: string; readonly text: string };
/** `tail` is what follows the last semicolon. */
export type Cut = { readonly statements: readonly Statement[]; readonly tail: string };

const TOKEN = /"(?:\\[^]|[^"\\])*"|\/\/[^\n]*|\s+|;|[^]/g;

/** Cuts a text; put together again in the same order, the parts are the text. */
export function cut(source: string): Cut {
  const statements: Statement[] = [];
  let [lead, text] = ["", ""];
  for (const [token] of source.matchAll(TOKEN)) {
    const nothing = token.startsWith("//") || /^\s/.test(token);
    if (nothing && text === "") lead += token;
    else text += token;
    if (token === ";") {
      statements.push({ lead, text });
      [lead, text] = ["", ""];
    }
  }
  return { statements, tail: lead + text };
}

/** Puts the parts together again. */
export function join({ statements, tail }: Cut): string {
  return statements.map(({ lead, text }) => lead + text).join("") + tail;
}

/** A figure that a statement compares a fact with, and where in the text it stands. */
export type Figure = { readonly fact: string; readonly is: string; readonly value: number; readonly from: number; readonly to: number };

const SKIPPED = /"(?:\\[^]|[^"\\])*"|\/\/[^\n]*/g;
const RIGHT = /\bcontext\s*\.\s*([A-Za-z_]\w*)\s*(<=|>=|==|!=|<|>)\s*(\d+)(?![\w.])/g;
const LEFT = /(?<![\w.])(\d+)\s*(<=|>=|==|!=|<|>)\s*context\s*\.\s*([A-Za-z_]\w*)(?![\w.])/g;
const TURNED: { readonly [is: string]: string } = { "<": ">", ">": "<", "<=": ">=", ">=": "<=" };

/** The figures of a statement in their order; `is` is as if the fact stood first. */
export function figuresOf(text: string): Figure[] {
  const plain = text.replaceAll(SKIPPED, (skipped) => " ".repeat(skipped.length));
  const right = [...plain.matchAll(RIGHT)].map((found): Figure => {
    const [all, fact = "", is = "", digits = ""] = found;
    const to = found.index + all.length;
    return { fact, is, value: Number(digits), from: to - digits.length, to };
  });
  const left = [...plain.matchAll(LEFT)].map((found): Figure => {
    const [, digits = "", is = "", fact = ""] = found;
    return { fact, is: TURNED[is] ?? is, value: Number(digits), from: found.index, to: found.index + digits.length };
  });
  return [...right, ...left].toSorted((one, other) => one.from - other.from);
}

/** The statement with another figure in that place. */
export function withFigure(text: string, { from, to }: Figure, value: number): string {
  return text.slice(0, from) + String(value) + text.slice(to);
}
