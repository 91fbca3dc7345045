/** Pictures as they come, written as fragmented MP4 for browsers that decode no single pictures. Pure.
 *  Source: ISO/IEC 14496-12, 8; 14496-15 for `avcC` and `hvcC`. Twin of fanlight.hub.segmenter.{init,fragment}. */
import { type Bytes, concat, utf8 } from "../bytes.ts";

export const TIMESCALE = 90_000;
const MATRIX = [0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000];

function u32(...values: number[]): Bytes {
  const out = new Uint8Array(values.length * 4);
  values.forEach((value, i) => new DataView(out.buffer).setUint32(i * 4, value));
  return out;
}
const u16 = (...values: number[]): Bytes => Uint8Array.from(values.flatMap((value) => [value >> 8, value & 255]));
const box = (kind: string, ...parts: Uint8Array[]): Bytes => concat([u32(8 + parts.reduce((sum, part) => sum + part.length, 0)), utf8(kind), ...parts]);
const full = (kind: string, version: number, flags: number, ...parts: Uint8Array[]): Bytes => box(kind, u32((version << 24) | flags), ...parts);

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
  const stbl = box(
    "stbl",
    full("stsd", 0, 0, u32(1), entry),
    full("stts", 0, 0, u32(0)),
    full("stsc", 0, 0, u32(0)),
    full("stsz", 0, 0, u32(0, 0)),
    full("stco", 0, 0, u32(0)),
  );
  const minf = box("minf", full("vmhd", 0, 1, new Uint8Array(8)), box("dinf", full("dref", 0, 0, u32(1), full("url ", 0, 1))), stbl);
  const mdia = box(
    "mdia",
    full("mdhd", 0, 0, u32(0, 0, TIMESCALE, 0), u16(0x55c4, 0)),
    full("hdlr", 0, 0, u32(0), utf8("vide"), new Uint8Array(13)),
    minf,
  );
  const tkhd = full("tkhd", 0, 3, u32(0, 0, 1, 0, 0, 0, 0, 0, 0, ...MATRIX, width << 16, height << 16));
  const moov = box(
    "moov",
    full("mvhd", 0, 0, u32(0, 0, TIMESCALE, 0, 0x10000, 0x1000000, 0, 0, ...MATRIX, 0, 0, 0, 0, 0, 0, 2)),
    box("trak", tkhd, mdia),
    box("mvex", full("trex", 0, 0, u32(1, 1, 0, 0, 0))),
  );
  return concat([box("ftyp", utf8("iso6"), u32(0), utf8("iso6"), utf8("mp41")), moov]);
}

/** One picture as a fragment, decoded at `decode90k`. */
export function fragment(sequence: number, decode90k: number, duration90k: number, isKey: boolean, data: Uint8Array): Bytes {
  const time = new Uint8Array(8);
  new DataView(time.buffer).setBigUint64(0, BigInt(decode90k));
  const run = (offset: number): Bytes => full("trun", 0, 0x000701, u32(1, offset, duration90k, data.length, isKey ? 0x02000000 : 0x01010000));
  const moof = (offset: number): Bytes =>
    box(
      "moof",
      full("mfhd", 0, 0, u32(sequence)),
      box("traf", full("tfhd", 0, 0x020000, u32(1)), full("tfdt", 1, 0, time), run(offset)),
    );
  return concat([moof(moof(0).length + 8), box("mdat", data)]);
}
