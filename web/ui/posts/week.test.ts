import { cellToParent } from "h3-js";
import { describe, expect, it } from "vitest";
import type { Week } from "../../core/api/weeks.ts";
import { around } from "../../core/neighbors/places.ts";
import { chosen, rowsOf, usualText } from "./week.ts";

const HOME = "8828308281fffff";
const FAR = "8828308c89fffff";
const week = (change: Partial<Week> = {}): Week => ({
  week: "2026-W47",
  begins: "2026-11-16",
  ends: "2026-11-22",
  posts: { package: 5, animal: 1 },
  usual: { package: 3.4, help: 0.4 },
  areas: { [cellToParent(HOME, 7)]: { package: 2 }, [cellToParent(FAR, 7)]: { package: 3, animal: 1 } },
  corrected: 1,
  resolved: 2,
  removed: 0,
  verified: 0,
  named: [],
  ...change,
});

describe("R13 R14 the weekly digest", () => {
  it("counts the town, and the part that is read beside it; what neither came nor is usual is left out", () => {
    const kinds = ["package", "animal", "help", "safety"];
    expect(rowsOf(week(), new Set(), kinds)).toEqual([
      { kind: "package", here: null, town: 5, usual: 3.4 },
      { kind: "animal", here: null, town: 1, usual: 0 },
      { kind: "help", here: null, town: 0, usual: 0.4 },
    ]);
    expect(rowsOf(week(), around(HOME), kinds)[0]).toEqual({ kind: "package", here: 2, town: 5, usual: 3.4 });
    expect(rowsOf(week({ areas: {} }), around(HOME), kinds)[0]?.here).toBe(0);
  });
  it("opens the week that was asked for, else the latest", () => {
    const weeks = [week({ week: "2026-W47" }), week({ week: "2026-W46" })];
    expect(chosen(weeks, "2026-W46")).toMatchObject({ week: { week: "2026-W46" }, before: null, after: { week: "2026-W47" } });
    expect(chosen(weeks, "nothing")?.week.week).toBe("2026-W47");
    expect(chosen([], "")).toBeNull();
  });
  it("says a usual number as finely as it means something", () => expect([0, 0.42, 1, 2.96, 12.6].map(usualText)).toEqual(["0", "0.4", "1", "3", "13"]));
});
