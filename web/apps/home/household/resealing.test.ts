// Kept clips after somebody was removed, and once their key is to go. Opened by age-encryption alone, as anybody could.
import { Decrypter } from "age-encryption";
import { beforeAll, expect, test } from "vitest";
import { openHeader, rewrapHeader } from "../../../core/seal/age.ts";
import { concat } from "../../../core/seal/bytes.ts";
import { giveEarlier } from "../../../core/seal/earlier.ts";
import type { Epoch } from "../../../core/seal/epoch.ts";
import { type Identity, type MemberKeys, memberKeys } from "../../../core/seal/keys.ts";
import type { Session } from "../../../ui/session.ts";
import { answer, HOUSEHOLD, id, invent, look, makeClip, member, memory, page, type People, Server, type Stored, toldTo } from "../malicious/lying.ts";
import { type House, loadHouse } from "./house.ts";
import { Pins } from "./pins.ts";
import { anybodyGoneSince, resealAll, resealKept } from "./resealing.ts";

type Page = { epoch: Epoch; identity: Identity };
let people: People, carol: MemberKeys, both: Page, month: Page, without: Page, later: Page;
beforeAll(async () => {
  people = await invent();
  carol = await memberKeys(new Uint8Array(32).fill(11));
  const [alice, bob] = [member(people.alice, "b", "owner"), member(people.bob, "c", "member")];
  both = await page(people, undefined, people.alice, [alice, bob]);
  month = await page(people, both.epoch, people.alice, [alice, bob]);
  without = await page(people, month.epoch, people.alice, [alice]);
  later = await page(people, without.epoch, people.alice, [alice, member(carol, "e", "member")]);
});

const as = (keys: MemberKeys, chain: readonly Epoch[], more: object = {}): Promise<House> =>
  loadHouse(toldTo(keys, answer(chain, more)), new Pins(keys.signing.public, HOUSEHOLD, memory()));
const houseOf = (...chain: Epoch[]): Promise<House> => as(people.alice, chain);
const by = (keys: MemberKeys, server: Server): Session => ({ keys, api: server.api }) as unknown as Session;
const kept = async (): Promise<Server> => new Server([{ ...(await makeClip(people, both.epoch, id("d"), 0, null)), keep: true }]);

/** How many bytes of the clip, and of its description, stock tools get with these keys alone; null: none. */
async function stock({ hdr, pay, manifest }: Stored, ...identities: string[]): Promise<(number | null)[]> {
  const age = new Decrypter();
  for (const identity of identities) age.addIdentity(identity);
  return Promise.all([concat([hdr, pay]), manifest].map((file) => age.decrypt(file).then(({ length }) => length > 0 ? 1 : 0, () => null)));
}
const OPENS = [1, 1];
const CLOSED = [null, null];

test("R52 R05 a kept clip is locked anew after a removal, and who was removed opens neither it nor its description", async () => {
  const clips = [await makeClip(people, both.epoch, id("d"), 0, null)];
  clips.push(await makeClip(people, both.epoch, id("e"), 1, clips[0]?.chainHash ?? null));
  const server = new Server(clips);
  server.clip(id("d")).keep = true;
  const old = [both.identity.secret, month.identity.secret, people.bob.age.secret];
  expect(await stock(server.clip(id("d")), ...old)).toEqual(OPENS);
  const house = await houseOf(both.epoch, month.epoch, without.epoch);
  expect(await resealKept(by(people.alice, server), house)).toBe(1);
  expect(server.clip(id("d")).epoch).toBe(2);
  expect(await stock(server.clip(id("d")), ...old)).toEqual(CLOSED);
  expect(await stock(server.clip(id("d")), people.sheet.keys.age.secret)).toEqual(OPENS); // the paper, and nothing else
  expect(server.clip(id("e")).hdr).toEqual(clips[1]?.hdr); // not kept: it goes with its day
  expect((await look(server, house.home)).map((one) => "bytes" in one)).toEqual([true, true]);
  expect(await resealKept(by(people.alice, server), house)).toBe(0); // once is enough
});

test("R52 many that cannot be opened keep nobody from the one that can", async () => {
  const other = await makeClip(people, both.epoch, id("e"), 0, null);
  const broken = [..."fghijklmnopqrstuvwxyz234567"].map((c) => ({ ...other, clip: id(c), keep: true }));
  const server = new Server([...broken, { ...(await makeClip(people, both.epoch, id("d"), 0, null)), keep: true }]);
  const house = await houseOf(both.epoch, month.epoch, without.epoch);
  let done = 0;
  while (done === 0) done = await resealKept(by(people.alice, server), house); // a visit takes 20 of the 28 by chance
  expect(server.clip(id("d")).epoch).toBe(2);
});

