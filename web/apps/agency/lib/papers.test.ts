import { sha256 } from "@noble/hashes/sha2.js";
import { expect, test } from "vitest";

import { jcs } from "../../../core/jcs.ts";
import { b64, hex, unb64 } from "../../../core/seal/bytes.ts";
import { memberKeys, newIdentity, verify } from "../../../core/seal/keys.ts";
import { type About, clockOf, exhibitsOf, nextNumber, notesOf, openPaper, type Paper, type Sealed, sealPaper } from "./papers.ts";

const REQUEST = "a".repeat(26);
const about = (change: Partial<About> = {}): About => ({ kind: "note", disclosure: null, number: null, earlier: null, ...change });
const paper = (id: string, change: Partial<Paper> = {}): Paper => ({ paper: id, ...about(), by: "B", at: "", words: id, byMs: 0, ...change });

test("R30: a note opens with the case's key alone, is signed over its hash, and its length tells nothing of it", async () => {
  const [key, other, keys] = await Promise.all([newIdentity(), newIdentity(), memberKeys(new Uint8Array(32).fill(7))]);
  const [short, long] = await Promise.all(["No.", "The person turns left. ".repeat(8)].map((words) => sealPaper(REQUEST, about(), words, key, keys.signing)));
  if (!short || !long) throw new Error("nothing was sealed");
  expect(short.sealed.length).toBe(long.sealed.length);
  const { sealed, signature, ...said } = short;
  const bytes = unb64(sealed);
  expect(() => verify(keys.signing.public, "case-paper", jcs({ request: REQUEST, ...said, sha256: hex(sha256(bytes)) }), unb64(signature))).not.toThrow();
  const kept: Sealed = { paper: "p", ...said, sealed, by: "B", at: "" };
  expect((await openPaper(kept, key)).words).toBe("No.");
  expect((await openPaper(kept, other)).words).toBeNull();
  expect((await openPaper({ ...kept, sealed: b64(bytes.slice(0, -1)) }, key)).words).toBeNull();
});

test("R30: a correction stands in the place of the note that it corrects, which stays", () => {
  const papers = [paper("a"), paper("b"), paper("c", { earlier: "a" }), paper("d", { earlier: "c" })];
  expect(notesOf(papers).map(({ now, before }) => [now.paper, before.map((one) => one.paper)])).toEqual([
    ["d", ["c", "a"]],
    ["b", []],
  ]);
});

test("R30: exhibits stand by number, a removed one stays as such, and no number comes twice", () => {
  const papers = [
    paper("x", { kind: "exhibit", number: 2, disclosure: "d" }),
    paper("y", { kind: "exhibit", number: 1, disclosure: "d" }),
    paper("z", { kind: "exhibit-removed", earlier: "x" }),
  ];
  expect(exhibitsOf(papers).map((one) => [one.paper.number, one.removed?.paper ?? null])).toEqual([
    [1, null],
    [2, "z"],
  ]);
  expect([nextNumber(papers), nextNumber([])]).toEqual([3, 1]);
});

test("R30: of several corrections of a clip's clock the last counts, and only of that clip", () => {
  const papers = [paper("a", { kind: "clock", disclosure: "d", byMs: 1000 }), paper("b", { kind: "clock", disclosure: "d", byMs: -3000 }), paper("c", { kind: "clock", disclosure: "e", byMs: 5 })];
  expect(clockOf(papers, "d")?.byMs).toBe(-3000);
  expect(clockOf(papers, "f")).toBeNull();
});
