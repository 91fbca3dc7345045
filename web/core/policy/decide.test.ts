import { readFileSync, readdirSync } from "node:fs";

import * as cedar from "@cedar-policy/cedar-wasm/nodejs";
import { expect, test } from "vitest";

import { jcsText, type Json } from "../jcs.ts";
import { asks, decide, refusing } from "./decide.ts";
import { inForceOn, loadPack } from "./pack.ts";
import type { Facts, Pack, PackText } from "./shapes.ts";

const vectors = `${import.meta.dirname}/../../../vectors/policy`;
const text = readFileSync(`${vectors}/model-ordinance.pack.json`, "utf-8");

function load(source: string): Pack {
  const loaded = loadPack(cedar, source);
  if (loaded.kind !== "pack") throw new Error(loaded.why);
  return loaded.pack;
}

const pack = load(text);

function outcome(used: Pack, action: string, facts: Facts): unknown {
  const made = decide(cedar, used, action, facts);
  return made.kind === "undecided" ? made.kind : [made.decision.decision, refusing(made.decision)];
}

test.each(pack.vectors.cases)("R43: the model ordinance decides as in Python: $why", (vector) => {
  const facts = { ...pack.vectors.base[vector.action], ...vector.change };
  expect(outcome(pack, vector.action, facts)).toEqual([vector.expect, vector.rules]);
});

type Case = {
  why: string;
  pack?: string;
  action: string;
  facts: Facts;
  expect: string;
  rules?: string[];
  texts?: Record<string, string>;
};
const files = readdirSync(vectors).filter((name) => name.startsWith("decision-"));
const cases = files.map((name) => JSON.parse(readFileSync(`${vectors}/${name}`, "utf-8")) as Case);

test.each(cases)("a decision is the same in both languages: $why", (vector) => {
  const used = vector.pack === undefined ? pack : load(readFileSync(`${vectors}/${vector.pack}`, "utf-8"));
  const made = decide(cedar, used, vector.action, vector.facts);
  if (made.kind === "undecided") return expect(vector.expect).toBe("undecided");
  expect([made.decision.decision, refusing(made.decision)]).toEqual([vector.expect, vector.rules]);
  const texts = Object.fromEntries(made.decision.rules.map((rule) => [rule.id, rule.text]));
  expect(texts).toMatchObject(vector.texts ?? {});
});

const packs = `${import.meta.dirname}/../../../src/fanlight/policy/packs`;
const hashes = JSON.parse(readFileSync(`${vectors}/packs.json`, "utf-8")) as Record<string, string>;

test.each(Object.entries(hashes))("R43: %s has the same bytes and decides all its vectors as in Python", (name, hash) => {
  const read = (file: string): string => readFileSync(`${packs}/${name}/${file}`, "utf-8");
  const value = JSON.parse(read("pack.json")) as Record<string, Json>;
  const used = load(jcsText({ ...value, policies: read("ordinance.cedar"), schema: read("schema.cedarschema") }));
  expect(used.sha256).toBe(hash);
  for (const vector of used.vectors.cases) {
    const facts = { ...used.vectors.base[vector.action], ...vector.change };
    expect([vector.why, outcome(used, vector.action, facts)]).toEqual([vector.why, [vector.expect, vector.rules]]);
  }
});

test("the hash is of the canonical bytes, as Python has it", () => {
  expect(`${pack.sha256}\n`).toBe(readFileSync(`${vectors}/model-ordinance.sha256`, "utf-8"));
});

test("a pack that asks for fewer facts is given no others, and lacks what it lacks", () => {
  const small = load(readFileSync(`${vectors}/overflowing.pack.json`, "utf-8"));
  expect(outcome(small, "request.open", { figure: 1, moon: 2 })).toBe("undecided");
  expect(outcome(small, "request.open", asks(small, "request.open", { figure: 1, moon: 2 }))).toEqual(["accepted", []]);
  expect(outcome(small, "request.open", asks(small, "request.open", { moon: 2 }))).toBe("undecided");
});

test("every clause of the action is listed, in order", () => {
  const made = decide(cedar, pack, "request.open", pack.vectors.base["request.open"] as Facts);
  if (made.kind !== "decided") throw new Error(made.why);
  const sections = made.decision.rules.map((rule) => Number(rule.section));
  expect(sections).toEqual(sections.toSorted((a, b) => a - b));
  expect(made.decision.rules.length).toBe(22);
});

function changed(change: (value: Record<string, unknown>) => void): string {
  const value = structuredClone(JSON.parse(text)) as Record<string, unknown>;
  change(value);
  return jcsText(value as Json);
}

test.each([
  ["not canonical", ` ${text}`],
  ["another type", changed((value) => (value["type"] = "packet"))],
  ["a clause less", changed((value) => (value["clauses"] as unknown[]).pop())],
  ["a policy less", changed((value) => (value["policies"] = String(value["policies"]).replace(/@id\("export.return[^]*/, "")))],
  ["no permit", changed((value) => (value["policies"] = String(value["policies"]).replace("permit (", "forbid (")))],
  ["a fact the schema lacks", changed((value) => (value["policies"] = String(value["policies"]).replace("context.area_m2", "context.area")))],
  ["a fact that may be left out", changed((value) => (value["schema"] = String(value["schema"]).replace("area_m2:", "area_m2?:")))],
  ["a clause that contradicts all others", changed((value) => (value["policies"] = String(value["policies"]).replace("context.area_m2 < 64750", "context.area_m2 >= 0")))],
  ["other decisions than its clauses have", changed((value) => ((value["meta"] as { decides: string[] }).decides = ["request.open"]))],
  ["an end before its beginning", changed((value) => ((value["meta"] as Record<string, unknown>)["effective_until"] = "2026-11-01"))],
  ["Cedar too deep", changed((value) => (value["policies"] = "(".repeat(3000)))],
])("a pack is refused: %s", (_why, source) => {
  expect(loadPack(cedar, source).kind).toBe("bad-pack");
});

test("R43: a clause cited from an unread text keeps the pack out of force", () => {
  const unread = changed((value) => ((value["clauses"] as { cites: { read: string }[] }[])[3]!.cites[0]!.read = "unread"));
  expect(inForceOn(JSON.parse(text) as PackText, "2026-11-21")).toBe(true);
  expect(inForceOn(JSON.parse(unread) as PackText, "2026-11-21")).toBe(false);
  expect(inForceOn(JSON.parse(text) as PackText, "2026-10-31")).toBe(false);
});
