/** Pseudonyms, against vectors that Python wrote (tests/server/make_auditing_vectors.py), and what is no auditor's. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { b64, readHex } from "../bytes.ts";
import { memberKeys, signingKey } from "../seal/keys.ts";
import { sealAge } from "../seal/age.ts";
import { jcs } from "../jcs.ts";
import type { Line } from "./lines.ts";
import { type Known, misnamed, nameAll, newKey, onKey, onNaming, openKey, pseudonymOf, unsigned } from "./pseudonyms.ts";
import { signed } from "./statement.ts";

const KNOWN = JSON.parse(readFileSync(new URL("../../../vectors/auditing/statements.json", import.meta.url), "utf8"));
const key = signingKey(readHex(KNOWN.seed)!);
const [ORI, YEAR, ONE, OTHER] = ["CA0389900", 2026, "a".repeat(26), "b".repeat(26)];

test("R46 pseudonyms and what is signed of them are those of the other language, to the byte", () => {
  for (const one of KNOWN.pseudonyms) {
    const made = one.turns.map((_: string, turn: number) => pseudonymOf(readHex(one.key)!, one.agency, one.year, one.account, turn));
    expect(made).toEqual(one.turns);
  }
  const { auditor, agency, year, names } = KNOWN.naming.fields;
  expect(onNaming(auditor, agency, year, new Map(Object.entries(names)))).toBe(KNOWN.naming.text);
  expect(signed(key, KNOWN.naming.text)).toBe(KNOWN.naming.signature);
  expect(onKey(ORI, YEAR, new Uint8Array(32))).toBe(KNOWN.kept_key.text);
});

test("R46 nobody is named as somebody else is", () => {
  const secret = new Uint8Array(32).fill(7);
  const first = pseudonymOf(secret, ORI, YEAR, ONE);
  expect(nameAll(secret, ORI, YEAR, [ONE], []).get(ONE)).toBe(first);
  expect(nameAll(secret, ORI, YEAR, [ONE], [first]).get(ONE)).toBe(pseudonymOf(secret, ORI, YEAR, ONE, 1));
  const all = [0, 1, 2, 3, 4].map((turn) => pseudonymOf(secret, ORI, YEAR, ONE, turn));
  expect(nameAll(secret, ORI, YEAR, [ONE, OTHER], all)).toEqual(new Map([[OTHER, pseudonymOf(secret, ORI, YEAR, OTHER)]]));
});

test("R46 a year's key comes back to who made it, and no other key in its place", async () => {
  const mine = await memberKeys(new Uint8Array(32).fill(1));
  const made = await newKey(mine, ORI, YEAR);
  expect(await openKey(mine, ORI, YEAR, made.sealed)).toEqual(made.key);
  expect(await openKey(mine, ORI, YEAR + 1, made.sealed)).toBeNull();
  const planted = onKey(ORI, YEAR, new Uint8Array(32));
  const forged = await sealAge(jcs({ said: planted, signature: signed(key, planted) }), [mine.age.recipient]);
  expect(await openKey(mine, ORI, YEAR, forged)).toBeNull();
  await expect(openKey(await memberKeys(new Uint8Array(32).fill(2)), ORI, YEAR, made.sealed)).rejects.toThrow();
});

const person = (account: string, name: string, pseudonym: string): Known => ({ account, name, role: "officer", ended: false, year: YEAR, pseudonym, naming: "n", asked: 1, signed: 0 });
const vale = person(ONE, "R. Vale", "22222-77777");
const holt = person(OTHER, "K. Holt", "abcde-fghij");

test("R46 a pseudonym counts only as an auditor of the record signed it", () => {
  const naming = { naming: "n", key: b64(key.public), statement: KNOWN.naming.text as string, signature: KNOWN.naming.signature as string };
  const keys = [naming.key];
  expect(unsigned([vale, holt], [naming], ORI, keys)).toEqual([]);
  expect(unsigned([{ ...vale, pseudonym: holt.pseudonym }], [naming], ORI, keys)).toHaveLength(1);
  expect(unsigned([{ ...vale, year: YEAR + 1 }], [naming], ORI, keys)).toHaveLength(1);
  expect(unsigned([vale], [naming], ORI, [])).toEqual([vale]);
  expect(unsigned([vale], [naming], "CA0000000", keys)).toEqual([vale]);
  expect(unsigned([vale], [{ ...naming, signature: KNOWN.ending.signature }], ORI, keys)).toEqual([vale]);
  expect(unsigned([vale], [{ ...naming, statement: KNOWN.ending.text, signature: KNOWN.ending.signature }], ORI, keys)).toEqual([vale]);
});

test("R46 an entry under another's pseudonym is found out", () => {
  const line = (index: number, type: string, pub: Line["pub"], opened: Line["opened"] = {}): Line => ({ index, type, pub, opened, fault: null });
  const asked = line(1, "request", { request: "r" }, { officer: "R. Vale", cosigner: null });
  const cosigned = line(2, "request", { request: "r" }, { officer: "R. Vale", cosigner: "K. Holt" });
  const right = line(3, "pseudonym", { request: "r", by: "officer", year: YEAR, pseudonym: vale.pseudonym });
  const second = line(4, "pseudonym", { request: "r", by: "cosigner", year: YEAR, pseudonym: holt.pseudonym });
  const swapped = line(5, "pseudonym", { request: "r", by: "officer", year: YEAR, pseudonym: holt.pseudonym });
  const unknown = line(6, "pseudonym", { request: "r", by: "officer", year: YEAR, pseudonym: "zzzzz-zzzzz" });
  const nobody = line(7, "pseudonym", { request: "other", by: "officer", year: YEAR, pseudonym: vale.pseudonym });
  const all = [asked, cosigned, right, second, swapped, unknown, nobody];
  expect(misnamed(all, [vale, holt]).map(({ index }) => index)).toEqual([5, 6, 7]);
});
