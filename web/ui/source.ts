/** What a player plays: an initialisation part and segments, each fetched, checked and opened when it is needed. */
import type { ClipReader, FetchRange } from "../core/seal/clip.ts";
import type { MediaFacts } from "../core/seal/manifest.ts";

type Bytes = Uint8Array<ArrayBuffer>;

export interface Source {
  readonly mime: string;
  readonly width: number;
  readonly height: number;
  readonly durationMs: number;
  readonly segments: readonly { readonly startMs: number; readonly durationMs: number }[];
  init(): Promise<Bytes>;
  segment(index: number): Promise<Bytes>;
}

/** Plays a sealed payload: only the pieces that a moment needs are fetched, and each is checked before it is shown. */
export function sealedSource(reader: ClipReader, fetchRange: FetchRange): Source {
  const { mime, width, height, durationMs, segments } = reader.media;
  return {
    mime,
    width,
    height,
    durationMs,
    segments,
    init: () => reader.init(fetchRange),
    segment: (index) => reader.segment(index, fetchRange),
  };
}

/** Plays media that is already open, such as the preview of a copy. */
export function openSource(media: Uint8Array, facts: Pick<MediaFacts, "mime" | "width" | "height" | "durationMs" | "init" | "segments">): Source {
  const cut = async (offset: number, length: number): Promise<Bytes> => media.slice(offset, offset + length) as Bytes;
  return {
    mime: facts.mime,
    width: facts.width,
    height: facts.height,
    durationMs: facts.durationMs,
    segments: facts.segments,
    init: () => cut(...facts.init),
    segment: (index) => {
      const segment = facts.segments[index];
      if (!segment) throw new Error("A segment outside the copy was asked for.");
      return cut(segment.offset, segment.length);
    },
  };
}

/** Index of the segment that shows `timeMs`; the last one for times after it. */
export function segmentAt(segments: Source["segments"], timeMs: number): number {
  const after = segments.findIndex((segment) => segment.startMs > timeMs);
  return after === -1 ? segments.length - 1 : Math.max(0, after - 1);
}

/** The next segment to fetch while `timeMs` is shown: the first one missing from here to `aheadMs` on, or -1. */
export function nextWanted(segments: Source["segments"], have: ReadonlySet<number>, timeMs: number, aheadMs: number): number {
  for (let i = segmentAt(segments, timeMs); i < segments.length; i++) {
    const segment = segments[i];
    if (!segment || segment.startMs > timeMs + aheadMs) return -1;
    if (!have.has(i)) return i;
  }
  return -1;
}
