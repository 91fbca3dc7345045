import fc from "fast-check";
import { expect, test } from "vitest";
import { fromSheet, toSheet } from "./sheet.ts";

const seeds = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((a) => new Uint8Array(a));

test("what stands on the sheet gives the same seed back, however it is spaced", () => {
  fc.assert(
    fc.property(seeds, fc.constantFrom(" ", "-", "\n", ""), (seed, gap) => {
      expect(fromSheet(toSheet(seed).join(gap).toUpperCase())).toEqual({ kind: "seed", seed });
    }),
  );
});

test("most slips of one character are caught, and one too few always", () => {
  const groups = toSheet(new Uint8Array(32).fill(7));
  expect(fromSheet(groups.join("").replace("0707", "0708"))).toEqual({ kind: "refused", why: "slip" });
  expect(fromSheet(groups.join("").slice(1))).toEqual({ kind: "refused", why: "length" });
});

test("typed rubbish never throws", () => {
  fc.assert(fc.property(fc.string(), (text) => ["seed", "refused"].includes(fromSheet(text).kind)));
});
