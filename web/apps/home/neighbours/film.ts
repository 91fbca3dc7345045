/** A clip for a post: cut from one of the home's own, and made anew on this device with every face blurred and no sound.
 *
 *  In:      an opened clip, its first and last segment.
 *  Out:     an MP4 as it would be sent, and a source to look at it.
 *  Holds:   nothing of the clip's description goes along: no camera, no place, no time. Segments are cut to what is taken.
 *  Absent:  sending it (sending.ts).
 */
import type { ClipReader, FetchRange } from "../../../core/seal/clip.ts";
import type { ClipManifest } from "../../../core/seal/manifest.ts";
import type { FaceFound } from "../../../core/redact/remake.ts";
import { type Film, makeRedacted, type Wish } from "../../../ui/redact/remaking.ts";
import { openSource, type Source } from "../../../ui/source.ts";
import { makeCopy } from "../share/copy.ts";

/** What somebody has in mind when they post a clip; longer ones take long to make on a phone. */
const BEGINS_MS = 10_000;

export interface FilmChosen {
  readonly blob: Blob;
  readonly source: Source;
  /** Pictures in which a face was found, of those that were looked at. */
  readonly withFaces: number;
  readonly looks: number;
  /** The faces that were found, and the numbers of those that are shown. */
  readonly found: readonly FaceFound[];
  readonly shown: readonly number[];
  /** Makes it again with other faces shown. Throws as `makeFilm`. */
  readonly again: (shown: readonly number[], progress: (share: number) => void, signal: AbortSignal) => Promise<FilmChosen>;
}

type Segments = readonly { readonly startMs: number; readonly durationMs: number }[];

/** How long segments `first` to `last` are. */
export function lengthMs(segments: Segments, first: number, last: number): number {
  const [from, to] = [segments[first], segments[last]];
  return from && to ? to.startMs + to.durationMs - from.startMs : 0;
}

/** The last segment that a cut from the beginning has before anybody chose: some ten seconds, never more than `most`. */
export function beginsWith(segments: Segments, mostMs: number): number {
  let last = 0;
  while (last + 1 < segments.length && lengthMs(segments, 0, last + 1) <= Math.min(mostMs, BEGINS_MS)) last++;
  return last;
}

/** Makes the film. Throws CannotMake, SealError, and the signal's reason. */
export async function makeFilm(
  clip: { readonly reader: ClipReader; readonly ranges: FetchRange; readonly manifest: ClipManifest },
  [first, last]: readonly [number, number],
  progress: (share: number) => void,
  signal: AbortSignal,
): Promise<FilmChosen> {
  const copy = await makeCopy(clip.reader, clip.ranges, clip.manifest, first, last);
  return filmOf(copy, { faces: true, regions: [] }, progress, signal);
}

async function filmOf(copy: Film, wish: Wish, progress: (share: number) => void, signal: AbortSignal): Promise<FilmChosen> {
  const made = await makeRedacted(copy, wish, progress, signal);
  return {
    again: (shown, told, stop) => filmOf(copy, { ...wish, shown, seen: made.seen }, told, stop),
    found: made.found,
    shown: wish.shown ?? [],
    blob: new Blob([made.media], { type: "video/mp4" }), source: openSource(made.media, made.facts), withFaces: made.withFaces, looks: made.looks,
  };
}
