/**
 * Trims a clip on the borders of its segments, without touching a picture.
 *
 * The result starts at time 0 and is padded as every clip is. Byte for byte what
 * fanlight.hub.segmenter.fmp4.trim gives (vectors/fmp4).
 */

import { Fmp4Error, find, need, view, walk } from "./boxes.ts";
import { rebase, timing } from "./fragment.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** [offset, length, start_ms, duration_ms], as in a manifest. */
export type Span = readonly [number, number, number, number];

export interface Joined {
  /** The whole clip, padding included. */
  readonly data: Bytes;
  /** The clip without its padding: for `sealDisclosure`, which pads it itself. */
  readonly media: Bytes;
  /** [offset, length] */
  readonly init: readonly [number, number];
  readonly segments: readonly Span[];
  readonly durationMs: number;
}

const TICKS_PER_MS = 90;
const MINIMUM_BYTES = 256 * 1024;

/**
 * Keeps segments `first` to `last`, both kept; `first` starts at a keyframe.
 *
 * `init` and `segments` are as in the clip's manifest. Throws Fmp4Error when they do not fit the clip.
 */
export function trim(
  clip: Uint8Array,
  init: readonly number[],
  segments: readonly (readonly number[])[],
  first: number,
  last: number,
): Joined {
  if (!(first >= 0 && first <= last && last < segments.length)) throw new Fmp4Error("it has no such segments");
  const parts: Part[] = [];
  let base = 0;
  let end = 0;
  for (const place of segments.slice(first, last + 1)) {
    const data = cut(clip, place);
    const times = timing(data);
    if (parts.length === 0) {
      if (!times.isKey) throw new Fmp4Error("the first segment does not start at a keyframe");
      base = end = times.decode90k;
    }
    if (times.decode90k < end) throw new Fmp4Error("its segments overlap");
    parts.push({ data, start: times.decode90k - base, duration: times.duration90k });
    end = times.decode90k + times.duration90k;
  }
  return assemble(cut(clip, init), parts, end - base);
}

interface Part {
  readonly data: Uint8Array;
  readonly start: number;
  readonly duration: number;
}

function assemble(init: Uint8Array, parts: readonly Part[], end90k: number): Joined {
  const head = new Uint8Array(init);
  const moov = [...walk(head, 0, head.length)].find((box) => box.kind === "moov");
  if (!moov) throw new Fmp4Error("its moov box is missing");
  const length = find(head, moov, "mvex", "mehd");
  need(length, 12);
  view(head).setBigUint64(length.body + 4, BigInt(end90k));

  const used = parts.reduce((sum, part) => sum + part.data.length, head.length);
  const data = new Uint8Array(paddedLength(used));
  data.set(head);
  let at = head.length;
  const spans: Span[] = parts.map((part, index) => {
    data.set(rebase(part.data, index + 1, part.start), at);
    const startMs = Math.floor(part.start / TICKS_PER_MS);
    const endMs = Math.floor((part.start + part.duration) / TICKS_PER_MS);
    const span: Span = [at, part.data.length, startMs, endMs - startMs];
    at += part.data.length;
    return span;
  });
  view(data).setUint32(used, data.length - used);
  data.set([0x66, 0x72, 0x65, 0x65], used + 4); // free
  return {
    data,
    media: data.subarray(0, used),
    init: [0, head.length],
    segments: spans,
    durationMs: Math.floor(end90k / TICKS_PER_MS),
  };
}

function cut(clip: Uint8Array, place: readonly number[]): Uint8Array {
  const [offset, length] = place;
  if (offset === undefined || length === undefined || !(offset >= 0 && length >= 0 && offset + length <= clip.length)) {
    throw new Fmp4Error("a place lies outside it");
  }
  return clip.subarray(offset, offset + length);
}

/** Padmé, as fanlight.model.padding has it. */
function paddedLength(length: number): number {
  const need = Math.max(length + 8, MINIMUM_BYTES);
  const exponent = Math.floor(Math.log2(need));
  const keep = Math.floor(Math.log2(exponent)) + 1;
  const step = 2 ** Math.max(exponent - keep, 0);
  return Math.ceil(need / step) * step;
}
