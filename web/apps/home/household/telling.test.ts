// The household's book, asked for again and again, of an honest server and of one that lies.
import { beforeAll, expect, test } from "vitest";
import { Client } from "../../../core/api/client.ts";
import type { Epoch } from "../../../core/seal/epoch.ts";
import type { Session } from "../../../ui/session.ts";
import { answer, HOUSEHOLD, invent, member, memory, page, type People } from "../malicious/lying.ts";
import { compareHub } from "./comparing.ts";
import { readHouse } from "./house.ts";
import { Pins } from "./pins.ts";
import { Telling } from "./telling.ts";

let people: People, first: Epoch, second: Epoch;
beforeAll(async () => {
  people = await invent();
  const both = [member(people.alice, "b", "owner"), member(people.bob, "c", "owner")];
  first = (await page(people, undefined, people.alice, both)).epoch;
  second = (await page(people, first, people.bob, both.slice(1))).epoch;
});

/** A server that tags what it says; `sent` is how each call was answered. */
class Town {
  said: object = answer([first]);
  tags = true;
  lies = false; // it says that nothing changed, to everybody
  readonly sent: number[] = [];
  readonly api = new Client(async (_, init) => {
    const tag = `"${JSON.stringify(this.said).length}"`;
    const same = this.lies || (this.tags && new Headers(init?.headers).get("If-None-Match") === tag);
    this.sent.push(same ? 304 : 200);
    return same ? new Response(null, { status: 304 }) : Response.json(this.said, { headers: this.tags ? { ETag: tag } : {} });
  });
}

test("R03 while nothing changed one short answer comes, and all of it once something did", async () => {
  const town = new Town();
  const telling = new Telling(town.api);
  telling.take(await telling.all());
  expect(await telling.changed()).toBeNull();
  town.said = answer([first, second]);
  expect((await telling.changed())?.value.epochs).toHaveLength(2);
  expect((await telling.changed())?.value.epochs).toHaveLength(2); // it was not taken yet: what did not hold is looked at again
  telling.take(await telling.all());
  expect([await telling.changed(), await telling.changed()]).toEqual([null, null]);
  expect(town.sent).toEqual([200, 304, 200, 200, 200, 304, 304]);
});

test("a server of before there were tags is asked as before", async () => {
  const town = new Town();
  town.tags = false;
  const telling = new Telling(town.api);
  telling.take(await telling.all());
  expect(await telling.changed()).toBeNull();
  town.said = answer([first, second]);
  expect((await telling.changed())?.value.epochs).toHaveLength(2);
  expect(town.sent).toEqual([200, 200, 200]);
});

test("R03 R05 a server that says unchanged keeps a change back as one that sends the old list again does: the hub's word tells", async () => {
  const town = new Town();
  const session = { keys: people.alice, api: town.api } as unknown as Session;
  const [telling, pins] = [new Telling(town.api), new Pins(people.alice.signing.public, HOUSEHOLD, memory())];
  const told = await telling.all();
  const house = await readHouse(told.value, session, pins);
  telling.take(told);
  town.lies = true;
  expect(await telling.changed()).toBeNull();
  const hub = { kind: "heard", epoch: second.n, status: { head: { n: second.n, hash: second.chainHash } } } as const;
  expect(compareHub(house, hub).kind).toBe("stop");
  // Nothing is unchanged to who has nothing, or asks for all of it: as an answer it is refused.
  await expect(telling.changed(true)).rejects.toMatchObject({ code: "client.bad_answer" });
  await expect(new Telling(town.api).all()).rejects.toMatchObject({ code: "client.bad_answer" });
  await expect(new Telling(town.api).changed()).rejects.toMatchObject({ code: "client.bad_answer" });
  // And once it tells, what it kept back is there, and cannot be taken back.
  town.lies = false;
  town.said = answer([first, second]);
  const later = (await telling.changed(true)) ?? told;
  expect((await readHouse(later.value, session, pins)).people).toHaveLength(1);
  telling.take(later);
  town.said = answer([first]);
  const older = (await telling.changed()) ?? later;
  await expect(readHouse(older.value, session, pins)).rejects.toMatchObject({ code: "altered" });
});
