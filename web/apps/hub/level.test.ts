import { expect, test } from "vitest";
import { lines } from "./level.ts";

test("the line stands on zero and its share of the threshold is told", () => {
  const drawn = lines([0, 50, 100], [200, 200, 200]);
  expect(drawn.level.split(" ")).toHaveLength(3);
  expect(drawn.level.startsWith("0.0000,1.0000")).toBe(true);
  expect(drawn.share).toBe(0.5);
});

test("before anything was measured there is nothing to draw and nothing to tell", () => {
  expect(lines([], [])).toEqual({ level: "", threshold: "", share: null });
  expect(lines([1], [0]).share).toBeNull();
});
