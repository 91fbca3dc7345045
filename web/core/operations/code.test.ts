import { describe, expect, it } from "vitest";
import vectors from "../../../vectors/operations/codes.json";
import { readHex } from "../bytes.ts";
import { codeOf } from "./code.ts";

describe("R29 a home's code for an operation", () => {
  it("is that of the vectors, which the server reads too", () => {
    for (const one of vectors.cases) {
      const seed = readHex(one.seed);
      if (!seed) throw new Error("a seed is not hex");
      expect(codeOf({ seed }, one.operation)).toEqual({ code: one.code, hash: one.hash });
    }
  });

  it("is another one for each operation and each person", () => {
    const [one, other] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
    const made = [codeOf({ seed: one }, "a"), codeOf({ seed: one }, "b"), codeOf({ seed: other }, "a")];
    expect(new Set(made.flatMap(({ code, hash }) => [code, hash])).size).toBe(6);
  });
});
