/**
 * Decide in a worker, so that a page loads Cedar only where a decision is shown.
 *
 * In:     the canonical text of a pack, an action, facts.
 * Out:    a promise of the same result as decide.ts gives.
 * Holds:  the first call starts the worker; a worker that dies answers `undecided` and is started anew.
 * Absent: fetching a pack, and checking that its hash stands in the log.
 */
import type { Decided } from "./decide.ts";
import type { Answer, Question } from "./engine.worker.ts";
import type { Facts } from "./pack.ts";

let worker: Worker | null = null;
let last = 0;
const waiting = new Map<number, (decided: Decided) => void>();

/** Decides on `action` under the pack of which `pack` is the canonical text. Never rejects. */
export function decide(pack: string, action: string, facts: Facts): Promise<Decided> {
  const running = (worker ??= start());
  const id = (last += 1);
  return new Promise((resolve) => {
    waiting.set(id, resolve);
    running.postMessage({ id, pack, action, facts: { ...facts } } satisfies Question);
  });
}

/** Ends the worker and frees its memory; the next `decide` starts another. */
export function stop(): void {
  worker?.terminate();
  worker = null;
  const unanswered = [...waiting.values()];
  waiting.clear();
  for (const resolve of unanswered) resolve({ kind: "undecided", why: "the engine was stopped" });
}

function start(): Worker {
  const started = new Worker(new URL("./engine.worker.ts", import.meta.url), { type: "module" });
  started.onmessage = ({ data }: MessageEvent<Answer>) => {
    waiting.get(data.id)?.(data.decided);
    waiting.delete(data.id);
  };
  started.onerror = stop;
  return started;
}
