import { cellToParent, gridDisk, latLngToCell } from "h3-js";
import { describe, expect, test } from "vitest";
import type { Correction } from "../api/posts.ts";
import { readB64, utf8 } from "../bytes.ts";
import { hkdf } from "@noble/hashes/hkdf.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { markOf, MOST, newsOf, NOTHING, readKept, withFollowed, withMuted, withShown, withTold } from "./kept.ts";
import { around, askedFor, cellAt, cellsOf, coarser, liesIn, metresBetween, streetsIn } from "./places.ts";
import { secretOf } from "./secrets.ts";

const HERE = [-122.4194, 37.7749] as const;
const fine = latLngToCell(37.7749, -122.4194, 9);
const said = (post: string, more: Partial<Correction> = {}): Correction => ({ post, kind: "corrected", title: "A parcel", day: "2026-11-23", text: "It was mine.", rule: "", about: null, ...more });

describe("R16 the part of town a reader chose", () => {
  test("is a cell and its ring, and the server is told no more than the area around it", () => {
    const part = around(fine);
    expect(part.size).toBe(7);
    const asked = askedFor(part);
    expect([5, 6].map((res) => cellToParent(fine, res)).concat("")).toContain(asked);
    for (const cell of part) expect(asked).not.toBe(cell);
  });

  test("that lies in several areas is asked for as the town", () => {
    const edge = gridDisk(cellToParent(fine, 5), 1);
    expect(askedFor(new Set(edge))).toBe("");
    expect(askedFor(new Set())).toBe("");
  });

  test("holds finer cells within it and coarser ones around it, and no others", () => {
    const part = around(fine);
    expect(liesIn(fine, part)).toBe(true);
    expect(liesIn(cellToParent(fine, 6), part)).toBe(true);
    expect(liesIn(latLngToCell(37.9, -122.2, 9), part)).toBe(false);
    expect(liesIn("nonsense", part)).toBe(false);
    expect(liesIn("nonsense", new Set())).toBe(true);
  });

  test("has a name where people have one: each cell belongs to the nearest", () => {
    const all = [
      { name: "Here", at: HERE },
      { name: "There", at: [-122.4, 37.79] },
    ] as const;
    const bounds = [-123, 37, -122, 38] as const;
    const [here, there] = [cellsOf("Here", all, bounds), cellsOf("There", all, bounds)];
    expect(here.has(cellAt(HERE))).toBe(true);
    expect([...here].filter((cell) => there.has(cell))).toEqual([]);
    expect(cellsOf("Nowhere", all, bounds).size).toBe(0);
  });
});

test("R16 a cell is named by the streets that it holds most of", () => {
  const long = { name: "Long Street", line: [[-122.4194, 37.7749], [-122.4188, 37.7749], [-122.4184, 37.7751]] as const };
  const short = { name: "Short Lane", line: [[-122.4194, 37.7749], [-122.4192, 37.7749]] as const };
  const far = { name: "Far Road", line: [[-122.2, 37.9], [-122.201, 37.9]] as const };
  expect(streetsIn(fine, [short, far, long], 2)).toEqual(["Long Street", "Short Lane"]);
});

test("R16 a place that is too small becomes the cell of the town's division", () => {
  const eight = cellToParent(fine, 8);
  expect(coarser(fine, new Set([eight]), "rest")).toBe(eight);
  expect(coarser(fine, new Set([cellToParent(fine, 7)]), "rest")).toBe(cellToParent(fine, 7));
  expect(coarser(fine, new Set(), "rest")).toBe("rest");
  expect(metresBetween(fine, fine)).toBe(0);
});

describe("R14 what was corrected since it was read", () => {
  test("is told once, of posts that this device showed, and not of what it showed corrected already", () => {
    const before = withShown(NOTHING, [{ post: "a" }, { post: "b" }], [said("b")]);
    expect(newsOf(before, [said("b")])).toEqual([]);
    const now = [said("a"), said("b"), said("c"), said("b", { kind: "resolved", day: "2026-11-24" })];
    expect(newsOf(before, now).map(({ post, kind }) => [post, kind])).toEqual([["b", "resolved"], ["a", "corrected"]]);
    expect(newsOf(withTold(before, now), now)).toEqual([]);
  });

  test("is told again where the same post is corrected anew on one day", () => {
    const told = withTold(withShown(NOTHING, [{ post: "a" }], []), [said("a")]);
    expect(newsOf(told, [said("a"), said("a", { text: "It was my neighbor's." })])).toHaveLength(1);
  });

  test("is not undone by being shown again", () => {
    const shown = withShown(NOTHING, [{ post: "a" }], []);
    expect(newsOf(withShown(shown, [{ post: "a" }], [said("a")]), [said("a")])).toHaveLength(1);
  });
});

test("R14 what a device keeps is bounded, comes back as it was, and is nothing where it is of another shape", () => {
  const many = Array.from({ length: MOST + 10 }, (_, i) => ({ post: `post${i}` }));
  const kept = withMuted(withFollowed(withShown({ ...NOTHING, area: { kind: "around", cell: fine, name: "Long Street" } }, many, []), "a", 3), "b");
  expect(kept.seen).toHaveLength(MOST);
  expect(readKept(JSON.stringify(kept))).toEqual(kept);
  expect(withFollowed(kept, "a", null).followed).toEqual({});
  for (const text of [null, "", "{}", '{"seen": [[1]]}', "[]"]) expect(readKept(text)).toEqual(NOTHING);
  expect(markOf(said("a"))).not.toBe(markOf(said("a", { kind: "removed" })));
});

test("R16 a writer's secrets come from their key alone, each its own", () => {
  const seed = new Uint8Array(32).fill(7);
  const first = secretOf({ seed }, 0);
  const expected = hkdf(sha256, seed, new Uint8Array(), utf8("fanlight/post/v1/0"), 32);
  expect(readB64(first.secret)).toEqual(expected);
  expect(readB64(first.key)).toEqual(sha256(expected));
  expect(secretOf({ seed }, 1).key).not.toBe(first.key);
});
