import fc from "fast-check";
import { expect, test } from "vitest";
import { houseCode, readHubCode } from "./pairing.ts";

test("a hub's code is read, also when it was broken over lines", () => {
  const keys = { sign_pub: "a/+b", age_recipient: "age1pq1xyz" };
  const code = `hub-${Buffer.from(JSON.stringify({ age_recipient: keys.age_recipient, sign_pub: keys.sign_pub })).toString("base64url")}`;
  expect(readHubCode(`${code.slice(0, 9)}\n ${code.slice(9)}`)).toEqual(keys);
});

test("a house's code is one word that a shell leaves alone", () => {
  const code = houseCode({ server: "http://localhost:8420", household: "h", owner: "o+/=", cell: "c" });
  expect(code).toMatch(/^house-[A-Za-z0-9_-]+$/);
  expect(readHubCode(code)).toBeNull();
});

test("typed rubbish never throws", () => {
  fc.assert(fc.property(fc.string(), (typed) => readHubCode(`hub-${typed}`) === null || true));
});
