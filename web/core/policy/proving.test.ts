import { readFileSync } from "node:fs";

import * as cedar from "@cedar-policy/cedar-wasm/nodejs";
import fc from "fast-check";
import { expect, test } from "vitest";

import { jcsText, type Json } from "../jcs.ts";
import { commonFacts } from "./common.ts";
import { problemsOf } from "./form.ts";
import { cut, figuresOf, join, withFigure } from "./statements.ts";
import { verdict } from "./proving.ts";

const root = `${import.meta.dirname}/../../..`;
const read = (path: string): string => readFileSync(`${root}/${path}`, "utf-8");
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

type Edit = {
  readonly at: readonly string[];
  readonly put?: Json;
  readonly drop?: true;
  readonly find?: string;
  readonly with?: string;
  readonly before?: string;
  readonly text?: string;
  readonly times?: number;
};
type Case = { why: string; edits?: Edit[]; text?: string; base64?: string; said: Json };
const table = JSON.parse(read("vectors/policy/verdicts.json")) as { base: Json; cases: Case[] };

function edit(pack: unknown, { at, ...what }: Edit): void {
  const last = at.at(-1) as string;
  const place = at.slice(0, -1).reduce((one, step) => (one as Record<string, unknown>)[step], pack) as Record<string, unknown>;
  if (what.drop === true) {
    if (Array.isArray(place)) place.splice(Number(last), 1);
    else delete place[last];
  } else if (what.find !== undefined) place[last] = String(place[last]).replace(what.find, () => what.with ?? "");
  else if (what.times !== undefined) {
    const text = (what.text ?? "").repeat(what.times);
    place[last] = what.before === undefined ? text : `${what.before}${text}\n${String(place[last])}`;
  } else place[last] = structuredClone(what.put);
}

function bytesOf({ edits, text, base64 }: Case): Uint8Array {
  if (text !== undefined) return bytes(text);
  if (base64 !== undefined) return Uint8Array.from(Buffer.from(base64, "base64"));
  const pack = structuredClone(table.base);
  for (const one of edits ?? []) edit(pack, one);
  return bytes(jcsText(pack));
}

test.each(table.cases)("R43: what is said of a pack's bytes is what fanlight pack check says: $why", (one) => {
  expect(verdict(cedar, bytesOf(one), "draft")).toEqual(one.said);
});

const names = Object.keys(JSON.parse(read("vectors/policy/packs.json")) as object);

test.each(names)("R43: %s is sound, as in Python", (name) => {
  const at = (file: string): string => read(`src/fanlight/policy/packs/${name}/${file}`);
  const value = JSON.parse(at("pack.json")) as Record<string, Json>;
  const text = jcsText({ ...value, policies: at("ordinance.cedar"), schema: at("schema.cedarschema") });
  const { unread, ...said } = verdict(cedar, bytes(text), "draft");
  expect(said).toEqual({ refused: null, failing: [], weak: [], uncommon: [] });
  expect(unread.length > 0).toBe(!["model-ordinance", "portland-34.10"].includes(name));
  const { statements, tail } = cut(at("ordinance.cedar"));
  expect([statements.length, tail.trim()]).toEqual([(value["clauses"] as Json[]).length, ""]);
});

test("whatever bytes are said to be no pack, and nothing is thrown", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (data) => verdict(cedar, data, "draft").refused !== null));
});

test("whatever JSON has its problems told, with a place each", () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => problemsOf(value).length > 0));
});

const inner = fc.constantFrom("/", "\"", "\\", ";", "\n", " ", "a", "context", ".", "<", "5", "//", "\u{1f3e0}");

test("Cedar text that is cut and put together again is the same text", () => {
  fc.assert(
    fc.property(fc.array(inner).map((parts) => parts.join("")), (text) => {
      const made = cut(text);
      expect(join(made)).toBe(text);
      for (const one of made.statements) expect([one.lead.replaceAll(/\/\/[^\n]*|\s/g, ""), one.text.endsWith(";")]).toEqual(["", true]);
    }),
  );
});

test("a figure is found where a fact is compared with it, and nowhere else", () => {
  const text = '// context.a < 1\nforbid (p, a, r) when { "context.b < 2" == "" || context.area_m2 < 64750 || 3 >= context.days || context.c + 4 > 5 || mycontext.d < 6 };';
  expect(figuresOf(text).map(({ fact, is, value }) => [fact, is, value])).toEqual([["area_m2", "<", 64750], ["days", "<=", 3]]);
});

test("another figure stands in the place of the first, and all else stays", () => {
  fc.assert(
    fc.property(fc.nat(), fc.nat(), fc.constantFrom("<", "<=", "==", ">"), (was, is, sign) => {
      const text = `forbid (principal, action, resource) when { context.x ${sign} ${was} && context.y };`;
      const [found] = figuresOf(text);
      if (found === undefined) throw new Error("no figure");
      const changed = withFigure(text, found, is);
      expect(changed).toBe(`forbid (principal, action, resource) when { context.x ${sign} ${is} && context.y };`);
      expect(figuresOf(changed)[0]?.value).toBe(is);
    }),
  );
});

test("the facts that all ordinances share are those of the list", () => {
  expect(commonFacts.get("request.open")?.get("area_m2")).toBe("Long");
  expect(commonFacts.get("request.submit")).toEqual(commonFacts.get("request.open"));
  expect(commonFacts.size).toBe([...read("src/fanlight/policy/packs/common.cedarschema").matchAll(/^action /gm)].length);
});
