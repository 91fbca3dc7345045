// What goes from one agency to another opens with the other's key alone, and says at home's word what it is.
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { newHeader, openHeader } from "../../../core/seal/age.ts";
import { unb64 } from "../../../core/seal/bytes.ts";
import { openHandedOn, sealDisclosure } from "../../../core/seal/disclosure.ts";
import { caseSigningKey, newIdentity, signingKey } from "../../../core/seal/keys.ts";
import { parseDisclosure } from "../../../core/seal/manifest.ts";
import { openCaseKey } from "../lib/casekey.ts";
import type { Offered } from "./api.ts";
import { acceptWire, handWire, whyNotKey } from "./handing.ts";

const said = JSON.parse(readFileSync(new URL("../../../../vectors/evidence/input.json", import.meta.url), "utf8")).items[0].manifest as string;
const signer = signingKey(new Uint8Array(32).fill(3));

it("R27 a key is made for each reader, and the copy opens with it and with no other", async () => {
  const [kase, reader, stranger] = await Promise.all([newIdentity(), newIdentity(), newIdentity()]);
  const person = { account: "a".repeat(26), name: "T", role: "custodian", age_recipient: reader.recipient };
  const accepted = (await acceptWire("b".repeat(26), [person], signer)) as unknown as { key: string; copies: { account: string; sealed: string }[] };
  const key = await openCaseKey(unb64(accepted.copies[0]!.sealed), reader.secret);
  expect(key.recipient).toBe(accepted.key);
  await expect(openCaseKey(unb64(accepted.copies[0]!.sealed), stranger.secret)).rejects.toThrow();

  const facts = parseDisclosure(said);
  const sealed = await sealDisclosure(new Uint8Array(100), { ...facts, onward: { may: true, salt: "00".repeat(32) } }, kase.recipient, caseSigningKey(new Uint8Array(32), kase.recipient));
  const handed = (await handWire("b".repeat(26), accepted.key, { hdr: sealed.hdr, manifestAge: sealed.manifestAge }, kase, signer)) as unknown as { hdr: string; manifest: string };
  expect(await openHeader(unb64(handed.hdr), [key.secret])).toEqual(await openHeader(sealed.hdr, [kase.secret]));
  const opened = await openHandedOn(unb64(handed.manifest), [key.secret]);
  expect(opened.signed).toBe(sealed.signed);
  for (const other of [kase.secret, stranger.secret]) {
    await expect(openHeader(unb64(handed.hdr), [other])).rejects.toThrow();
    await expect(openHandedOn(unb64(handed.manifest), [other])).rejects.toThrow();
  }
  const { hdr } = await newHeader([stranger.recipient]);
  await expect(handWire("b".repeat(26), accepted.key, { hdr, manifestAge: sealed.manifestAge }, kase, signer)).rejects.toThrow();
});

it("R27 a key without a proof of its entry is not sealed to", () => {
  const bare = { onward: "b".repeat(26), to: "CA0380100", key: "age1pq1x", key_receipt: null, key_opening: null } as unknown as Offered;
  expect(whyNotKey(bare, { vkey: "", witnesses: "" })).toBe("no proof came with it");
  const forged = { ...bare, key_opening: [], key_receipt: { leaf: "{}", index: 0, receipt: "" } } as unknown as Offered;
  expect(whyNotKey(forged, { vkey: "", witnesses: "" })).not.toBeNull();
});
