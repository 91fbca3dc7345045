/**
 * Opens what a resident disclosed: five checks in the seal's order, then media piece by piece.
 *
 * In:     the sealed manifest, the case key, what the server's list says of the clip; the header, once asked for.
 * Out:    facts of the clip before anything is looked at; panes; a reader once the header is there.
 * Holds:  nothing of a clip is shown whose signature, case or key does not hold.
 * Absent: fetching. The header is fetched by the caller, since asking for it is entered in the record.
 */
import { hex } from "../../../core/seal/bytes.ts";
import { ClipReader, type FetchRange } from "../../../core/seal/clip.ts";
import { openDisclosure, type OpenedDisclosure } from "../../../core/seal/disclosure.ts";
import { SealError } from "../../../core/seal/errors.ts";
import type { Identity } from "../../../core/seal/keys.ts";
import type { PaneState } from "../../../ui/seal.ts";

export const PANES = ["signature", "case", "key", "pieces", "record"] as const;
export type PaneName = (typeof PANES)[number];
export type Panes = Readonly<Record<PaneName, PaneState>>;

/** What the server's list says. `root` in hex; `length` of the payload. */
export interface Listed {
  readonly disclosure: string;
  readonly request: string;
  readonly length: number;
  readonly root: string;
}

export type Known =
  | { readonly kind: "known"; readonly panes: Panes; readonly opened: OpenedDisclosure }
  | { readonly kind: "refused"; readonly panes: Panes; readonly failed: PaneName; readonly error: SealError };

const after = (failed: PaneName): Panes => {
  const at = PANES.indexOf(failed);
  const state = (i: number): PaneState => (i < at ? "holds" : i === at ? "fails" : "unknown");
  return Object.fromEntries(PANES.map((pane, i) => [pane, state(i)])) as unknown as Panes;
};
const refused = (failed: PaneName, error: SealError): Known => ({ kind: "refused", panes: after(failed), failed, error });

/** Reads and checks a manifest. The record pane is settled here too: the list and the manifest agree or they do not. */
export async function openManifest(manifestAge: Uint8Array, caseKey: Identity, listed: Listed): Promise<Known> {
  try {
    const opened = await openDisclosure(manifestAge, [caseKey.secret], caseKey.recipient);
    const { manifest } = opened;
    if (manifest.request !== listed.request || manifest.disclosure !== listed.disclosure) {
      return refused("case", new SealError("replayed_manifest", "it was made for another request"));
    }
    const agrees = manifest.seal.payLength === listed.length && hex(manifest.seal.treeRoot) === listed.root;
    const panes: Panes = { signature: "holds", case: "holds", key: "wait", pieces: "wait", record: agrees ? "holds" : "fails" };
    if (!agrees) return { kind: "refused", panes: { ...panes, key: "unknown", pieces: "unknown" }, failed: "record", error: new SealError("altered", "the list names another clip") };
    return { kind: "known", panes, opened };
  } catch (error) {
    if (!(error instanceof SealError)) throw error;
    return refused(error.code === "replayed_manifest" ? "case" : "signature", error);
  }
}

export type Opened =
  | { readonly kind: "opened"; readonly panes: Panes; readonly reader: ClipReader }
  | { readonly kind: "refused"; readonly panes: Panes; readonly failed: PaneName; readonly error: SealError };

/** Opens the header with the case key and compares the key's commitment. */
export async function openReader(known: Known & { kind: "known" }, hdr: Uint8Array, caseKey: Identity): Promise<Opened> {
  const { manifest } = known.opened;
  try {
    const reader = await ClipReader.open(manifest, manifest.seal, hdr, [caseKey.secret]);
    return { kind: "opened", panes: { ...known.panes, key: "holds" }, reader };
  } catch (error) {
    if (!(error instanceof SealError)) throw error;
    return { kind: "refused", panes: { ...known.panes, key: "fails", pieces: "unknown" }, failed: "key", error };
  }
}

const STEP = 64 * 65_536; // 4 MiB of plaintext a fetch

/** Looks at every piece from first to last and tells how many are done. Throws SealError for the first that is not the signed one. */
export async function checkPieces(reader: ClipReader, fetchRange: FetchRange, progress: (done: number, of: number) => void, signal: AbortSignal): Promise<void> {
  const { plainLength, chunks } = reader.seal;
  for (let at = 0; at < plainLength && !signal.aborted; at += STEP) {
    const end = Math.min(at + STEP, plainLength);
    await reader.read(at, end, fetchRange);
    progress(Math.ceil(end / 65_536), chunks.length);
  }
}
