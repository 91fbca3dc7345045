import { expect, test } from "vitest";
import { newId } from "./copy.ts";

test("ids have the form that the server asks for, and differ", () => {
  const ids = Array.from({ length: 200 }, newId);
  expect(ids.every((id) => /^[a-z2-7]{25}[aeimquy4]$/.test(id))).toBe(true);
  expect(new Set(ids).size).toBe(200);
});
