import fc from "fast-check";
import { expect, test } from "vitest";
import { readPlace } from "./pairing.ts";

test("a place is read as maps write it, latitude first", () => {
  for (const typed of ["37.7983, -122.4078", " 37.7983,-122.4078 ", "37.7983 -122.4078", "37.7983;-122.4078"]) {
    expect(readPlace(typed)).toEqual({ lat: 37.7983, lon: -122.4078 });
  }
  for (const typed of ["", "here", "37.8", "-122.4078, 37.7983", "1,2,3", "1e1, 2", "NaN, 1", "91, 0", "0, 181"]) expect(readPlace(typed)).toBeNull();
});

test("whatever is typed is a place on earth or none", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.tuple(fc.float(), fc.float()).map(String)), (typed) => {
      const place = readPlace(typed);
      return place === null || (Math.abs(place.lat) <= 90 && Math.abs(place.lon) <= 180);
    }),
  );
});
