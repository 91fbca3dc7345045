// The recovery sheet, what people compare, and a seed under a passkey, by the vectors that Python wrote.
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { b64, hex, unhex } from "./bytes.ts";
import { inviteCode, inviteTag, inviteTagHolds, safetyNumber } from "./safety.ts";
import { newSheet, readSheet, sheetOf } from "./sheet.ts";
import { PRF_SALT } from "./prf.ts";
import { unwrapSeed, wrapKey, wrapSeed } from "./wrap.ts";

const [SHEETS, COMPARE, WRAP] = ["sheet", "compare", "wrap"].map((name) =>
  JSON.parse(readFileSync(new URL(`../../../vectors/seal/${name}.json`, import.meta.url), "utf8")),
);

describe("a recovery sheet", () => {
  interface Known {
    seed: string;
    words: string;
    code: string;
    identity: string;
    recipient: string;
    sign_pub: string;
  }

  it.each(SHEETS.sheets as Known[])("R03 gives the same keys everywhere: $seed", async (given) => {
    for (const typed of [given.words, given.code]) {
      const sheet = await readSheet(typed);
      expect([sheet.words, sheet.code]).toEqual([given.words, given.code]);
      expect(sheet.keys.age).toEqual({ secret: given.identity, recipient: given.recipient });
      expect(sheet.public).toEqual({ sign_pub: given.sign_pub, age_recipient: given.recipient });
      expect(b64(sheet.keys.signing.public)).toBe(given.sign_pub);
    }
  });

  it("is read as people type it", async () => {
    const wanted = await sheetOf(unhex(SHEETS.sheets.at(-1).seed));
    for (const typed of SHEETS.typed) expect(await readSheet(typed)).toEqual(wanted);
  });

  it.each(SHEETS.bad as { why: string; text: string }[])("is refused: $why", async ({ text }) => {
    await expect(readSheet(text)).rejects.toMatchObject({ code: "bad_key" });
  });

  it("is refused for any text", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), async (text) => {
        await expect(readSheet(text)).rejects.toMatchObject({ code: "bad_key" });
      }),
    );
  });

  it("is another each time", async () => {
    const [one, other] = await Promise.all([newSheet(), newSheet()]);
    expect(one.words).not.toBe(other.words);
    expect(await readSheet(one.code)).toEqual(one);
  });
});

it("a pair's safety number is the same on both sides, and another for other keys", () => {
  const { alice, bob } = COMPARE;
  expect(safetyNumber(alice, bob)).toBe(COMPARE.safety);
  expect(safetyNumber(bob, alice)).toBe(COMPARE.safety);
  expect(COMPARE.safety).toMatch(/^\d{5}( \d{5}){11}$/);
  const [carol, mixed] = COMPARE.others;
  expect([safetyNumber(alice, carol.with), safetyNumber(bob, mixed.with)]).toEqual([carol.safety, mixed.safety]);
});

it("an invitation's code and tag hang on the secret and on both sides' keys", () => {
  const { alice, bob, invite } = COMPARE;
  const secret = unhex(COMPARE.secret);
  expect(hex(inviteTag(secret, invite, bob))).toBe(COMPARE.tag);
  expect(inviteCode(secret, invite, alice, bob)).toBe(COMPARE.code);
  expect(inviteCode(secret, invite, { ...alice, name: "more" } as typeof alice, bob)).toBe(COMPARE.code);
  expect(inviteTagHolds(unhex(COMPARE.tag), secret, invite, bob)).toBe(true);
  expect(inviteTagHolds(unhex(COMPARE.tag), secret, invite, alice)).toBe(false);
  expect(inviteTagHolds(unhex(COMPARE.tag), new Uint8Array(16), invite, bob)).toBe(false);
  const others = [inviteCode(secret, invite, bob, alice), inviteCode(new Uint8Array(16), invite, alice, bob), inviteCode(secret, "j".repeat(26), alice, bob)];
  expect(others).not.toContain(COMPARE.code);
});

describe("a seed under a passkey", () => {
  it("R03 opens as Python wrapped it, and as it is wrapped here", async () => {
    const key = await wrapKey(unhex(WRAP.prf));
    expect(hex(PRF_SALT)).toBe(WRAP.salt);
    expect(hex(await unwrapSeed(key, WRAP.account, unhex(WRAP.wrapped)))).toBe(WRAP.seed);
    const again = await wrapSeed(key, WRAP.account, unhex(WRAP.seed));
    expect(again).toHaveLength(60);
    expect(hex(again)).not.toBe(WRAP.wrapped);
    expect(hex(await unwrapSeed(key, WRAP.account, again))).toBe(WRAP.seed);
  });

  it.each(WRAP.bad as { why: string; error: string; prf?: string; account?: string; wrapped?: string }[])("stays closed: $why", async (given) => {
    const { prf, account, wrapped } = { ...WRAP, ...given };
    const opening = unwrapSeed(await wrapKey(unhex(prf)), account, unhex(wrapped));
    await expect(opening).rejects.toMatchObject({ code: given.error });
  });

  it("is not wrapped under a short secret, nor is another seed", async () => {
    await expect(wrapKey(new Uint8Array(16))).rejects.toMatchObject({ code: "bad_key" });
    await expect(wrapSeed(await wrapKey(unhex(WRAP.prf)), WRAP.account, new Uint8Array(16))).rejects.toMatchObject({ code: "bad_key" });
  });
});
