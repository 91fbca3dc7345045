import { describe, expect, it } from "vitest";
import { many } from "./many.ts";

describe("counts in words", () => {
  it("takes the form that the language has for that count", () => {
    const forms = { one: "event", other: "events" };
    expect([0, 1, 2, 2400].map((count) => many(count, forms))).toEqual(["0 events", "1 event", "2 events", "2,400 events"]);
  });
});
