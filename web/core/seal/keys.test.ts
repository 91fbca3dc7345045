import * as fc from "fast-check";
import { expect, test } from "vitest";
import { utf8 } from "./bytes.ts";
import { foresee, memberKeys, sign, signFast, signingKey, verify, verifyFast } from "./keys.ts";

const seed = fc.uint8Array({ minLength: 32, maxLength: 32 });
const text = fc.uint8Array({ maxLength: 100 });

test("the browser's own signatures are those of the twin in JavaScript, and hold for what was signed alone", async () => {
  await fc.assert(
    fc.asyncProperty(seed, text, fc.nat(511), async (secret, data, bit) => {
      const key = signingKey(Uint8Array.from(secret));
      const signature = await signFast(key, "clip", data);
      expect(signature).toEqual(sign(key, "clip", data));
      await verifyFast(key.public, "clip", data, signature);
      const altered = signature.slice();
      altered[bit >> 3] = (altered[bit >> 3] as number) ^ (1 << (bit & 7));
      for (const [context, of] of [["clip", altered], ["card", signature], ["clip", signature.slice(1)]] as const) {
        await expect(verifyFast(key.public, context, data, of)).rejects.toMatchObject({ code: "bad_signature" });
        expect(() => verify(key.public, context, data, of)).toThrow(/bad_signature/);
      }
    }),
    { numRuns: 20 },
  );
});

test("a member's public half is that of their seed", async () => {
  const { signing } = await memberKeys(new Uint8Array(32).fill(7));
  expect(signing.public).toEqual(signingKey(signing.seed).public);
});

test("a key of small order signs nothing, whatever a browser says", async () => {
  // With the neutral point as key and as the signature's first half, and zero as its second, every text would hold.
  const neutral = Uint8Array.of(1, ...new Uint8Array(31));
  const signature = Uint8Array.of(...neutral, ...new Uint8Array(32));
  await expect(verifyFast(neutral, "clip", utf8("any"), signature)).rejects.toMatchObject({ code: "bad_signature" });
  await foresee(neutral, "clip", utf8("any"), signature);
  expect(() => verify(neutral, "clip", utf8("any"), signature)).toThrow(/bad_signature/);
});

test("what was looked at ahead counts for the very same key, context, text and signature", async () => {
  const [key, other] = [1, 2].map((fill) => signingKey(new Uint8Array(32).fill(fill))) as [ReturnType<typeof signingKey>, ReturnType<typeof signingKey>];
  const signature = sign(key, "epoch", utf8("text"));
  await foresee(key.public, "epoch", utf8("text"), signature);
  verify(key.public, "epoch", utf8("text"), signature);
  const forged = sign(other, "epoch", utf8("text"));
  await foresee(key.public, "epoch", utf8("text"), forged);
  for (const [by, context, data, of] of [
    [other.public, "epoch", "text", signature],
    [key.public, "act", "text", signature],
    [key.public, "epoch", "texts", signature],
    [key.public, "epoch", "text", forged],
  ] as const) {
    expect(() => verify(by, context, utf8(data), of)).toThrow(/bad_signature/);
  }
});
