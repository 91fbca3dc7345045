// The last word of a household, by the vector that Python reads.
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { b64, text, unhex } from "./bytes.ts";
import { readEpoch } from "./epoch.ts";
import { lastWord } from "./farewell.ts";
import { memberKeys } from "./keys.ts";

const VECTOR = JSON.parse(readFileSync(new URL("../../../vectors/seal/farewell.json", import.meta.url), "utf8"));

it("R52 an owner's browser says the very word that a hub takes", async () => {
  const { signing } = await memberKeys(unhex(VECTOR.owner_seed));
  const hubs = (VECTOR.hubs as string[]).map((key) => ({ sign_pub: b64(unhex(key)), age_recipient: "" }));
  expect(text(lastWord(readEpoch(VECTOR.newest), hubs, signing, VECTOR.day))).toBe(VECTOR.word);
});
