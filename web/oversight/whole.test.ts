import { expect, test } from "vitest";

import { told } from "./whole.ts";

test("R42: what came of checking the whole record is said in one sentence each", () => {
  const witnesses = "Checked, but by the operator's own witness.";
  expect(told({ kind: "whole", origin: "log.test", size: 1_234_567, witnesses }, 3.21)).toBe(
    "All 1,234,567 entries, every tile and the root hold. Checked on your device in 3.2 s. Checked, but by the operator's own witness.",
  );
  expect(told({ kind: "fails", what: "an entry is not the one its hash stands for", where: "tile/0/000" }, 1)).toContain("does not hold: an entry is not");
  expect(told({ kind: "unknown", where: "tile/entries/007" }, 1)).toContain("tile/entries/007 is missing");
});
