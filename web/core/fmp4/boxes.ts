/**
 * ISO base media boxes in bytes that somebody else sent. Throws Fmp4Error and nothing else.
 *
 * Source: ISO/IEC 14496-12, 4.2. Twin of fanlight.hub.segmenter.boxes.
 */

export class Fmp4Error extends Error {
  constructor(why: string) {
    super(`This is not a clip that Fanlight wrote: ${why}.`);
    this.name = "Fmp4Error";
  }
}

/** Header from `start`, content from `body`, up to `end`; offsets in bytes. */
export interface Box {
  readonly kind: string;
  readonly start: number;
  readonly body: number;
  readonly end: number;
}

export function view(data: Uint8Array): DataView {
  return new DataView(data.buffer, data.byteOffset, data.byteLength);
}

/** The boxes between two offsets; they fill it exactly. */
export function* walk(data: Uint8Array, start: number, end: number): Generator<Box> {
  const at = view(data);
  while (start < end) {
    if (end - start < 8) throw new Fmp4Error("a box is cut off");
    const size = at.getUint32(start);
    // 0 and 1 (open-ended, 64-bit) are never written.
    if (size < 8 || start + size > end) throw new Fmp4Error("a box has a size that cannot be");
    const kind = String.fromCharCode(...data.subarray(start + 4, start + 8));
    yield { kind, start, body: start + 8, end: start + size };
    start += size;
  }
}

/** The first box along `path` inside `outer`. */
export function find(data: Uint8Array, outer: Box, ...path: string[]): Box {
  for (const kind of path) {
    let found: Box | undefined;
    for (const inner of walk(data, outer.body, outer.end)) {
      if (inner.kind === kind) {
        found = inner;
        break;
      }
    }
    if (!found) throw new Fmp4Error(`its ${kind} box is missing`);
    outer = found;
  }
  return outer;
}

export function need(within: Box, size: number): void {
  if (within.end - within.body < size) throw new Fmp4Error("a box is too short");
}
