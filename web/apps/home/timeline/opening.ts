/** Opens one clip of the household: fetches its description and header, runs the five checks, hands out a source to play. */
import { clipHeader, clipManifest, clipRange } from "../../../core/api/calls.ts";
import type { Client } from "../../../core/api/client.ts";
import { CHUNK_SEALED, NONCE_LENGTH } from "../../../core/seal/age.ts";
import { unb64 } from "../../../core/seal/bytes.ts";
import { checkClip, type CheckedClip, type ClipReader, type FetchRange, type Household, type Order, type Pane, PANES } from "../../../core/seal/clip.ts";
import { SealError } from "../../../core/seal/errors.ts";
import type { Pane as ShownPane } from "../../../ui/seal.ts";
import type { Row, Timeline } from "./timeline.svelte.ts";
import { words } from "../words.ts";

export const openClip = async (api: Client, row: Row, home: Household, timeline: Timeline): Promise<CheckedClip> =>
  (await lookAt(api, row, home, timeline.order, () => timeline.again(row))).checked;

type Listed = Pick<Row, "clip" | "card" | "sig" | "readers"> & Partial<Pick<Row, "day">>;

/** The same for any list. Where the description is not the one that the row tells of, `again` asks for the row once more: a member's
 *  device may have sealed the clip anew since it was listed. Throws ApiError. */
export async function lookAt(
  api: Client,
  row: Listed,
  home: Household,
  order: Order,
  again: () => Promise<Listed | null>,
): Promise<{ readonly checked: CheckedClip; readonly hdr: Uint8Array<ArrayBuffer> }> {
  const look = async ({ clip, card, sig, readers, day }: Listed) => {
    const [manifestAge, hdr] = await Promise.all([clipManifest(api, clip), clipHeader(api, clip)]);
    const offer = { clip, card, sig: unb64(sig), manifestAge, hdr, anew: readers !== null, ...(day === undefined ? {} : { day }) };
    return { checked: await checkClip(offer, home, order), hdr };
  };
  const first = await look(row);
  if (first.checked.kind === "opened" || first.checked.failed !== "record" || row.readers !== null) return first;
  const now = await again();
  return now && now.readers !== null ? look(now) : first;
}

/** Fetches ranges of one clip's payload. A server that cuts the payload short gives fewer bytes, which the reader refuses. */
export const rangesOf =
  (api: Client, clip: string): FetchRange =>
  (first, end) =>
    clipRange(api, clip, first, end);

const HEAD_END = NONCE_LENGTH + 4 * CHUNK_SEALED; // what a first picture mostly takes

/** The same, and asks for the payload's first pieces at once: they come while the description and the header are opened,
 *  and are checked like all others. For one attempt: another one asks the server anew.
 */
export function rangesAhead(api: Client, clip: string): FetchRange {
  const ranges = rangesOf(api, clip);
  const head = ranges(0, HEAD_END).catch(() => null); // a shorter payload, or none: asked for again as it is needed
  return async (first, end) => {
    const here = end <= HEAD_END ? await head : null;
    return here && here.length >= end ? here.slice(first, end) : ranges(first, end);
  };
}

/** The five panes in words. `pieceError` is what playing met after the first checks. */
export function panesOf(checked: CheckedClip, pieceError: SealError | null, piecesSeen: number, beforeIsHere: boolean): ShownPane[] {
  const w = words.clip;
  const manifest = checked.kind === "opened" ? checked.opened.manifest : null;
  const reader: ClipReader | null = checked.kind === "opened" ? checked.reader : null;
  const detail: Record<Pane, string> = {
    signature: w.details.signature,
    order: !manifest ? "" : manifest.seq === 0 ? w.details.orderFirst : beforeIsHere ? w.details.orderFollows(manifest.seq) : w.details.orderAlone(manifest.seq),
    key: manifest ? w.details.key(manifest.epoch) : "",
    pieces: reader ? w.details.pieces(Math.min(piecesSeen, reader.seal.chunks.length), reader.seal.chunks.length) : "",
    record: w.details.record,
  };
  return PANES.map((pane, i): ShownPane => {
    const result = checked.panes[i];
    const label = w.panes[pane];
    if (pane === "pieces" && pieceError && reader) {
      return { label, state: "fails", detail: brokenText("pieces", pieceError, reader.seal.chunks.length) };
    }
    if (result?.state === "fails") return { label, state: "fails", detail: brokenText(pane, result.error, 0) };
    if (result?.state !== "holds") return { label, state: "unknown", detail: w.details.unseen };
    return { label, state: "holds", detail: detail[pane] };
  });
}

/** What is wrong with a clip, in one sentence. */
export function brokenText(pane: Pane, error: SealError, pieces: number): string {
  const w = words.clip.broken;
  if (pane === "pieces") {
    const piece = /piece (\d+)/.exec(error.message)?.[1];
    return piece === undefined ? w.cut : w.piece(Number(piece) + 1, pieces);
  }
  if (error.code === "destroyed") return w.destroyed;
  if (error.code === "not_for_us") return pane === "signature" ? w.foreign : w.key;
  if (error.code === "malformed" && pane === "signature") return w.form;
  return { signature: w.signature, order: w.order, key: w.key, record: w.record }[pane];
}