test("R05 a header that belongs to another clip is not sealed anew", async () => {
  const clips = [await makeClip(people, both.epoch, id("d"), 0, null)];
  const other = await makeClip(people, both.epoch, id("e"), 0, null);
  const server = new Server(clips.map((one) => ({ ...one, keep: true, hdr: other.hdr })));
  expect(await resealKept(by(people.alice, server), await houseOf(both.epoch, month.epoch, without.epoch))).toBe(0);
  expect(server.clip(id("d")).hdr).toEqual(other.hdr);
});

test("R52 a month that turned is no reason, and neither is a person who came", async () => {
  expect(anybodyGoneSince([both.epoch, month.epoch], 0)).toBe(false);
  expect(anybodyGoneSince([both.epoch, month.epoch, without.epoch], 0)).toBe(true);
  expect(anybodyGoneSince([both.epoch, month.epoch, without.epoch], 1)).toBe(true);
  expect(anybodyGoneSince([both.epoch, month.epoch, without.epoch], 2)).toBe(false);
  const server = new Server([{ ...(await makeClip(people, both.epoch, id("d"), 0, null)), keep: true }]);
  expect(await resealKept(by(people.alice, server), await houseOf(both.epoch, month.epoch))).toBe(0);
});

test("R52 R03 who came after a clip opens nothing of it that is locked anew, until an owner shows them its time", async () => {
  const server = await kept();
  const house = await as(people.alice, [both.epoch, month.epoch, without.epoch, later.epoch]);
  expect(await resealKept(by(people.alice, server), house)).toBe(1);
  const hers = [carol.age.secret, later.identity.secret];
  expect(await stock(server.clip(id("d")), ...hers)).toEqual(CLOSED);
  const own = await as(carol, house.chain);
  expect(await look(server, own.home)).toMatchObject([{ refused: { code: "not_for_us" } }]);
  expect(await resealKept(by(carol, server), own)).toBe(0); // nor can her device
  const gift = await giveEarlier(both.epoch, both.identity.secret, member(carol, "e", "member"), people.alice.signing);
  const told = { words: [{ statement: gift.statement, sig: gift.sig }] };
  const forged = await giveEarlier(both.epoch, both.identity.secret, member(carol, "e", "member"), people.thief.signing);
  for (const words of [[{ ...gift, sig: forged.sig }], [forged], [{ statement: "{}", sig: "" }]]) {
    expect(await resealKept(by(people.alice, server), await as(people.alice, house.chain, { words }))).toBe(0);
  }
  expect(await resealKept(by(people.alice, server), await as(people.alice, house.chain, told))).toBe(1);
  expect(await stock(server.clip(id("d")), carol.age.secret)).toEqual(OPENS);
  const shown = await as(carol, house.chain, { ...told, earlier: [gift] });
  expect((await look(server, shown.home)).map((one) => "bytes" in one)).toEqual([true]);
  expect(await resealKept(by(carol, server), shown)).toBe(0); // both devices name the same people
});

test("R52 what an older device locked to a later key is locked anew to people", async () => {
  const server = await kept();
  const clip = server.clip(id("d"));
  Object.assign(clip, { hdr: await rewrapHeader(clip.hdr, [both.identity.secret], [later.epoch.recipient]), epoch: 3 });
  await expect(openHeader(clip.hdr, [later.identity.secret])).resolves.toHaveLength(16);
  const house = await houseOf(both.epoch, month.epoch, without.epoch, later.epoch);
  expect(await resealKept(by(people.alice, server), house)).toBe(1);
  await expect(openHeader(clip.hdr, [carol.age.secret, later.identity.secret])).rejects.toMatchObject({ code: "not_for_us" });
  expect(await stock(clip, people.alice.age.secret)).toEqual(OPENS);
});

test("R05 what is kept of a time that is over keeps nobody from destroying its key, and opens after that", async () => {
  const server = await kept();
  const house = await houseOf(both.epoch, month.epoch);
  const now = new Date("2026-12-24T00:00:00Z");
  expect(await resealKept(by(people.alice, server), house, new Date("2026-12-20T00:00:00Z"))).toBe(0);
  expect(await resealKept(by(people.alice, server), house, now)).toBe(1);
  expect(await stock(server.clip(id("d")), both.identity.secret)).toEqual(CLOSED);
  for (const who of [people.alice, people.bob]) expect(await stock(server.clip(id("d")), who.age.secret)).toEqual(OPENS);
  const gone = { ...both.epoch, wire: { ...both.epoch.wire, sealed: "" } };
  const after = await as(people.bob, [gone, month.epoch]);
  expect(after.home.identities.has(0)).toBe(false);
  expect((await look(server, after.home)).map((one) => "bytes" in one)).toEqual([true]);
});

