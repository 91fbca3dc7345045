/** What kind of film a fragmented MP4 is, read from its beginning, so that a browser can say whether it plays it. Pure.
 *  Source: ISO/IEC 14496-12 and 14496-15; RFC 6381 for the names. */
import { type Box, find, need, walk } from "../../core/fmp4/boxes.ts";

const hex = (value: number): string => value.toString(16).padStart(2, "0");

/** Length of the beginning (`ftyp` and `moov`) of a film of which `data` came so far; null until it is whole. */
export function beginning(data: Uint8Array): number | null {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  for (let at = 0; at + 8 <= data.length; ) {
    const size = view.getUint32(at);
    if (size < 8) return null;
    const kind = String.fromCharCode(...data.subarray(at + 4, at + 8));
    if (at + size > data.length) return null;
    at += size;
    if (kind === "moov") return at;
  }
  return null;
}

/** `video/mp4; codecs="…"` of a beginning. Throws Fmp4Error for what is none. */
export function mimeOf(init: Uint8Array): string {
  const moov = find(init, { kind: "", start: 0, body: 0, end: init.length }, "moov");
  const names: string[] = [];
  for (const trak of walk(init, moov.body, moov.end)) {
    if (trak.kind !== "trak") continue;
    const stsd = find(init, trak, "mdia", "minf", "stbl", "stsd");
    need(stsd, 16);
    for (const entry of walk(init, stsd.body + 8, stsd.end)) names.push(nameOf(init, entry));
  }
  return `video/mp4; codecs="${names.join(",")}"`;
}

// Sizes of a sample entry before its own boxes: 78 bytes for pictures, 28 for sound.
function nameOf(data: Uint8Array, entry: Box): string {
  if (entry.kind === "avc1" || entry.kind === "avc3") {
    const config = find(data, { ...entry, body: entry.body + 78 }, "avcC");
    need(config, 4);
    return `${entry.kind}.${[1, 2, 3].map((i) => hex(data[config.body + i] ?? 0)).join("")}`;
  }
  if (entry.kind === "hvc1" || entry.kind === "hev1") return `${entry.kind}.1.6.L120.B0`; // asked for by kind only; the player looks closer
  if (entry.kind === "mp4a") return "mp4a.40.2";
  if (entry.kind === "Opus") return "opus";
  return entry.kind;
}
