/** The worker that reads the record, holds Cedar (4 MB of wasm) and keeps the rows. Asked by replaying.ts only. */
import init, * as cedar from "@cedar-policy/cedar-wasm/web";

import { csvParts, decidePast, pick, type Filter, type Past, type Picked, type Question, type Untold } from "./past.ts";
import type { Row } from "./simulate.ts";

export type Asked =
  /** `base` is the log's address with a slash at its end; `vkey` the key that this browser knows, if it does. */
  | { readonly kind: "decide"; readonly base: string; readonly vkey: string | null; readonly question: Question }
  | { readonly kind: "rows"; readonly id: number; readonly filter: Filter; readonly first: number; readonly count: number }
  | { readonly kind: "csv"; readonly id: number };
export type Answer =
  | { readonly kind: "progress"; readonly done: number; readonly all: number; readonly decisions: number }
  | { readonly kind: "done"; readonly found: Past | Untold | { readonly kind: "stopped" } }
  | { readonly kind: "rows"; readonly id: number; readonly picked: Picked }
  | { readonly kind: "csv"; readonly id: number; readonly file: Blob };

const TOLD_EVERY = 4_096;
const ready = init();
let rows: readonly Row[] = [];

const say = (answer: Answer): void => self.postMessage(answer);

self.onmessage = async ({ data }: MessageEvent<Asked>): Promise<void> => {
  if (data.kind === "rows") return say({ kind: "rows", id: data.id, picked: pick(rows, data.filter, data.first, data.count) });
  if (data.kind === "csv") return say({ kind: "csv", id: data.id, file: new Blob([...csvParts(rows)], { type: "text/csv" }) });
  try {
    await decide(data);
  } catch {
    say({ kind: "done", found: { kind: "stopped" } }); // Cedar did not start, or died: an error of a promise reaches no page by itself
  }
};

async function decide({ base, vkey, question }: Extract<Asked, { kind: "decide" }>): Promise<void> {
  const get = async (path: string): Promise<Uint8Array> => {
    const answer = await fetch(base + path, { credentials: "omit", cache: path.startsWith("tile/") ? "default" : "no-cache" });
    if (!answer.ok) throw new TypeError(`${path}: ${answer.status}`);
    return new Uint8Array(await answer.arrayBuffer());
  };
  await ready;
  let told = 0;
  const decided = await decidePast(cedar, get, vkey, question, (done, all, decisions) => {
    if (done - told < TOLD_EVERY) return;
    told = done;
    say({ kind: "progress", done, all, decisions });
  });
  rows = decided.rows ?? [];
  say({ kind: "done", found: decided.found });
}
