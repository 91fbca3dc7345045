import { expect, test } from "vitest";
import { clockText, lengthText, sizeText } from "./times.ts";

test("a position reads like a clock", () => {
  expect([0, 26, 72, 3725, 26.9].map(clockText)).toEqual(["0:00", "0:26", "1:12", "1:02:05", "0:26"]);
});
test("a length reads like speech", () => {
  expect([0, 1, 42, 60, 72, 121].map(lengthText)).toEqual(["0 seconds", "1 second", "42 seconds", "1 minute", "1 minute 12 seconds", "2 minutes 1 second"]);
});
test("a size is never nothing", () => {
  expect([0, 999, 1_500_000].map(sizeText)).toEqual(["1 kB", "1 kB", "1.5 MB"]);
});
