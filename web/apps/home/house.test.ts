// What a home believes of its server about itself.
import { expect, test } from "vitest";
import { b64 } from "../../core/seal/bytes.ts";
import { newEpoch } from "../../core/seal/epoch.ts";
import { memberKeys } from "../../core/seal/keys.ts";
import type { Session } from "../../ui/session.ts";
import { loadHouse } from "./house.ts";

const household = "a".repeat(26);

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
  const session = { keys: own, api: { json: async (_path: string, read: (value: unknown, where: string) => unknown) => read(lie, "the answer") } } as unknown as Session;
  const house = await loadHouse(session);
  expect(b64(house.owner)).toBe(b64(own.signing.public));
});
