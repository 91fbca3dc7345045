import { readFileSync, readdirSync } from "node:fs";

import fc from "fast-check";
import { expect, test } from "vitest";

import { BadJson, jcsText, type Json, parseJcs } from "../jcs.ts";
import { asText, hex, utf8 } from "./bytes.ts";
import { openCheckpoint } from "./checkpoint.ts";
import { cosignedAt, isOperatorsOwn, parseWitnesses, witnessSentence } from "./cosignature.ts";
import { cosignedAfter, cosigners, leadsTo, parseHandover } from "./handover.ts";
import { checkOpening, parseLeaf, type Opening } from "./leaf.ts";
import { hashLeaf, rootOfHashes, verifyConsistency, verifyInclusion } from "./merkle.ts";
import { parseNote, parseVkey, verifyNote, type VerifierKey } from "./note.ts";
import { parseReceipt, verifyReceipt } from "./receipt.ts";
import { Refusal, type Result } from "./result.ts";
import { bundlePath, readBundle, tilePath, tileWidth } from "./tiles.ts";

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a vector's members differ by its kind
type Vector = { why: string; expect: string; [key: string]: any };

const folder = `${import.meta.dirname}/../../../vectors/proof`;
const load = (name: string): Vector => JSON.parse(readFileSync(`${folder}/${name}`, "utf-8")) as Vector;
const unhex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, "hex"));

/** Takes the answer out of a union, or throws its refusal for the test to compare. */
class Stop extends Error {}
function must<T extends { kind: string }>(result: Result<T>): T {
  if (result.kind === "refused") throw new Stop((result as { why: string }).why);
  return result as T;
}
const keyOf = (vkey: string): VerifierKey => must(parseVkey(vkey));

const run: Record<string, (v: Vector) => string> = {
  inclusion: (v) =>
    must(verifyInclusion(hashLeaf(unhex(v.leaf)), v.index, v.proof.map(unhex), { size: v.size, root: unhex(v.root) })).kind,
  consistency: (v) =>
    must(
      verifyConsistency(
        { size: v.old_size, root: unhex(v.old_root) },
        { size: v.new_size, root: unhex(v.new_root) },
        v.proof.map(unhex),
      ),
    ).kind,
  note: (v) => must(verifyNote(must(parseNote(utf8(v.note))), keyOf(v.vkey))).kind,
  vkey: (v) => keyOf(v.vkey).kind,
  checkpoint: (v) => {
    const read = must(openCheckpoint(utf8(v.checkpoint), keyOf(v.vkey)));
    expect([read.origin, read.head.size, hex(read.head.root)]).toEqual([v.origin, v.size, v.root]);
    return read.kind;
  },
  cosignature: (v) => {
    const [witness] = must(parseWitnesses(v.witness)).all;
    if (witness === undefined) throw new Error("the vector names no witness");
    const found = must(cosignedAt(must(parseNote(v.checkpoint)), witness));
    if (found.kind === "cosigned") expect([found.time_s, isOperatorsOwn(witness)]).toEqual([v.time_s, v.operators_own]);
    return found.kind;
  },
  spelling: (v) => {
    try {
      const text = asText(unhex(v.raw));
      expect(jcsText(parseJcs(text))).toBe(text);
      return "object";
    } catch (error) {
      if (error instanceof BadJson || error instanceof Refusal) return "malformed";
      throw error;
    }
  },
  handover: (v) => {
    const found = must(parseHandover(v.note));
    const [from, to] = [keyOf(v.old), keyOf(v.new)];
    expect([found.from, found.to]).toEqual([from, to]);
    expect([leadsTo([found], from, to), leadsTo([found], to, from), leadsTo([], from, to), leadsTo([found, found], from, to)]).toEqual([true, false, false, false]);
    return found.kind;
  },
  following: (v) => {
    const [witness] = must(parseWitnesses(v["witness"] as string)).all;
    if (witness === undefined) throw new Error("the vector names no witness");
    const changes = (v["notes"] as string[]).map((note) => must(parseHandover(note)));
    const found = must(cosignedAfter(must(parseNote(v.checkpoint)), witness, changes));
    if (found.kind === "cosigned") expect([found.time_s, found.witness]).toEqual([v.time_s, witness]);
    return found.kind;
  },
  receipt: (v) => {
    const receipt = must(parseReceipt(v.receipt));
    return must(verifyReceipt(utf8(v.leaf), receipt, keyOf(v.vkey), must(parseWitnesses(v.witnesses)).all, v.need)).kind;
  },
  opening: (v) => must(checkOpening(utf8(v.leaf), v.opening as Opening)).kind,
  jcs: (v) => {
    expect(jcsText(v.value as Json)).toBe(v.text);
    return "text";
  },
};

