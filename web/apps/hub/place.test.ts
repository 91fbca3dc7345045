import { expect, test } from "vitest";
import { placeIn } from "./place.ts";

test("a place of the app is one, and a way within the page is none", () => {
  expect(placeIn("http://hub:8085/#/camera/a/never")).toBe("#/camera/a/never");
  expect(placeIn("http://hub:8085/")).toBe("");
  expect(placeIn("http://hub:8085/#main")).toBeNull();
});
