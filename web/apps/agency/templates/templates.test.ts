// What is signed is the hash that the server computes (tests/server/test_templates.py signs alike), and versions are shown together.
import { describe, expect, it } from "vitest";
import { digestOf, together, type Version } from "./api.ts";

const of = (template: string, version: number, more: Partial<Version> = {}): Version => ({ template, version, name: template, purpose: "collision", words: "x", ended: false, day: "2026-11-23", index: null, ...more });

describe("wordings that requests begin with", () => {
  it("R20 are shown with the last version first in use, and those that ended last", () => {
    const shown = together([of("b", 1), of("a", 1), of("b", 2, { ended: true }), of("c", 1)]);
    expect(shown.map(({ id, latest }) => [id, latest.version])).toEqual([["a", 1], ["c", 1], ["b", 2]]);
    expect(shown.at(-1)?.versions).toHaveLength(2);
    expect(together([])).toEqual([]);
  });
  it("R20 are signed over every field, as canonical JSON", () => {
    const fields = { template: "a".repeat(26), version: 1, name: "Parcels", purpose: "find_property", words: "A parcel was taken.", ended: false };
    expect(digestOf(fields)).toBe("1c6dc0beabc1155623b3787d8ed62af8b6d158b2b7df8f388b081a69f344208b");
    const others = [{ version: 2 }, { name: "Parcel" }, { purpose: "collision" }, { words: "A parcel." }, { ended: true }, { template: "b".repeat(26) }];
    expect(new Set(others.map((other) => digestOf({ ...fields, ...other })).concat(digestOf(fields))).size).toBe(7);
  });
});
