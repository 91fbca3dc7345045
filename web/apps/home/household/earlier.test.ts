// From when on somebody who came later sees.
import { beforeAll, expect, test } from "vitest";
import { Client } from "../../../core/api/client.ts";
import { type Epoch, readEpoch } from "../../../core/seal/epoch.ts";
import type { GiftWire } from "../../../core/seal/earlier.ts";
import { answer, HOUSEHOLD, id, invent, makeClip, member, memory, page, type People, toldTo } from "../malicious/lying.ts";
import { checkClip, Order } from "../../../core/seal/clip.ts";
import { unb64 } from "../../../core/seal/bytes.ts";
import type { Session } from "../../../ui/session.ts";
import { earlierKeys, letSeeEarlier, reachOf } from "./earlier.ts";
import { type House, loadHouse } from "./house.ts";
import { Pins } from "./pins.ts";

let people: People, chain: Epoch[];
beforeAll(async () => {
  people = await invent();
  const [alice, bob] = [member(people.alice, "b", "owner"), member(people.bob, "c", "member")];
  chain = [];
  for (const listed of [[alice], [alice], [alice, bob]]) chain.push((await page(people, chain.at(-1), people.alice, listed)).epoch);
});

const houseOf = (who: "alice" | "bob", more: object = {}): Promise<House> =>
  loadHouse(toldTo(people[who], answer(chain, more)), new Pins(people[who].signing.public, HOUSEHOLD, memory()));

/** An owner's device and what it sends. */
function alicesDevice(): { session: Session; sent: Map<string, GiftWire[]> } {
  const sent = new Map<string, GiftWire[]>();
  const api = new Client(async (url, init) => {
    sent.set(new URL(url, "http://server.example").pathname, (JSON.parse(String(init?.body)) as { keys: GiftWire[] }).keys);
    return new Response(null, { status: 204 });
  });
  return { session: { keys: people.alice, api } as unknown as Session, sent };
}

test("R03 who comes later opens clips from before exactly if an owner lets them", async () => {
  const clip = await makeClip(people, chain[0] as Epoch, id("d"), 0, null);
  const offer = { clip: clip.clip, card: clip.card, sig: unb64(clip.sig), manifestAge: clip.manifest, hdr: clip.hdr };
  expect((await checkClip(offer, (await houseOf("bob")).home, new Order())).kind).toBe("refused");

  const { session, sent } = alicesDevice();
  await letSeeEarlier(session, await houseOf("alice"), id("c"), "now");
  expect(sent.size).toBe(0);
  await letSeeEarlier(session, await houseOf("alice"), id("c"), "all");
  const earlier = sent.get(`/v1/households/mine/earlier/${id("c")}`) ?? [];
  expect(earlier).toHaveLength(2); // the third lists them
  const let_ = await houseOf("bob", { earlier });
  expect([[...let_.home.identities.keys()], let_.ungiven]).toEqual([[0, 1, 2], 0]);
  expect((await checkClip(offer, let_.home, new Order())).kind).toBe("opened");
  expect((await houseOf("alice", { earlier })).ungiven).toBe(2); // they are nobody else's
});

test("R03 a guest or a stranger is given no key, whatever was chosen", async () => {
  const { session, sent } = alicesDevice();
  const house = await houseOf("alice");
  await expect(letSeeEarlier(session, house, id("g"), "all")).rejects.toMatchObject({ code: "altered" });
  const guests = [...chain, (await page(people, chain.at(-1), people.alice, [member(people.alice, "b", "owner"), member(people.bob, "c", "guest")])).epoch];
  const guest = await loadHouse(toldTo(people.alice, answer(guests)), new Pins(people.alice.signing.public, HOUSEHOLD, memory()));
  await expect(letSeeEarlier(session, guest, id("c"), "all")).rejects.toMatchObject({ code: "altered" });
  expect(sent.size).toBe(0);
});

test("R03 thirty days take in each key that was in use since, and no older one", () => {
  const days = ["2026-08-01", "2026-09-01", "2026-10-01", "2026-11-01"];
  const dated = days.map((day, n) => ({ ...readEpoch((chain[0] as Epoch).wire), n, book: { ...(chain[0] as Epoch).book, day } })) as Epoch[];
  const house = { chain: dated, home: { identities: new Map(dated.map(({ n }) => [n, "opened"])) } } as unknown as House;
  const now = new Date("2026-11-10T12:00:00Z");
  const given = (since: "now" | "month" | "all"): number[] => earlierKeys(house, "", since, now).map(({ n }) => n);
  expect([given("now"), given("month"), given("all")]).toEqual([[], [2, 3], [0, 1, 2, 3]]);
  expect(reachOf(earlierKeys(house, "", "month", now))).toBe("2026-10-01");
  expect(earlierKeys({ ...house, home: { ...house.home, identities: new Map([[3, "opened"]]) } }, "", "all", now)).toHaveLength(1);
});
