// The code that pairs a hub, by the vectors that Python wrote, and what a server in between cannot exchange.
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { parseJcs } from "../jcs.ts";
import { openAge } from "./age.ts";
import { b64, hex, text as textOf, unb64, unhex } from "./bytes.ts";
import { newIdentity } from "./keys.ts";
import { answerTag, hubFingerprint, meetingOf, type PairedHouse, readHubCode, sealAnswer } from "./pairing.ts";

const KNOWN = JSON.parse(readFileSync(new URL("../../../vectors/seal/pairing.json", import.meta.url), "utf8"));
const CODE = { fingerprint: unhex(KNOWN.fingerprint), secret: unhex(KNOWN.secret) };
const HOUSE: PairedHouse = { ...KNOWN.house, owner: unb64(KNOWN.house.owner) };

test.each(KNOWN.texts as string[])("R03 a code is read scanned or pasted, and gives the same everywhere: %j", (typed) => {
  expect(readHubCode(typed)).toEqual(CODE);
});

test("R03 fingerprint, meeting and tag are those that the hub has", () => {
  expect(hex(hubFingerprint(KNOWN.hub))).toBe(KNOWN.fingerprint);
  expect(hex(hubFingerprint({ ...KNOWN.hub, signature: "more" } as typeof KNOWN.hub))).toBe(KNOWN.fingerprint);
  expect(meetingOf(CODE)).toBe(KNOWN.meeting);
  expect(hex(answerTag(CODE, HOUSE))).toBe(KNOWN.tag);
});

test.each(KNOWN.bad as { why: string; text: string }[])("a text that is no code is refused: $why", ({ text }) => {
  expect(readHubCode(text)).toBeNull();
});

test("any other text is refused, and every code is read as it was written", () => {
  fc.assert(fc.property(fc.string(), (typed) => readHubCode(typed) === null && readHubCode(`#/hub/${typed}`) === null));
  const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
  const url = (data: Uint8Array): string => Buffer.from(data).toString("base64url");
  fc.assert(
    fc.property(bytes(32), bytes(16), (fingerprint, secret) => {
      expect(readHubCode(`https://town.example/home#/hub/${url(fingerprint)}.${url(secret)}`)).toEqual({ fingerprint, secret });
    }),
  );
});

test("R03 the household's answer is the one that the hub takes", async () => {
  const told = JSON.parse(textOf(await openAge(await sealAnswer(CODE, HOUSE, KNOWN.hub), [KNOWN.identity])));
  const known = parseJcs(textOf(await openAge(unb64(KNOWN.sealed), [KNOWN.identity])));
  expect(told).toEqual(known);
  expect(told).toEqual({ v: 1, type: "pair", ...KNOWN.house, tag: b64(unhex(KNOWN.tag)) });
});

test("R03 keys that a server exchanged are told nothing", async () => {
  const { recipient } = await newIdentity();
  for (const hub of [KNOWN.other, { ...KNOWN.hub, age_recipient: recipient }, { ...KNOWN.hub, sign_pub: KNOWN.other.sign_pub }]) {
    await expect(sealAnswer(CODE, HOUSE, hub)).rejects.toMatchObject({ code: "altered" });
  }
});
