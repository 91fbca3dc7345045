import fc from "fast-check";
import { expect, test } from "vitest";
import { reportText } from "./report.ts";

const at = "2026-11-22T10:03:07.000Z";
const base = { hubKey: 2, newestKey: 3, members: 2, hubs: 1, now: new Date("2026-11-22T13:00:00Z"), browser: { encodes: true } };
const camera = { id: "c".repeat(26), name: "Nursery", state: "away" as const, since: at, note: "rtsp://user:pass@10.0.0.7 is away" };

test("R04 the report says how things are and holds no picture, name, address, place or moment", () => {
  const text = reportText({ ...base, status: { at, cameras: [camera], held: { clips_waiting: 3 } } }, []);
  expect(JSON.parse(text)).toMatchObject({ hub: { clips_waiting: 3, heard: "less than a day" }, cameras: [{ camera: 1, state: "away" }] });
  for (const secret of [camera.id, camera.name, "user:pass", "10:03", "2026-11-22"]) expect(text).not.toContain(secret);
  expect(text).not.toContain("copies");
});

test("R04 only copies that a member added stand in it", () => {
  expect(JSON.parse(reportText({ ...base, status: null }, ["https://x/s#a.b"]))).toMatchObject({ hub: "not heard from", copies: ["https://x/s#a.b"] });
});

test("R04 whatever a camera is called and says, none of it is in the report", () => {
  fc.assert(
    fc.property(fc.string({ minLength: 12 }), fc.string({ minLength: 12 }), (name, note) => {
      const text = reportText({ ...base, status: { at, cameras: [{ ...camera, name: `§${name}`, note: `§${note}` }], held: { clips_waiting: 0 } } }, []);
      return !text.includes("§");
    }),
  );
});
