import { readFileSync } from "node:fs";

import fc from "fast-check";
import { expect, test } from "vitest";

import type { Json } from "../../core/jcs.ts";
import type { PackText } from "../../core/policy/shapes.ts";
import { draftOf, idIn, packOf, withClause, withNewClause, withoutClause } from "./draft.ts";
import { canonicalOf, openFile, packFile, zipFile } from "./files.ts";
import { begin, change, readHistory, redo, settle, undo, type History } from "./history.ts";
import { readDraft, readKept } from "./keeping.ts";

const root = `${import.meta.dirname}/../../..`;
const names = Object.keys(JSON.parse(readFileSync(`${root}/vectors/policy/packs.json`, "utf-8")) as object);

function packNamed(name: string): PackText {
  const at = (file: string): string => readFileSync(`${root}/src/fanlight/policy/packs/${name}/${file}`, "utf-8");
  return { ...(JSON.parse(at("pack.json")) as PackText), policies: at("ordinance.cedar"), schema: at("schema.cedarschema") };
}
const model = packNamed("model-ordinance");

test.each(names)("a draft of %s that nobody changed makes the same bytes, as a file and as a zip", (name) => {
  const pack = packNamed(name);
  const bytes = packFile(pack);
  expect(packFile(packOf(draftOf(pack)))).toEqual(bytes);
  for (const file of [bytes, zipFile(pack)]) {
    const opened = openFile(file);
    if (opened.kind !== "pack") throw new Error(opened.why);
    expect(packFile(packOf(draftOf(opened.pack)))).toEqual(bytes);
  }
  for (const one of draftOf(pack).clauses) expect(idIn(one.text)).toBe(one.clause.id);
});

test("a clause that is off is no part of the pack, and comes back as it was", () => {
  const draft = draftOf(model);
  const off = withClause(draft, 3, (one) => ({ ...one, on: false }));
  expect(packOf(off).clauses.map(({ id }) => id)).not.toContain("agreement.published");
  expect(packOf(off).policies).not.toContain("agreement.published");
  expect(packFile(packOf(withClause(off, 3, (one) => ({ ...one, on: true }))))).toEqual(packFile(model));
});

test("a decision of which every clause is off is governed no longer", () => {
  const draft = { ...draftOf(model), clauses: draftOf(model).clauses.map((one) => ({ ...one, on: !one.clause.actions.includes("gift.accept") })) };
  expect(packOf(draft).meta.decides).not.toContain("gift.accept");
  expect(draft.rest.meta.decides).toContain("gift.accept");
});

test("a new clause has an id of its own, and goes without a trace", () => {
  const two = withNewClause(withNewClause(draftOf(model), "request.open"), "request.open");
  expect(two.clauses.slice(-2).map(({ clause, text }) => [clause.id, idIn(text)])).toEqual([
    ["new.clause-1", "new.clause-1"],
    ["new.clause-2", "new.clause-2"],
  ]);
  const gone = two.clauses.slice(-2).reduce((draft, { key }) => withoutClause(draft, key), two);
  expect(packFile(packOf(gone))).toEqual(packFile(model));
});

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

test("whatever bytes are opened, there is one reason why they are no pack", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (data) => openFile(data).kind === "no-pack"));
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (data) => openFile(Uint8Array.of(0x50, 0x4b, 3, 4, ...data)).kind === "no-pack"));
  fc.assert(fc.property(fc.jsonValue(), (value) => openFile(bytesOf(JSON.stringify(value))).kind === "no-pack"));
});

test("a zip of which some bytes are others is opened or is not, and throws nothing", () => {
  const whole = zipFile(model);
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }), (changes) => {
      const data = whole.slice();
      for (const [at, to] of changes) data[at] = to;
      const opened = openFile(data);
      if (opened.kind === "no-pack") expect(opened.why).not.toBe("");
    }),
  );
});

test("a pack with any one field gone or of another kind has one clear reason", () => {
  const places: (readonly (string | number)[])[] = [["meta"], ["meta", "terms", "open_days"], ["clauses", 0, "cites"], ["clauses", 2, "id"], ["vectors", "cases"], ["vectors", "base", "request.open", "area_m2"], ["schema"], ["v"]];
  fc.assert(
    fc.property(fc.constantFrom(...places), fc.constantFrom<Json>(null, [null], { a: 1.5 }), (place, value) => {
      const pack = structuredClone(model) as unknown as Record<string | number, unknown>;
      const inner = place.slice(0, -1).reduce((one, step) => one[step] as Record<string | number, unknown>, pack);
      inner[place.at(-1) as string] = value;
      const opened = openFile(bytesOf(JSON.stringify(pack)));
      if (opened.kind === "pack") throw new Error("opened");
      expect(opened.why.startsWith(`it has not the form of a pack: ${place.join(".")}`)).toBe(true);
    }),
  );
});

test("a pack with an empty text or a day that is none can be opened to be mended", () => {
  const broken = { ...model, meta: { ...model.meta, title: "", effective_from: "soon" } };
  expect(openFile(packFile(broken)).kind).toBe("pack");
});

test("what holds half a character is no file", () => {
  expect(canonicalOf({ ...model, meta: { ...model.meta, note: "\ud83c" } })).toBeNull();
});

const words = fc.array(fc.tuple(fc.string({ unit: "binary", maxLength: 12 }), fc.constantFrom("a", "b", "")), { maxLength: 12 });

test("undo and redo give exactly what stood there, step by step, also after it was kept", () => {
  fc.assert(
    fc.property(words, (changes) => {
      let history: History = begin("");
      for (const [text, field] of changes) history = settle(change(history, text, field));
      const seen = [history.text];
      while (history.done.length > 0) {
        history = undo(history);
        seen.push(history.text);
        expect(readHistory(JSON.parse(JSON.stringify(history)))).toEqual(history);
      }
      expect(history.text).toBe("");
      for (const text of seen.toReversed()) {
        expect(history.text).toBe(text);
        history = redo(history);
      }
    }),
  );
});

test("what is typed into one field in a row is one step, and a change after undoing drops what was undone", () => {
  let history = begin("abc");
  for (const text of ["abcd", "abcde", "abcdef"]) history = change(history, text, "words");
  expect(history.done.length).toBe(1);
  expect(undo(history).text).toBe("abc");
  expect(change(history, "abc", "words").done).toEqual([]);
  history = change(settle(history), "Xabcdef", "words");
  expect(history.done.length).toBe(2);
  const other = change(undo(history), "Y", "words");
  expect([other.undone.length, undo(other).text]).toEqual([0, "abcdef"]);
});

test("whatever stands where the draft is kept is a draft or nothing", () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => readKept(text) === null && readDraft(text) === null));
  const kept = { v: 1, from: new TextDecoder().decode(packFile(model)), history: begin(JSON.stringify(draftOf(model))) };
  expect(readKept(JSON.stringify(kept))?.history.text).toBe(kept.history.text);
  expect(readKept(JSON.stringify({ ...kept, history: { ...kept.history, done: [{ at: 3, was: "", is: "nothing", field: "" }] } }))).toBeNull();
  expect(readKept(JSON.stringify({ ...kept, from: "{}" }))).toBeNull();
});
