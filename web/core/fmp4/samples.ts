/**
 * The pictures of a clip one by one, and a clip made of pictures: what a copy that is encoded anew needs.
 *
 * In:     init and segments as Fanlight writes them; or encoded H.264 pictures.
 * Out:    samples with times; init and segments without sound, times from 0.
 * Holds:  throws Fmp4Error and nothing else, whatever the bytes.
 * Absent: codecs. Sound is left out: a copy for others is silent.
 *
 * Source: ISO/IEC 14496-12; 14496-15, 5.4. Twin of fanlight.hub.segmenter.{init,fragment} for writing.
 */
import { type Box, Fmp4Error, find, need, view, walk } from "./boxes.ts";
import { concat, utf8, type Bytes } from "../bytes.ts";

export interface Sample {
  readonly data: Uint8Array;
  /** When it is shown, on the segment's own clock, in 1/90,000 s. */
  readonly shown90k: number;
  readonly isKey: boolean;
}
export interface Coded {
  readonly data: Uint8Array;
  readonly duration90k: number;
  readonly isKey: boolean;
}
/** What a decoder is told beforehand: codec text and avcC. */
export interface Coding {
  readonly codec: string;
  readonly config: Bytes;
}
export interface Written {
  readonly media: Bytes;
  readonly init: readonly [number, number];
  readonly segments: readonly (readonly [offset: number, length: number, startMs: number, durationMs: number])[];
  readonly durationMs: number;
}

const PER_MS = 90;
const TRUN_HEAD = 0x01000f01;
const ENTRY_HEAD = 78; // avc1, before its own boxes

/** How the pictures of `init` are coded. */
export function codingOf(init: Uint8Array): Coding {
  const moov = top(init, "moov");
  const described = find(init, moov, "trak", "mdia", "minf", "stbl", "stsd");
  need(described, 8);
  const [entry] = [...walk(init, described.body + 8, described.end)];
  if (entry?.kind !== "avc1") throw new Fmp4Error("its pictures are not H.264");
  need(entry, ENTRY_HEAD);
  const config = [...walk(init, entry.body + ENTRY_HEAD, entry.end)].find((box) => box.kind === "avcC");
  if (!config || config.end - config.body < 7) throw new Fmp4Error("its pictures say not how they are coded");
  const bytes = new Uint8Array(init.slice(config.body, config.end));
  const hex = (at: number): string => (bytes[at] ?? 0).toString(16).padStart(2, "0");
  return { codec: `avc1.${hex(1)}${hex(2)}${hex(3)}`, config: bytes };
}

/** The pictures of one segment, in the order in which they are decoded. */
export function samplesOf(segment: Uint8Array): Sample[] {
  const moof = top(segment, "moof");
  const decode = find(segment, moof, "traf", "tfdt");
  const run = find(segment, moof, "traf", "trun");
  need(decode, 12);
  need(run, 12);
  const at = view(segment);
  const count = at.getUint32(run.body + 4);
  if (at.getUint32(run.body) !== TRUN_HEAD || count > 100_000) throw new Fmp4Error("its times are in another form");
  need(run, 12 + 16 * count);
  let time = Number(at.getBigUint64(decode.body + 4));
  let from = moof.start + at.getInt32(run.body + 8);
  const found: Sample[] = [];
  for (let n = 0; n < count; n++) {
    const row = run.body + 12 + 16 * n;
    const size = at.getUint32(row + 4);
    if (from < 0 || from + size > segment.length) throw new Fmp4Error("a picture lies outside its segment");
    found.push({
      data: segment.subarray(from, from + size),
      shown90k: time + at.getInt32(row + 12),
      isKey: at.getUint32(row + 8) === 0x02000000,
    });
    time += at.getUint32(row);
    from += size;
  }
  return found;
}

