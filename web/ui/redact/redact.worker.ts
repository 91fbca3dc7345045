/** Makes the pictures of a copy anew beside the page, so that the page stays at hand meanwhile. */
import type { Region } from "../../core/redact/cover.ts";
import { type Faces, NoCodec, type Original, type Remade, remake } from "../../core/redact/remake.ts";

export interface Task {
  readonly original: Original;
  readonly faces: Faces | null;
  readonly regions: readonly Region[];
}
export type Word =
  | { readonly kind: "share"; readonly share: number }
  | { readonly kind: "made"; readonly remade: Remade }
  | { readonly kind: "failed"; readonly why: "no-codec" | "other"; readonly name: string };

const tell = (word: Word): void => postMessage(word);

addEventListener("message", ({ data }: MessageEvent<Task>) => {
  let told = 0;
  const progress = (share: number): void => {
    if (share - told < 0.01) return;
    told = share;
    tell({ kind: "share", share });
  };
  remake(data.original, data.faces, data.regions, progress).then(
    (remade) => tell({ kind: "made", remade }),
    (error: unknown) => tell({ kind: "failed", why: error instanceof NoCodec ? "no-codec" : "other", name: error instanceof Error ? `${error.name}: ${error.message}` : "" }),
  );
});
