/** A camera's sound through Media Source Extensions, for devices that decode no single frames of it.
 *  AAC and Opus; about a third of a second behind, and it jumps to the newest where it fell back. */
import type { Bytes } from "../bytes.ts";
import { unb64 } from "../seal/bytes.ts";
import { soundFragment, soundInit } from "./mux-sound.ts";
import type { SoundTold } from "./words.ts";

const LATE_S = 0.7;
const BEHIND_S = 0.25;
const KEEP_S = 10;

/** How many samples one frame lasts. AAC: 1,024; Opus: 20 ms at 48 kHz, what cameras send. */
export const samplesOf = (codec: string): number => (codec === "opus" ? 960 : 1024);

export class SoundTrack {
  readonly #told: SoundTold;
  readonly #failed: () => void;
  readonly #media = new MediaSource();
  readonly #element = new Audio();
  readonly #address: string;
  #buffer: SourceBuffer | null = null;
  #queue: Bytes[] = [];
  #sequence = 0;
  #decode = 0;

  constructor(told: SoundTold, failed: () => void) {
    this.#told = told;
    this.#failed = failed;
    this.#address = URL.createObjectURL(this.#media);
    this.#media.addEventListener("sourceopen", () => this.#open(), { once: true });
    this.#element.src = this.#address;
  }

  hear(_: number, data: Bytes): void {
    const samples = samplesOf(this.#told.codec);
    this.#queue.push(soundFragment(++this.#sequence, this.#decode, samples, data));
    this.#decode += samples;
    this.#pump();
  }

  close(): void {
    this.#buffer = null;
    this.#queue = [];
    this.#element.removeAttribute("src");
    URL.revokeObjectURL(this.#address);
  }

  #open(): void {
    try {
      const buffer = this.#media.addSourceBuffer(`audio/mp4; codecs="${this.#told.codec}"`);
      buffer.addEventListener("updateend", () => this.#pump());
      this.#buffer = buffer;
    } catch {
      return this.#failed();
    }
    this.#queue.unshift(soundInit({ ...this.#told, config: unb64(this.#told.config) }));
    this.#pump();
  }

  #pump(): void {
    const buffer = this.#buffer;
    if (!buffer || buffer.updating || this.#media.readyState !== "open") return;
    const { buffered } = buffer;
    if (buffered.length > 0) {
      const [start, end] = [buffered.start(0), buffered.end(buffered.length - 1)];
      const { currentTime } = this.#element;
      if (end - currentTime > LATE_S || currentTime < start) this.#element.currentTime = Math.max(end - BEHIND_S, start);
      if (this.#element.paused) void this.#element.play().catch(() => undefined); // not allowed yet
      if (end - start > KEEP_S * 2) return buffer.remove(start, end - KEEP_S);
    }
    const next = this.#queue.shift();
    if (!next) return;
    try {
      buffer.appendBuffer(next);
    } catch {
      this.#failed();
    }
  }
}
