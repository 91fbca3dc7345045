/** What is signed of an auditor, against vectors that Python wrote (tests/server/test_auditing_vectors.py). */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { readHex } from "../bytes.ts";
import { signingKey } from "../seal/keys.ts";
import { offerText, onAuditor, onEnd, onOffer, readOffered, signed } from "./statement.ts";

const KNOWN = JSON.parse(readFileSync(new URL("../../../vectors/auditing/statements.json", import.meta.url), "utf8"));
const key = signingKey(readHex(KNOWN.seed)!);

test("R46 statements are written and signed as the server writes them, to the byte", () => {
  expect(onOffer(KNOWN.offer.fields)).toBe(KNOWN.offer.text);
  expect(onAuditor(KNOWN.appointment.fields)).toBe(KNOWN.appointment.text);
  expect(onEnd(KNOWN.ending.fields)).toBe(KNOWN.ending.text);
  for (const one of [KNOWN.offer, KNOWN.appointment, KNOWN.ending]) expect(signed(key, one.text)).toBe(one.signature);
});

test("R46 an offer is taken to the letter, and no other text", () => {
  const offered = { account: KNOWN.offer.fields.auditor, offer: KNOWN.offer.text, acceptance: KNOWN.offer.signature };
  expect(readOffered(offerText(offered))).toEqual({ ...offered, fields: KNOWN.offer.fields });
  const wrong = [
    "",
    "{}",
    JSON.stringify({ ...offered, more: 1 }),
    JSON.stringify({ ...offered, offer: KNOWN.offer.text.replace("Moss", "Boss") }),
    JSON.stringify({ ...offered, offer: KNOWN.appointment.text, acceptance: KNOWN.appointment.signature }),
    JSON.stringify({ ...offered, acceptance: KNOWN.appointment.signature }),
  ];
  for (const text of wrong) expect(readOffered(text)).toBeNull();
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      expect(readOffered(text)).toBeNull();
    }),
  );
});
