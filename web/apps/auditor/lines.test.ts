import { expect, test } from "vitest";
import { actOf, shown } from "./lines.ts";
import { words } from "./words.ts";

const line = (type: string, pub: object, opened: object) => ({ index: 1, type, pub: pub as never, opened: opened as never, fault: null });

test("R47 an act reads in words, and what is only compared stands apart", () => {
  const detail = { at: "2026-11-23T16:28:48.875Z", by: "T. Marsh", disclosure: "jogkcsc7kj6ao4vfnoif2rbbyy", export: "q3ng7oqefiqnxuckf4unazevve", exporter: "JOoo8t=", ground: "Charging decision", parts: "ab".repeat(32), recipient: "K. Osei", recipient_kind: "prosecutor", return_by: "2026-12-20" };
  const { said, compared } = shown(line("case", { agency: "CA1", day: "2026-11-23" }, { act: "exported", detail }));
  expect(Object.fromEntries(said)).toEqual({
    "What was done": "Copy exported",
    "By whom": "T. Marsh",
    When: "23 November 2026, 16:28 UTC",
    "Given to": "K. Osei",
    "What kind of recipient": "A prosecutor",
    Ground: "Charging decision",
    "To be back by": "20 December 2026",
    Day: "23 November 2026",
  });
  expect(compared.map(([name]) => name).sort()).toEqual(["Copy", "Export", "Key of who exported", "SHA-256 of its evidence parts"]);
});

test("R47 a request reads in words: offence by name, purpose, size and moments", () => {
  const { said, compared } = shown(line("request", { decision: "accepted", area_m2: 150550, cells: ["8828308285fffff"], assembly_overlap: false, window: { from: "2026-11-23T12:00:00.000Z", to: "2026-11-23T20:00:00.000Z", length_min: 120 } }, { offence: "220", purpose: "identify_suspect", start: "2026-11-23T14:13:00.000Z", officer: "R. L." }));
  expect(said).toEqual([
    ["Decision", "Accepted"],
    ["Asked by", "R. L."],
    ["Offence", "220 Burglary/Breaking and Entering"],
    ["Purpose", "To find out who did it"],
    ["From", "23 November 2026, 14:13 UTC"],
    ["Meets a known gathering", "no"],
    ["Size of the area", "0.06 sq mi (15 ha)"],
    ["Window, as everybody reads it", "23 November 2026, 12:00 UTC to 23 November 2026, 20:00 UTC, 2 h"],
  ]);
  expect(compared).toEqual([["Areas", "8828308285fffff"]]);
});

test("R47 nothing that a line says is dropped for want of a word", () => {
  expect(shown(line("case", {}, { act: "something-new", detail: { colour: "blue" } })).said).toEqual([["What was done", "something-new"], ["colour", "blue"]]);
  for (const act of Object.keys(words.log.acts)) expect(actOf(act)).not.toBe(act);
});
