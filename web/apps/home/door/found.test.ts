import { expect, test } from "vitest";
import { readPlace } from "./found.ts";

test("a place is read as latitude and longitude, and nothing else is", () => {
  expect(readPlace("37.7983, -122.4078")).toEqual({ lat: 37.7983, lon: -122.4078 });
  expect(readPlace(" 51 0 ")).toEqual({ lat: 51, lon: 0 });
  for (const bad of ["", "37.7", "91, 0", "0, 181", "a, b", "1,2,3"]) expect(readPlace(bad)).toBeNull();
});
