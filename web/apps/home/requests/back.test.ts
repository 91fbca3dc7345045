import { expect, test } from "vitest";
import { jcs } from "../../../core/jcs.ts";
import { sealAge } from "../../../core/seal/age.ts";
import { newIdentity } from "../../../core/seal/keys.ts";
import { answerKey, hashOf, openAnswer, secretOf } from "./back.ts";

const [ONE, TWO] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];

test("R24: a copy's secret is its own and its giver's own: neither two copies nor two people share one", () => {
  const hashes = [hashOf(secretOf(ONE, "a")), hashOf(secretOf(ONE, "b")), hashOf(secretOf(TWO, "a"))];
  expect(new Set(hashes).size).toBe(3);
  expect(hashOf(secretOf(ONE, "a"))).toBe(hashes[0]); // the same again, so that it is kept nowhere
  expect(hashes[0]).toMatch(/^[0-9a-f]{64}$/);
});

test("R24 R25: an answer opens with the key of its own copy, to who gave that copy, and to nobody else", async () => {
  const { recipient } = await answerKey(ONE, "a");
  expect((await answerKey(ONE, "b")).recipient).not.toBe(recipient);
  const sealed = await sealAge(jcs({ disclosure: "a", words: "Thank you." }), [recipient, (await newIdentity()).recipient]);
  expect(await openAnswer(sealed, "a", ONE)).toBe("Thank you.");
  for (const [copy, seed] of [["b", ONE], ["a", TWO]] as const) await expect(openAnswer(sealed, copy, seed)).rejects.toMatchObject({ code: "not_for_us" });
  const ofOther = await sealAge(jcs({ disclosure: "b", words: "Thank you." }), [recipient]);
  expect(await openAnswer(ofOther, "a", ONE)).toBeNull();
});
