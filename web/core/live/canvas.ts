/** Shows a camera by WebCodecs: each picture is shown as soon as it is decoded.
 *  Catches up instead of lagging: where the decoder or the screen cannot follow, it goes on at the next key frame. */
import { Lateness } from "./late.ts";
import { unb64 } from "../seal/bytes.ts";
import type { Picture } from "./sealed.ts";
import type { Sink } from "./session.ts";
import type { StreamTold } from "./words.ts";

const MOST_WAITING = 12; // pictures in the decoder
const SETTLE_MS = 3000; // the first picture is the camera's last key frame, which may be seconds old
/** One picture on the screen, for measurements: ms by this device's clock and by the hub's. */
export interface Shown {
  readonly wallMs: number;
  readonly latencyMs: number;
}

export interface Screen {
  /** Now, by the hub's clock, ms. */
  now(): number;
  /** After each picture that was drawn. */
  shown(one: Shown): void;
  /** This device does not decode what the camera sends. */
  failed(): void;
}

/** Puts a decoded picture where it is seen, and lets go of it; `close` once nothing follows. */
export interface Surface {
  put(frame: VideoFrame): void;
  close(): void;
}

/** Draws on a canvas. */
export class CanvasSurface implements Surface {
  readonly #canvas: OffscreenCanvas;
  readonly #pen: OffscreenCanvasRenderingContext2D | null;

  constructor(canvas: OffscreenCanvas) {
    this.#canvas = canvas;
    this.#pen = canvas.getContext("2d", { alpha: false, desynchronized: true });
  }
  put(frame: VideoFrame): void {
    const { displayWidth: width, displayHeight: height } = frame;
    if (this.#canvas.width !== width || this.#canvas.height !== height) {
      this.#canvas.width = width;
      this.#canvas.height = height;
    }
    this.#pen?.drawImage(frame, 0, 0);
    frame.close();
  }
  close(): void {} // it is the page's
}

/** Hands pictures to a video element's track, undrawn: the browser composes them as it does any video. */
export class TrackSurface implements Surface {
  readonly #writer: WritableStreamDefaultWriter<VideoFrame>;

  constructor(track: WritableStream<VideoFrame>) {
    this.#writer = track.getWriter();
  }
  put(frame: VideoFrame): void {
    // Where the one before still waits this one is too much: the next is newer.
    if ((this.#writer.desiredSize ?? 0) <= 0) return frame.close();
    this.#writer.write(frame).catch(() => frame.close());
  }
  close(): void {
    this.#writer.close().catch(() => undefined); // its track has ended already
  }
}

export class PictureSink implements Sink {
  readonly #surface: Surface;
  readonly #screen: Screen;
  readonly #walls = new Map<number, number>();
  #decoder: VideoDecoder | null = null;
  #waitsForKey = true;
  #lateness = new Lateness();
  #config: VideoDecoderConfig | null = null;
  #behindMs = Infinity;
  #settledAt = 0;
  #everShown = false;
  #missed = 0;
  #shown = 0;

  constructor(surface: Surface, screen: Screen) {
    this.#surface = surface;
    this.#screen = screen;
  }

  begin(told: StreamTold): void {
    this.#config = {
      codec: told.codec,
      description: unb64(told.config),
      codedWidth: told.width,
      codedHeight: told.height,
      optimizeForLatency: true,
    };
    this.#settledAt = performance.now() + SETTLE_MS;
    this.#lateness = new Lateness();
    this.#open();
  }

  show(picture: Picture): void {
    const decoder = this.#decoder;
    this.#missed += picture.missed;
    if (picture.missed > 0) this.#waitsForKey = true;
    if (!decoder || decoder.state !== "configured") return;
    const late = this.#lateness.isLate(this.#screen.now() - picture.wallUs / 1000) && performance.now() > this.#settledAt;
    if (!picture.isKey && (late || decoder.decodeQueueSize > MOST_WAITING) && !this.#waitsForKey) {
      this.#waitsForKey = true;
      this.#missed++;
    }
    if (this.#waitsForKey && !picture.isKey) return;
    this.#waitsForKey = false;
    this.#walls.set(picture.atUs, picture.wallUs / 1000);
    decoder.decode(new EncodedVideoChunk({ type: picture.isKey ? "key" : "delta", timestamp: picture.atUs, data: picture.data }));
  }

  report(): { behindMs: number; missed: number; shown: number } {
    // The least of a second's delays is how far behind it is; the rest is unevenness.
    const said = { behindMs: Number.isFinite(this.#behindMs) ? this.#behindMs : 0, missed: this.#missed, shown: this.#shown };
    this.#behindMs = Infinity;
    this.#missed = this.#shown = 0;
    return said;
  }

  close(): void {
    if (this.#decoder && this.#decoder.state !== "closed") this.#decoder.close();
    this.#decoder = null;
    this.#config = null;
    this.#surface.close();
  }

  #open(): void {
    if (this.#decoder && this.#decoder.state !== "closed") this.#decoder.close();
    this.#waitsForKey = true;
    this.#walls.clear();
    if (!this.#config) return;
    this.#decoder = new VideoDecoder({ output: (frame) => this.#draw(frame), error: () => this.#broke() });
    this.#decoder.configure(this.#config);
  }

  #draw(frame: VideoFrame): void {
    const { timestamp } = frame;
    this.#surface.put(frame);
    const wallMs = this.#walls.get(timestamp);
    if (wallMs === undefined) return;
    for (const at of this.#walls.keys()) if (at <= timestamp) this.#walls.delete(at);
    const latencyMs = this.#screen.now() - wallMs;
    if (performance.now() > this.#settledAt) this.#behindMs = Math.min(this.#behindMs, latencyMs);
    this.#everShown = true;
    this.#shown++;
    this.#screen.shown({ wallMs, latencyMs });
  }

  #broke(): void {
    if (!this.#everShown) this.#screen.failed();
    else this.#open(); // one picture that cannot be decoded: the next key frame begins anew
  }
}

/** Whether this device decodes a stream picture by picture. */
export async function decodes(codec: string, config: Uint8Array | null = null): Promise<boolean> {
  if (typeof VideoDecoder === "undefined") return false;
  try {
    const asked: VideoDecoderConfig = config ? { codec, description: config } : { codec };
    return (await VideoDecoder.isConfigSupported(asked)).supported === true;
  } catch {
    return false;
  }
}
