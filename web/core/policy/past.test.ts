import { readFileSync, readdirSync } from "node:fs";

import * as cedar from "@cedar-policy/cedar-wasm/nodejs";
import { expect, test } from "vitest";

import { jcsText, type Json } from "../jcs.ts";
import { utf8 } from "../proof/bytes.ts";
import { makeLog, type Files } from "../proof/making.ts";
import { csvParts, decidePast, pick, type Question } from "./past.ts";
import { ALL, type Chosen, type Leaf } from "./simulate.ts";

const root = `${import.meta.dirname}/../../..`;
const readJson = (path: string): unknown => JSON.parse(readFileSync(path, "utf-8"));

function textOf(name: string): string {
  const folder = `${root}/src/fanlight/policy/packs/${name}`;
  const read = (file: string): string => readFileSync(`${folder}/${file}`, "utf-8");
  return jcsText({ ...(JSON.parse(read("pack.json")) as Record<string, Json>), policies: read("ordinance.cedar"), schema: read("schema.cedarschema") });
}

/** A log with each leaf at its place, and between them bytes that say nothing to us. */
function logOf(leaves: readonly Leaf[], size: number): Files {
  const entries = Array.from({ length: size }, (_, place) => utf8(place % 2 ? `{"entry":${place}}` : '{"commit":{},"pub":{},"type":"case","v":1}'));
  for (const { entry, type, pub } of leaves) entries[entry] = utf8(jcsText({ commit: {}, pub: pub as Json, type, v: 1 }));
  return makeLog(entries);
}

type Case = { why: string; pack: string; against: string | null; chosen: Chosen; leaves: Leaf[]; csv: string[]; changed: number };
const cases = readdirSync(`${root}/vectors/policy`)
  .filter((name) => name.startsWith("simulate-"))
  .map((name) => readJson(`${root}/vectors/policy/${name}`) as Case);
const [first] = cases as [Case];

const ask = (files: Files, question: Question, told: string[] = []) =>
  decidePast(cedar, async (path) => files.get(path)?.slice() ?? Promise.reject(new Error("missing")), null, question, (...how) => told.push(how.join(" ")));
const questionOf = ({ pack, against, chosen }: Case): Question => ({ pack: textOf(pack), against: against === null ? null : textOf(against), chosen });

test.each(cases)("R43: the file that a browser makes from a record is the one that fanlight simulate writes: $why", async (vector) => {
  const size = 300;
  const told: string[] = [];
  const { found, rows } = await ask(logOf(vector.leaves, size), questionOf(vector), told);
  expect([...csvParts(rows ?? [])].join("")).toBe(vector.csv.join(""));
  expect(found).toMatchObject({ kind: "past", size, tally: { changed: vector.changed, decisions: vector.csv.length - 1 } });
  expect(told).toHaveLength(2);
  expect(told.at(-1)).toBe(`300 300 ${vector.csv.length - 1}`);
});

test("R42: nothing is told of a record that does not hold, or of which a file is missing", async () => {
  const sound = logOf(first.leaves, 300);
  const turned = new Map(sound).set("tile/0/001.p/44", (sound.get("tile/0/001.p/44") as Uint8Array).map((byte, at) => (at === 3 ? byte ^ 1 : byte)));
  expect(await ask(turned, questionOf(first))).toMatchObject({ found: { kind: "fails", where: "tile/0/001.p/44" }, rows: null });
  const lacking = new Map(sound);
  lacking.delete("tile/entries/001.p/44");
  expect(await ask(lacking, questionOf(first))).toEqual({ found: { kind: "unknown", where: "tile/entries/001.p/44" }, rows: null });
});

test("R43: a pack that cannot be used is refused before anything is fetched, and it is said which", async () => {
  const none: Files = new Map();
  const good = textOf("oakland-9.64");
  expect(await ask(none, { pack: "{}", against: null, chosen: ALL })).toEqual({ found: { kind: "bad-pack", which: "pack", why: "it has not the form of a pack" }, rows: null });
  expect(await ask(none, { pack: good, against: "?", chosen: ALL })).toMatchObject({ found: { kind: "bad-pack", which: "against" } });
  expect(await ask(none, { pack: good, against: null, chosen: ALL })).toMatchObject({ found: { kind: "unknown" } });
});

test("an empty record is told as one without decisions", async () => {
  expect(await ask(makeLog([]), questionOf(first))).toMatchObject({ found: { kind: "past", size: 0, tally: { decisions: 0 } }, rows: [] });
});

test("a table has what would come out otherwise first, and what a filter and words leave", async () => {
  const vector = cases.find(({ why }) => why.startsWith("decisions by their day")) as Case;
  const { rows } = await ask(logOf(vector.leaves, 20), questionOf(vector));
  const show = (which: Parameters<typeof pick>[1]["which"], words = "", from = 0, count = 50): number[] =>
    pick(rows ?? [], { which, words }, from, count).rows.map((row) => row.recorded.entry);
  expect(show("all")).toEqual([2, 3, 13, 0, 1, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 15, 16]);
  expect(show("all", "", 2, 3)).toEqual([13, 0, 1]);
  expect(show("turned")).toEqual([2, 3, 13]);
  expect(show("refused")).toEqual([2, 3, 13]);
  expect(show("allowed")).toEqual([]);
  expect(show("untold")).toEqual([14, 15, 16]);
  expect(show("all", " REQUEST.approved ")).toEqual([2, 3, 13]);
  expect(show("turned", "2026-11")).toEqual([2, 3]);
  expect(show("all", "ca0380200")).toEqual([2]);
  expect(pick(rows ?? [], { which: "all", words: "" }, 0, 2).all).toBe(17);
});
