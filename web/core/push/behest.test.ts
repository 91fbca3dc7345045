import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { openAge } from "../seal/age.ts";
import { memberKeys, type MemberKeys } from "../seal/keys.ts";
import { openOwnBehest, PLAIN, sealBehest, type Behest } from "./behest.ts";

let keys: MemberKeys;
let other: MemberKeys;
const asked = (change: Partial<Behest> = {}): Behest => ({
  household: "h".repeat(26),
  by: "",
  device: "d".repeat(26),
  at: "2026-11-22T10:00:00.000Z",
  tz: "America/Los_Angeles",
  subscription: { ticket: "t", p256dh: "p", auth: "a" },
  choices: { ...PLAIN, quiet: { start: "22:00", end: "07:00" }, kinds: { person: "away" }, cameras: { ["c".repeat(26)]: { animal: "always" } } },
  test: null,
  mode: { at: "2026-11-22T10:00:00.000Z", set: "away", tz: "UTC", turns: [{ days: [0, 6], at: "08:30", set: "home" }] },
  ...change,
});

beforeAll(async () => {
  keys = await memberKeys(new Uint8Array(32).fill(1));
  other = await memberKeys(new Uint8Array(32).fill(2));
});

describe("R03 a behest for alerts", () => {
  it("is read back by who made it, and has one size", async () => {
    const made = await sealBehest(asked(), keys, [other.age.recipient]);
    expect(await openOwnBehest(made, keys)).toEqual(asked());
    const near = { classes: ["fire"], cells: ["8828308281fffff"], through: false };
    const far = await sealBehest(asked({ choices: { ...PLAIN, near } }), keys, [other.age.recipient]);
    expect((await openOwnBehest(far, keys))?.choices.near).toEqual(near);
    expect(far.length).toBe(made.length);
    expect((await openAge(made, [other.age.secret])).length).toBe(8192);
    const short = await sealBehest(asked({ mode: null, subscription: null, choices: PLAIN }), keys, [other.age.recipient]);
    expect(short.length).toBe(made.length);
  });

  it("of somebody else, or changed on the way, is not taken for one's own", async () => {
    const theirs = await sealBehest(asked(), other, [keys.age.recipient]);
    expect(await openOwnBehest(theirs, keys)).toBeNull();
    const made = await sealBehest(asked(), keys, [other.age.recipient]);
    made[made.length - 20] = (made[made.length - 20] ?? 0) ^ 1;
    expect(await openOwnBehest(made, keys)).toBeNull();
  });

  it("says too much for one behest is said", async () => {
    const cameras = Object.fromEntries(Array.from({ length: 400 }, (_, i) => [`camera${i}`, { person: "never" as const }]));
    await expect(sealBehest(asked({ choices: { ...PLAIN, cameras } }), keys, [other.age.recipient])).rejects.toThrow("more than one behest");
  });

  it("any bytes are a behest or none", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        expect(await openOwnBehest(bytes, keys)).toBeNull();
      }),
      { numRuns: 50 },
    );
  });
});
