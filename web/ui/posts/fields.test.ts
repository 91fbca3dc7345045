import { cellToLatLng, latLngToCell } from "h3-js";
import { describe, expect, it } from "vitest";
import { boundsOf, featuresOf, fieldsOf, spread } from "./fields.ts";
import type { Line } from "./lines.ts";

const CELL = latLngToCell(37.7756, -122.4187, 9);
const line = (cells: string[], act = false): Line => ({
  incident: "i", source: "s", class: "fire", cells, began: "", ends: "", state: "open", words: "Fire", act, groups: ["fire"], at: new Date(0),
});

describe("fields of the map (R11, R13)", () => {
  it("are whole cells with how many reports name them, never a point", () => {
    const [one, ...more] = fieldsOf([line([CELL]), line([CELL], true), line([]), line(["nonsense"])]);
    expect(more).toEqual([]);
    expect([one?.many, one?.act, one?.ring.length]).toEqual([2, true, 7]);
    expect(one?.middle).toEqual(cellToLatLng(CELL).toReversed());
    expect(featuresOf(fieldsOf([line([CELL])])).features).toHaveLength(1);
  });

  it("are a field of 350 m, a part of town, or all of it", () => {
    expect([[CELL], [latLngToCell(37.7756, -122.4187, 7)], [CELL, CELL], []].map(spread)).toEqual(["field", "part", "part", "town"]);
  });

  it("say where the map opens", () => {
    const [west, south, east, north] = boundsOf(fieldsOf([line([CELL])])) ?? [0, 0, 0, 0];
    expect(west < -122.4187 && -122.4187 < east && south < 37.7756 && 37.7756 < north).toBe(true);
    expect(boundsOf([])).toBeNull();
  });
});
