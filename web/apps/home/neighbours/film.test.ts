// R13: a clip for a post begins with some seconds that a town takes, cut at whole segments.
import { expect, test } from "vitest";
import { beginsWith, lengthMs } from "./film.ts";

const of = (...durations: number[]) => durations.map((durationMs, i) => ({ startMs: durations.slice(0, i).reduce((sum, one) => sum + one, 0), durationMs }));

test("R13 a cut is as long as its segments", () => {
  expect(lengthMs(of(2_000, 3_000, 4_000), 1, 2)).toBe(7_000);
  expect(lengthMs(of(2_000), 0, 5)).toBe(0);
});

test("R13 it begins with about ten seconds, with less where a town takes less, and with one segment at least", () => {
  expect(beginsWith(of(4_000, 4_000, 4_000, 4_000), 60_000)).toBe(1);
  expect(beginsWith(of(4_000, 4_000, 4_000), 5_000)).toBe(0);
  expect(beginsWith(of(90_000, 4_000), 60_000)).toBe(0);
  expect(beginsWith(of(4_000), 60_000)).toBe(0);
});
