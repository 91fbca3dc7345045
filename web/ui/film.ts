/** Small stills along a source, for the strip under a trim. Decoded here, on this device, from what is already open. */
import { Feed, canPlay } from "./feed.ts";
import type { Source } from "./source.ts";

const WIDTH = 160;

/** Yields `count` stills as object URLs, evenly spread; ends early if the browser cannot decode. The caller revokes them. */
export async function* stills(source: Source, count: number, signal: AbortSignal): AsyncGenerator<string> {
  if (!canPlay(source.mime)) return;
  const video = document.createElement("video");
  video.muted = true;
  video.playsInline = true;
  let failed = false;
  const feed = new Feed(video, source, () => {
    failed = true;
  });
  const canvas = document.createElement("canvas");
  canvas.width = WIDTH;
  canvas.height = Math.round((WIDTH * source.height) / source.width);
  const pen = canvas.getContext("2d");
  try {
    for (let i = 0; i < count && !failed && !signal.aborted && pen; i++) {
      if (!(await shown(video, ((i + 0.5) / count) * (source.durationMs / 1000), signal))) return;
      pen.drawImage(video, 0, 0, canvas.width, canvas.height);
      const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.7));
      if (blob) yield URL.createObjectURL(blob);
    }
  } finally {
    feed.stop();
  }
}

/** The picture that stands in a video now, as a PNG of its full size. Null where the browser shows none. */
export function pictureOf(video: HTMLVideoElement): Promise<Blob | null> {
  const canvas = document.createElement("canvas");
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  if (canvas.width === 0) return Promise.resolve(null);
  canvas.getContext("2d")?.drawImage(video, 0, 0);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}

/** Resolves once the picture at `seconds` stands, or false after 5 s or when called off. */
function shown(video: HTMLVideoElement, seconds: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => done(false), 5000);
    const done = (there: boolean) => {
      clearTimeout(timer);
      video.removeEventListener("seeked", seeked);
      resolve(there);
    };
    const seeked = () => done(true);
    const go = () => {
      video.addEventListener("seeked", seeked);
      video.currentTime = seconds;
    };
    signal.addEventListener("abort", () => done(false), { once: true });
    if (video.readyState >= 1) go();
    else video.addEventListener("loadedmetadata", go, { once: true });
  });
}
