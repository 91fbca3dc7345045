import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { edges, rowAt, windowOf } from "./virtual.ts";

describe("a long list", () => {
  const heights = fc.array(fc.integer({ min: 1, max: 200 }), { maxLength: 300 });

  it("makes every row that is seen, and no more than are near", () => {
    fc.assert(
      fc.property(heights, fc.integer({ min: -500, max: 70_000 }), fc.integer({ min: 1, max: 2000 }), (rows, top, height) => {
        const edge = edges(rows);
        const [first, end] = windowOf(edge, top, top + height, 4);
        rows.forEach((_, i) => {
          const seen = (edge[i] ?? 0) < top + height && (edge[i + 1] ?? 0) > top;
          if (seen) expect(i >= first && i < end).toBe(true);
        });
        expect(end - first).toBeLessThanOrEqual(height + 10);
      }),
    );
  });

  it("finds the row at a place", () => {
    const edge = edges([10, 20, 30]);
    expect([-5, 0, 9, 10, 29, 30, 59, 60, 1000].map((y) => rowAt(edge, y))).toEqual([0, 0, 0, 1, 1, 2, 2, 2, 2]);
    expect(rowAt(edges([]), 3)).toBe(-1);
    expect(windowOf(edges([]), 0, 100, 4)).toEqual([0, 0]);
  });
});
