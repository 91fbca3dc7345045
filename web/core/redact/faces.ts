/**
 * Finds where faces are in one picture, so that they can be hidden. Boxes only: the model's landmarks are not
 * computed, and nothing here could tell one face from another (R07).
 *
 * Source: YuNet, opencv_zoo; the decoding of cv::FaceDetectorYN.
 */
import { type Model } from "./model.ts";
import { Net, type Plane } from "./net.ts";

/** In pixels of the picture; `score` 0 to 1. */
export interface Face {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
  readonly score: number;
}

/** An RGBA picture, as a canvas gives it. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array | Uint8ClampedArray;
}

export const LONG_SIDE = 640; // pictures are looked at in this size: at 1080p a face of 30 px is still found
const STRIDES = [8, 16, 32] as const;
const LEAST_SCORE = 0.3; // low on purpose: what is blurred in vain costs little
const SAME_FACE = 0.3;
const STEP = 32; // the network halves the picture five times

export class FaceFinder {
  readonly #net: Net;

  /** Throws ModelError for a model that finds no faces. */
  constructor(model: Model) {
    this.#net = new Net(model, STRIDES.flatMap((stride) => [`cls_${stride}`, `obj_${stride}`, `bbox_${stride}`]));
  }

  find(picture: Picture): Face[] {
    const input = planeOf(picture);
    const outputs = this.#net.run(input);
    const found: Face[] = [];
    STRIDES.forEach((stride, i) => {
      const [kind, object, box] = outputs.slice(3 * i, 3 * i + 3);
      if (!kind || !object || !box) return;
      const columns = input.width / stride;
      for (let at = 0; at < kind.data.length; at++) {
        const score = Math.sqrt(clamp(kind.data[at]!) * clamp(object.data[at]!));
        if (score < LEAST_SCORE) continue;
        const [dx, dy, dw, dh] = [box.data[4 * at]!, box.data[4 * at + 1]!, box.data[4 * at + 2]!, box.data[4 * at + 3]!];
        const w = Math.exp(dw) * stride;
        const h = Math.exp(dh) * stride;
        const x = ((at % columns) + dx) * stride - w / 2;
        const y = (Math.floor(at / columns) + dy) * stride - h / 2;
        found.push({ x, y, w, h, score });
      }
    });
    return onceEach(found);
  }
}

/** The sizes in which a picture is looked at: the model knows faces of 10 to 300 pixels, and one at the door may be larger. */
export function lookSizes(width: number, height: number): { width: number; height: number }[] {
  const share = Math.min(1, LONG_SIDE / Math.max(width, height));
  return [share, share / 3].map((part) => ({ width: Math.max(1, Math.round(width * part)), height: Math.max(1, Math.round(height * part)) }));
}

/** Blue, green, red from 0 to 255, on black where the sides are no multiples of STEP. */
function planeOf(picture: Picture): Plane {
  const [width, height] = [Math.ceil(picture.width / STEP) * STEP, Math.ceil(picture.height / STEP) * STEP];
  const data = new Float64Array(width * height * 3);
  for (let y = 0; y < picture.height; y++) {
    for (let x = 0; x < picture.width; x++) {
      const from = (y * picture.width + x) * 4;
      const to = (y * width + x) * 3;
      data[to] = picture.data[from + 2]!;
      data[to + 1] = picture.data[from + 1]!;
      data[to + 2] = picture.data[from]!;
    }
  }
  return { width, height, channels: 3, data };
}

/** Each face once: of several boxes over one, the surest. Reorders what it is given. */
export function onceEach(faces: Face[]): Face[] {
  const kept: Face[] = [];
  for (const face of faces.sort((a, b) => b.score - a.score)) {
    if (kept.every((other) => overlap(face, other) < SAME_FACE)) kept.push(face);
  }
  return kept;
}

export function overlap(a: Face, b: Face): number {
  const w = Math.min(a.x + a.w, b.x + b.w) - Math.max(a.x, b.x);
  const h = Math.min(a.y + a.h, b.y + b.h) - Math.max(a.y, b.y);
  if (w <= 0 || h <= 0) return 0;
  return (w * h) / (a.w * a.h + b.w * b.h - w * h);
}

const clamp = (x: number): number => Math.min(1, Math.max(0, x));
