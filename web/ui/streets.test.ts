import { expect, test } from "vitest";
import { drawStreets, readStreets, viewOf } from "./streets.ts";

const OUTLINE = [
  [-122.41, 37.776],
  [-122.405, 37.774],
  [-122.405, 37.779],
] as const;

test("the outline lies inside its view, the right way up", () => {
  const view = viewOf(OUTLINE, 600, 400);
  for (const point of OUTLINE) {
    const [x, y] = view.project(point);
    expect(x > 0 && x < 600 && y > 0 && y < 400).toBe(true);
  }
  expect(view.project(OUTLINE[2])[1]).toBeLessThan(view.project(OUTLINE[1])[1]); // north is up
});

test("a layer with things that are no streets is read for those that are", () => {
  const street = { properties: { n: "Folsom", k: "primary" }, geometry: { type: "LineString", coordinates: [[-122.409, 37.775], [-122.406, 37.778]] } };
  const streets = readStreets({ features: [street, { properties: {}, geometry: { type: "Point", coordinates: [1, 2] } }, 7] });
  expect(streets.map((one) => one.name)).toEqual(["Folsom"]);
  const drawn = drawStreets(streets, viewOf(OUTLINE, 600, 400));
  expect(drawn.wide).toMatch(/^M/);
  expect(drawn.labels[0]?.text).toBe("Folsom");
});

test("streets elsewhere are not drawn", () => {
  const far = readStreets({ features: [{ properties: {}, geometry: { type: "LineString", coordinates: [[0, 0], [1, 1]] } }] });
  expect(drawStreets(far, viewOf(OUTLINE, 600, 400)).narrow).toBe("");
});
