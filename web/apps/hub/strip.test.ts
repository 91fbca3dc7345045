import fc from "fast-check";
import { expect, test } from "vitest";
import type { DayView, EventView } from "./api.ts";
import { bars, closest, DAY_MS, dayWindow, here, hourly, keyStep, nextFootage, opening, otherDay, recorded, shareOf, stretch, ticks, timeAt, timeField, typedTime, worthTelling, zoom } from "./strip.ts";

const whole = dayWindow("2026-11-21", 0);
const at = (clock: string): number => Date.parse(`2026-11-21T${clock}Z`);
const event = (start: string, end: string | null): EventView => ({
  id: start,
  camera: "c",
  label: "person",
  start: `2026-11-21T${start}Z`,
  end: end && `2026-11-21T${end}Z`,
  score: 0.9,
  zones: [],
  change: null,
  not_this: false,
});
const day: DayView = {
  spans: [
    { start: "2026-11-21T08:00:00Z", end: "2026-11-21T09:00:00Z", kind: "rest" },
    { start: "2026-11-21T10:00:00Z", end: "2026-11-21T10:00:30Z", kind: "event" },
  ],
  gaps: [
    { start: "2026-11-21T09:00:00Z", end: "2026-11-21T09:30:00Z", why: "camera_away" },
    { start: "2026-11-21T10:00:30Z", end: "2026-11-21T10:00:30.400Z", why: "jump" },
  ],
  events: [event("10:00:05", "10:00:20"), event("08:59:00", null)],
};

test("a day opens where there is footage: at the newest event that has some, else near the end", () => {
  expect(opening(day, whole)).toBe(at("10:00:05"));
  expect(opening({ ...day, events: [event("09:10:00", null)] }, whole)).toBe(at("10:00:00"));
  const long = { ...day, events: [], spans: day.spans.slice(0, 1) };
  expect(opening(long, whole)).toBe(at("08:59:30"));
  expect(opening({ spans: [], gaps: [], events: [] }, whole)).toBe(at("12:00:00"));
  const young = { ...long, spans: [{ start: "2026-11-21T08:00:00Z", end: "2026-11-21T08:00:09Z", kind: "rest" }] };
  expect(opening(young, whole)).toBe(at("08:00:00"));
});

test("a day begins at the reader's midnight", () => {
  expect(new Date(dayWindow("2026-11-21", -480).from).toISOString()).toBe("2026-11-21T08:00:00.000Z");
  expect(otherDay("2026-11-01", -1)).toBe("2026-10-31");
  expect(otherDay("2026-12-31", 1)).toBe("2027-01-01");
});

test("bars lie within the strip and the shortest can still be seen", () => {
  const all = bars(day.spans, whole);
  expect(all).toHaveLength(2);
  expect(all[0]?.left).toBeCloseTo(8 / 24);
  expect(all[1]?.width).toBe(0.0015);
  expect(bars(day.spans, { from: at("12:00:00"), to: at("13:00:00") })).toEqual([]);
  fc.assert(
    fc.property(fc.nat(DAY_MS), fc.nat(DAY_MS), fc.integer({ min: 60_000, max: DAY_MS }), (a, b, length) => {
      const window = zoom(whole, whole.from + a, length);
      const part = { start: new Date(whole.from + Math.min(a, b)).toISOString(), end: new Date(whole.from + Math.max(a, b)).toISOString() };
      for (const bar of bars([part], window)) {
        expect(bar.left).toBeGreaterThanOrEqual(0);
        expect(bar.left + bar.width).toBeLessThanOrEqual(1.0000001);
      }
      expect(window.from).toBeGreaterThanOrEqual(whole.from);
      expect(window.to).toBeLessThanOrEqual(whole.to);
    }),
  );
});

test("a position and its moment lead to each other", () => {
  fc.assert(
    fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (share) => {
      expect(shareOf(whole, timeAt(whole, share))).toBeCloseTo(share, 6);
    }),
  );
});

test("a moment is footage with its event, a gap with its reason, or nothing", () => {
  expect(here(day, at("08:30:00"))).toMatchObject({ kind: "footage", event: null });
  expect(here(day, at("10:00:10"))).toMatchObject({ kind: "footage", event: { id: "10:00:05" } });
  expect(here(day, at("08:59:30"))).toMatchObject({ kind: "footage", event: { id: "08:59:00" } });
  expect(here(day, at("09:10:00"))).toMatchObject({ kind: "gap", why: "camera_away" });
  expect(here(day, at("09:40:00"))).toEqual({ kind: "nothing" });
  expect(nextFootage(day, at("09:10:00"))).toBe(at("10:00:00"));
  expect(nextFootage(day, at("11:00:00"))).toBeNull();
  expect(recorded(day)).toBe(3630);
  expect(worthTelling(day.gaps)).toHaveLength(1);
});

test("a film runs over spans that follow each other and ends where nothing was recorded", () => {
  const spans = (...parts: [string, string][]): DayView => ({ ...day, spans: parts.map(([a, b]) => ({ start: `2026-11-21T${a}Z`, end: `2026-11-21T${b}Z`, kind: "rest" })) });
  const two = spans(["08:00:00", "08:10:00"], ["08:10:00.4", "08:20:00"], ["09:00:00", "09:01:00"]);
  expect(stretch(two, at("08:05:00"))).toEqual({ from: at("08:05:00"), to: at("08:20:00") });
  expect(stretch(two, at("08:59:59"))).toEqual({ from: at("09:00:00"), to: at("09:01:00") });
  expect(stretch(two, at("08:30:00"))).toBeNull();
  expect(stretch(two, at("09:01:00"))).toBeNull();
  expect(stretch(spans(), at("09:00:00"))).toBeNull();
});

test("hours count the events that began in them", () => {
  const counts = hourly(day.events, whole);
  expect([counts[8], counts[10], counts.length]).toEqual([1, 1, 24]);
});

test("typed times are moments of the day, and what is no time is refused", () => {
  expect(typedTime("10:00:30", whole)).toBe(at("10:00:30"));
  expect(typedTime("9:05", whole)).toBe(at("09:05:00"));
  for (const bad of ["25:00", "10:61", "ten", "", "24:30"]) expect(typedTime(bad, whole)).toBeNull();
  expect(timeField(at("09:05:07"), whole)).toBe("09:05:07");
});

test("ticks stand on whole hours of a day and on five minutes of an hour", () => {
  expect(ticks(whole)).toHaveLength(9);
  const hour = zoom(whole, at("10:00:00"), 3_600_000);
  expect(ticks(hour).every((tick) => tick % 300_000 === 0)).toBe(true);
  expect(keyStep("ArrowRight", true)).toBe(1000);
  expect(keyStep("PageDown", false)).toBe(-3_600_000);
  expect(keyStep("x", false)).toBeNull();
});

test("a day opens as close as still shows all that there is", () => {
  const lengths = [DAY_MS, 6 * 3_600_000, 3_600_000, 600_000];
  const first = { spans: [{ start: "2026-11-21T10:00:00Z", end: "2026-11-21T10:04:00Z", kind: "rest" }], events: [] };
  expect(closest(first, at("10:03:30"), whole, lengths)).toBe(3);
  expect(closest({ ...first, events: [event("09:45:00", null)] }, at("10:03:30"), whole, lengths)).toBe(2);
  expect(closest(day, at("10:00:05"), whole, lengths)).toBe(1);
  expect(closest({ spans: [], events: [] }, at("12:00:00"), whole, lengths)).toBe(0);
  expect(closest({ ...first, events: [event("00:10:00", null)] }, at("10:03:30"), whole, lengths)).toBe(0);
});
