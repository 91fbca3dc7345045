import { describe, expect, it } from "vitest";
import type { OperationRow } from "../api/operations.ts";
import { stateOn } from "./state.ts";

const row = (change: Partial<OperationRow> = {}): OperationRow => ({
  entry: { operation: "a", kind: "other", place: "P", plan: "Q", starts: "2026-12-05", ends: "2026-12-06", agency: "A" },
  homes: [],
  outcomes: [],
  off: null,
  ...change,
});

describe("R29 how an operation stands", () => {
  it("goes from planned to overdue by its days, the last of which still counts", () => {
    const days = ["2026-12-04", "2026-12-05", "2026-12-06", "2026-12-07", "2027-03-06", "2027-03-07"];
    expect(days.map((day) => stateOn(row(), day))).toEqual(["planned", "running", "running", "due", "due", "overdue"]);
  });

  it("is told once there is an outcome, and off once it was called off, at any time", () => {
    const told = row({ outcomes: [{ arrests: 0, cited: 0, stopped: 0, recovered: 0, words: "Nothing." }] });
    expect(stateOn(told, "2030-01-01")).toBe("told");
    expect(stateOn(row({ off: { reason: "Rain." } }), "2030-01-01")).toBe("off");
  });
});
