// A server that hands out another hub than the one whose code the owner read.
import { beforeAll, expect, test } from "vitest";
import { Client } from "../../../core/api/client.ts";
import { openAge } from "../../../core/seal/age.ts";
import { b64, text, unb64, unhex } from "../../../core/seal/bytes.ts";
import type { EpochWire } from "../../../core/seal/epoch.ts";
import { answerTag, type HubCode, hubFingerprint } from "../../../core/seal/pairing.ts";
import type { Session } from "../../../ui/session.ts";
import { loadHouse } from "../household/house.ts";
import { pairHub } from "../household/pairing.ts";
import { Pins } from "../household/pins.ts";
import { answer, halvesOf, HOUSEHOLD, id, invent, member, memory, page, type People, toldTo } from "./lying.ts";

interface Sent {
  readonly method: string;
  readonly path: string;
  readonly body: Record<string, unknown>;
}

let people: People;
let code: HubCode;
beforeAll(async () => {
  people = await invent();
  code = { fingerprint: hubFingerprint(halvesOf(people.hub)), secret: unhex("000102030405060708090a0b0c0d0e0f") };
});

/** Alice reads the code while the server says that `hub` waits there; what it is sent. */
async function read(hub: { sign_pub: string; age_recipient: string }): Promise<{ done: string; sent: Sent[] }> {
  const { epoch } = await page(people, undefined, people.alice, [member(people.alice, "b", "owner")], { hubs: [] });
  const house = await loadHouse(toldTo(people.alice, answer([epoch])), new Pins(people.alice.signing.public, HOUSEHOLD, memory()));
  const sent: Sent[] = [];
  const api = new Client(async (path, { method = "GET", body } = {}) => {
    if (method === "GET") return Response.json(hub);
    sent.push({ method, path, body: JSON.parse(String(body)) as Record<string, unknown> });
    return Response.json({ hub: id("h") });
  });
  const session = { keys: people.alice, api } as unknown as Session;
  return { done: await pairHub(session, house, code), sent };
}

test("R03 R05 the hub whose code was read is let in, and told whose it is", async () => {
  const { done, sent } = await read(halvesOf(people.hub));
  expect(done).toBe("added");
  expect(sent.map(({ method, path }) => `${method} ${path.split("/").at(-1)}`)).toEqual(["POST hubs", "PUT 1", "PUT answer"]);
  const book = JSON.parse((sent[1]?.body as unknown as EpochWire).statement) as { hubs: object[] };
  expect(book.hubs).toEqual([{ hub: id("h"), ...halvesOf(people.hub) }]);
  const opened = text(await openAge(unb64(String(sent[2]?.body["sealed"])), [people.hub.age.secret]));
  const house = { household: HOUSEHOLD, owner: people.alice.signing.public, cell: "88283082b9fffff" };
  expect(JSON.parse(opened)).toEqual({ v: 1, type: "pair", ...house, owner: b64(house.owner), tag: b64(answerTag(code, house)) });
});

test("R03 R05 another hub in the place of the one whose code was read is not let in, and told nothing", async () => {
  const [hub, thief] = [halvesOf(people.hub), halvesOf(people.thief)];
  for (const keys of [thief, { ...hub, sign_pub: thief.sign_pub }, { ...hub, age_recipient: thief.age_recipient }]) {
    expect(await read(keys)).toEqual({ done: "swapped", sent: [] });
  }
});
