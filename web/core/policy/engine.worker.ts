/** The worker that holds Cedar (4 MB of wasm). Asked by worker.ts only; keeps the packs it has loaded. */
import init, * as cedar from "@cedar-policy/cedar-wasm/web";

import { decide, type Decided } from "./decide.ts";
import { loadPack, type Facts, type Loaded } from "./pack.ts";

export type Question = { readonly id: number; readonly pack: string; readonly action: string; readonly facts: Facts };
export type Answer = { readonly id: number; readonly decided: Decided };

const ready = init();
const packs = new Map<string, Loaded>();

self.onmessage = async ({ data }: MessageEvent<Question>): Promise<void> => {
  let decided: Decided;
  try {
    await ready;
    const loaded = packs.get(data.pack) ?? loadPack(cedar, data.pack);
    packs.set(data.pack, loaded);
    decided =
      loaded.kind === "pack"
        ? decide(cedar, loaded.pack, data.action, data.facts)
        : { kind: "undecided", why: `the ordinance cannot be used: ${loaded.why}` };
  } catch (error) {
    decided = { kind: "undecided", why: `the engine stopped: ${String(error)}` };
  }
  self.postMessage({ id: data.id, decided } satisfies Answer);
};
