// Keys from before a member came, by the vectors that Python wrote.
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, it } from "vitest";
import { unhex } from "./bytes.ts";
import { type GiftWire, giveEarlier, openEarlier, readGift } from "./earlier.ts";
import { type Epoch, type EpochWire, readEpoch } from "./epoch.ts";
import { SealError } from "./errors.ts";
import { type MemberKeys, memberKeys } from "./keys.ts";

const VECTORS = JSON.parse(readFileSync(new URL("../../../vectors/seal/earlier.json", import.meta.url), "utf8"));
const CHAIN: Epoch[] = (VECTORS.chain as EpochWire[]).map(readEpoch);
const keysOf = (name: string): Promise<MemberKeys> => memberKeys(unhex(VECTORS.people[name].seed));

interface Case {
  why: string;
  reader: string;
  household: string;
  gift: GiftWire;
  error: string | null;
}
const CASES = VECTORS.cases as Case[];

it.each(CASES)("R05 an earlier key opens for whom an owner gave it, and else is refused: $why", async (given) => {
  const { age } = await keysOf(given.reader);
  const open = async (): Promise<string> => {
    const gift = readGift(given.gift);
    return openEarlier(gift, [age.secret], { household: given.household, account: VECTORS.people[given.reader].account, chain: CHAIN });
  };
  if (given.error) await expect(open()).rejects.toMatchObject({ code: given.error });
  else expect(await open()).toBe(VECTORS.secrets[readGift(given.gift).n]);
});

it("R03 what an owner's browser gives opens for that member, and only a page's own secret is given", async () => {
  const [alice, bob] = [await keysOf("alice"), await keysOf("bob")];
  const { account } = VECTORS.people.bob as { account: string };
  const to = { account, age_recipient: bob.age.recipient };
  const page = CHAIN[1] as Epoch;
  const gift = readGift(await giveEarlier(page, VECTORS.secrets[1], to, alice.signing));
  const here = { household: VECTORS.household as string, account, chain: CHAIN };
  await expect(openEarlier(gift, [bob.age.secret], here)).resolves.toBe(VECTORS.secrets[1]);
  await expect(openEarlier(gift, [alice.age.secret], here)).rejects.toMatchObject({ code: "not_for_us" });
  await expect(giveEarlier(page, VECTORS.secrets[0], to, alice.signing)).rejects.toMatchObject({ code: "altered" });
});

it("R05 whatever stands in a gift, it is read or refused", () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 200 }), (statement) => {
      expect(() => readGift({ ...(CASES[0] as Case).gift, statement })).toThrow(SealError);
    }),
  );
});
