/** Shows a camera by Media Source Extensions, where a device decodes no single pictures. Half a second behind,
 *  and never more: it jumps to the newest where it fell back. */
import type { Bytes } from "../bytes.ts";
import { unb64 } from "../seal/bytes.ts";
import type { Screen } from "./canvas.ts";
import { fragment, initSegment, TIMESCALE } from "./mux.ts";
import type { Picture } from "./sealed.ts";
import type { Sink } from "./session.ts";
import type { StreamTold } from "./words.ts";

const KEEP_S = 20;
const SETTLE_MS = 3000;
const LATE_S = 0.8;
const FIRST_DURATION = TIMESCALE / 15;

export class VideoSink implements Sink {
  readonly #video: HTMLVideoElement;
  readonly #screen: Screen;
  #media: MediaSource | null = null;
  #buffer: SourceBuffer | null = null;
  #address = "";
  #queue: Bytes[] = [];
  #told: StreamTold | null = null;
  #waitsForKey = true;
  #sequence = 0;
  #decode = 0;
  #lastUs = 0;
  #newestWallMs = 0;
  #missed = 0;
  #shown = 0;
  #settledAt = 0;

  constructor(video: HTMLVideoElement, screen: Screen) {
    this.#video = video;
    this.#screen = screen;
  }

  begin(told: StreamTold): void {
    this.close();
    this.#told = told;
    this.#waitsForKey = true;
    this.#settledAt = performance.now() + SETTLE_MS;
    this.#decode = this.#sequence = 0;
    const media = new MediaSource();
    this.#media = media;
    this.#address = URL.createObjectURL(media);
    media.addEventListener("sourceopen", () => {
      if (this.#media !== media) return;
      try {
        const buffer = media.addSourceBuffer(`video/mp4; codecs="${told.codec}"`);
        buffer.addEventListener("updateend", () => this.#pump());
        this.#buffer = buffer;
      } catch {
        return this.#screen.failed();
      }
      this.#queue.unshift(initSegment({ ...told, config: unb64(told.config) }));
      this.#pump();
    });
    this.#video.muted = true;
    this.#video.src = this.#address;
  }

  show(picture: Picture): void {
    if (!this.#told) return;
    this.#missed += picture.missed;
    if (picture.missed > 0) this.#waitsForKey = true;
    if (this.#waitsForKey && !picture.isKey) return;
    const passed = Math.round(((picture.atUs - this.#lastUs) * 9) / 100);
    const duration = this.#sequence > 0 && passed > 0 && passed < TIMESCALE ? passed : FIRST_DURATION;
    this.#waitsForKey = false;
    this.#lastUs = picture.atUs;
    this.#newestWallMs = picture.wallUs / 1000;
    this.#queue.push(fragment(++this.#sequence, this.#decode, duration, picture.isKey, picture.data));
    this.#decode += duration;
    this.#pump();
  }

  report(): { behindMs: number; missed: number; shown: number } {
    const { buffered, currentTime } = this.#video;
    const late = buffered.length > 0 ? buffered.end(buffered.length - 1) - currentTime : 0;
    const settled = performance.now() > this.#settledAt;
    const behindMs = settled && this.#newestWallMs ? this.#screen.now() - this.#newestWallMs + late * 1000 : 0;
    const said = { behindMs, missed: this.#missed, shown: this.#shown };
    this.#missed = this.#shown = 0;
    return said;
  }

  close(): void {
    this.#buffer = null;
    this.#media = null;
    this.#queue = [];
    this.#told = null;
    if (this.#address) URL.revokeObjectURL(this.#address);
    this.#address = "";
    this.#video.removeAttribute("src");
  }

  #pump(): void {
    const buffer = this.#buffer;
    if (!buffer || buffer.updating || this.#media?.readyState !== "open") return;
    if (this.#keepUp(buffer)) return; // what is taken away first: the next follows once that is done
    const next = this.#queue.shift();
    if (!next) return;
    try {
      buffer.appendBuffer(next);
    } catch {
      return this.#screen.failed();
    }
    if (this.#newestWallMs) {
      this.#shown++;
      this.#screen.shown({ wallMs: this.#newestWallMs, latencyMs: this.#screen.now() - this.#newestWallMs });
    }
  }

  /** Goes on at the newest; tells whether the buffer is busy with letting go of what is old. */
  #keepUp(buffer: SourceBuffer): boolean {
    const { buffered } = buffer;
    if (buffered.length === 0) return false;
    const end = buffered.end(buffered.length - 1);
    if (end - this.#video.currentTime > LATE_S || this.#video.currentTime < buffered.start(0)) this.#video.currentTime = Math.max(end - 0.1, buffered.start(0));
    if (this.#video.paused) void this.#video.play().catch(() => undefined); // not allowed yet: the newest picture stands
    if (end - buffered.start(0) <= KEEP_S * 2) return false;
    buffer.remove(buffered.start(0), end - KEEP_S);
    return true;
  }
}
