import { cellToCenterChild, gridDisk, latLngToCell } from "h3-js";
import { describe, expect, it } from "vitest";
import type { Incident, IncidentClass, Years } from "../../core/api/incidents.ts";
import classes from "../../../src/fanlight/model/data/incident-classes.json";
import { commonOf, csvOf, linesOf, rateText, shownOf, signOf, trendOf, yearsOf } from "./lines.ts";

const NOW = Date.parse("2026-11-23T12:00:00.000Z");
const made = (began: string, kind = "fire", state: "open" | "over" = "open"): Incident => ({
  incident: `id ${began}`, source: "s", class: kind, cells: [], began, ends: began, state,
});
const KINDS = classes as readonly IncidentClass[];

describe("what dispatch reported (R13, R14)", () => {
  it("is latest first, with words, and what is over asks nothing of anybody", () => {
    const lines = linesOf([made("2026-11-23T08:00:00.000Z", "fire", "over"), made("2026-11-23T09:00:00.000Z"), made("2026-11-23T07:00:00.000Z", "unheard-of")], KINDS);
    expect(lines.map(({ words, act }) => [words, act])).toEqual([["Fire", true], ["Fire", false], ["unheard-of", false]]);
    expect(shownOf(lines, "now", 24, NOW)).toHaveLength(1);
    expect(shownOf(lines, "fire", 24, NOW)).toHaveLength(2);
    expect(shownOf(lines, "", 3, NOW)).toHaveLength(1);
    expect(shownOf(lines, "crime", 24, NOW)).toEqual([]);
  });

  it("has a drawing of its own for each class that there is", () => {
    const files = Object.keys(import.meta.glob("./icons/*.svg")).map((path) => path.slice("./icons/".length, -".svg".length));
    for (const { class: kind } of KINDS) expect(files).toContain(signOf(kind));
    expect(KINDS.filter(({ class: kind }) => signOf(kind) === "megaphone")).toEqual([]);
  });

  it("goes into a spreadsheet without a formula", () => {
    const [head, row] = csvOf(linesOf([{ ...made("2026-11-23T08:00:00.000Z"), incident: '=1+"2"' }], KINDS)).split("\r\n");
    expect(head).toBe("incident,class,began,state,cells");
    expect(row?.startsWith(`"'=1+""2""",fire,`)).toBe(true);
  });
});

describe("how common something is (R14)", () => {
  const months = Array.from({ length: 24 }, (_, i) => `${2024 + Math.floor((i + 11) / 12)}-${String(((i + 11) % 12) + 1).padStart(2, "0")}`);
  const years = (reported: boolean[], homes: number | null): Years => ({
    months, reported, counts: { fire: months.map((_, i) => (i < 12 ? 2 : 1)) }, homes, homes_source: null, areas: {},
  });
  const all = months.map(() => true);

  it("is a rate of 1,000 homes beside the year before", () => {
    const found = commonOf(years(all, 4_000), "fire");
    expect([found.year, found.before, found.rate, found.rateBefore, found.told]).toEqual([12, 24, 3, 6, 12]);
    expect(commonOf(years(all, 4_000), "gas")).toMatchObject({ year: 0, before: 0, rate: 0 });
  });

  it("is no rate without a table of homes, and no year before where nobody reported in one of its months", () => {
    expect(commonOf(years(all, null), "fire")).toMatchObject({ rate: null, rateBefore: null, year: 12 });
    const young = commonOf(years(months.map((_, i) => i > 21), 4_000), "fire");
    expect([young.before, young.rateBefore, young.told]).toEqual([null, null, 2]);
    expect(young.months.map(({ many }) => many).slice(-3)).toEqual([null, 1, 1]);
  });

  it("is told of the areas that a part of town touches, and without a rate where one has too few homes", () => {
    const cell = latLngToCell(37.7749, -122.4194, 7);
    const [next = ""] = gridDisk(cell, 1).filter((one) => one !== cell);
    const far = latLngToCell(37.9, -122.1, 7);
    const ones = months.map(() => 1);
    const areas: Years["areas"] = { [cell]: { counts: { fire: ones }, homes: 2_000 }, [next]: { counts: { fire: ones, gas: ones }, homes: 1_000 }, [far]: { counts: { fire: ones }, homes: 900 } };
    const town = { ...years(all, 4_000), areas };
    const part = new Set([cellToCenterChild(cell, 8), cellToCenterChild(next, 8)]);
    expect(yearsOf(town, part)).toMatchObject({ counts: { fire: months.map(() => 2), gas: ones }, homes: 3_000 });
    expect(yearsOf({ ...town, areas: { ...areas, [next]: { counts: {}, homes: null } } }, part)).toMatchObject({ counts: { fire: ones }, homes: null });
    expect(yearsOf({ ...town, homes: null }, part)).toMatchObject({ homes: null });
    expect([yearsOf(town, new Set()), yearsOf(town, new Set([latLngToCell(10, 10, 8)]))]).toEqual([null, null]);
  });

  it("is more or fewer only where chance alone would hardly make it so", () => {
    const common = commonOf(years(all, null), "fire");
    const of = (year: number, before: number | null) => trendOf({ ...common, year, before });
    expect([of(12, 8), of(100, 60), of(60, 100), of(0, 0), of(5, null)]).toEqual(["alike", "more", "fewer", "alike", null]);
  });

  it("is said in few digits", () => {
    expect([0, 0.03, 0.44, 2, 2.96, 3.27, 1_234].map(rateText)).toEqual(["0", "less than 0.1", "0.4", "2", "3", "3", "1,234"]);
  });
});
