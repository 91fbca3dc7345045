import { expect, test } from "vitest";
import { SealError, type SealCode } from "../../../core/seal/errors.ts";
import { brokenText } from "./opening.ts";
import type { Pane } from "../../../core/seal/clip.ts";

test("each kind of damage has its own sentence", () => {
  const cases: [Pane, SealCode, string][] = [
    ["signature", "bad_signature", "it does not hold"],
    ["signature", "not_for_us", "x"],
    ["signature", "malformed", "x"],
    ["order", "replayed_manifest", "x"],
    ["key", "wrong_file_key", "x"],
    ["pieces", "payload_altered", "piece 87 is not the one that was signed"],
    ["pieces", "payload_altered", "it was cut short"],
    ["record", "altered", "x"],
  ];
  const said = cases.map(([pane, code, why]) => brokenText(pane, new SealError(code, why), 143));
  expect(new Set(said).size).toBe(said.length);
  expect(said).toContain("Piece 88 of 143 is not what your hub sent.");
});
