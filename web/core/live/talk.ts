/** The microphone as a camera takes it: 8 kHz, 16 bits, in pieces of 20 ms. */
import type { Bytes } from "../bytes.ts";

export const RATE_HZ = 8000;
const PIECE = 160;

/** Fewer samples out of many: each the mean of those it stands for, so that what is too high is not folded down. Pure. */
export class Downsampler {
  readonly #step: number;
  #sum = 0;
  #count = 0;
  #at = 0;

  constructor(rateHz: number) {
    this.#step = Math.max(rateHz / RATE_HZ, 1);
  }

  take(samples: Float32Array): Int16Array {
    const out: number[] = [];
    for (const sample of samples) {
      this.#sum += sample;
      this.#count++;
      this.#at++;
      if (this.#at < this.#step) continue;
      this.#at -= this.#step;
      out.push(Math.max(-32768, Math.min(32767, Math.round((this.#sum / this.#count) * 32767))));
      this.#sum = this.#count = 0;
    }
    return Int16Array.from(out);
  }
}

/** Cuts samples into pieces of 20 ms, little-endian bytes. Pure. */
export class Pieces {
  #held: number[] = [];

  take(samples: Int16Array): Bytes[] {
    this.#held.push(...samples);
    const out: Bytes[] = [];
    while (this.#held.length >= PIECE) {
      const bytes = new Uint8Array(PIECE * 2);
      const view = new DataView(bytes.buffer);
      this.#held.splice(0, PIECE).forEach((sample, i) => view.setInt16(i * 2, sample, true));
      out.push(bytes);
    }
    return out;
  }
}

/** Listens until it is stopped; `onPiece` is given each 20 ms. Throws what the browser throws where it may not. */
export async function listen(onPiece: (piece: Bytes) => void): Promise<() => void> {
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: { channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: true },
  });
  const context = new AudioContext();
  const stop = (): void => {
    for (const track of stream.getTracks()) track.stop();
    if (context.state !== "closed") void context.close();
  };
  try {
    await context.audioWorklet.addModule(new URL("./microphone.worklet.js", import.meta.url));
    const source = context.createMediaStreamSource(stream);
    const node = new AudioWorkletNode(context, "fanlight-microphone", { numberOfOutputs: 0 });
    const less = new Downsampler(context.sampleRate);
    const pieces = new Pieces();
    node.port.onmessage = (event: MessageEvent<Float32Array>) => {
      for (const piece of pieces.take(less.take(event.data))) onPiece(piece);
    };
    source.connect(node);
    await context.resume();
  } catch (error) {
    stop();
    throw error;
  }
  return stop;
}
