import { expect, test } from "vitest";
import { standing } from "./standing.ts";

test("the first sentence says how things are, the worst first", () => {
  const of = (...states: ("ok" | "warn" | "bad")[]) => standing(states.map((state) => ({ state })));
  expect(of("ok", "ok")).toBe("Everything works");
  expect(of("ok", "warn")).toBe("Works. One thing to look at");
  expect(of("warn", "warn")).toBe("Works. 2 things to look at");
  expect(of("warn", "bad")).toBe("One thing does not work");
});
