/** Looks for faces in a picture beside the page, so that the page stays at hand meanwhile. */
import { type Box, shares } from "../../../core/redact/cover.ts";
import { FaceFinder, lookSizes, onceEach } from "../../../core/redact/faces.ts";
import { readModel } from "../../../core/redact/model.ts";

export interface Task {
  readonly picture: ImageBitmap;
  readonly model: Uint8Array;
}
export type Word = { readonly kind: "found"; readonly faces: readonly Box[] } | { readonly kind: "failed"; readonly name: string };

function look({ picture, model }: Task): readonly Box[] {
  const finder = new FaceFinder(readModel(model));
  const found = lookSizes(picture.width, picture.height).flatMap(({ width, height }) => {
    const pen = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
    if (!pen) throw new Error("no-canvas");
    pen.drawImage(picture, 0, 0, width, height);
    const scores = finder.find(pen.getImageData(0, 0, width, height));
    return shares(scores, width, height).map((box, i) => ({ ...box, score: scores[i]?.score ?? 0 }));
  });
  picture.close();
  return onceEach(found) // both sizes find most faces
    .map(({ x, y, w, h }) => ({ x, y, w, h }))
    .toSorted((one, other) => one.x - other.x);
}

addEventListener("message", ({ data }: MessageEvent<Task>) => {
  try {
    postMessage({ kind: "found", faces: look(data) } satisfies Word);
  } catch (error) {
    postMessage({ kind: "failed", name: error instanceof Error ? error.name : "" } satisfies Word);
  }
});
