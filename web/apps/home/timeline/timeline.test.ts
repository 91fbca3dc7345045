// A page that stays open while a member's device seals kept clips anew. What lists, opens and checks is real.
import { beforeAll, expect, test } from "vitest";
import type { Epoch } from "../../../core/seal/epoch.ts";
import type { Session } from "../../../ui/session.ts";
import { type House, loadHouse } from "../household/house.ts";
import { Pins } from "../household/pins.ts";
import { resealKept } from "../household/resealing.ts";
import { answer, DAY, HOUSEHOLD, id, invent, type Made, makeClip, member, memory, page, type People, Server, toldTo } from "../malicious/lying.ts";
import { openClip } from "./opening.ts";
import { Timeline } from "./timeline.svelte.ts";

const CLIP = id("d");
let people: People, chain: Epoch[], clip: Made, house: House;
beforeAll(async () => {
  people = await invent();
  const [alice, bob] = [member(people.alice, "b", "owner"), member(people.bob, "c", "member")];
  const first = (await page(people, undefined, people.alice, [alice, bob])).epoch;
  chain = [first, (await page(people, first, people.alice, [alice])).epoch];
  clip = await makeClip(people, first, CLIP, 0, null);
  house = await loadHouse(toldTo(people.alice, answer(chain)), new Pins(people.alice.signing.public, HOUSEHOLD, memory()));
});

const kept = (): Server => new Server([{ ...clip, keep: true }]);
const resealed = async (server: Server): Promise<void> => {
  expect(await resealKept({ keys: people.alice, api: server.api } as unknown as Session, house)).toBe(1);
};

test("R05 a clip that is sealed anew while its day is open opens as before, once its day is listed again and already before", async () => {
  for (const listedAgain of [true, false]) {
    const server = kept();
    const timeline = new Timeline(server.api, house.home);
    await timeline.refresh([DAY]);
    const row = await timeline.find(CLIP, DAY);
    if (!row) throw new Error("not listed");
    await resealed(server);
    if (listedAgain) await timeline.refresh([DAY]);
    const known = listedAgain ? timeline.events.get(CLIP)?.row : row;
    if (!known) throw new Error("gone");
    expect(known.readers !== null).toBe(listedAgain);
    expect((await openClip(server.api, known, house.home, timeline)).kind).toBe("opened");
    expect(timeline.events.get(CLIP)?.row.readers).toBe(server.clip(CLIP).readers);
    timeline.close();
  }
});

test("R05 another sealed form of a description is refused as before where the list does not say that it was sealed anew", async () => {
  const server = kept();
  const timeline = new Timeline(server.api, house.home);
  await timeline.refresh([DAY]);
  const row = await timeline.find(CLIP, DAY);
  await resealed(server);
  delete server.clip(CLIP).readers;
  if (!row) throw new Error("not listed");
  expect(await openClip(server.api, row, house.home, timeline)).toMatchObject({ kind: "refused", failed: "record" });
  timeline.close();
});

test("R52 a clip that opened to nobody here is looked at again once it is sealed to other people", async () => {
  const server = kept();
  const stranger = { ...house.home, identities: new Map<number, string>(), own: [people.thief.age.secret] };
  const timeline = new Timeline(server.api, stranger);
  await timeline.refresh([DAY]);
  expect([timeline.closedOn(DAY), timeline.events.size]).toEqual([1, 0]);
  Object.assign(stranger, { own: [people.alice.age.secret] }); // as if their name had been among the people all along
  await timeline.refresh([DAY]);
  expect(timeline.closedOn(DAY)).toBe(1); // nothing changed: not fetched again
  await resealed(server);
  await timeline.refresh([DAY]);
  expect([timeline.closedOn(DAY), [...timeline.events.keys()]]).toEqual([0, [CLIP]]);
  timeline.close();
});
