/** Where a tiled log keeps hashes and entries, and what a bundle holds. Twin of fanlight.proof.tiles. */

import type { Bytes } from "./bytes.ts";
import { attempt, malformed, type Result } from "./result.ts";

export const WIDTH = 256;

function place(prefix: string, index: number, width: number): string {
  let left = index;
  let text = String(left % 1000).padStart(3, "0");
  while (left >= 1000) {
    left = Math.floor(left / 1000);
    text = `x${String(left % 1000).padStart(3, "0")}/${text}`;
  }
  return `${prefix}/${text}${width < WIDTH ? `.p/${width}` : ""}`;
}

/** Path of tile `index` of `level`, holding `width` hashes. */
export const tilePath = (level: number, index: number, width = WIDTH): string => place(`tile/${level}`, index, width);

/** Path of an entry bundle. */
export const bundlePath = (index: number, width = WIDTH): string => place("tile/entries", index, width);

/** How many hashes tile `index` of `level` holds in a tree of `size` leaves: 0 to 256. */
export function tileWidth(size: number, level: number, index: number): number {
  return Math.max(0, Math.min(WIDTH, Math.floor(size / WIDTH ** level) - index * WIDTH));
}

/** Reads the entries of a bundle that must hold `width` of them. */
export function readBundle(data: Uint8Array, width: number): Result<{ kind: "entries"; all: Bytes[] }> {
  return attempt(() => {
    const all: Bytes[] = [];
    let at = 0;
    while (at < data.length) {
      const high = data[at];
      const low = data[at + 1];
      if (all.length === width || high === undefined || low === undefined) {
        return malformed("an entry bundle holds more than it should");
      }
      const end = at + 2 + high * 256 + low;
      if (end > data.length) malformed("an entry bundle is cut short");
      all.push(data.slice(at + 2, end) as Bytes);
      at = end;
    }
    if (all.length !== width) malformed("an entry bundle holds less than it should");
    return { kind: "entries", all };
  });
}
