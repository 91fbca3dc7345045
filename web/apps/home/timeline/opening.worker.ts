/** Opens descriptions of clips beside the page, so that the page answers meanwhile. */
import type { Household } from "../../../core/seal/clip.ts";
import { type Opened, summarise } from "./summary.ts";

export type Ask = { readonly home: Household } | { readonly id: number; readonly clip: string; readonly manifestAge: Uint8Array };
export type Answer = { readonly id: number; readonly opened: Opened } | { readonly id: number; readonly failed: string };

let home: Household | null = null;
const scope = globalThis as unknown as { onmessage: (event: MessageEvent<Ask>) => void; postMessage: (answer: Answer, move: Transferable[]) => void };

scope.onmessage = ({ data }) => {
  if ("home" in data) home = data.home;
  else if (home) void answer(data.id, data.clip, data.manifestAge, home);
};

async function answer(id: number, clip: string, manifestAge: Uint8Array, by: Household): Promise<void> {
  try {
    const opened = await summarise(clip, manifestAge, by);
    scope.postMessage({ id, opened }, opened.kind === "opened" ? [opened.summary.thumb.buffer] : []);
  } catch (error) {
    scope.postMessage({ id, failed: String(error) }, []);
  }
}
