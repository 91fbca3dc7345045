// The hash that is confirmed is the server's own (tests/server/test_inviting.py has the same figures), and the code follows from each field.
import { describe, expect, it } from "vitest";
import { hex } from "../../core/bytes.ts";
import { codeOf, linkOf, readSecret, secretHash } from "./inviting.ts";

const of = { invitation: "a".repeat(26), agency: "CA0389900", name: "K. Osei", role: "custodian" };
const keys = { account: "b".repeat(26), sign_pub: "c2lnbg==", age_recipient: "age1pq1x" };

describe("an invitation to an agency", () => {
  it("R20 has the code and the hash that the server's side has", () => {
    expect(codeOf(of, keys)).toBe("7235 4902 3937 6844 7688 3039");
    expect(hex(secretHash(new Uint8Array(32)))).toBe("935e7569077a73c275076d1c5377f870467cb92f023783fa31d960b0b491d17c");
  });
  it("R20 gives another code for every other name, role, agency or key", () => {
    const others = [codeOf({ ...of, name: "K. Osej" }, keys), codeOf({ ...of, role: "administrator" }, keys), codeOf({ ...of, agency: "CA0389901" }, keys), codeOf(of, { ...keys, sign_pub: "c2lnbw==" }), codeOf(of, { ...keys, age_recipient: "age1pq1y" })];
    expect(new Set([...others, codeOf(of, keys)]).size).toBe(6);
  });
  it("R20 carries the secret in the fragment, where a server never sees it", () => {
    const secret = new Uint8Array(32).fill(7);
    const link = new URL(linkOf("https://town.example", secret));
    expect([link.pathname, link.search]).toEqual(["/agency/", ""]);
    expect(readSecret(link.hash.slice("#/join/".length))).toEqual(secret);
    expect(readSecret("short")).toBeNull();
  });
});
