/** Checks the whole record beside the page, so that it can be read meanwhile. Asked by whole.ts only. */
import { verifyWhole, type Whole } from "../core/proof/whole.ts";

/** `base` is the log's address with a slash at its end; `vkey` the key that this browser knows, if it does. */
export type Question = { readonly base: string; readonly vkey: string | null };
export type Answer = { readonly kind: "progress"; readonly done: number; readonly all: number } | { readonly kind: "done"; readonly found: Whole };

const TOLD_EVERY = 8_192;

self.onmessage = async ({ data: { base, vkey } }: MessageEvent<Question>): Promise<void> => {
  const get = async (path: string): Promise<Uint8Array> => {
    // What the log holds now, and not what this browser holds of it; and 300 MB are not written to its disk.
    const answer = await fetch(base + path, { credentials: "omit", cache: "no-store" });
    if (!answer.ok) throw new TypeError(`${path}: ${answer.status}`);
    return new Uint8Array(await answer.arrayBuffer());
  };
  const say = (answer: Answer): void => self.postMessage(answer);
  let told = 0;
  const found = await verifyWhole(get, vkey, (done, all) => {
    if (done - told < TOLD_EVERY) return;
    told = done;
    say({ kind: "progress", done, all });
  });
  say({ kind: "done", found });
};
