import { readFileSync } from "node:fs";

import * as cedar from "@cedar-policy/cedar-wasm/nodejs";
import { expect, test } from "vitest";

import type { Pack, PackText } from "../../core/policy/shapes.ts";
import { draftOf, packOf, textsOf, withClause, withNewClause, type Draft } from "./draft.ts";
import { canonicalOf } from "./files.ts";
import { judge, type Judged } from "./judging.ts";

const root = `${import.meta.dirname}/../../..`;
const model = JSON.parse(readFileSync(`${root}/vectors/policy/model-ordinance.pack.json`, "utf-8")) as PackText;
const known = new Map<string, Pack>();

function judged(draft: Draft): Judged {
  return judge(cedar, { text: canonicalOf(packOf(draft)) as string, from: canonicalOf(model) as string, clauses: textsOf(draft) }, known);
}
const place = model.clauses.findIndex(({ id }) => id === "window.most");
const changed = (was: string, is: string): Draft => withClause(draftOf(model), place, (one) => ({ ...one, text: one.text.replace(was, is) }));

test("a draft that nobody changed is sound and differs in nothing", () => {
  const { verdict, diff, said, permits, reads } = judged(draftOf(model));
  expect(verdict).toEqual({ refused: null, failing: [], weak: [], unread: [], uncommon: [] });
  expect([diff?.changed, diff?.added, diff?.removed]).toEqual([[], [], []]);
  expect(said.map((one) => one?.decision)).toEqual(model.vectors.cases.map(({ expect: is }) => is));
  expect([permits.includes("agreement.scope"), reads["window.most"]]).toEqual([true, ["window_min"]]);
});

test("another figure is a clause whose law differs, and a test that comes out otherwise", () => {
  const { verdict, diff } = judged(changed("720", "600"));
  expect(diff?.changed.map(({ id, what }) => [id, what])).toEqual([["window.most", ["law"]]]);
  expect(verdict.failing.length).toBe(2);
});

test.each([
  ["forbid (", "forbad ("],
  ["window_min", "window_max"],
  ["};", "}"],
  ["};", "}; forbid (principal, action, resource);"],
])("Cedar text that does not work is found in its clause: %s", (was, is) => {
  const { verdict, cedar: said } = judged(changed(was, is));
  expect(verdict.refused).not.toBeNull();
  expect(said.findIndex((one) => one !== null)).toBe(place);
});

test("a new clause has its empty words and its citation named", () => {
  const { verdict, problems } = judged(withNewClause(draftOf(model), "request.open"));
  expect(verdict.refused).toBe("The ordinance pack cannot be used: it has not the form of a pack.");
  expect(problems.map(({ at }) => at.slice(2).join("."))).toEqual(["section", "cites.0.law", "cites.0.section", "cites.0.source", "holds", "refuses", "lawful_if"]);
});
