/** A film is made anew in a worker, with faces and what was drawn by hand hidden: at home before a copy leaves, at an agency beside the original. */
import modelUrl from "../../models/face_detection_yunet_2026may.onnx?url";
import type { Look, Region } from "../../core/redact/cover.ts";
import type { FaceFound } from "../../core/redact/remake.ts";
import type { LinkMade } from "../../core/seal/link.ts";
import type { MediaFacts } from "../../core/seal/manifest.ts";
import type { Task, Word } from "./redact.worker.ts";

/** What it is made of. */
export interface Film {
  readonly media: Uint8Array<ArrayBuffer>;
  readonly facts: Pick<MediaFacts, "mime" | "width" | "height" | "durationMs" | "init" | "segments"> & { readonly trimmed: boolean };
}
/** A copy as it would be given out. */
export interface Made {
  readonly media: Uint8Array<ArrayBuffer>;
  readonly facts: Pick<MediaFacts, "mime" | "width" | "height" | "durationMs" | "init" | "segments">;
  readonly how: LinkMade;
  readonly looks: number;
  readonly withFaces: number;
  /** The faces that were found, each to be shown or hidden; and what to hand in when the same cut is made again. */
  readonly found: readonly FaceFound[];
  readonly seen: readonly Look[];
}
export interface Wish {
  readonly faces: boolean;
  /** Numbers of faces that are not hidden, as a making before counted them; `seen` is of that making. */
  readonly shown?: readonly number[];
  readonly seen?: readonly Look[];
  readonly regions: readonly Region[];
}
/** This browser lacks what a copy needs. */
export class CannotMake extends Error {}

/** Makes the copy: as it was cut, or remade picture by picture where something is to be hidden. Throws CannotMake. */
export async function makeRedacted(film: Film, wish: Wish, progress: (share: number) => void, signal: AbortSignal): Promise<Made> {
  const { media, facts } = film;
  if (!wish.faces && wish.regions.length === 0) {
    const sound = /, *(?:mp4a|opus)/i.test(facts.mime);
    return { media, facts, how: { trimmed: facts.trimmed, faces: "as-recorded", regions: 0, sound }, looks: 0, withFaces: 0, found: [], seen: [] };
  }
  const model = wish.faces ? new Uint8Array(await (await fetch(modelUrl)).arrayBuffer()) : null;
  const original = {
    media,
    init: facts.init,
    segments: facts.segments.map(({ offset, length, startMs, durationMs }) => [offset, length, startMs, durationMs]),
    width: facts.width,
    height: facts.height,
  };
  const remade = await inWorker({ original, faces: model && { model, ...(wish.seen && { seen: wish.seen }), shown: wish.shown ?? [] }, regions: wish.regions.map(({ keys }) => ({ keys: keys.map(({ atMs, box }) => ({ atMs, box: { ...box } })) })) }, progress, signal);
  return {
    media: remade.media as Uint8Array<ArrayBuffer>,
    facts: {
      mime: remade.mime,
      width: remade.width,
      height: remade.height,
      durationMs: remade.durationMs,
      init: remade.init,
      segments: remade.segments.map(([offset, length, startMs, durationMs]) => ({ offset, length, startMs, durationMs })),
    },
    how: { trimmed: facts.trimmed, faces: wish.faces ? "blurred" : "as-recorded", regions: wish.regions.length, sound: false },
    looks: remade.looks,
    withFaces: remade.withFaces,
    found: remade.found,
    seen: remade.seen,
  };
}

function inWorker(task: Task, progress: (share: number) => void, signal: AbortSignal): Promise<Extract<Word, { kind: "made" }>["remade"]> {
  const worker = new Worker(new URL("./redact.worker.ts", import.meta.url), { type: "module" });
  return new Promise<Extract<Word, { kind: "made" }>["remade"]>((resolve, reject) => {
    signal.addEventListener("abort", () => reject(new DOMException("Called off.", "AbortError")), { once: true });
    worker.onerror = (event) => reject(new Error(event.message));
    worker.onmessage = ({ data }: MessageEvent<Word>) => {
      if (data.kind === "share") progress(data.share);
      else if (data.kind === "made") resolve(data.remade);
      else reject(data.why === "no-codec" ? new CannotMake(data.name) : new Error(data.name));
    };
    worker.postMessage(task);
  }).finally(() => worker.terminate());
}
