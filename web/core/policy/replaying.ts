/**
 * Decides the record again in a worker, beside the page.
 *
 * In:     texts of packs, which decisions, the address of the log.
 * Out:    a Replaying: how far it is, what came of it, then rows by the page and the file of them all.
 * Holds:  the page is never blocked; ended, the worker and all it held are gone, and nobody waits for it any more. The server
 *         is asked for the files of the log, all of them whatever the packs: neither a pack nor a choice leaves the device.
 * Absent: where packs come from.
 */
import type { Filter, Past, Picked, Progress, Question, Untold } from "./past.ts";
import type { Answer, Asked } from "./past.worker.ts";

/** `stopped`: the engine died, or was ended from here. */
export type Found = Past | Untold | { readonly kind: "stopped" };
export type Replaying = {
  /** Never rejects. */
  readonly done: Promise<Found>;
  /** Rows from `first` on, at most `count`; once done. */
  readonly rows: (filter: Filter, first: number, count: number) => Promise<Picked>;
  /** Every row as CSV, the bytes that `fanlight simulate --csv` writes; once done. */
  readonly csv: () => Promise<Blob>;
  /** Cancels it, or frees what it holds. */
  readonly end: () => void;
};

/** Starts; `base` is the log's address with a slash at its end, `vkey` the key of it that this browser knows, if any. */
export function replayRecord(base: string, vkey: string | null, question: Question, progress: Progress): Replaying {
  const worker = new Worker(new URL("./past.worker.ts", import.meta.url), { type: "module" });
  const waiting = new Map<number, (answer: Answer | null) => void>();
  let last = 0;
  let ended = false;
  let found: (found: Found) => void;
  const done = new Promise<Found>((resolve) => {
    found = resolve;
  });
  const end = (): void => {
    ended = true;
    worker.terminate();
    found({ kind: "stopped" });
    for (const answer of waiting.values()) answer(null);
    waiting.clear();
  };
  worker.onerror = end;
  worker.onmessage = ({ data }: MessageEvent<Answer>): void => {
    if (data.kind === "progress") progress(data.done, data.all, data.decisions);
    else if (data.kind === "done") found(data.found);
    else {
      waiting.get(data.id)?.(data);
      waiting.delete(data.id);
    }
  };
  const ask = (asked: (id: number) => Asked): Promise<Answer | null> =>
    new Promise((resolve) => {
      if (ended) return resolve(null);
      const id = (last += 1);
      waiting.set(id, resolve);
      worker.postMessage(asked(id));
    });
  worker.postMessage({ kind: "decide", base, vkey, question } satisfies Asked);
  return {
    done,
    rows: async (filter, first, count) => {
      const answer = await ask((id) => ({ kind: "rows", id, filter, first, count }));
      return answer?.kind === "rows" ? answer.picked : { rows: [], all: 0 };
    },
    csv: async () => {
      const answer = await ask((id) => ({ kind: "csv", id }));
      return answer?.kind === "csv" ? answer.file : new Blob();
    },
    end,
  };
}
