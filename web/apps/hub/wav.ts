/** Sound for the door: one channel, 8,000 samples a second, 16 bit, in a WAV file. Pure but for `decoded`, which asks the browser. */
export const RATE_HZ = 8000;
export const MOST_S = 20;

/** A WAV file of samples from -1 to 1. Source: RIFF, format tag 1 (PCM). */
export function wavOf(samples: Float32Array, rateHz: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(44 + samples.length * 2);
  const view = new DataView(bytes.buffer);
  const text = (at: number, value: string): void => bytes.set([...value].map((c) => c.charCodeAt(0)), at);
  text(0, "RIFF");
  view.setUint32(4, 36 + samples.length * 2, true);
  text(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, rateHz, true);
  view.setUint32(28, rateHz * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  text(36, "data");
  view.setUint32(40, samples.length * 2, true);
  samples.forEach((sample, i) => view.setInt16(44 + i * 2, Math.round(Math.max(-1, Math.min(1, sample)) * 32767), true));
  return bytes;
}

/** What a browser can read of a sound, as such a file and its length. Throws what the browser throws for a file it cannot read. */
export async function decoded(file: Blob): Promise<{ wav: Uint8Array<ArrayBuffer>; seconds: number }> {
  const bytes = await file.arrayBuffer();
  const reader = new OfflineAudioContext(1, 1, RATE_HZ);
  const sound = await reader.decodeAudioData(bytes); // mixes to the context's rate by itself
  const frames = Math.max(1, Math.min(sound.length, MOST_S * RATE_HZ));
  const mixer = new OfflineAudioContext(1, frames, RATE_HZ);
  const source = mixer.createBufferSource();
  source.buffer = sound;
  source.connect(mixer.destination);
  source.start();
  const mixed = await mixer.startRendering();
  return { wav: wavOf(mixed.getChannelData(0), RATE_HZ), seconds: sound.duration };
}
