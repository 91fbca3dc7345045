// Only whoever signed a copy says who gave it; whatever is said has the one length that the server takes (server/evidence/naming.py).
import { describe, expect, it } from "vitest";
import { caseSigningKey, newIdentity } from "../seal/keys.ts";
import { NAME_LIMIT, openGiver, REACH_LIMIT, sealGiver } from "./giver.ts";

const COPY = "a".repeat(26);
const seed = new Uint8Array(32).fill(7);

describe("who gave a copy", () => {
  it("R24 is read by the case and checked against the copy's signature, and has one length", async () => {
    const kase = await newIdentity();
    const signer = caseSigningKey(seed, kase.recipient);
    for (const giver of [{ name: "M", reach: "", confirms: false }, { name: "\u{1F600}".repeat(NAME_LIMIT), reach: "\u00e9".repeat(REACH_LIMIT), confirms: true }]) {
      const sealed = await sealGiver(COPY, giver, kase.recipient, signer);
      expect(sealed.length).toBe(5755);
      expect(await openGiver(sealed, COPY, kase.secret, signer.public)).toMatchObject({ giver });
      const others = [openGiver(sealed, "b".repeat(26), kase.secret, signer.public), openGiver(sealed, COPY, kase.secret, caseSigningKey(seed, "age1pq1other").public), openGiver(sealed, COPY, (await newIdentity()).secret, signer.public), openGiver(sealed.slice(0, -1), COPY, kase.secret, signer.public)];
      expect(await Promise.all(others)).toEqual([null, null, null, null]);
    }
    await expect(sealGiver(COPY, { name: "x".repeat(NAME_LIMIT + 1), reach: "", confirms: false }, kase.recipient, signer)).rejects.toThrow("too long");
  });
});
