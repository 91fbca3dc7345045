import { expect, test } from "vitest";
import { idOf, newId } from "./ids.ts";
import { utf8 } from "./bytes.ts";

test("ids have the form that the server asks for, and differ", () => {
  const ids = Array.from({ length: 200 }, newId);
  expect(ids.every((id) => /^[a-z2-7]{25}[aeimquy4]$/.test(id))).toBe(true);
  expect(new Set(ids).size).toBe(200);
});

test("bytes are spelled as RFC 4648 spells them", () => {
  expect(idOf(utf8("foobar"))).toBe("mzxw6ytboi");
  expect([idOf(new Uint8Array(16)), idOf(new Uint8Array(16).fill(255))]).toEqual(["a".repeat(26), `${"7".repeat(25)}4`]);
});
