/** One segment: a moof and an mdat, as fanlight.hub.segmenter.fmp4 writes them. */

import { type Box, Fmp4Error, find, need, view, walk } from "./boxes.ts";

const TRUN_HEAD = 0x01000f01; // version 1; data offset; duration, size, flags, composition offset of each
const KEY_FLAGS = 0x02000000;

/** Times in 1/90,000 s; `isKey` tells whether it can be decoded without the segment before. */
export interface Timing {
  readonly decode90k: number;
  readonly duration90k: number;
  readonly isKey: boolean;
}

function movieFragment(data: Uint8Array): Box {
  const [moof, mdat, ...more] = [...walk(data, 0, data.length)];
  if (moof?.kind !== "moof" || mdat?.kind !== "mdat" || more.length > 0) {
    throw new Fmp4Error("a segment is not one moof and one mdat");
  }
  return moof;
}

/** Reads the times of one segment; throws Fmp4Error. */
export function timing(data: Uint8Array): Timing {
  const moof = movieFragment(data);
  const decode = find(data, moof, "traf", "tfdt");
  const run = find(data, moof, "traf", "trun");
  need(decode, 12);
  need(run, 12);
  const at = view(data);
  const count = at.getUint32(run.body + 4);
  if (data[decode.body] !== 1 || at.getUint32(run.body) !== TRUN_HEAD || count === 0) {
    throw new Fmp4Error("its times are in another form");
  }
  need(run, 12 + 16 * count);
  let duration90k = 0;
  for (let n = 0; n < count; n++) duration90k += at.getUint32(run.body + 12 + 16 * n);
  const decode90k = Number(at.getBigUint64(decode.body + 4));
  if (!Number.isSafeInteger(decode90k + duration90k)) throw new Fmp4Error("its time is too large");
  return { decode90k, duration90k, isKey: at.getUint32(run.body + 20) === KEY_FLAGS };
}

/**
 * A copy of a segment with another place in the order and another decode time; throws Fmp4Error.
 *
 * Sound, if there is any, is the second track and moves by as much as the picture.
 */
export function rebase(data: Uint8Array, sequence: number, decode90k: number): Uint8Array<ArrayBuffer> {
  const moof = movieFragment(data);
  const number = find(data, moof, "mfhd");
  need(number, 8);
  const out = new Uint8Array(data);
  const at = view(out);
  at.setUint32(number.body + 4, sequence);
  let shift: bigint | undefined;
  for (const traf of walk(data, moof.body, moof.end)) {
    if (traf.kind !== "traf") continue;
    const decode = find(data, traf, "tfdt");
    need(decode, 12);
    const was = at.getBigUint64(decode.body + 4);
    shift ??= BigInt(decode90k) - was;
    if (was + shift < 0n || was + shift >= 1n << 64n) throw new Fmp4Error("its sound begins before its picture");
    at.setBigUint64(decode.body + 4, was + shift);
  }
  if (shift === undefined) throw new Fmp4Error("its traf box is missing");
  return out;
}
