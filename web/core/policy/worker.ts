/**
 * Decide in a worker, so that a page loads Cedar only where a decision is shown.
 *
 * In:     the canonical text of a pack, an action, facts; or entries of the record to simulate on.
 * Out:    a promise of the same result as decide.ts and simulate.ts give.
 * Holds:  the first call starts the worker; a worker that dies answers `undecided` or `unsimulated` and is
 *         started anew. What it has decided once it keeps, so a long record may be handed over in parts.
 * Absent: fetching a pack, and checking that its hash stands in the log.
 */
import type { Decided } from "./decide.ts";
import type { Answer, Question, Simulated } from "./engine.worker.ts";
import type { Facts } from "./shapes.ts";
import type { Leaf } from "./simulate.ts";

export type { Simulated } from "./engine.worker.ts";

let worker: Worker | null = null;
let last = 0;
const waiting = new Map<number, { answer: (given: Answer) => void; stopped: () => void }>();

/** Decides on `action` under the pack of which `pack` is the canonical text. Never rejects. */
export function decide(pack: string, action: string, facts: Facts): Promise<Decided> {
  return new Promise((resolve) => {
    ask(
      (id) => ({ id, kind: "decide", pack, action, facts: { ...facts } }),
      (given) => given.kind === "decide" && resolve(given.decided),
      () => resolve({ kind: "undecided", why: "the engine was stopped" }),
    );
  });
}

/**
 * Decides entries again under the pack of which `pack` is the canonical text, and compares with `against` or,
 * without one, with what was really decided. Never rejects.
 */
export function simulate(pack: string, against: string | null, leaves: readonly Leaf[]): Promise<Simulated> {
  return new Promise((resolve) => {
    ask(
      (id) => ({ id, kind: "simulate", pack, against, leaves }),
      (given) => given.kind === "simulate" && resolve(given.simulated),
      () => resolve({ kind: "unsimulated", why: "the engine was stopped" }),
    );
  });
}

/** Ends the worker and frees its memory; the next call starts another. */
export function stop(): void {
  worker?.terminate();
  worker = null;
  const unanswered = [...waiting.values()];
  waiting.clear();
  for (const { stopped } of unanswered) stopped();
}

function ask(question: (id: number) => Question, answer: (given: Answer) => void, stopped: () => void): void {
  const running = (worker ??= start());
  const id = (last += 1);
  waiting.set(id, { answer, stopped });
  running.postMessage(question(id));
}

function start(): Worker {
  const started = new Worker(new URL("./engine.worker.ts", import.meta.url), { type: "module" });
  started.onmessage = ({ data }: MessageEvent<Answer>) => {
    waiting.get(data.id)?.answer(data);
    waiting.delete(data.id);
  };
  started.onerror = stop;
  return started;
}
