import { readFileSync } from "node:fs";

import { strToU8, zipSync } from "fflate";
import { expect, test } from "vitest";
import fc from "fast-check";

import { openPack, type Chosen } from "./opened.ts";

const root = `${import.meta.dirname}/../../..`;
const FILES = ["pack.json", "ordinance.cedar", "schema.cedarschema"];
const bytesOf = (name: string): Uint8Array => new Uint8Array(readFileSync(`${root}/src/fanlight/policy/packs/model-ordinance/${name}`));
const folder: Chosen[] = FILES.map((name) => ({ name, bytes: bytesOf(name) }));
const canonical = readFileSync(`${root}/vectors/policy/model-ordinance.pack.json`, "utf-8");
const zipped = (below: string, names: readonly string[] = FILES): Uint8Array =>
  zipSync({ ...Object.fromEntries(names.map((name) => [below + name, bytesOf(name)])), "notes.txt": strToU8("x") });
const read = (bytes: Uint8Array): unknown => openPack([{ name: "any", bytes }]);

test("R43: a pack's file, its folder's files and their zip are the same text as in Python", () => {
  const text = { kind: "text", text: canonical };
  expect(read(new TextEncoder().encode(canonical))).toEqual(text);
  expect(openPack(folder.toReversed())).toEqual(text);
  expect(read(zipped(""))).toEqual(text);
  expect(read(zipped("my-town/"))).toEqual(text);
  const ended = folder.map(({ name, bytes }) => ({ name, bytes: name.endsWith(".json") ? bytes : strToU8(new TextDecoder().decode(bytes).replaceAll("\n", "\r\n")) }));
  expect(openPack(ended)).toEqual(text);
});

test("R43: what is no folder of a pack is refused with one reason", () => {
  const unreadable = { kind: "bad-pack", why: "its folder lacks a readable pack.json, ordinance.cedar or schema.cedarschema" };
  expect(openPack([])).toEqual(unreadable);
  expect(openPack(folder.slice(1))).toEqual(unreadable);
  expect(openPack([...folder.slice(1), folder[1] as Chosen])).toEqual(unreadable);
  expect(openPack(folder.map((one) => (one.name === "pack.json" ? { ...one, bytes: strToU8("[1]") } : one)))).toEqual(unreadable);
  expect(openPack(folder.map((one) => (one.name === "pack.json" ? { ...one, bytes: strToU8("{") } : one)))).toEqual(unreadable);
  expect(openPack(folder.map((one) => (one.name === "pack.json" ? one : { ...one, bytes: Uint8Array.of(255) })))).toEqual(unreadable);
  expect(read(zipped("", FILES.slice(1)))).toEqual(unreadable);
  expect(read(zipSync({ "a/pack.json": bytesOf("pack.json"), "b/ordinance.cedar": bytesOf("ordinance.cedar"), "b/schema.cedarschema": bytesOf("schema.cedarschema") }))).toEqual(unreadable);
  expect(read(zipSync({ "pack.json": new Uint8Array(300_000), "ordinance.cedar": bytesOf("ordinance.cedar"), "schema.cedarschema": bytesOf("schema.cedarschema") }))).toEqual(unreadable);
  expect(read(zipped("").slice(0, 400))).toEqual(unreadable);
  const large = new Uint8Array(1024 * 1024 + 1);
  large.set(zipped(""));
  expect(read(large)).toEqual({ kind: "bad-pack", why: "its zip is larger than 1 MiB" });
  expect(read(Uint8Array.of(255, 254))).toEqual({ kind: "bad-pack", why: "it has not the form of a pack" });
});

test("any bytes are read or refused", () => {
  const zip = zipped("");
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(zip.length - 1), fc.nat(255)), { maxLength: 6 }), fc.boolean(), (turned, cut) => {
      const bytes = zip.slice(0, cut ? (turned[0]?.[0] ?? 0) : zip.length);
      for (const [at, to] of turned) if (at < bytes.length) bytes[at] = to;
      expect(["text", "bad-pack"]).toContain(openPack([{ name: "x", bytes }]).kind);
    }),
    { numRuns: 60 },
  );
});