const names = readdirSync(folder).filter((name) => name.endsWith(".json") && !name.startsWith("log-"));

test.each(names)("TypeScript agrees with the vector %s", (name) => {
  const vector = load(name);
  const check = run[name.split("-")[0] ?? ""];
  let found: string;
  try {
    found = check?.(vector) ?? "no such kind";
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    found = error.message;
  }
  expect(found, vector.why).toBe(vector.expect);
});

test("the sound log's entries, in its bundles, hash to its signed root", () => {
  const { files } = load("log-sound.json") as unknown as { files: Record<string, string> };
  const file = (path: string): Uint8Array => unhex(files[path] ?? "");
  const key = keyOf(Buffer.from(file("vkey")).toString().trim());
  const { head, note } = must(openCheckpoint(file("checkpoint"), key));
  const entries = [0, 1].flatMap((index) => {
    const width = tileWidth(head.size, 0, index);
    const { all } = must(readBundle(file(bundlePath(index, width)), width));
    expect(all.map((entry) => hex(hashLeaf(entry))).join("")).toBe(files[tilePath(0, index, width)]);
    return all;
  });
  expect(hex(rootOfHashes(entries.map(hashLeaf)))).toBe(hex(head.root));
  const { all: witnesses } = must(parseWitnesses(Buffer.from(file("witness.vkeys")).toString()));
  const seen = must(cosigners(note, witnesses, [])).all;
  expect(witnessSentence(seen, key)).toContain("the city library");
  expect(witnessSentence(seen.slice(0, 1), key)).toBe("Checked, but by the operator's own witness.");
  expect(witnessSentence([], key)).toBe("No witness has co-signed this checkpoint.");
});

test("paths group digits by three", () => {
  expect(tilePath(0, 1_234_067)).toBe("tile/0/x001/x234/067");
  expect(bundlePath(1000, 8)).toBe("tile/entries/x001/000.p/8");
  expect(tileWidth(70_000, 1, 1)).toBe(17);
});

test("parsers of any bytes answer and never throw", () => {
  const key = keyOf(load("note-c2sp-example.json").vkey as string);
  const sound = load("receipt-sound.json").receipt as string;
  const mangled = fc
    .tuple(fc.nat(sound.length), fc.nat(8), fc.string({ maxLength: 4 }))
    .map(([at, cut, put]) => sound.slice(0, at) + put + sound.slice(at + cut));
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.string({ unit: "binary" }), mangled), (raw) => {
      const text = typeof raw === "string" ? raw : Buffer.from(raw).toString("latin1");
      parseVkey(text);
      parseWitnesses(text);
      parseNote(raw);
      openCheckpoint(raw, key);
      parseLeaf(raw);
      parseHandover(raw);
      checkOpening(raw, { field: text, salt: text, value: text });
      const receipt = parseReceipt(raw);
      if (receipt.kind === "receipt") verifyReceipt(utf8(text), receipt, key);
      readBundle(utf8(text), 3);
    }),
  );
});

test("a leaf nested beyond reason is refused, not a crash", () => {
  const deep = `{"commit":{},"pub":{"a":${"[".repeat(200_000)}${"]".repeat(200_000)}},"type":"a","v":1}`;
  expect(parseLeaf(deep)).toMatchObject({ kind: "refused", why: "malformed" });
});
