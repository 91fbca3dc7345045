import { expect, test } from "vitest";
import { standing, wall } from "./standing.ts";

test("the first sentence says how things are, the worst first", () => {
  const of = (...states: ("ok" | "warn" | "bad")[]) => standing(states.map((state) => ({ state })));
  expect(of("ok", "ok")).toBe("Everything works");
  expect(of("ok", "warn")).toBe("It works, with one thing to look at");
  expect(of("warn", "warn")).toBe("It works, with 2 things to look at");
  expect(of("warn", "bad")).toBe("One thing does not work");
});

test("a camera that is switched off does not work, and is not broken either", () => {
  const ok = { kind: "ok", text: "Watching" } as const;
  const off = { kind: "wait", text: "Switched off" } as const;
  const away = { kind: "care", text: "Has not answered since 10:00" } as const;
  expect(wall([ok])).toBe("Your camera works");
  expect(wall([ok, ok])).toBe("Both cameras work");
  expect(wall([ok, ok, ok])).toBe("All 3 cameras work");
  expect(wall([off])).toBe("Switched off");
  expect(wall([away])).toBe("Has not answered since 10:00");
  expect(wall([ok, off])).toBe("1 of 2 cameras works, 1 switched off");
  expect(wall([ok, ok, away])).toBe("2 of 3 cameras work");
});
