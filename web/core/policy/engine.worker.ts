/** The worker that holds Cedar (4 MB of wasm). Asked by worker.ts only; keeps the packs it has loaded. */
import init, * as cedar from "@cedar-policy/cedar-wasm/web";

import { asks, decide, type Decided } from "./decide.ts";
import { loadPack, type Loaded } from "./pack.ts";
import type { Facts, Pack } from "./shapes.ts";
import { replay, type Replay } from "./replay.ts";
import { recorded, simulate, type Leaf, type Row } from "./simulate.ts";

export type Simulated =
  | { readonly kind: "rows"; readonly rows: readonly Row[] }
  | { readonly kind: "unsimulated"; readonly why: string };
export type Question =
  | { readonly id: number; readonly kind: "decide"; readonly pack: string; readonly action: string; readonly facts: Facts }
  | {
      readonly id: number;
      readonly kind: "simulate";
      readonly pack: string;
      readonly against: string | null;
      readonly leaves: readonly Leaf[];
    };
export type Answer =
  | { readonly id: number; readonly kind: "decide"; readonly decided: Decided }
  | { readonly id: number; readonly kind: "simulate"; readonly simulated: Simulated };

const ready = init();
const packs = new Map<string, Loaded>();
const replays = new Map<string, Replay>();

self.onmessage = async ({ data }: MessageEvent<Question>): Promise<void> => {
  const { id, kind } = data;
  let answer: Answer;
  try {
    await ready;
    answer = kind === "decide" ? { id, kind, decided: decideOn(data) } : { id, kind, simulated: simulateOn(data) };
  } catch (error) {
    const why = `the engine stopped: ${String(error)}`;
    answer =
      kind === "decide"
        ? { id, kind, decided: { kind: "undecided", why } }
        : { id, kind, simulated: { kind: "unsimulated", why } };
  }
  self.postMessage(answer);
};

function decideOn({ pack: text, action, facts }: Extract<Question, { kind: "decide" }>): Decided {
  const loaded = load(text);
  return loaded.kind === "pack"
    ? decide(cedar, loaded.pack, action, asks(loaded.pack, action, facts))
    : { kind: "undecided", why: `the ordinance cannot be used: ${loaded.why}` };
}

function simulateOn({ pack: text, against, leaves }: Extract<Question, { kind: "simulate" }>): Simulated {
  const pack = load(text);
  const other = against === null ? null : load(against);
  const bad = pack.kind === "bad-pack" ? pack : other?.kind === "bad-pack" ? other : null;
  if (bad !== null) return { kind: "unsimulated", why: `the ordinance cannot be used: ${bad.why}` };
  const decisions = leaves.flatMap((leaf) => recorded(leaf.entry, leaf.type, leaf.pub) ?? []);
  const before = other?.kind === "pack" ? replayOf(other.pack) : undefined;
  return { kind: "rows", rows: pack.kind === "pack" ? simulate(replayOf(pack.pack), decisions, before) : [] };
}

function load(text: string): Loaded {
  const loaded = packs.get(text) ?? loadPack(cedar, text);
  packs.set(text, loaded);
  return loaded;
}

function replayOf(pack: Pack): Replay {
  const made = replays.get(pack.sha256) ?? replay(cedar, pack);
  replays.set(pack.sha256, made);
  return made;
}
