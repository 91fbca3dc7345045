import { expect, test } from "vitest";
import { happened } from "./happened.ts";

test("a parcel that was left is told apart from one that was taken, and an unknown kind is no guess", () => {
  expect(happened({ label: "package", change: "left" })).toBe("A parcel was left");
  expect(happened({ label: "package", change: "taken" })).toBe("A parcel was taken");
  expect(happened({ label: "doorbell", change: null })).toBe("Someone rang");
  expect(happened({ label: "umbrella", change: null })).toBe("Something moved");
});
