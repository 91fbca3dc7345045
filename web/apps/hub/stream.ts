/** Plays the camera's own film as it comes, through Media Source Extensions: nothing older than some seconds is kept.
 *  Where a browser cannot play it, `onfail` is told once, and the page shows stills. */
import { Fmp4Error } from "../../core/fmp4/boxes.ts";
import { canPlay } from "../../ui/feed.ts";
import { beginning, mimeOf } from "./mp4.ts";
import { catchUp } from "./pace.ts";

type Bytes = Uint8Array<ArrayBuffer>;
type SourceClass = typeof MediaSource;
const KEEP_S = 20;
const MOST_BEGINNING = 1 << 20;

function sourceClass(): SourceClass | null {
  const scope = globalThis as { MediaSource?: SourceClass; ManagedMediaSource?: SourceClass };
  return scope.MediaSource ?? scope.ManagedMediaSource ?? null;
}

function joined(a: Bytes, b: Bytes): Bytes {
  const out = new Uint8Array(a.length + b.length);
  out.set(a);
  out.set(b, a.length);
  return out;
}

const once = (target: EventTarget, name: string, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    target.addEventListener(name, () => resolve(), { once: true, signal });
    target.addEventListener("error", () => reject(new Error("refused")), { once: true, signal });
    signal.addEventListener("abort", () => reject(new DOMException("stopped", "AbortError")), { once: true });
  });

export class CannotPlay extends Error {}

/** Feeds `video` until `signal`; returns when the film ends. Throws CannotPlay where the browser knows no such film. */
export async function playStream(video: HTMLVideoElement, body: ReadableStream<Bytes>, signal: AbortSignal): Promise<void> {
  const Class = sourceClass();
  const reader = body.getReader();
  signal.addEventListener("abort", () => void reader.cancel().catch(() => undefined), { once: true });
  try {
    if (!Class) throw new CannotPlay();
    let head: Bytes = new Uint8Array(0);
    let length: number | null = null;
    while (length === null) {
      const { done, value } = await reader.read();
      if (done || signal.aborted || head.length > MOST_BEGINNING) throw new CannotPlay();
      head = joined(head, value);
      length = beginning(head);
    }
    const mime = mimeOf(head.subarray(0, length));
    if (!canPlay(mime)) throw new CannotPlay();
    const media = new Class();
    video.disableRemotePlayback = true; // a condition of the managed kind
    const address = URL.createObjectURL(media);
    video.src = address;
    try {
      if (media.readyState !== "open") await once(media, "sourceopen", signal);
      const buffer = media.addSourceBuffer(mime);
      await append(buffer, head, signal);
      while (!signal.aborted) {
        const { done, value } = await reader.read();
        if (done) return;
        await append(buffer, value, signal);
        await keepUp(video, buffer, signal);
      }
    } finally {
      video.removeAttribute("src");
      URL.revokeObjectURL(address);
    }
  } catch (error) {
    throw error instanceof Fmp4Error ? new CannotPlay() : error;
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

async function append(buffer: SourceBuffer, bytes: Bytes, signal: AbortSignal): Promise<void> {
  const done = once(buffer, "updateend", signal);
  buffer.appendBuffer(bytes);
  await done;
}

async function keepUp(video: HTMLVideoElement, buffer: SourceBuffer, signal: AbortSignal): Promise<void> {
  const { buffered } = buffer;
  if (buffered.length === 0) return;
  const [first, end] = [buffered.start(0), buffered.end(buffered.length - 1)];
  const to = catchUp(video.currentTime, end);
  if (to !== null || video.currentTime < first) video.currentTime = Math.max(to ?? first, buffered.start(buffered.length - 1));
  if (video.paused) void video.play().catch(() => undefined); // not allowed to: the newest picture stands still
  if (end - first > KEEP_S * 2) {
    const done = once(buffer, "updateend", signal);
    buffer.remove(first, end - KEEP_S);
    await done;
  }
}
