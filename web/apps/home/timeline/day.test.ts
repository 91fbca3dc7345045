import { expect, test } from "vitest";
import { byHour, dayStart, hourly, utcDays, within, type DayEvent } from "./day.ts";

const event = (text: string): DayEvent => ({ clip: text, start: new Date(text), durationMs: 1, label: "person", camera: "x" });
const EVENTS = ["2026-11-21T09:10:00", "2026-11-21T23:59:59", "2026-11-22T00:00:00", "2026-11-21T09:40:00"].map(event);

test("a day holds its events only, newest first", () => {
  const day = within(EVENTS, dayStart(new Date("2026-11-21T12:00:00")));
  expect(day.map((one) => one.clip)).toEqual(["2026-11-21T23:59:59", "2026-11-21T09:40:00", "2026-11-21T09:10:00"]);
});

test("hours count what stands in them, and groups keep the order", () => {
  const day = within(EVENTS, dayStart(new Date("2026-11-21T12:00:00")));
  expect(hourly(day)[9]).toBe(2);
  expect(byHour(day).map((group) => [group.hour, group.events.length])).toEqual([
    [23, 1],
    [9, 2],
  ]);
});

test("every moment of a local day lies in one of its UTC days", () => {
  const start = dayStart(new Date("2026-03-29T12:00:00"));
  const days = utcDays(start);
  for (let minute = 0; minute < 23 * 60; minute += 7) {
    expect(days).toContain(new Date(start.getTime() + minute * 60_000).toISOString().slice(0, 10));
  }
  expect(days.length).toBeLessThanOrEqual(2);
});

test("yesterday is a calendar day back", () => {
  expect(dayStart(new Date("2026-03-01T00:30:00"), 1).getDate()).toBe(28);
});
