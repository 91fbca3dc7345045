/** A photo for a post: drawn anew on this device, with every face blurred that its writer did not choose to show.
 *
 *  In:      a file, or a picture of the camera; which faces are to be seen.
 *  Out:     a JPEG of at most LONGEST pixels; where faces are.
 *  Holds:   what leaves is a canvas's own JPEG: nothing of the file but its picture is in it.
 *  Absent:  the network: the model that finds faces comes with the app. Sending it (sending.ts).
 */
import modelUrl from "../../../models/face_detection_yunet_2026may.onnx?url";
import { type Box, Cover } from "../../../core/redact/cover.ts";
import { hide } from "../../../core/redact/hide.ts";
import type { Task, Word } from "./faces.worker.ts";

const LONGEST = 1_600;

export interface Photo {
  readonly picture: ImageBitmap;
  /** In shares of the picture, from left to right. */
  readonly faces: readonly Box[];
}
/** The photo as it would be sent. */
export interface Shown {
  readonly blob: Blob;
  readonly width: number;
  readonly height: number;
}

/** What a writer chose: the photo, the faces to be seen, and what would be sent. */
export interface Chosen {
  readonly photo: Photo;
  readonly seen: ReadonlySet<number>;
  readonly made: Shown;
}

/** Opens a file and finds its faces. Throws DOMException for what is no picture. */
export async function openPhoto(file: Blob): Promise<Photo> {
  const whole = await createImageBitmap(file, { imageOrientation: "from-image" });
  const share = Math.min(1, LONGEST / Math.max(whole.width, whole.height));
  const size = { resizeWidth: Math.max(1, Math.round(whole.width * share)), resizeHeight: Math.max(1, Math.round(whole.height * share)), resizeQuality: "high" } as const;
  const picture = await createImageBitmap(whole, size);
  whole.close();
  const model = new Uint8Array(await (await fetch(modelUrl)).arrayBuffer());
  return { picture, faces: await inWorker({ picture: await createImageBitmap(picture), model }) };
}

/** The photo with all faces blurred but those that its writer chose to show, by their place in `faces`. */
export async function makePhoto({ picture, faces }: Photo, shown: ReadonlySet<number>): Promise<Shown> {
  const { width, height } = picture;
  const canvas = new OffscreenCanvas(width, height);
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  if (!pen) throw new Error("no-canvas");
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, width, height);
  pen.drawImage(picture, 0, 0);
  const hidden = faces.filter((_, i) => !shown.has(i));
  // As a clip's: grown on each side, for hair, chin and what the finder missed.
  hide(canvas, new Cover([{ atMs: 0, boxes: hidden }]).faces(0), []);
  return { blob: await canvas.convertToBlob({ type: "image/jpeg", quality: 0.85 }), width, height };
}

function inWorker(task: Task): Promise<readonly Box[]> {
  const worker = new Worker(new URL("./faces.worker.ts", import.meta.url), { type: "module" });
  return new Promise<readonly Box[]>((resolve, reject) => {
    worker.onerror = (event) => reject(new Error(event.message));
    worker.onmessage = ({ data }: MessageEvent<Word>) => (data.kind === "found" ? resolve(data.faces) : reject(new Error(data.name)));
    worker.postMessage(task, [task.picture]);
  }).finally(() => worker.terminate());
}
