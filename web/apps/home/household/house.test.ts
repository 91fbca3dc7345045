// What a home believes of its server about itself.
import { beforeAll, describe, expect, test } from "vitest";
import { nextEpoch } from "../../../core/seal/book.ts";
import { b64 } from "../../../core/seal/bytes.ts";
import type { Epoch } from "../../../core/seal/epoch.ts";
import { signHub } from "../../../core/seal/hub.ts";
import { type MemberKeys, memberKeys, signingKey } from "../../../core/seal/keys.ts";
import type { Member, Role, Roll, RolledHub } from "../../../core/seal/roll.ts";
import { newSheet, type Sheet } from "../../../core/seal/sheet.ts";
import type { Session } from "../../../ui/session.ts";
import { loadHouse } from "./house.ts";
import { Pins } from "./pins.ts";

const household = "a".repeat(26);
const id = (letter: string): string => letter.repeat(26);

const toldTo = (keys: MemberKeys, answer: unknown): Session =>
  ({ keys, api: { json: async (_path: string, read: (value: unknown, where: string) => unknown) => read(answer, "the answer") } }) as unknown as Session;

/** A device's memory that is not a browser's. */
function memory(): Storage {
  const kept = new Map<string, string>();
  return {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, value: string) => void kept.set(name, value),
    removeItem: (name: string) => void kept.delete(name),
  } as unknown as Storage;
}

const halvesOf = ({ signing, age }: MemberKeys) => ({ sign_pub: b64(signing.public), age_recipient: age.recipient });

let alice: MemberKeys, bob: MemberKeys, thief: MemberKeys, hubKeys: MemberKeys, sheet: Sheet;
beforeAll(async () => {
  [alice, bob, thief, hubKeys] = (await Promise.all([7, 8, 9, 10].map((fill) => memberKeys(new Uint8Array(32).fill(fill))))) as [MemberKeys, MemberKeys, MemberKeys, MemberKeys];
  sheet = await newSheet();
});

const member = (keys: MemberKeys, letter: string, role: Role): Member => ({ account: id(letter), ...halvesOf(keys), role });
const hub = (): RolledHub => ({ hub: id("h"), ...halvesOf(hubKeys) });

async function page(after: Epoch | undefined, signer: MemberKeys, members: readonly Member[], change: Partial<Roll> = {}): Promise<Epoch> {
  const roll: Roll = { members, hubs: [hub()], recovery: sheet.public, ...change };
  const notes = { why: "changed" as const, names: Object.fromEntries(members.map(({ account }) => [account, "Somebody"])), guests: {}, mandated: [] };
  return (await nextEpoch({ household, after, roll, notes, signer: signer.signing, day: "2026-11-22" })).epoch;
}

const answer = (chain: readonly Epoch[], more: object = {}): object => ({
  household,
  cell: "88283082b9fffff",
  role: "owner",
  members: chain.at(-1)?.book?.members ?? [],
  hubs: (chain.at(-1)?.book?.hubs ?? []).map((one) => ({ ...one, signature: null })),
  epochs: chain.map(({ wire }) => wire),
  pending: null,
  invites: [],
  ...more,
});

