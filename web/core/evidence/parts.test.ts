import { readFileSync } from "node:fs";
import { unzipSync } from "fflate";
import { describe, expect, it } from "vitest";
import type { Json } from "../jcs.ts";
import { readEvidence } from "./evidence.ts";
import { checkParts, partsHash } from "./parts.ts";

const read = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(`../../../vectors/evidence/${name}`, import.meta.url)));
const given: {
  parts: string;
  cases: { why: string; detail: Record<string, Json>; said: { state: string; detail: string } | null }[];
} = JSON.parse(new TextDecoder().decode(read("parts.json")));
const evidence = readEvidence(unzipSync(read("package.zip"))["evidence.json"] ?? new Uint8Array());

describe("R30 the evidence parts of a package", () => {
  it("have the hash that Python finds", () => {
    expect(partsHash(new Map(evidence.items.flatMap((item) => Object.entries(item.files))))).toBe(given.parts);
  });
  it.each(given.cases)("$why", ({ detail, said }) => {
    const check = checkParts(evidence, detail);
    expect(check && { state: check.state, detail: check.detail }).toEqual(said);
  });
});
