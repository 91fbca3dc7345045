import { expect, test } from "vitest";
import { stateOf } from "./state.ts";

const camera = { state: "recording", since: "2026-11-21T10:00:00Z", record: "events", note: "", privacy: { zones: [], by: "auto", active: "none" } } as const;

test("a camera that works says what it records", () => {
  expect(stateOf(camera)).toMatchObject({ kind: "ok", text: "Records around events" });
  expect(stateOf({ ...camera, state: "watching", record: "off" }).text).toBe("Watching, not recording");
  expect(stateOf({ ...camera, state: "off" })).toMatchObject({ kind: "wait", text: "Switched off" });
});

test("a camera whose privacy zone is not proved does not claim to record", () => {
  for (const state of ["recording", "off"]) {
    expect(stateOf({ ...camera, state, privacy: { ...camera.privacy, active: "waiting" } })).toMatchObject({ kind: "wait", text: "Waiting for its privacy zone" });
  }
});

test("each way of not working has words and asks for care", () => {
  const told = ["away", "refused", "unreadable"].map((state) => stateOf({ ...camera, state }));
  expect(new Set(told.map((one) => one.text)).size).toBe(3);
  expect(told.every((one) => one.kind === "care")).toBe(true);
});

test("a camera that was added this moment is connecting, not away", () => {
  const since = new Date(camera.since);
  expect(stateOf({ ...camera, state: "away" }, new Date(since.getTime() + 2000)).text).toBe("Connecting");
  expect(stateOf({ ...camera, state: "away" }, new Date(since.getTime() + 9000)).kind).toBe("care");
});

test("a state that is not known yet shows the hub's note", () => {
  expect(stateOf({ ...camera, state: "dreaming", note: "Asleep." }).text).toBe("Asleep.");
  expect(stateOf({ ...camera, state: "dreaming" }).text).toBe("Connecting");
});
