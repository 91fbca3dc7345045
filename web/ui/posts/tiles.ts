/** The town's incidents by cell, read from its vector tiles. Loaded with the first map. Pure.
 *
 *  In:      all tiles of the town, as the server sends them.
 *  Out:     one count a cell; a cell at the edge of two tiles lies in both and counts once.
 *  Absent:  incidents that are somewhere in town, which no map shows.
 */
import { VectorTile } from "@mapbox/vector-tile";
import { PbfReader } from "pbf";

/** How many reports lie in a cell, and whether somebody near may have to act on one. */
export interface InCell {
  readonly cell: string;
  readonly many: number;
  readonly act: boolean;
}
const FINEST = "r9";

export function cellsIn(tiles: readonly Uint8Array[]): InCell[] {
  const found = new Map<string, InCell>();
  for (const bytes of tiles) {
    const layer = new VectorTile(new PbfReader(bytes)).layers[FINEST];
    for (let n = 0; n < (layer?.length ?? 0); n += 1) {
      const { cell, many, act } = layer?.feature(n).properties ?? {};
      if (typeof cell === "string") found.set(cell, { cell, many: Number(many), act: Number(act) > 0 });
    }
  }
  return [...found.values()];
}