describe("of the household's book", () => {
  const both = () => [member(alice, "b", "owner"), member(bob, "c", "owner")];

  test("R03 R05 a ghost member, a ghost hub and an exchanged key that the server names count for nobody", async () => {
    const chain = [await page(undefined, alice, both())];
    const told = answer(chain, {
      members: [{ ...member(alice, "b", "owner"), sign_pub: halvesOf(thief).sign_pub }, member(bob, "c", "owner"), member(thief, "t", "owner")],
      hubs: [{ ...hub(), signature: null }, { hub: id("g"), ...halvesOf(thief), signature: signHub(thief.signing, household, halvesOf(thief)) }],
    });
    const house = await loadHouse(toldTo(alice, told), new Pins(alice.signing.public, household, memory()));
    expect(house.wire.members.map(({ sign_pub }) => sign_pub)).toEqual([halvesOf(alice).sign_pub, halvesOf(bob).sign_pub]);
    expect([house.ghosts, house.leftOut]).toEqual([2, 1]);
    expect(house.home.hubKeys.map(b64)).toEqual([halvesOf(hubKeys).sign_pub]);
    expect([b64(house.owner), house.mine]).toEqual([halvesOf(alice).sign_pub, true]);
    expect(house.home.identities.size).toBe(1);
  });

  test("R03 a device that saw a page refuses the book without it, and a fork of it", async () => {
    const first = await page(undefined, alice, both());
    const second = await page(first, bob, [member(bob, "c", "owner")]);
    const fork = await page(first, alice, [member(alice, "b", "owner")]);
    const pins = new Pins(bob.signing.public, household, memory());
    expect((await loadHouse(toldTo(bob, answer([first, second])), pins)).chain).toHaveLength(2);
    for (const shown of [[first], [first, fork], []]) {
      await expect(loadHouse(toldTo(bob, answer(shown)), pins)).rejects.toMatchObject({ code: "altered" });
    }
    expect((await loadHouse(toldTo(bob, answer([first, second])), pins)).chain).toHaveLength(2);
  });

  test("R03 who knows an owner's key takes no book that the server made up", async () => {
    const made = [await page(undefined, thief, [member(thief, "t", "owner"), member(bob, "c", "member")])];
    const pins = new Pins(bob.signing.public, household, memory());
    pins.trust(halvesOf(alice).sign_pub);
    await expect(loadHouse(toldTo(bob, answer(made)), pins)).rejects.toMatchObject({ code: "altered" });
    const true_ = [await page(undefined, alice, [member(alice, "b", "owner"), member(bob, "c", "member")])];
    expect((await loadHouse(toldTo(bob, answer(true_)), pins)).mine).toBe(false);
  });

  test("R52 who was removed is told so, keeps what they had, and opens nothing new", async () => {
    const first = await page(undefined, alice, both());
    const second = await page(first, alice, [member(alice, "b", "owner")]);
    const house = await loadHouse(toldTo(bob, answer([first, second])), new Pins(bob.signing.public, household, memory()));
    expect([house.me, house.mine, house.notes]).toEqual([null, false, null]);
    expect([...house.home.identities.keys()]).toEqual([0]);
  });

  test("R03 a recovery is shown and does not count, wherever the server puts it", async () => {
    const first = await page(undefined, alice, both());
    const back = await page(first, { ...thief, signing: sheet.keys.signing }, [member(thief, "t", "owner")]);
    for (const told of [answer([first], { pending: { epoch: back.wire, day: "2026-11-22", due: "2026-11-24" } }), answer([first, back])]) {
      const store = memory();
      const load = () => loadHouse(toldTo(alice, told), new Pins(alice.signing.public, household, store));
      const house = await load();
      expect(house.chain.map(({ chainHash }) => chainHash)).toEqual([first.chainHash]);
      expect(house.waiting?.chainHash).toBe(back.chainHash);
      expect((await load()).countsFrom).toBe(house.countsFrom);
      expect(house.mine).toBe(true);
    }
  });
});

describe("of a household from before there was a book", () => {
  test("R03 a hub that the owner did not let in is left out, and how many were is known", async () => {
    const own = alice;
    const of = (fill: number) => ({ sign_pub: b64(signingKey(new Uint8Array(32).fill(fill)).public), age_recipient: own.age.recipient });
    const ours = { hub: id("c"), ...of(1), signature: signHub(own.signing, household, of(1)) };
    const theirs = { hub: id("d"), ...of(2), signature: signHub(thief.signing, household, of(2)) };
    const unsigned = { hub: id("e"), ...of(3), signature: null };
    // Whom the server calls the owner of one's own recipient does not count: an owner's key is known on this device.
    const members = [{ account: id("b"), age_recipient: own.age.recipient, sign_pub: halvesOf(thief).sign_pub, role: "owner" }];
    const house = await loadHouse(toldTo(own, answer([], { members, hubs: [theirs, ours, unsigned] })));
    expect(house.wire.hubs).toEqual([ours]);
    expect(house.home.hubKeys.map(b64)).toEqual([ours.sign_pub]);
    expect(house.leftOut).toBe(2);
    expect(b64(house.owner)).toBe(halvesOf(own).sign_pub);
  });
});
