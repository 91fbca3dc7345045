import { readFileSync, readdirSync } from "node:fs";

import * as cedar from "@cedar-policy/cedar-wasm/nodejs";
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import { expect, test } from "vitest";

import { jcsText, type Json } from "../jcs.ts";
import { loadPack } from "./pack.ts";
import type { Pack } from "./shapes.ts";
import { difference, told, toldDifference } from "./reading.ts";
import { replay, type Replay } from "./replay.ts";
import { asCsv, recorded, simulate, takes, tally, type Chosen, type Recorded } from "./simulate.ts";

const root = `${import.meta.dirname}/../../..`;
const vectors = `${root}/vectors/policy`;
const readJson = (path: string): unknown => JSON.parse(readFileSync(path, "utf-8"));

function load(name: string): Pack {
  const folder = `${root}/src/fanlight/policy/packs/${name}`;
  const value = readJson(`${folder}/pack.json`) as Record<string, Json>;
  const policies = readFileSync(`${folder}/ordinance.cedar`, "utf-8");
  const loaded = loadPack(cedar, jcsText({ ...value, policies, schema: readFileSync(`${folder}/schema.cedarschema`, "utf-8") }));
  if (loaded.kind !== "pack") throw new Error(loaded.why);
  return loaded.pack;
}

const names = Object.keys(readJson(`${vectors}/packs.json`) as object);
const replays = new Map<string, Replay>(names.map((name) => [name, replay(cedar, load(name))]));
const replayOf = (name: string): Replay => replays.get(name) as Replay;

type Case = {
  why: string;
  pack: string;
  against: string | null;
  chosen: Chosen;
  leaves: { entry: number; type: string; pub: Record<string, unknown> }[];
  csv: string[];
  changed: number;
  clauses: Record<string, number>;
  months: Record<string, number>;
};
const files = readdirSync(vectors).filter((name) => name.startsWith("simulate-"));

test.each(files.map((name) => readJson(`${vectors}/${name}`) as Case))("R43: a simulation is the same in both languages: $why", (vector) => {
  const seen = vector.leaves.map((leaf) => recorded(leaf.entry, leaf.type, leaf.pub)).filter((one): one is Recorded => one !== null && takes(vector.chosen, one));
  const rows = simulate(replayOf(vector.pack), seen, vector.against === null ? undefined : replayOf(vector.against));
  expect(asCsv(rows)).toBe(vector.csv.join(""));
  expect(tally(rows)).toMatchObject({ changed: vector.changed, clauses: vector.clauses, months: vector.months, decisions: rows.length });
});

type Compared = { [pack: string]: { [other: string]: { [why: string]: string[] } } };

test.each(Object.entries(readJson(`${vectors}/compared.json`) as Compared))(
  "R43: every vector of %s is decided by every other pack as in Python",
  (name, others) => {
    const { pack } = replayOf(name);
    for (const other of names.filter((one) => one !== name)) {
      const told: Record<string, string[]> = {};
      for (const vector of pack.vectors.cases) {
        const made = replayOf(other).decide(vector.action, { ...pack.vectors.base[vector.action], ...vector.change });
        if (made.told !== "not governed") told[vector.why] = [made.told, ...made.rules];
      }
      expect(told).toEqual(others[other] ?? {});
    }
  },
);

test("a clause that computes counts with exact figures and may overflow", () => {
  const loaded = loadPack(cedar, readFileSync(`${vectors}/overflowing.pack.json`, "utf-8"));
  if (loaded.kind !== "pack") throw new Error(loaded.why);
  const own = replay(cedar, loaded.pack);
  const told = [1, 3, 4, Number.MAX_SAFE_INTEGER, 5, 2 ** 53, 1.5].map((figure) => own.decide("request.open", { figure }).told);
  const unknown = "cannot be told";
  expect(told).toEqual(["accepted", "accepted", "refused", unknown, "refused", unknown, unknown]);
});

type Readings = {
  "told": Record<string, string>;
  "portland-34.10": string[];
  "differences": { old: string; new: string; lines: string[] }[];
};
const readings = readJson(`${vectors}/readings.json`) as Readings;

test("R43: a pack is told in plain words as in Python", () => {
  expect(told(replayOf("portland-34.10").pack)).toEqual(readings["portland-34.10"]);
  const hashes = names.map((name) => [name, bytesToHex(sha256(new TextEncoder().encode(told(replayOf(name).pack).join("\n"))))]);
  expect(Object.fromEntries(hashes)).toEqual(readings.told);
});

test.each(readings.differences)("R43: what $new has otherwise than $old is told as in Python", (one) => {
  expect(toldDifference(difference(replayOf(one.old).pack, replayOf(one.new).pack))).toEqual(one.lines);
});

test("a limit that changed is law, and words that changed are words", () => {
  const { pack } = replayOf("portland-34.10");
  const parsed = new Map(pack.parsed);
  const law = parsed.get("face.bureau");
  if (law === undefined) throw new Error("no such clause");
  parsed.set("face.bureau", { ...law, conditions: law.conditions.slice(1) });
  expect(difference(pack, { ...pack, parsed }).changed.map(({ id, what }) => [id, what])).toEqual([["face.bureau", ["law"]]]);
  const clauses = pack.clauses.map((clause) => ({ ...clause, holds: `${clause.holds} Always.` }));
  expect(difference(pack, { ...pack, clauses }).changed.map(({ what }) => what)).toEqual(pack.clauses.map(() => ["words"]));
});
