import { expect, test } from "vitest";
import { typed } from "./numbers.ts";

test("numbers within bounds are taken, anything else is refused", () => {
  expect(typed(" 14 ", 0, 365, true)).toBe(14);
  expect(typed("2,5", 0, 100)).toBe(2.5);
  for (const [text, whole] of [["", false], ["-1", false], ["1e3", false], ["x", false], ["2.5", true], ["366", true], ["0x10", false]] as const) {
    expect(typed(text, 0, 365, whole)).toBeNull();
  }
});
