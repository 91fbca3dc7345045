/** The recovery sheet on its way to paper and back. The list of words is loaded only here. */
import { readSheet as read, newSheet, type Sheet } from "../../../core/seal/sheet.ts";
import { SealError } from "../../../core/seal/errors.ts";

export type { Sheet };

export interface Paper {
  readonly sheet: Sheet;
  readonly words: readonly string[];
  readonly made: Date;
}

export async function newPaper(): Promise<Paper> {
  const sheet = await newSheet();
  return { sheet, words: sheet.words.split(" "), made: new Date() };
}

/** Reads words or the code; null for what is no sheet. */
export async function readSheet(text: string): Promise<Sheet | null> {
  try {
    return await read(text);
  } catch (error) {
    if (error instanceof SealError) return null;
    throw error;
  }
}

/** Two different places in the list of words, in order: those that somebody must type back. */
export function twoPlaces(count: number, random: (below: number) => number = below): readonly [number, number] {
  const first = random(count);
  const second = random(count - 1);
  const other = second >= first ? second + 1 : second;
  return first < other ? [first, other] : [other, first];
}

function below(count: number): number {
  const limit = Math.floor(2 ** 32 / count) * count;
  for (;;) {
    const [drawn = 0] = crypto.getRandomValues(new Uint32Array(1));
    if (drawn < limit) return drawn % count;
  }
}
