/** Frames of sound as they come, written as fragmented MP4. Pure.
 *  Source: ISO/IEC 14496-12; 14496-14 (`esds`); Encapsulation of Opus in ISOBMFF (`dOps`). */
import { type Bytes, concat } from "../bytes.ts";
import { box, full, init, sample, u16, u32 } from "./boxes.ts";

export interface SoundCoding {
  /** `mp4a.40.2` or `opus`. */
  readonly codec: string;
  /** AudioSpecificConfig, or the content of `dOps`. */
  readonly config: Uint8Array;
  readonly rate_hz: number;
  readonly channels: number;
}
const PLAYS_ALONE = 0x02000000;

const described = (tag: number, ...parts: Uint8Array[]): Bytes => {
  const body = concat(parts);
  return concat([Uint8Array.of(tag, body.length), body]);
};

/** What says how AAC is coded: each description within the other, 14496-1, 7.2.6. */
function esds(config: Uint8Array): Bytes {
  const decoder = described(4, Uint8Array.of(0x40, 0x15, 0, 0, 0), u32(0, 0), described(5, config));
  return full("esds", 0, 0, described(3, u16(1), Uint8Array.of(0), decoder, described(6, Uint8Array.of(2))));
}

/** The beginning of a film without pictures. */
export function soundInit({ codec, config, rate_hz, channels }: SoundCoding): Bytes {
  const opus = codec === "opus";
  const timescale = opus ? 48_000 : rate_hz;
  const entry = box(
    opus ? "Opus" : "mp4a",
    new Uint8Array(6),
    u16(1),
    new Uint8Array(8),
    u16(channels, 16, 0, 0, timescale, 0),
    opus ? box("dOps", config) : esds(config),
  );
  return init({ handler: "soun", timescale, header: full("smhd", 0, 0, u32(0)), entry, width: 0, height: 0, volume: 0x0100 });
}

/** One frame as a fragment, heard at `decode` samples. */
export const soundFragment = (sequence: number, decode: number, samples: number, data: Uint8Array): Bytes =>
  sample(sequence, decode, samples, PLAYS_ALONE, data);
