import { readFileSync, readdirSync } from "node:fs";

import fc from "fast-check";
import { cellArea, cellToBoundary, latLngToCell } from "h3-js";
import { expect, test } from "vitest";

import { coveringCells, type Division, homeCell } from "./cells.ts";
import { distanceM, joinedAreaM2 } from "./joined.ts";
import { areaM2, contains, outline, type Outline } from "./polygon.ts";

const vectors = `${import.meta.dirname}/../../../vectors/geo`;
const read = <T>(start: string): T[] =>
  readdirSync(vectors)
    .filter((name) => name.startsWith(start))
    .map((name) => JSON.parse(readFileSync(`${vectors}/${name}`, "utf-8")) as T);

type Area = {
  why: string;
  corners: number[][];
  expect: "outline" | "refused";
  area_m2?: number;
  inside?: [number, number][];
  outside?: [number, number][];
};

test.each(read<Area>("polygon-"))("an outline is read as in Python: $why", (vector) => {
  const drawn = outline(vector.corners);
  expect(drawn.kind).toBe(vector.expect);
  if (drawn.kind !== "outline") return;
  expect(Math.abs(areaM2(drawn.corners) - (vector.area_m2 ?? 0))).toBeLessThan(0.01);
  for (const [lon, lat] of vector.inside ?? []) expect(contains(drawn.corners, lon, lat)).toBe(true);
  for (const [lon, lat] of vector.outside ?? []) expect(contains(drawn.corners, lon, lat)).toBe(false);
});

type Cells = {
  why: string;
  division: Division;
  point: [number, number];
  home_cell: string;
  corners: [number, number][];
  covering: string[];
};

test.each(read<Cells>("cells-"))("the town's cells are as in Python: $why", (vector) => {
  expect(homeCell(...vector.point, vector.division)).toBe(vector.home_cell);
  expect(coveringCells(vector.corners as Outline, vector.division)).toEqual(vector.covering);
});

type Joined = { why: string; outlines: [number, number][][]; area_m2: number; distance_m: number };

test.each(read<Joined>("joined-"))("R21: what several areas cover together is as shapely counts it: $why", ({ outlines, area_m2, distance_m }) => {
  expect(Math.floor(joinedAreaM2(outlines) + 0.5)).toBe(area_m2);
  expect(Math.floor(joinedAreaM2([...outlines].reverse()) + 0.5)).toBe(area_m2);
  const [one, other] = [outlines[0] as Outline, outlines.at(-1) as Outline];
  expect(Math.abs(distanceM(one, other) - distance_m)).toBeLessThan(1e-5);
  expect(Math.abs(distanceM(other, one) - distance_m)).toBeLessThan(1e-5);
});

test("R21: areas cut from one cover it again, whatever they share", () => {
  const side = fc.integer({ min: 1, max: 9 });
  fc.assert(
    fc.property(side, side, fc.boolean(), (a, b, upright) => {
      const rect = (from: number, to: number): Outline =>
        upright
          ? [[0.001 * from, 50], [0.001 * to, 50], [0.001 * to, 50.01], [0.001 * from, 50.01]]
          : [[0, 50 + 0.001 * from], [0.01, 50 + 0.001 * from], [0.01, 50 + 0.001 * to], [0, 50 + 0.001 * to]];
      const [first, last] = [Math.max(a, b), Math.min(a, b)];
      expect(Math.abs(joinedAreaM2([rect(0, first), rect(last, 10)]) / areaM2(rect(0, 10)) - 1)).toBeLessThan(1e-5);
    }),
  );
});

test("the area of a cell's outline is the area that H3 gives it", () => {
  fc.assert(
    fc.property(fc.double({ min: -60, max: 60, noNaN: true }), fc.double({ min: -170, max: 170, noNaN: true }), (lat, lon) => {
      const cell = latLngToCell(lat, lon, 8);
      const corners = cellToBoundary(cell, true).slice(0, -1) as unknown as Outline;
      const expected = cellArea(cell, "m2");
      expect(Math.abs(areaM2(corners) / expected - 1)).toBeLessThan(1e-6);
    }),
  );
});
