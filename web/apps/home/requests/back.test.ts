import { expect, test } from "vitest";
import { hashOf, secretOf } from "./back.ts";

const [ONE, TWO] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];

test("R24: a copy's secret is its own and its giver's own: neither two copies nor two people share one", () => {
  const hashes = [hashOf(secretOf(ONE, "a")), hashOf(secretOf(ONE, "b")), hashOf(secretOf(TWO, "a"))];
  expect(new Set(hashes).size).toBe(3);
  expect(hashOf(secretOf(ONE, "a"))).toBe(hashes[0]); // the same again, so that it is kept nowhere
  expect(hashes[0]).toMatch(/^[0-9a-f]{64}$/);
});