test("R53 who came back with the sheet is put down as one who may see, before anything is locked anew", async () => {
  const server = await kept();
  const carolOwns = await page(people, month.epoch, people.alice, [member(people.alice, "b", "owner"), member(carol, "e", "owner")]);
  const alone = await page(people, carolOwns.epoch, carol, [member(carol, "e", "owner")]);
  const chain = [both.epoch, month.epoch, carolOwns.epoch, alone.epoch];
  const session = { ...toldTo(carol, answer(chain)), more: [people.sheet.keys.age.secret] } as unknown as Session;
  const house = await loadHouse(session, new Pins(carol.signing.public, HOUSEHOLD, memory()));
  expect(house.home.identities.has(0)).toBe(true);
  expect(await resealKept(by(carol, server), house)).toBe(0);
  expect(server.given.map(({ sealed }) => sealed.length > 0)).toEqual([true, true]);
  expect(await resealKept(by(carol, server), await as(carol, chain, { earlier: server.given }))).toBe(1);
  expect(await stock(server.clip(id("d")), carol.age.secret)).toEqual(OPENS);
  expect(await stock(server.clip(id("d")), people.alice.age.secret, both.identity.secret)).toEqual(CLOSED);
});

test("R53 who comes back with the sheet alone keeps what was sealed anew of pages whose secret is gone, before another sheet counts", async () => {
  const server = await kept();
  expect(await resealKept(by(people.alice, server), await houseOf(both.epoch, month.epoch), new Date("2026-12-24T00:00:00Z"))).toBe(1);
  const gone = { ...both.epoch, wire: { ...both.epoch.wire, sealed: "" } };
  const back = await page(people, month.epoch, people.alice, [member(people.alice, "b", "owner"), member(carol, "e", "owner")]);
  const alone = await page(people, back.epoch, carol, [member(carol, "e", "owner")]);
  const chain = [gone, month.epoch, back.epoch, alone.epoch];
  const sheet = people.sheet.keys.age.secret;
  const load = (session: Session): Promise<House> =>
    loadHouse({ ...session, ...toldTo(carol, answer(chain, { earlier: server.given })), more: session.more }, new Pins(carol.signing.public, HOUSEHOLD, memory()));
  const hers = { ...by(carol, server), more: [sheet] } as Session;
  const without = { ...hers, more: [] } as Session;
  expect(await resealKept(without, await load(without))).toBe(0);
  await resealAll(without, () => load(without));
  expect(server.given).toEqual([]); // what this device cannot open it gives no word for
  expect(await stock(server.clip(id("d")), carol.age.secret)).toEqual(CLOSED);

  await resealAll(hers, () => load(hers));
  expect(server.given.map(({ statement, sealed }) => [Number(/"n":(\d+)/.exec(statement)?.[1]), sealed.length > 0])).toEqual([[0, false], [1, true]]);
  expect(await stock(server.clip(id("d")), carol.age.secret)).toEqual(OPENS); // no sheet, and no browser that remembers one
  expect(await stock(server.clip(id("d")), people.alice.age.secret)).toEqual(CLOSED);
  expect((await look(server, (await load(without)).home)).map((one) => "bytes" in one)).toEqual([true]);
});

test("R53 before another sheet counts all that the old one opens is given, due or not, and not while the server keeps the word back", async () => {
  const server = await kept();
  const carolOwns = await page(people, month.epoch, people.alice, [member(people.alice, "b", "owner"), member(people.bob, "c", "member"), member(carol, "e", "owner")]);
  const session = { ...toldTo(carol, answer([both.epoch, month.epoch, carolOwns.epoch])), more: [people.sheet.keys.age.secret] } as unknown as Session;
  const load = (): Promise<House> => loadHouse(session, new Pins(carol.signing.public, HOUSEHOLD, memory()));
  await expect(resealAll({ ...session, api: server.api }, load)).rejects.toMatchObject({ code: "altered" });
  const next = await as(carol, [both.epoch, month.epoch, carolOwns.epoch], { earlier: server.given });
  expect([...next.home.identities.keys()]).toEqual([0, 1, 2]); // another device, which knows no sheet
});
