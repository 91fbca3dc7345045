import { expect, test } from "vitest";
import { catchUp, pictureEvery } from "./pace.ts";

test("pictures come once a second while looked at, seldom when not, and never faster than the hub gives them", () => {
  expect(pictureEvery(true, 50, 0)).toBe(1000);
  expect(pictureEvery(false, 50, 0)).toBe(10_000);
  expect(pictureEvery(true, 1400, 0)).toBe(2800);
  expect(pictureEvery(true, 50, 2)).toBe(4000);
  expect(pictureEvery(true, 50, 50)).toBe(15_000);
});

test("a film that lags is brought to its newest pictures, one that keeps up is left alone", () => {
  expect(catchUp(10, 15)).toBeNull();
  expect(catchUp(10, 20)).toBeCloseTo(19.4);
  expect(catchUp(30, 20)).toBeCloseTo(19.4);
  expect(catchUp(0, 0.2)).toBeNull();
});
