/** The boxes of MP4. Pure. Source: ISO/IEC 14496-12. */
import { type Bytes, concat, utf8 } from "../bytes.ts";

const MATRIX = [0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000];

export function u32(...values: number[]): Bytes {
  const out = new Uint8Array(values.length * 4);
  values.forEach((value, i) => new DataView(out.buffer).setUint32(i * 4, value));
  return out;
}
export const u16 = (...values: number[]): Bytes => Uint8Array.from(values.flatMap((value) => [value >> 8, value & 255]));
export const box = (kind: string, ...parts: Uint8Array[]): Bytes =>
  concat([u32(8 + parts.reduce((sum, part) => sum + part.length, 0)), utf8(kind), ...parts]);
export const full = (kind: string, version: number, flags: number, ...parts: Uint8Array[]): Bytes => box(kind, u32((version << 24) | flags), ...parts);

export interface Track {
  /** `vide` or `soun`. */
  readonly handler: string;
  readonly timescale: number;
  /** `vmhd` or `smhd`. */
  readonly header: Bytes;
  readonly entry: Bytes;
  readonly width: number;
  readonly height: number;
  readonly volume: number;
}

/** The beginning of a film of one track, whose fragments follow. */
export function init({ handler, timescale, header, entry, width, height, volume }: Track): Bytes {
  const stbl = box(
    "stbl",
    full("stsd", 0, 0, u32(1), entry),
    full("stts", 0, 0, u32(0)),
    full("stsc", 0, 0, u32(0)),
    full("stsz", 0, 0, u32(0, 0)),
    full("stco", 0, 0, u32(0)),
  );
  const minf = box("minf", header, box("dinf", full("dref", 0, 0, u32(1), full("url ", 0, 1))), stbl);
  const mdia = box(
    "mdia",
    full("mdhd", 0, 0, u32(0, 0, timescale, 0), u16(0x55c4, 0)),
    full("hdlr", 0, 0, u32(0), utf8(handler), new Uint8Array(13)),
    minf,
  );
  const tkhd = full("tkhd", 0, 3, u32(0, 0, 1, 0, 0, 0, 0, 0), u16(volume, 0), u32(...MATRIX, width << 16, height << 16));
  const moov = box(
    "moov",
    full("mvhd", 0, 0, u32(0, 0, timescale, 0, 0x10000, 0x1000000, 0, 0, ...MATRIX, 0, 0, 0, 0, 0, 0, 2)),
    box("trak", tkhd, mdia),
    box("mvex", full("trex", 0, 0, u32(1, 1, 0, 0, 0))),
  );
  return concat([box("ftyp", utf8("iso6"), u32(0), utf8("iso6"), utf8("mp41")), moov]);
}

/** One sample as a fragment, decoded at `decode` of the track's timescale. */
export function sample(sequence: number, decode: number, duration: number, flags: number, data: Uint8Array): Bytes {
  const time = new Uint8Array(8);
  new DataView(time.buffer).setBigUint64(0, BigInt(decode));
  const run = (offset: number): Bytes => full("trun", 0, 0x000701, u32(1, offset, duration, data.length, flags));
  const moof = (offset: number): Bytes =>
    box("moof", full("mfhd", 0, 0, u32(sequence)), box("traf", full("tfhd", 0, 0x020000, u32(1)), full("tfdt", 1, 0, time), run(offset)));
  return concat([moof(moof(0).length + 8), box("mdat", data)]);
}
