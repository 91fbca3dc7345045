/** The draft that this browser keeps. It is nowhere else. */
import type { PackText } from "../../core/policy/shapes.ts";
import type { Draft } from "./draft.ts";
import { openValue } from "./files.ts";
import { readHistory, type History } from "./history.ts";

/** A draft with all that was done to it, and the canonical text of the pack that it began from. */
export type Kept = { readonly from: string; readonly history: History };

const PLACE = "fanlight.ordinance-draft";

/** Reads what is kept, or null; whatever stands there. */
export function readKept(text: string | null): Kept | null {
  if (text === null) return null;
  try {
    const { v, from, history } = JSON.parse(text) as Record<string, unknown>;
    const read = readHistory(history);
    if (v !== 1 || typeof from !== "string" || read === null) return null;
    const begun = openValue(JSON.parse(from) as unknown);
    return begun.kind === "pack" && readDraft(read.text) !== null ? { from, history: read } : null;
  } catch {
    return null;
  }
}

/** Reads a draft's text, or null. */
export function readDraft(text: string): Draft | null {
  try {
    const draft = JSON.parse(text) as Draft;
    const whole = openValue({ ...draft.rest, policies: draft.tail, clauses: draft.clauses.map(({ clause }) => clause) } satisfies PackText);
    const formed = draft.clauses.every(
      ({ key, on, lead, text: own }) => Number.isSafeInteger(key) && typeof on === "boolean" && typeof lead === "string" && typeof own === "string",
    );
    return whole.kind === "pack" && formed ? draft : null;
  } catch {
    return null;
  }
}

export function load(): Kept | null {
  try {
    return readKept(localStorage.getItem(PLACE));
  } catch {
    return null; // a browser that keeps nothing
  }
}

/** Keeps it; false if this browser does not. */
export function keep({ from, history }: Kept): boolean {
  try {
    localStorage.setItem(PLACE, JSON.stringify({ v: 1, from, history }));
    return true;
  } catch {
    return false;
  }
}

export function forget(): void {
  try {
    localStorage.removeItem(PLACE);
  } catch {
    // it kept nothing
  }
}
