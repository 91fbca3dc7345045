/** The worker that judges drafts; it holds Cedar (4 MB of wasm). Asked by judge.ts only. */
import init, * as cedar from "@cedar-policy/cedar-wasm/web";

import type { Pack } from "../../core/policy/shapes.ts";
import { judge, type Judged, type Question } from "./judging.ts";

export type Answer = { readonly kind: "judged"; readonly judged: Judged } | { readonly kind: "stopped" };

const ready = init();
const known = new Map<string, Pack>();

self.onmessage = async ({ data }: MessageEvent<Question>): Promise<void> => {
  let answer: Answer;
  try {
    await ready;
    answer = { kind: "judged", judged: judge(cedar, data, known) };
  } catch {
    answer = { kind: "stopped" }; // Cedar did not start, or died
  }
  self.postMessage(answer);
};
