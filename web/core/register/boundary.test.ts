import fc from "fast-check";
import { expect, test } from "vitest";
import { readBoundary } from "./boundary.ts";

const SQUARE = [[0, 0], [1, 0], [1, 1], [0, 0]];
const HOLE = [[0.4, 0.1], [0.6, 0.1], [0.6, 0.3], [0.4, 0.1]];
const polygon = { type: "Polygon", coordinates: [SQUARE, HOLE] };
const read = (value: unknown) => readBoundary(JSON.stringify(value));

test("a geometry, a feature and a collection of one feature are the same area", () => {
  const found = read(polygon);
  expect(found).toEqual({ geometry: polygon, outline: SQUARE.slice(0, -1), parts: 1, corners: 6 });
  const feature = { type: "Feature", properties: { name: "Here" }, geometry: polygon };
  expect(read(feature)).toEqual(found);
  expect(read({ type: "FeatureCollection", features: [feature] })).toEqual(found);
});

test("an area of several parts keeps all of them", () => {
  const parts = { type: "MultiPolygon", coordinates: [[SQUARE], [[...SQUARE.slice(0, 2), [1, 0.5], ...SQUARE.slice(2)]]] };
  expect(read(parts)).toMatchObject({ geometry: parts, parts: 2, corners: 7, outline: { length: 4 } });
});

test("what is no one area says which it is", () => {
  expect(readBoundary("{")).toBe("not-json");
  expect(read({ type: "Point", coordinates: [0, 0] })).toBe("no-area");
  expect(read({ type: "Feature", geometry: null })).toBe("no-area");
  expect(read({ type: "MultiPolygon", coordinates: [] })).toBe("no-area");
  expect(read({ type: "FeatureCollection", features: [polygon, polygon] })).toBe("many-areas");
  expect(read({ type: "Polygon", coordinates: [[[0, 0], [1, 0], [200, 1], [0, 0]]] })).toBe("bad-corner");
  expect(read({ type: "Polygon", coordinates: [SQUARE.slice(0, 3)] })).toBe("bad-corner");
  expect(read({ type: "Polygon", coordinates: [] })).toBe("bad-corner");
});

test("whatever the file is, it is a boundary or a reason", () => {
  const geometry = fc.record({ type: fc.constantFrom("Polygon", "MultiPolygon", "Feature", "FeatureCollection"), coordinates: fc.jsonValue(), geometry: fc.jsonValue(), features: fc.jsonValue() }, { requiredKeys: ["type"] });
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json(), geometry.map((value) => JSON.stringify(value))), (text) => {
      const found = readBoundary(text);
      if (typeof found !== "string") expect(found.corners).toBeGreaterThanOrEqual(3);
    }),
  );
});
