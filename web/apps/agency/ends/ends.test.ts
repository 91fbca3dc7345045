import { expect, test } from "vitest";
import { jcs } from "../../../core/jcs.ts";
import { unb64 } from "../../../core/seal/bytes.ts";
import { signingKey, verify } from "../../../core/seal/keys.ts";
import { type CaseEnd, type Hold, signed } from "./api.ts";
import { tagsOf, whyText } from "./why.ts";
import { words as w } from "./words.ts";

const hold: Hold = { hold: "h", kind: "court", document: "Order 4", court: "Superior Court", docket: "26-1", until: "2027-01-01", by: "T. Marsh", stands: true, overdue: false, ended: null };
const end: CaseEnd = {
  request: "r", case_number: "26-1", offence: "220", copies: 2, ends: "2027-05-21", why: "limit", keep_days: 180, minimum: null, told: null, told_inside: [], parties: [], held: false, holds: [], withdrawn: [], done: null, leaf_index: null,
};

test("R26: what the custodian signs is what is sent, with what it is about", () => {
  const key = signingKey(new Uint8Array(32).fill(7));
  const sent = signed(key, "hold-end", { hold: "abc" }, { document: "Order of 9 June" });
  expect(Object.keys(sent)).toEqual(["document", "signature"]);
  const signature = unb64(sent["signature"] ?? "");
  verify(key.public, "hold-end", jcs({ hold: "abc", document: "Order of 9 June" }), signature);
  expect(() => verify(key.public, "hold-end", jcs({ hold: "abd", document: "Order of 9 June" }), signature)).toThrow();
  expect(() => verify(key.public, "hold", jcs({ hold: "abc", document: "Order of 9 June" }), signature)).toThrow();
});

test("R26: why a case ends then is said with the number and the law", () => {
  expect(whyText("limit", end)).toBe(w.limit(180));
  expect(whyText("minimum", { ...end, minimum: { days: 365, section: "Code 1.2" } })).toContain("365 days after the last copy came, the least that the law allows (Code 1.2)");
  expect(new Set(["agreement", "withdrawn", "restored"].map((why) => whyText(why, end))).size).toBe(3);
});

test("R26: the most pressing stands first, and of what is destroyed nothing else is said", () => {
  const texts = (more: Partial<CaseEnd>): string[] => tagsOf({ ...end, ...more }).map(({ text }) => text);
  expect(texts({})).toEqual([w.tags.runs]);
  expect(texts({ told: "2027-04-21", held: true, holds: [{ ...hold, overdue: true }], withdrawn: [{ disclosure: "d", due: "2027-04-30", used: false }] })).toEqual([w.tags.overdue, w.tags.back, w.tags.held, w.tags.told]);
  expect(texts({ withdrawn: [{ disclosure: "d", due: "2027-04-30", used: true }] })).toEqual([w.tags.runs]);
  expect(texts({ done: "2027-05-21", holds: [{ ...hold, overdue: true }] })).toEqual([w.tags.done]);
});
