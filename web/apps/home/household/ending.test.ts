// The end of a household, as an owner's browser says it.
import { expect, test } from "vitest";
import { Client } from "../../../core/api/client.ts";
import { openAge } from "../../../core/seal/age.ts";
import { b64, text, unb64, utf8 } from "../../../core/seal/bytes.ts";
import { verify } from "../../../core/seal/keys.ts";
import { jcs } from "../../../core/jcs.ts";
import type { Session } from "../../../ui/session.ts";
import { answer, HOUSEHOLD, id, invent, member, memory, page, toldTo } from "../malicious/lying.ts";
import { endHousehold } from "./ending.ts";
import { loadHouse } from "./house.ts";
import { Pins } from "./pins.ts";

test("R52 an owner who ends the household leaves its hub a word over the newest list that only the hub opens", async () => {
  const people = await invent();
  const { epoch } = await page(people, undefined, people.alice, [member(people.alice, "b", "owner")]);
  const house = await loadHouse(toldTo(people.alice, answer([epoch])), new Pins(people.alice.signing.public, HOUSEHOLD, memory()));
  const sent: { path: string; body: { signature: string; farewell: string } }[] = [];
  const api = new Client(async (url, init) => {
    sent.push({ path: new URL(url, "http://server.example").pathname, body: JSON.parse(String(init?.body)) });
    return new Response(null, { status: 204 });
  });
  await endHousehold({ keys: people.alice, api } as unknown as Session, house, id("b"));
  const said = sent.find(({ path }) => path === "/v1/households/mine/end")?.body;
  const act = jcs({ account: id("b"), act: "delete-household", of: HOUSEHOLD });
  verify(people.alice.signing.public, "act", act, unb64(said?.signature ?? ""));
  const box = unb64(said?.farewell ?? "");
  await expect(openAge(box, [people.bob.age.secret])).rejects.toMatchObject({ code: "not_for_us" });
  const word = JSON.parse(text(await openAge(box, [people.hub.age.secret]))) as { statement: string; sig: string };
  verify(people.alice.signing.public, "end", utf8(word.statement), unb64(word.sig));
  expect(JSON.parse(word.statement)).toMatchObject({ household: HOUSEHOLD, n: 0, head: epoch.chainHash, day: new Date().toISOString().slice(0, 10), hubs: [b64(people.hub.signing.public)] });
});
