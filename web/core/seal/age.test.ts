import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { inflateSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { openAge, openHeader, sealAge } from "./age.ts";
import { hex, utf8 } from "./bytes.ts";
import type { SealCode } from "./errors.ts";
import { newIdentity } from "./keys.ts";

const FOLDER = new URL("../../../vectors/age/", import.meta.url);
const CODES: Record<string, SealCode> = {
  "header failure": "malformed",
  "HMAC failure": "header_altered",
  "no match": "not_for_us",
  "payload failure": "payload_altered",
};
const names = readdirSync(FOLDER).filter((name) => !name.endsWith(".md"));
const outOfScope = (name: string) => name.startsWith("armor_") || name.startsWith("scrypt");

function load(name: string) {
  const data = readFileSync(new URL(name, FOLDER));
  const end = data.indexOf("\n\n");
  const fields = data.subarray(0, end).toString().split("\n").map((line) => line.split(": ") as [string, string]);
  const one = Object.fromEntries(fields);
  const body = data.subarray(end + 2);
  const file = one["compressed"] === "zlib" ? inflateSync(body) : body;
  return {
    expect: one["expect"] as string,
    fileKey: one["file key"],
    payload: one["payload"],
    identities: fields.filter(([field]) => field === "identity").map(([, value]) => value),
    file: new Uint8Array(file),
  };
}

describe("the C2SP age vectors", () => {
  it("are all here", () => {
    expect([names.length, names.filter(outOfScope).length]).toEqual([143, 58]);
  });

  it.each(names.filter((name) => !outOfScope(name)))("%s ends as it says", async (name) => {
    const vector = load(name);
    if (vector.expect === "success") {
      const plain = await openAge(vector.file, vector.identities);
      expect(createHash("sha256").update(plain).digest("hex")).toBe(vector.payload);
      expect(hex(await openHeader(vector.file, vector.identities))).toBe(vector.fileKey);
    } else {
      await expect(openAge(vector.file, vector.identities)).rejects.toMatchObject({ code: CODES[vector.expect] });
    }
  });

  it.each(names.filter(outOfScope))("%s is refused cleanly", async (name) => {
    const some = load("hybrid").identities;
    await expect(openAge(load(name).file, some)).rejects.toMatchObject({
      code: expect.stringMatching(/^(malformed|not_for_us)$/),
    });
  });
});

it("what is sealed for one opens for that one only", async () => {
  const [ours, theirs] = [await newIdentity(), await newIdentity()];
  const file = await sealAge(utf8("a clip"), [ours.recipient]);
  expect(await openAge(file, [ours.secret])).toEqual(utf8("a clip"));
  await expect(openAge(file, [theirs.secret])).rejects.toMatchObject({ code: "not_for_us" });
});
