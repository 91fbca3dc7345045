import { expect, test } from "vitest";
import type { EventView } from "./api.ts";
import { eventsCsv, eventsJson, fileName } from "./listing.ts";

const event: EventView = {
  id: "e1",
  camera: "c1",
  label: "person",
  start: "2026-11-21T10:00:00Z",
  end: null,
  score: 0.871,
  zones: ["Path, front", "=1+1"],
  change: null,
  not_this: false,
};
const names = new Map([["c1", '=HYPERLINK("x")']]);

test("a table program reads every field as text, whatever a camera or a zone is called", () => {
  const [head, line] = eventsCsv([event], names).split("\r\n");
  expect(head).toBe("start,end,camera,label,change,zones,score,not_this,id");
  expect(line).toBe(`2026-11-21T10:00:00Z,,"'=HYPERLINK(""x"")",person,,"Path, front; =1+1",0.87,no,e1`);
});

test("the list as JSON holds the same events", () => {
  expect(JSON.parse(eventsJson([event], names))).toMatchObject([{ id: "e1", camera_name: '=HYPERLINK("x")', zones: ["Path, front", "=1+1"] }]);
});

test("a file's name is plain on any disk", () => {
  expect(fileName("Front door / süd", new Date(2026, 10, 21, 9, 5, 7), "mp4")).toBe("front-door-su-d-2026-11-21-090507.mp4");
  expect(fileName("…", new Date(2026, 0, 1), "csv")).toBe("camera-2026-01-01-000000.csv");
});
