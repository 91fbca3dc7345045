/** Plays a camera's sound as it comes: decoded frame by frame (WebCodecs, G.711 by ourselves), or through MSE
 *  where a device decodes no single frames. Catches up instead of lagging: what would be heard late is left out. */
import { unb64 } from "../seal/bytes.ts";
import { expand, isLaw } from "./g711.ts";
import { SoundTrack } from "./sound-track.ts";
import type { SoundTold } from "./words.ts";

const AHEAD_S = 0.12; // held back, so that a network's unevenness is not heard
const LATE_S = 0.6; // what waits to be heard never lasts longer

/** One frame of sound, opened. Times in µs. */
export interface Frame {
  readonly atUs: number;
  readonly data: Uint8Array<ArrayBuffer>;
}
export interface SoundSink {
  begin(told: SoundTold): void;
  hear(frame: Frame): void;
}

/** When a piece of sound is to be heard, by the audio clock; null: it comes too late for that. Pure. */
export function place(nextS: number, nowS: number, lengthS: number): { at: number; next: number } | null {
  if (nextS < nowS) return { at: nowS + AHEAD_S, next: nowS + AHEAD_S + lengthS };
  if (nextS - nowS > LATE_S) return null;
  return { at: nextS, next: nextS + lengthS };
}

/** How a decoder is told of a coding; null where it has to be played by MSE or not at all. */
const decoderOf = ({ codec, config, rate_hz, channels }: SoundTold): AudioDecoderConfig => {
  const asked = { codec, sampleRate: rate_hz, numberOfChannels: channels };
  return codec === "opus" ? asked : { ...asked, description: unb64(config) }; // of Opus, two channels need none
};

export class SpeakerSink implements SoundSink {
  readonly #context: AudioContext;
  readonly #failed: () => void;
  #told: SoundTold | null = null;
  #decoder: AudioDecoder | null = null;
  #track: SoundTrack | null = null;
  #nextS = 0;

  /** To be made within a click: browsers let no page sound by itself. */
  constructor(failed: () => void) {
    this.#failed = failed;
    this.#context = new AudioContext({ latencyHint: "interactive" });
    void this.#context.resume();
  }

  begin(told: SoundTold): void {
    this.#stop();
    this.#told = told;
    if (isLaw(told.codec)) return;
    if (typeof AudioDecoder === "undefined") {
      this.#track = new SoundTrack(told, this.#failed);
      return;
    }
    this.#decoder = new AudioDecoder({ output: (heard) => this.#decoded(heard), error: () => this.#failed() });
    this.#decoder.configure(decoderOf(told));
  }

  hear({ atUs, data }: Frame): void {
    const told = this.#told;
    if (!told) return;
    if (isLaw(told.codec)) return this.#play(expand(told.codec, data, told.channels), told.rate_hz);
    if (this.#track) return this.#track.hear(atUs, data);
    if (this.#decoder?.state === "configured") this.#decoder.decode(new EncodedAudioChunk({ type: "key", timestamp: atUs, data }));
  }

  close(): void {
    this.#stop();
    if (this.#context.state !== "closed") void this.#context.close();
  }

  #decoded(heard: AudioData): void {
    const channels = Array.from({ length: heard.numberOfChannels }, (_, planeIndex) => {
      const samples = new Float32Array(heard.numberOfFrames);
      heard.copyTo(samples, { planeIndex, format: "f32-planar" });
      return samples;
    });
    const rate = heard.sampleRate;
    heard.close();
    this.#play(channels, rate);
  }

  #play(channels: readonly Float32Array<ArrayBuffer>[], rateHz: number): void {
    const length = channels[0]?.length ?? 0;
    const placed = length > 0 && this.#context.state === "running" ? place(this.#nextS, this.#context.currentTime, length / rateHz) : null;
    if (!placed) return;
    const buffer = this.#context.createBuffer(channels.length, length, rateHz);
    channels.forEach((samples, i) => buffer.copyToChannel(samples, i));
    const source = this.#context.createBufferSource();
    source.buffer = buffer;
    source.connect(this.#context.destination);
    source.start(placed.at);
    this.#nextS = placed.next;
  }

  #stop(): void {
    if (this.#decoder && this.#decoder.state !== "closed") this.#decoder.close();
    this.#track?.close();
    this.#decoder = this.#track = this.#told = null;
    this.#nextS = 0;
  }
}
