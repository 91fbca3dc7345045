/** What a timeline needs of one clip, taken from its sealed description. Runs in a worker and wherever there is none. */
import type { Bytes } from "../../../core/seal/bytes.ts";
import { type Household, type Link, linkOf, openManifest } from "../../../core/seal/clip.ts";
import { SealError } from "../../../core/seal/errors.ts";
import type { Label } from "../../../core/seal/manifest.ts";

export interface Summary extends Link {
  readonly label: Label;
  /** Milliseconds since 1970. */
  readonly startMs: number;
  readonly durationMs: number;
  readonly cameraName: string;
  /** A JPEG. */
  readonly thumb: Bytes;
}
export type Opened = { readonly kind: "opened"; readonly summary: Summary } | { readonly kind: "refused"; readonly code: SealError["code"]; readonly why: string };

/** Opens the description of `clip` and checks that one of the household's hubs signed it. Throws nothing that is a SealError. */
export async function summarise(clip: string, manifestAge: Uint8Array, home: Household): Promise<Opened> {
  try {
    const opened = await openManifest(manifestAge, home);
    const { manifest } = opened;
    if (manifest.clip !== clip) throw new SealError("replayed_manifest", "it describes another clip");
    const { label, durationMs, cameraName, thumb } = manifest;
    return { kind: "opened", summary: { ...linkOf(opened), label, startMs: Date.parse(manifest.start), durationMs, cameraName, thumb } };
  } catch (error) {
    if (!(error instanceof SealError)) throw error;
    return { kind: "refused", code: error.code, why: error.message };
  }
}
