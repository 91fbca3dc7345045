/**
 * What was changed, so that it can be undone, done again, and found again in this browser.
 *
 * In:     texts, one after another; what was kept.
 * Out:    History; a text to keep it by.
 * Holds:  undo and redo give exactly the text that stood there. Changes of one field in a row are one step. Whatever
 *         is read back is a history or null.
 * How:    a step is the one place in which two texts differ, so that many of them take little room.
 */
export type Step = { readonly at: number; readonly was: string; readonly is: string; readonly field: string };
export type History = {
  readonly text: string;
  readonly done: readonly Step[];
  readonly undone: readonly Step[];
};

const MOST_STEPS = 200;

export const begin = (text: string): History => ({ text, done: [], undone: [] });

/** The history with another text; `field` says what was changed. */
export function change(history: History, text: string, field: string): History {
  if (text === history.text) return history;
  const last = history.done.at(-1);
  const again = last !== undefined && last.field === field && history.undone.length === 0;
  const from = again ? back(history.text, last) : history.text;
  const before = again ? history.done.slice(0, -1) : history.done;
  const done = from === text ? before : [...before, stepOf(from, text, field)];
  return { text, done: done.slice(-MOST_STEPS), undone: [] };
}

/** Ends a row of changes of one field: the next is a step of its own. */
export function settle(history: History): History {
  const last = history.done.at(-1);
  return last === undefined || last.field === "" ? history : { ...history, done: [...history.done.slice(0, -1), { ...last, field: "" }] };
}

export function undo(history: History): History {
  const last = history.done.at(-1);
  if (last === undefined) return history;
  return { text: back(history.text, last), done: history.done.slice(0, -1), undone: [...history.undone, { ...last, field: "" }] };
}

export function redo(history: History): History {
  const next = history.undone.at(-1);
  if (next === undefined) return history;
  return { text: on(history.text, next), done: [...history.done, next], undone: history.undone.slice(0, -1) };
}

function stepOf(was: string, is: string, field: string): Step {
  const most = Math.min(was.length, is.length);
  let at = 0;
  while (at < most && was[at] === is[at]) at += 1;
  let end = 0;
  while (end < most - at && was[was.length - 1 - end] === is[is.length - 1 - end]) end += 1;
  return { at, was: was.slice(at, was.length - end), is: is.slice(at, is.length - end), field };
}

const on = (text: string, { at, was, is }: Step): string => text.slice(0, at) + is + text.slice(at + was.length);
const back = (text: string, { at, was, is }: Step): string => text.slice(0, at) + was + text.slice(at + is.length);

/** Reads what was kept. */
export function readHistory(value: unknown): History | null {
  if (typeof value !== "object" || value === null) return null;
  const { text, done, undone } = value as Record<string, unknown>;
  if (typeof text !== "string" || !isSteps(done) || !isSteps(undone)) return null;
  return holds(text, done, undone) ? { text, done, undone } : null;
}

function isSteps(value: unknown): value is Step[] {
  return (
    Array.isArray(value) &&
    value.length <= MOST_STEPS &&
    value.every((one: unknown) => {
      if (typeof one !== "object" || one === null) return false;
      const { at, was, is, field } = one as Record<string, unknown>;
      return Number.isSafeInteger(at) && (at as number) >= 0 && [was, is, field].every((part) => typeof part === "string");
    })
  );
}

/** Whether each step is one of these texts. */
function holds(text: string, done: readonly Step[], undone: readonly Step[]): boolean {
  let now = text;
  for (const step of done.toReversed()) {
    if (now.slice(step.at, step.at + step.is.length) !== step.is) return false;
    now = back(now, step);
  }
  now = text;
  for (const step of undone.toReversed()) {
    if (now.slice(step.at, step.at + step.was.length) !== step.was) return false;
    now = on(now, step);
  }
  return true;
}
