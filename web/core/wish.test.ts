import fc from "fast-check";
import { expect, test } from "vitest";
import { SealError } from "./seal/errors.ts";
import { newIdentity } from "./seal/keys.ts";
import { openWish, sealWish, type Wish } from "./wish.ts";

const wish: Wish = { lon: -122.4078, lat: 37.7983, start: "2026-11-22T10:00:00.000Z", end: "2026-11-22T11:00:00.000Z", want: "erase", words: "Ein roter Mantel, 🧥." };

test("R09 a wish opens for the homes of the area, and says nothing by its length", async () => {
  const { secret, recipient } = await newIdentity();
  const [one, other] = await Promise.all([sealWish(wish, recipient), sealWish({ ...wish, words: "" }, recipient)]);
  expect(await openWish(one, secret)).toEqual(wish);
  expect(one.length).toBe(other.length);
  expect(one.length).toBeLessThan(8_192);
}, 30_000);

test("R09 what strangers write is a wish or is refused", async () => {
  const { secret, recipient } = await newIdentity();
  for (const change of [{ end: wish.start }, { want: "identify" }, { words: "x".repeat(301) }, { lon: "here" }, { start: "yesterday" }]) {
    const sealed = await sealWish({ ...wish, ...change } as Wish, recipient);
    await expect(openWish(sealed, secret)).rejects.toBeInstanceOf(SealError);
  }
  await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (data) => void (await expect(openWish(data, secret)).rejects.toBeInstanceOf(SealError))), { numRuns: 20 });
}, 60_000);
