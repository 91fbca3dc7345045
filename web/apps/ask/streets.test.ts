import { expect, test } from "vitest";
import type { Street } from "../../ui/streets.ts";
import { crossingsOf, namesOf, placeOfSign } from "./streets.ts";

const street = (name: string, ...line: (readonly [number, number])[]): Street => ({ name, kind: "minor", line });
const town = [
  street("Hill", [-122.4, 37.8], [-122.399, 37.8], [-122.398, 37.8]),
  street("Elm", [-122.399, 37.799], [-122.399, 37.8], [-122.399, 37.801]),
  street("Far", [-122.39, 37.7], [-122.38, 37.7]),
  street("", [-122.4, 37.8], [-122.4, 37.801]),
];

test("R09 a place is named by a street and one that crosses it", () => {
  expect(namesOf(town)).toEqual(["Elm", "Far", "Hill"]);
  expect(crossingsOf(town, "Hill")).toEqual([{ name: "Elm", at: [-122.399, 37.8] }]);
  expect(crossingsOf(town, "Far")).toEqual([]);
});

test("R09 a door sign carries its place behind #, and nothing else is taken for one", () => {
  expect(placeOfSign("#at=-122.4078,37.7983")).toEqual([-122.4078, 37.7983]);
  for (const hash of ["", "#at=", "#at=1,2", "#at=-222.4,37.7", "#at=-122.4,37.7x", "#at=-122.4,88.1"]) expect(placeOfSign(hash)).toBeNull();
});
