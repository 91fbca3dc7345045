// Kept clips after somebody was removed.
import { beforeAll, expect, test } from "vitest";
import { openHeader } from "../../../core/seal/age.ts";
import type { Epoch } from "../../../core/seal/epoch.ts";
import type { Identity } from "../../../core/seal/keys.ts";
import { answer, HOUSEHOLD, id, invent, look, makeClip, member, memory, page, type People, Server, toldTo } from "../malicious/lying.ts";
import { type House, loadHouse } from "./house.ts";
import { Pins } from "./pins.ts";
import { anybodyGoneSince, resealKept } from "./resealing.ts";

let people: People, both: { epoch: Epoch; identity: Identity }, month: typeof both, without: typeof both;
beforeAll(async () => {
  people = await invent();
  const [alice, bob] = [member(people.alice, "b", "owner"), member(people.bob, "c", "member")];
  both = await page(people, undefined, people.alice, [alice, bob]);
  month = await page(people, both.epoch, people.alice, [alice, bob]);
  without = await page(people, month.epoch, people.alice, [alice]);
});

const houseOf = (...chain: Epoch[]): Promise<House> => loadHouse(toldTo(people.alice, answer(chain)), new Pins(people.alice.signing.public, HOUSEHOLD, memory()));

test("R52 R05 a kept clip is locked anew to the key after a removal, and what was removed opens it no more", async () => {
  const clips = [await makeClip(people, both.epoch, id("d"), 0, null)];
  clips.push(await makeClip(people, both.epoch, id("e"), 1, clips[0]?.chainHash ?? null));
  const server = new Server(clips);
  server.clip(id("d")).keep = true;
  const old = [both.identity.secret, month.identity.secret, people.bob.age.secret];
  await expect(openHeader(server.clip(id("d")).hdr, old)).resolves.toHaveLength(16);
  const house = await houseOf(both.epoch, month.epoch, without.epoch);
  expect(await resealKept(server.api, house)).toBe(1);
  expect(server.clip(id("d")).epoch).toBe(2);
  await expect(openHeader(server.clip(id("d")).hdr, old)).rejects.toMatchObject({ code: "not_for_us" });
  expect(server.clip(id("e")).hdr).toEqual(clips[1]?.hdr); // not kept: it goes with its day
  expect((await look(server, house.home)).map((one) => "bytes" in one)).toEqual([true, true]);
  expect(await resealKept(server.api, house)).toBe(0); // once is enough
});

test("R52 many that cannot be opened keep nobody from the one that can", async () => {
  const other = await makeClip(people, both.epoch, id("e"), 0, null);
  const broken = await Promise.all([..."fghijklmnopqrstuvwxyz234567"].map(async (c) => ({ ...(await makeClip(people, both.epoch, id(c), 0, null)), keep: true, hdr: other.hdr })));
  const server = new Server([...broken, { ...(await makeClip(people, both.epoch, id("d"), 0, null)), keep: true }]);
  const house = await houseOf(both.epoch, month.epoch, without.epoch);
  let done = 0;
  while (done === 0) done = await resealKept(server.api, house); // a visit takes 20 of the 28 by chance
  expect(server.clip(id("d")).epoch).toBe(2);
});

test("R05 a header that belongs to another clip is not sealed anew", async () => {
  const clips = [await makeClip(people, both.epoch, id("d"), 0, null)];
  const other = await makeClip(people, both.epoch, id("e"), 0, null);
  const server = new Server(clips.map((one) => ({ ...one, keep: true, hdr: other.hdr })));
  expect(await resealKept(server.api, await houseOf(both.epoch, month.epoch, without.epoch))).toBe(0);
  expect(server.clip(id("d")).hdr).toEqual(other.hdr);
});

test("R52 a month that turned is no reason, and neither is a person who came", async () => {
  expect(anybodyGoneSince([both.epoch, month.epoch], 0)).toBe(false);
  expect(anybodyGoneSince([both.epoch, month.epoch, without.epoch], 0)).toBe(true);
  expect(anybodyGoneSince([both.epoch, month.epoch, without.epoch], 1)).toBe(true);
  expect(anybodyGoneSince([both.epoch, month.epoch, without.epoch], 2)).toBe(false);
  const server = new Server([{ ...(await makeClip(people, both.epoch, id("d"), 0, null)), keep: true }]);
  expect(await resealKept(server.api, await houseOf(both.epoch, month.epoch))).toBe(0);
});
