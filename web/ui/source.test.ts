import { expect, test } from "vitest";
import { nextWanted, openSource, segmentAt } from "./source.ts";

const SEGMENTS = [0, 1000, 2000, 3000].map((startMs) => ({ startMs, durationMs: 1000, offset: startMs / 100, length: 10 }));

test("a time belongs to the segment that shows it", () => {
  expect([0, 999, 1000, 3999, 9999].map((ms) => segmentAt(SEGMENTS, ms))).toEqual([0, 0, 1, 3, 3]);
});

test("what is fetched next is the first segment missing from here on, and none that was passed", () => {
  expect(nextWanted(SEGMENTS, new Set(), 2500, 5000)).toBe(2);
  expect(nextWanted(SEGMENTS, new Set([2]), 2500, 5000)).toBe(3);
  expect(nextWanted(SEGMENTS, new Set([2, 3]), 2500, 5000)).toBe(-1);
  expect(nextWanted(SEGMENTS, new Set([0, 1]), 0, 1500)).toBe(-1);
});

test("an open copy hands out exactly the bytes its index names", async () => {
  const media = Uint8Array.from({ length: 50 }, (_, i) => i);
  const source = openSource(media, { mime: "", width: 1, height: 1, durationMs: 1, init: [2, 3], segments: SEGMENTS });
  expect([...(await source.init())]).toEqual([2, 3, 4]);
  expect((await source.segment(1))[0]).toBe(10);
});
