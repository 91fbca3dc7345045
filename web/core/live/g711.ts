/** G.711 to samples: what old cameras send. Pure. Source: ITU-T G.711. */

function linear(law: "ulaw" | "alaw", code: number): number {
  if (law === "ulaw") {
    const flipped = ~code & 0xff;
    const size = (((flipped & 15) << 3) + 0x84) << ((flipped >> 4) & 7);
    return flipped & 0x80 ? 0x84 - size : size - 0x84;
  }
  const flipped = code ^ 0x55;
  const exponent = (flipped >> 4) & 7;
  const base = ((flipped & 15) << 4) + 8;
  const size = exponent === 0 ? base : (base + 0x100) << (exponent - 1);
  return flipped & 0x80 ? size : -size;
}
const table = (law: "ulaw" | "alaw"): Float32Array => Float32Array.from({ length: 256 }, (_, code) => linear(law, code) / 32768);
const TABLES = { ulaw: table("ulaw"), alaw: table("alaw") };
export type Law = keyof typeof TABLES;

export const isLaw = (codec: string): codec is Law => Object.hasOwn(TABLES, codec);

/** Samples between -1 and 1, one list for each channel. */
export function expand(law: Law, data: Uint8Array, channels: number): Float32Array<ArrayBuffer>[] {
  const from = TABLES[law];
  const count = Math.floor(data.length / channels);
  return Array.from({ length: channels }, (_, channel) => Float32Array.from({ length: count }, (__, i) => from[data[i * channels + channel] ?? 0] ?? 0));
}
