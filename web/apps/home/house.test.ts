// What a home believes of its server about itself.
import { expect, test } from "vitest";
import { b64 } from "../../core/seal/bytes.ts";
import { newEpoch } from "../../core/seal/epoch.ts";
import { signHub } from "../../core/seal/hub.ts";
import { type MemberKeys, memberKeys, signingKey } from "../../core/seal/keys.ts";
import type { Session } from "../../ui/session.ts";
import { loadHouse } from "./house.ts";

const household = "a".repeat(26);

const toldTo = (keys: MemberKeys, answer: unknown): Session =>
  ({ keys, api: { json: async (_path: string, read: (value: unknown, where: string) => unknown) => read(answer, "the answer") } }) as unknown as Session;

test("R03 R05 an owner's device takes no other owner's key from the server, so none gets into a pairing code", async () => {
  const own = await memberKeys(new Uint8Array(32).fill(7));
  const strangers = await memberKeys(new Uint8Array(32).fill(8));
  const { wire: epoch } = await newEpoch(household, undefined, [own.age.recipient], own.signing);
  const lie = {
    household,
    cell: "88283082b9fffff",
    members: [{ account: "b".repeat(26), age_recipient: own.age.recipient, sign_pub: b64(strangers.signing.public), role: "owner" }],
    hubs: [],
    epochs: [epoch],
  };
  const house = await loadHouse(toldTo(own, lie));
  expect(b64(house.owner)).toBe(b64(own.signing.public));
});

test("R03 a hub that the owner did not let in is left out, and how many were is known", async () => {
  const own = await memberKeys(new Uint8Array(32).fill(7));
  const strangers = await memberKeys(new Uint8Array(32).fill(8));
  const hub = (fill: number) => ({ sign_pub: b64(signingKey(new Uint8Array(32).fill(fill)).public), age_recipient: own.age.recipient });
  const ours = { hub: "c".repeat(26), ...hub(1), signature: signHub(own.signing, household, hub(1)) };
  const theirs = { hub: "d".repeat(26), ...hub(2), signature: signHub(strangers.signing, household, hub(2)) };
  const unsigned = { hub: "e".repeat(26), ...hub(3), signature: null };
  const members = [{ account: "b".repeat(26), age_recipient: own.age.recipient, sign_pub: b64(strangers.signing.public), role: "owner" }];
  const house = await loadHouse(toldTo(own, { household, cell: "88283082b9fffff", members, hubs: [theirs, ours, unsigned], epochs: [] }));
  expect(house.wire.hubs).toEqual([ours]);
  expect(house.home.hubKeys.map(b64)).toEqual([ours.sign_pub]);
  expect(house.leftOut).toBe(2);
});
