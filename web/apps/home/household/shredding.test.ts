// Old household keys whose clips are all gone.
import { beforeAll, expect, test } from "vitest";
import { Client } from "../../../core/api/client.ts";
import { unb64, utf8 } from "../../../core/seal/bytes.ts";
import { jcs } from "../../../core/jcs.ts";
import { checkClip, Order } from "../../../core/seal/clip.ts";
import { type Epoch, readEpoch } from "../../../core/seal/epoch.ts";
import { type MemberKeys, verify } from "../../../core/seal/keys.ts";
import type { Session } from "../../../ui/session.ts";
import { answer, HOUSEHOLD, id, invent, type Made, makeClip, member, memory, page, type People, toldTo } from "../malicious/lying.ts";
import { brokenText } from "../timeline/opening.ts";
import { words } from "../words.ts";
import { type House, loadHouse } from "./house.ts";
import { Pins } from "./pins.ts";
import { hubsSince, overKeys, shredOver } from "./shredding.ts";
import type { HubStatus } from "./status.ts";

const LATER = new Date("2027-03-01T12:00:00Z"); // the pages of the list are of 2026-11-22
let people: People, chain: Epoch[], clip: Made;
beforeAll(async () => {
  people = await invent();
  const alice = member(people.alice, "b", "owner");
  chain = [];
  for (let n = 0; n < 3; n++) chain.push((await page(people, chain.at(-1), people.alice, [alice])).epoch);
  clip = await makeClip(people, chain[0] as Epoch, id("d"), 0, null);
});

const houseOf = (epochs: readonly Epoch[] = chain): Promise<House> => loadHouse(toldTo(people.alice, answer(epochs)), new Pins(people.alice.signing.public, HOUSEHOLD, memory()));
const heard = (keys_since: string | null): HubStatus => ({ keys_since }) as HubStatus;

/** A server with these clips, and what it is asked to destroy. */
function served(...clips: Made[]): { session: Session; asked: { path: string; signature: string }[] } {
  const asked: { path: string; signature: string }[] = [];
  const api = new Client(async (url, init) => {
    const { pathname } = new URL(url, "http://server.example");
    if (pathname.endsWith("/keeping")) return Response.json({ keep_days: 14, kept_clips: 0, used_bytes: 0, quota_bytes: 0 });
    if (pathname === "/v1/clips") return Response.json({ clips: clips.map(({ card, sig, clip: one }) => ({ clip: one, card, sig })), after: null });
    asked.push({ path: pathname, signature: new Headers(init?.headers).get("Fanlight-Signature") ?? "" });
    return new Response(null, { status: 204 });
  });
  return { session: { keys: people.alice, api } as unknown as Session, asked };
}

test("R05 R10 an owner's device destroys the keys that neither a clip nor the hub needs, and signs for it", async () => {
  const { session, asked } = served();
  expect(await shredOver(session, await houseOf(), heard("2027-02-01"), LATER)).toEqual([0, 1]);
  expect(asked.map(({ path }) => path)).toEqual([0, 1].map((n) => `/v1/households/mine/epochs/${n}/secret`));
  const act = jcs({ account: id("b"), act: "destroy-secret", of: `${HOUSEHOLD}/0` });
  expect(() => verify(people.alice.signing.public, "act", utf8(new TextDecoder().decode(act)), unb64(asked[0]?.signature ?? ""))).not.toThrow();
});

test("R05 a key stays while a clip is locked to it, while the hub keeps anything of its time, and where nobody can tell", async () => {
  const house = await houseOf();
  const kept = served(clip);
  expect(await shredOver(kept.session, house, heard("2027-02-01"), LATER)).toEqual([1]);
  const none = served();
  for (const since of [heard("2026-11-20"), heard("2026-11-22"), heard(null), null]) expect(await shredOver(none.session, house, since, LATER)).toEqual([]);
  expect(await shredOver(none.session, house, heard("2027-02-01"), new Date("2027-01-05T12:00:00Z"))).toEqual([]); // 14 days, and a month
  expect(await shredOver(none.session, { ...house, mine: false }, heard("2027-02-01"), LATER)).toEqual([]);
  expect(none.asked).toEqual([]);
  expect(hubsSince({ book: { ...house.book, hubs: [] } as never }, null, "2027-03-01")).toBe("2027-03-01");
  expect(hubsSince({ book: { ...house.book, hubs: [1, 2] } as never }, heard("2027-02-01"), "2027-03-01")).toBeNull();
});

test("R05 the newest key is never over, and one that was destroyed is not destroyed again", async () => {
  const given = { since: "2027-02-01", keepDays: 14, inUse: new Set<number>(), today: "2027-03-01" };
  const gone = chain.map(({ wire }, n) => readEpoch(n === 0 ? { ...wire, sealed: "" } : wire));
  expect(overKeys({ chain }, given)).toEqual([0, 1]);
  expect(overKeys({ chain: gone }, given)).toEqual([1]);
});

test("R05 a clip whose key was destroyed says so, and nothing else of it is broken", async () => {
  const gone = chain.map(({ wire }, n) => readEpoch(n === 0 ? { ...wire, sealed: "" } : wire));
  const offer = { clip: clip.clip, card: clip.card, sig: unb64(clip.sig), manifestAge: clip.manifest, hdr: clip.hdr };
  expect((await checkClip(offer, (await houseOf()).home, new Order())).kind).toBe("opened");
  const house = await houseOf(gone);
  expect([...house.home.identities.keys()]).toEqual([1, 2]);
  const checked = await checkClip(offer, house.home, new Order());
  if (checked.kind !== "refused") throw new Error("it opens");
  expect([checked.failed, checked.error.code]).toEqual(["signature", "destroyed"]);
  expect(brokenText(checked.failed, checked.error, 0)).toBe(words.clip.broken.destroyed);
});

test("R10 a guest, who is handed no secret of a key, reads who is of the household, and takes no key for a destroyed one", async () => {
  const { epoch } = await page(people, undefined, people.alice, [member(people.alice, "b", "owner"), member(people.bob, "c", "guest")]);
  const handed = [readEpoch({ ...epoch.wire, sealed: "" })];
  const { clip: name, card, sig, manifest, hdr } = await makeClip(people, epoch, id("d"), 0, null);
  const seen = async (who: MemberKeys, role: string) => {
    const { role: as, people: folk, home } = await loadHouse(toldTo(who, answer(handed, { role })), new Pins(who.signing.public, HOUSEHOLD, memory()));
    const checked = await checkClip({ clip: name, card, sig: unb64(sig), manifestAge: manifest, hdr }, home, new Order());
    return { as, folk: folk.map((one) => one.name), opened: [...home.identities.keys()], destroyed: [...home.destroyed ?? []], why: checked.kind === "refused" && checked.error.code };
  };
  const both = { folk: ["Somebody", "Somebody"], opened: [] };
  expect(await seen(people.bob, "guest")).toEqual({ ...both, as: "guest", destroyed: [], why: "not_for_us" });
  // The same list, handed to who lives there: what is missing there is gone.
  expect(await seen(people.alice, "owner")).toMatchObject({ as: "owner", opened: [], destroyed: [0], why: "destroyed" });
});
