// A server that lies about who is of a household, and with which keys, before the code with which the home app reads it.
import { beforeAll, describe, expect, test } from "vitest";
import { b64 } from "../../../core/seal/bytes.ts";
import { type Epoch, type EpochWire, readEpoch } from "../../../core/seal/epoch.ts";
import { giveEarlier, type GiftWire } from "../../../core/seal/earlier.ts";
import { signHub } from "../../../core/seal/hub.ts";
import { type MemberKeys, signingKey } from "../../../core/seal/keys.ts";
import type { Member, Roll } from "../../../core/seal/roll.ts";
import type { Sheet } from "../../../core/seal/sheet.ts";
import { compareHub } from "../household/comparing.ts";
import { loadHouse, speakingHubs, turnPage } from "../household/house.ts";
import { overdue, signingOut } from "../household/members.ts";
import { Pins } from "../household/pins.ts";
import { absent, idsOf } from "../household/ready.ts";
import { words } from "../words.ts";
import { answer, halvesOf, HOUSEHOLD as household, id, invent, member, memory, page as pageOf, type People, rolledHub, toldTo } from "./lying.ts";

let people: People, alice: MemberKeys, bob: MemberKeys, thief: MemberKeys, hubKeys: MemberKeys, sheet: Sheet;
beforeAll(async () => {
  people = await invent();
  ({ alice, bob, thief, hub: hubKeys, sheet } = people);
});
const hub = () => rolledHub(people);
const page = async (after: Epoch | undefined, signer: MemberKeys, members: readonly Member[], change: Partial<Roll> = {}): Promise<Epoch> =>
  (await pageOf(people, after, signer, members, change)).epoch;

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
    expect([...house.home.hubKeys.values()].map((keys) => keys.map(b64))).toEqual([[halvesOf(hubKeys).sign_pub]]);
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

  test("R03 R05 an earlier key that no owner gave to this reader counts for nothing, and People says so", async () => {
    const before = await pageOf(people, undefined, alice, [member(alice, "b", "owner")]);
    const after = await page(before.epoch, alice, [member(alice, "b", "owner"), member(bob, "c", "member")]);
    const [to, elsewhere] = [member(bob, "c", "member"), member(alice, "b", "owner")];
    const give = (who: Member, signer: MemberKeys): Promise<GiftWire> => giveEarlier(before.epoch, before.identity.secret, who, signer.signing);
    const honest = await give(to, alice);
    const shown = async (...earlier: GiftWire[]) => {
      const house = await loadHouse(toldTo(bob, answer([before.epoch, after], { role: "member", earlier })), new Pins(bob.signing.public, household, memory()));
      return [[...house.home.identities.keys()], house.ungiven];
    };
    expect(await shown(honest)).toEqual([[0, 1], 0]);
    const lies = [await give(to, thief), await give(to, bob), await give(elsewhere, alice), { ...honest, sealed: (await give(elsewhere, alice)).sealed }, { ...honest, statement: "{}" }];
    expect(await shown(...lies)).toEqual([[1], lies.length]);
    expect(words.people.ungiven(1)).not.toBe("");
  });

  test("R03 R05 a removed owner's word about a page of after their removal counts for nothing", async () => {
    const [owner, came] = [member(alice, "b", "owner"), member(thief, "t", "member")];
    const first = await pageOf(people, undefined, alice, both());
    const without = await pageOf(people, first.epoch, alice, [owner]);
    const last = await pageOf(people, without.epoch, alice, [owner, came]);
    const chain = [first.epoch, without.epoch, last.epoch];
    const shown = async (who: MemberKeys, signer: MemberKeys) => {
      const gifts = await Promise.all([first, without].map(({ epoch, identity }) => giveEarlier(epoch, identity.secret, came, signer.signing)));
      const bare = gifts.map(({ statement, sig }) => ({ statement, sig }));
      const house = await loadHouse(toldTo(who, answer(chain, who === thief ? { role: "member", earlier: gifts } : { words: bare })), new Pins(who.signing.public, household, memory()));
      return { sees: [0, 1, 2].filter((n) => house.readers.may(came, n)), opens: [...house.home.identities.keys()], ungiven: house.ungiven };
    };
    expect(await shown(alice, alice)).toEqual({ sees: [0, 1, 2], opens: [0, 1, 2], ungiven: 0 });
    expect((await shown(alice, bob)).sees).toEqual([0, 2]); // of their own time they had the say, and have it
    expect(await shown(thief, bob)).toEqual({ sees: [0, 2], opens: [0, 2], ungiven: 1 });
  });

  test("R52 who was removed is told so, keeps what they had, and opens nothing new", async () => {
    const first = await page(undefined, alice, both());
    const second = await page(first, alice, [member(alice, "b", "owner")]);
    const house = await loadHouse(toldTo(bob, answer([first, second])), new Pins(bob.signing.public, household, memory()));
    expect([house.me, house.mine, house.notes]).toEqual([null, false, null]);
    expect([...house.home.identities.keys()]).toEqual([0]);
  });

  test("R03 R05 a change of members that is kept from the hub, or another book shown to it, is said on the house's page", async () => {
    const first = await page(undefined, alice, both());
    const second = await page(first, alice, [member(alice, "b", "owner")]);
    const fork = await page(first, bob, [member(bob, "c", "owner")]);
    const house = await loadHouse(toldTo(alice, answer([first, second])), new Pins(alice.signing.public, household, memory()));
    const told = ({ n, chainHash }: Epoch) => compareHub(house, { kind: "heard", epoch: n, status: { head: { n, hash: chainHash } } });
    expect(told(second)).toEqual({ kind: "ok", title: words.house.hubKeyMatch, text: words.house.hubKeyMatchText(2) });
    expect(told(first)).toEqual({ kind: "care", title: words.house.hubKeyOld, text: words.house.hubKeyOldText });
    expect(told(fork)).toEqual({ kind: "stop", title: words.house.hubKeyBad, text: words.house.hubKeyOther });
    expect(compareHub(house, { kind: "bad" })).toEqual({ kind: "stop", title: words.house.hubKeyBad, text: words.house.hubKeyBadText });
    expect(compareHub(house, { kind: "none" })).toEqual({ kind: "know", title: words.house.hubKeyNone, text: words.house.hubKeyNoneText });
  });

  test("R03 R05 another key for a member, in a page that looks the same, is refused", async () => {
    const first = await page(undefined, alice, both());
    const second = await page(first, alice, both());
    const statement = second.wire.statement.replace(halvesOf(bob).sign_pub, halvesOf(thief).sign_pub);
    expect(statement).not.toBe(second.wire.statement);
    const pins = new Pins(alice.signing.public, household, memory());
    expect((await loadHouse(toldTo(alice, answer([first, second])), pins)).chain).toHaveLength(2);
    const told = answer([first, { ...second, wire: { ...second.wire, statement } }]);
    await expect(loadHouse(toldTo(alice, told), pins)).rejects.toMatchObject({ code: "bad_signature" });
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

describe("of who left", () => {
  test("R03 R05 R52 an owner and a hub that the server names no more stay in the book until a person signs them out", async () => {
    const first = await page(undefined, alice, [member(alice, "b", "owner"), member(bob, "c", "owner")]);
    const session = toldTo(alice, answer([first], { members: [member(alice, "b", "owner")], hubs: [] }));
    const house = await loadHouse(session, new Pins(alice.signing.public, household, memory()));
    expect(overdue(house, "2027-01-01")).toBeNull();
    expect([house.wire.members.length, house.wire.hubs.length]).toEqual([2, 1]);
    await expect(turnPage(session, house, "month", {})).rejects.toThrow(words.people.unready.absent.what);
    expect(signingOut(idsOf(absent(house)))(house)).toMatchObject({ why: "left", hubs: [], members: [{ account: id("b") }] });
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
    expect(speakingHubs(house).map(b64)).toEqual([ours.sign_pub]);
    expect(house.leftOut).toBe(2);
    expect(b64(house.owner)).toBe(halvesOf(own).sign_pub);
  });

  test("R03 R05 the first page lists nobody whom only the server names, and nobody with other keys", async () => {
    const sent: EpochWire[] = [];
    const ghost = member(thief, "t", "owner");
    const exchanged = { ...member(alice, "b", "owner"), sign_pub: halvesOf(thief).sign_pub };
    for (const members of [[member(alice, "b", "owner"), ghost, member(bob, "c", "member")], [exchanged, ghost, member(bob, "c", "member")]]) {
      const session = toldTo(alice, answer([], { members }), sent);
      const house = await loadHouse(session, new Pins(alice.signing.public, household, memory()));
      expect(house.ghosts).toBe(2);
      expect(house.people.map(({ you, role }) => [you, role])).toEqual([[true, "owner"]]);
      await turnPage(session, house, "changed", { recovery: sheet.public });
      expect(readEpoch(sent.at(-1) as EpochWire).book?.members).toEqual([member(alice, "b", "owner")]);
    }
  });
});
