/** Pictures as they come, written as fragmented MP4 for browsers that decode no single pictures. Pure.
 *  Source: ISO/IEC 14496-12, 8; 14496-15 for `avcC` and `hvcC`. Twin of fanlight.hub.segmenter.{init,fragment}. */
import { type Bytes } from "../bytes.ts";
import { box, full, init, sample, u16, u32 } from "./boxes.ts";

export const TIMESCALE = 90_000;
const KEY = 0x02000000;
const NEEDS_OTHERS = 0x01010000;

export interface Coding {
  readonly codec: string;
  readonly config: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** The beginning of a film without sound. */
export function initSegment({ codec, config, width, height }: Coding): Bytes {
  const h264 = codec.startsWith("avc");
  const entry = box(
    h264 ? "avc1" : "hvc1",
    new Uint8Array(6),
    u16(1),
    new Uint8Array(16),
    u16(width, height),
    u32(0x480000, 0x480000, 0),
    u16(1),
    new Uint8Array(32),
    u16(24, 0xffff),
    box(h264 ? "avcC" : "hvcC", config),
  );
  return init({ handler: "vide", timescale: TIMESCALE, header: full("vmhd", 0, 1, new Uint8Array(8)), entry, width, height, volume: 0 });
}

/** One picture as a fragment, decoded at `decode90k`. */
export const fragment = (sequence: number, decode90k: number, duration90k: number, isKey: boolean, data: Uint8Array): Bytes =>
  sample(sequence, decode90k, duration90k, isKey ? KEY : NEEDS_OTHERS, data);
