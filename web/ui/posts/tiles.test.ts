import { describe, expect, it } from "vitest";
import { readB64 } from "../../core/bytes.ts";
import vectors from "../../../vectors/tiles/incidents.json" with { type: "json" };
import { cellsIn } from "./tiles.ts";

describe("R13 the town's tiles", () => {
  it("are read as the server wrote them, a cell in two tiles once", () => {
    const tiles = vectors.tiles.map((text) => readB64(text) ?? new Uint8Array());
    const sorted = cellsIn([...tiles, ...tiles]).sort((a, b) => (a.cell < b.cell ? -1 : 1));
    expect(sorted).toEqual(vectors.cells);
  });

  it("may be empty", () => {
    expect(cellsIn([new Uint8Array()])).toEqual([]);
  });
});
