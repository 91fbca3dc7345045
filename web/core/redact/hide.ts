/**
 * Hides boxes of a picture on a canvas, so that nothing of what was there can be told from what is left.
 *
 * Holds: a face becomes at most 4 × 4 colours; a region drawn by hand becomes one dark colour. Neither can be undone.
 */
import type { Box } from "./cover.ts";

type Canvas = OffscreenCanvas;
const LEFT = 4;
const DARK = "#1b2628";

export function hide(canvas: Canvas, faces: readonly Box[], regions: readonly Box[]): void {
  const pen = canvas.getContext("2d");
  if (!pen) throw new Error("no-canvas");
  for (const box of faces) {
    const place = pixels(box, canvas.width, canvas.height);
    if (place.w > 0 && place.h > 0) coarsen(pen, place);
  }
  pen.fillStyle = DARK;
  for (const box of regions) {
    const { x, y, w, h } = pixels(box, canvas.width, canvas.height);
    if (w > 0 && h > 0) pen.fillRect(x, y, w, h);
  }
}

interface Place {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/** Whole pixels within the picture that hold the box. */
export function pixels(box: Box, width: number, height: number): Place {
  const x = Math.max(0, Math.floor(box.x * width));
  const y = Math.max(0, Math.floor(box.y * height));
  return { x, y, w: Math.min(width, Math.ceil((box.x + box.w) * width)) - x, h: Math.min(height, Math.ceil((box.y + box.h) * height)) - y };
}

/** The mean colours of LEFT × LEFT fields, laid back over the place without a sharp edge between them. */
function coarsen(pen: OffscreenCanvasRenderingContext2D, { x, y, w, h }: Place): void {
  const there = pen.getImageData(x, y, w, h).data;
  const small = new OffscreenCanvas(LEFT, LEFT);
  const fields = small.getContext("2d");
  if (!fields) throw new Error("no-canvas");
  const means = fields.createImageData(LEFT, LEFT);
  means.data.set(meansOf(there, w, h));
  fields.putImageData(means, 0, 0);
  pen.imageSmoothingEnabled = true;
  pen.drawImage(small, 0, 0, LEFT, LEFT, x, y, w, h);
}

/** RGBA means of the fields of a picture of `w` × `h`. */
export function meansOf(picture: ArrayLike<number>, w: number, h: number): Uint8ClampedArray {
  const sums = new Float64Array(LEFT * LEFT * 3);
  const counts = new Float64Array(LEFT * LEFT);
  for (let y = 0; y < h; y++) {
    for (let x = 0; x < w; x++) {
      const field = Math.floor((y * LEFT) / h) * LEFT + Math.floor((x * LEFT) / w);
      const at = 4 * (y * w + x);
      for (let c = 0; c < 3; c++) sums[3 * field + c]! += picture[at + c]!;
      counts[field]! += 1;
    }
  }
  const means = new Uint8ClampedArray(LEFT * LEFT * 4);
  for (let field = 0; field < LEFT * LEFT; field++) {
    for (let c = 0; c < 3; c++) means[4 * field + c] = counts[field] ? sums[3 * field + c]! / counts[field]! : 0;
    means[4 * field + 3] = 255;
  }
  return means;
}
