import fc from "fast-check";
import { expect, test } from "vitest";
import type { Outline, Point } from "./api.ts";
import { area, contains, crosses, FEWEST, fresh, MOST, nudge, put, rectangle, shift, split, stepOf, without } from "./outline.ts";

const share = fc.double({ min: 0, max: 1, noNaN: true });
const point = fc.tuple(share, share) as fc.Arbitrary<Point>;
const outlines = fc.array(point, { minLength: FEWEST, maxLength: MOST }) as fc.Arbitrary<Outline>;
const step = fc.double({ min: -3, max: 3, noNaN: true });
const within = (outline: Outline): boolean => outline.every(([x, y]) => x >= 0 && x <= 1 && y >= 0 && y <= 1);

test("whatever a person does, corners stay in the picture and an outline keeps 3 to 32 of them", () => {
  fc.assert(
    fc.property(outlines, fc.nat(MOST), step, step, (outline, at, dx, dy) => {
      const index = at % outline.length;
      for (const next of [put(outline, index, [dx, dy]), nudge(outline, index, [dx, dy]), shift(outline, [dx, dy]), split(outline, index), without(outline, index)]) {
        expect(within(next)).toBe(true);
        expect(next.length).toBeGreaterThanOrEqual(FEWEST);
        expect(next.length).toBeLessThanOrEqual(MOST);
      }
    }),
  );
});

test("moving the whole keeps its shape, also against the edge", () => {
  const box = rectangle([0.1, 0.1], [0.3, 0.4]);
  for (const by of [[0.2, 0.1], [5, 5], [-5, 0]] as const) expect(area(shift(box, by))).toBeCloseTo(area(box), 3);
  expect(shift(box, [5, 5])[2]).toEqual([1, 1]);
});

test("a rectangle is the same from whichever corner it is drawn", () => {
  const wanted = rectangle([0.2, 0.3], [0.6, 0.8]);
  expect(rectangle([0.6, 0.8], [0.2, 0.3])).toEqual(wanted);
  expect(rectangle([0.6, 0.3], [0.2, 0.8])).toEqual(wanted);
  expect(area(wanted)).toBeCloseTo(0.2);
});

test("a corner put on an edge changes nothing of what is inside", () => {
  const box = fresh(0);
  const more = split(box, 3);
  expect(more).toHaveLength(5);
  expect(area(more)).toBeCloseTo(area(box));
  expect(without(more, 4)).toEqual(box);
});

test("inside and outside are told apart, with a dent too", () => {
  const dented: Outline = [[0, 0], [1, 0], [1, 1], [0.5, 0.5], [0, 1]];
  expect(contains(dented, [0.2, 0.5])).toBe(true);
  expect(contains(dented, [0.5, 0.8])).toBe(false);
});

test("an outline like a bow tie is noticed, a plain one and a dented one are not", () => {
  expect(crosses([[0, 0], [1, 1], [1, 0], [0, 1]])).toBe(true);
  expect(crosses(rectangle([0, 0], [1, 1]))).toBe(false);
  expect(crosses([[0, 0], [1, 0], [1, 1], [0.5, 0.5], [0, 1]])).toBe(false);
});

test("arrow keys move by one in a hundred, with Shift by five; other keys do nothing", () => {
  expect(stepOf("ArrowLeft", false)).toEqual([-0.01, 0]);
  expect(stepOf("ArrowDown", true)).toEqual([0, 0.05]);
  expect(stepOf("a", false)).toBeNull();
});
