import { expect, test } from "vitest";
import { earliest, newestOf, type Text } from "./texts.ts";

const text = (version: number, effective: string, name: Text["name"] = "terms"): Text => ({ name, version, effective, body: `${version}\n` });

test("the newest version of each text is the one to change, whatever order they come in", () => {
  const found = newestOf([text(2, "2026-12-01"), text(1, "2026-11-01"), text(1, "2026-11-01", "privacy")]);
  expect([...found].map(([name, { version }]) => [name, version])).toEqual([["terms", 2], ["privacy", 1]]);
});

test("another version counts after a fortnight, and not before the one that it follows", () => {
  const now = new Date("2026-11-22T23:59:00Z");
  expect(earliest(undefined, now)).toBe("2026-11-22");
  expect(earliest(text(1, "2026-11-01"), now)).toBe("2026-12-06");
  expect(earliest(text(1, "2026-12-24"), now)).toBe("2026-12-24");
});
