/**
 * A case's clips as they are played together: which there are, and each opened with its own entry of custody.
 *
 * In:     the case's disclosures, its key, its papers.
 * Out:    what is known of each clip before it is opened; a source to play once it is.
 * Holds:  a clip that does not hold is told as such and stops no other; opening asks for the header, which the server enters as "viewed".
 */
import { unb64 } from "../../../core/seal/bytes.ts";
import { SealError } from "../../../core/seal/errors.ts";
import type { Identity } from "../../../core/seal/keys.ts";
import { sealedSource, type Source } from "../../../ui/source.ts";
import type { Client } from "../../../core/api/client.ts";
import { type Disclosed, disclosureHeader, disclosureRange } from "../lib/api.ts";
import { type Known, openManifest, openReader } from "../lib/opening.ts";
import type { Paper } from "../lib/papers.ts";
import { clockOf } from "../lib/papers.ts";
import type { Track } from "./oneclock.ts";

export interface Camera extends Track {
  /** Its number on the case's page. */
  readonly n: number;
  readonly clock: "hub" | "media";
  readonly correction: Paper | null;
  readonly known: Known & { kind: "known" };
}

/** The clips whose signature and case hold, by number; the others cannot be placed on a clock. */
export async function camerasOf(request: string, disclosures: readonly Disclosed[], caseKey: Identity): Promise<Omit<Camera, "byMs" | "correction">[]> {
  const found = await Promise.all(
    disclosures.map(async (clip, i) => {
      const known = await openManifest(unb64(clip.manifest), caseKey, { disclosure: clip.disclosure, request, length: clip.length, root: clip.root }).catch(() => null);
      if (known?.kind !== "known") return [];
      const { start, durationMs, clock } = known.opened.manifest;
      return [{ id: clip.disclosure, n: i + 1, startMs: Date.parse(start), durationMs, clock, known }];
    }),
  );
  return found.flat();
}

export function withCorrection(camera: Omit<Camera, "byMs" | "correction">, papers: readonly Paper[]): Camera {
  const correction = clockOf(papers, camera.id);
  return { ...camera, correction, byMs: correction?.byMs ?? 0 };
}

export type Answer = { readonly kind: "opened"; readonly source: Source } | { readonly kind: "broken" } | { readonly kind: "unplayed" };

/** Opens one clip, with its entry in the record. */
export async function openCamera(api: Client, camera: Pick<Camera, "id" | "known">, caseKey: Identity): Promise<Answer> {
  try {
    const answer = await openReader(camera.known, await disclosureHeader(api, camera.id), caseKey);
    if (answer.kind === "refused") return { kind: "broken" };
    const sealed = sealedSource(answer.reader, (from, to) => disclosureRange(api, camera.id, from, to));
    // What fails is told where it is awaited, and not once more by the browser.
    const quiet = <T>(piece: Promise<T>): Promise<T> => (piece.catch(() => undefined), piece);
    return { kind: "opened", source: { ...sealed, init: () => quiet(sealed.init()), segment: (index) => quiet(sealed.segment(index)) } };
  } catch (error) {
    return { kind: error instanceof SealError ? "broken" : "unplayed" };
  }
}