/** A clip of groups of pictures, each from a key picture on. */
export function write(coding: Coding, width: number, height: number, groups: readonly (readonly Coded[])[]): Written {
  const total = groups.flat().reduce((sum, one) => sum + one.duration90k, 0);
  const init = initOf(coding, width, height, total);
  const parts: Uint8Array[] = [init];
  const segments: [number, number, number, number][] = [];
  let [offset, start] = [init.length, 0];
  groups.forEach((group, index) => {
    if (!group[0]?.isKey) throw new Fmp4Error("a segment does not start at a keyframe");
    const data = fragmentOf(index + 1, start, group);
    const end = start + group.reduce((sum, one) => sum + one.duration90k, 0);
    const startMs = Math.floor(start / PER_MS);
    segments.push([offset, data.length, startMs, Math.floor(end / PER_MS) - startMs]);
    parts.push(data);
    offset += data.length;
    start = end;
  });
  return { media: concat(parts), init: [0, init.length], segments, durationMs: Math.floor(total / PER_MS) };
}

function top(data: Uint8Array, kind: string): Box {
  const found = [...walk(data, 0, data.length)].find((box) => box.kind === kind);
  if (!found) throw new Fmp4Error(`its ${kind} box is missing`);
  return found;
}

const u16 = (...values: number[]): Bytes => Uint8Array.from(values.flatMap((value) => [(value >>> 8) & 255, value & 255]));
const u32 = (...values: number[]): Bytes => u16(...values.flatMap((value) => [value >>> 16, value & 0xffff]));
const u64 = (value: number): Bytes => u32(Math.floor(value / 2 ** 32), value % 2 ** 32);
const MATRIX = u32(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000);

function box(kind: string, ...parts: Uint8Array[]): Bytes {
  const body = concat(parts);
  return concat([u32(body.length + 8), utf8(kind), body]);
}
const full = (kind: string, version: number, flags: number, ...parts: Uint8Array[]): Bytes => box(kind, u32(version * 2 ** 24 + flags), ...parts);
const zeros = (count: number): Bytes => new Uint8Array(count);

function initOf({ config }: Coding, width: number, height: number, total90k: number): Bytes {
  const entry = box(
    "avc1",
    ...[zeros(6), u16(1), zeros(16), u16(width, height), u32(0x480000, 0x480000, 0), u16(1), zeros(32), u16(24, 0xffff)],
    box("avcC", config),
  );
  const tables = box(
    "stbl",
    full("stsd", 0, 0, u32(1), entry),
    ...[full("stts", 0, 0, zeros(4)), full("stsc", 0, 0, zeros(4)), full("stsz", 0, 0, zeros(8)), full("stco", 0, 0, zeros(4))],
  );
  const info = box("minf", full("vmhd", 0, 1, zeros(8)), box("dinf", full("dref", 0, 0, u32(1), full("url ", 0, 1))), tables);
  const media = box(
    "mdia",
    full("mdhd", 0, 0, u32(0, 0, 90_000, 0), u16(0x55c4, 0)),
    full("hdlr", 0, 0, u32(0), utf8("vide"), zeros(12), utf8("video\0")),
    info,
  );
  const track = box("trak", full("tkhd", 0, 3, u32(0, 0, 1, 0, 0), zeros(16), MATRIX, u32(width * 65_536, height * 65_536)), media);
  const header = full("mvhd", 0, 0, u32(0, 0, 90_000, 0, 0x10000), u16(0x100), zeros(10), MATRIX, zeros(24), u32(2));
  const extend = box("mvex", full("mehd", 1, 0, u64(total90k)), full("trex", 0, 0, u32(1, 1, 0, 0, 0)));
  return concat([box("ftyp", utf8("iso6"), u32(0), utf8("iso6cmfcmp41")), box("moov", header, track, extend)]);
}

function fragmentOf(sequence: number, start90k: number, group: readonly Coded[]): Bytes {
  const rows = group.flatMap((one) => [one.duration90k, one.data.length, one.isKey ? 0x02000000 : 0x01010000, 0]);
  const size = 8 + 16 + (8 + 16 + 20 + (20 + 4 * rows.length)); // moof, mfhd, traf with tfhd, tfdt, trun
  const run = box("trun", u32(TRUN_HEAD, group.length, size + 8, ...rows));
  const traf = box("traf", full("tfhd", 0, 0x020000, u32(1)), full("tfdt", 1, 0, u64(start90k)), run);
  const moof = box("moof", full("mfhd", 0, 0, u32(sequence)), traf);
  if (moof.length !== size) throw new Error("The size of a moof was miscounted.");
  return concat([moof, box("mdat", ...group.map((one) => one.data))]);
}
