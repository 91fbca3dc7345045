// What is printed of a packet is what the packet has, as the server makes it (server/process/store.py).
import { describe, expect, it } from "vitest";
import { existsOf, rowsOf } from "./process.ts";

const clip = { id: "c", day: "2026-11-20", length: 1234, household: "h", manifest: { bytes: 9, sha256: "ab" }, hdr: { bytes: 9, sha256: "cd" }, note: null };
const packet = (...accounts: unknown[]) => ({ packet: "p", sha256: "00", content: { made: "2026-11-23", accounts, exists: { clip: ["id", "day"] }, cannot: "" } });

describe("a packet on paper", () => {
  it("R22: has every account with its row and its clips, and what was not accepted is not there", () => {
    const rows = rowsOf(packet({ account: "h", records: { id: "h", cell: "8" }, clips: [clip] }, { account: "i", clips: [] }, { account: "j", records: { id: "j" } }));
    expect(rows.made).toBe("2026-11-23");
    expect(rows.accounts.map((one) => [one.account, one.records?.["cell"] ?? null, one.clips])).toEqual([
      ["h", "8", [{ id: "c", day: "2026-11-20", length: 1234, manifest: "ab" }]],
      ["i", null, []],
      ["j", null, []],
    ]);
    expect(existsOf(packet())).toEqual({ clip: ["id", "day"] });
  });
  it("R22: of another form is refused, so that no half page is printed", () => {
    expect(() => rowsOf(packet({ account: "h", clips: [{ ...clip, manifest: "bytes" }] }))).toThrow();
  });
});
