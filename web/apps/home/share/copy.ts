/** The copy that would leave: cut from an opened clip on segment borders, exactly as it is previewed and then sealed. */
import { trim, type Span } from "../../../core/fmp4/trim.ts";
import type { ClipReader, FetchRange } from "../../../core/seal/clip.ts";
import type { ClipManifest, DisclosureFacts } from "../../../core/seal/manifest.ts";

export interface Copy {
  readonly media: Uint8Array<ArrayBuffer>;
  readonly facts: Omit<DisclosureFacts, "disclosure" | "request" | "note" | "terms">;
}

/** Reads what the kept segments need, checked piece by piece, and cuts. Throws SealError or Fmp4Error. */
export async function makeCopy(reader: ClipReader, fetchRange: FetchRange, manifest: ClipManifest, first: number, last: number): Promise<Copy> {
  const kept = manifest.segments.slice(first, last + 1);
  const [from, to] = [kept[0], kept.at(-1)];
  if (!from || !to) throw new Error("A copy without a segment was asked for.");
  // Everything stays at its own place, so that the manifest's offsets count; what is not kept stays empty.
  const clip = new Uint8Array(to.offset + to.length);
  const [offset, length] = manifest.init;
  clip.set(await reader.read(offset, offset + length, fetchRange), offset);
  clip.set(await reader.read(from.offset, to.offset + to.length, fetchRange), from.offset);
  const spans = manifest.segments.map((segment): Span => [segment.offset, segment.length, segment.startMs, segment.durationMs]);
  const cut = trim(clip, manifest.init, spans, first, last);
  return {
    media: cut.media as Uint8Array<ArrayBuffer>,
    facts: {
      start: new Date(Date.parse(manifest.start) + from.startMs).toISOString(),
      durationMs: cut.durationMs,
      clock: manifest.clock,
      label: manifest.label,
      mime: manifest.mime,
      width: manifest.width,
      height: manifest.height,
      init: cut.init,
      segments: cut.segments.map(([at, size, startMs, durationMs]) => ({ offset: at, length: size, startMs, durationMs })),
      trimmed: first !== 0 || last !== manifest.segments.length - 1,
      facesBlurred: false,
      onward: null,
    },
  };
}
