import { describe, expect, test } from "vitest";
import { Client } from "../../../core/api/client.ts";
import { secretOf } from "../../../core/neighbors/secrets.ts";
import { dayOf, lineOf, partOf, readDraft } from "./draft.ts";
import { keyBelow, mine, next } from "./writing.ts";

const KEY = { seed: new Uint8Array(32).fill(3) };
const notes = (): { getItem: (name: string) => string | null; setItem: (name: string, value: string) => void } => {
  const kept = new Map<string, string>();
  return { getItem: (name) => kept.get(name) ?? null, setItem: (name, value) => void kept.set(name, value) };
};
const row = (post: string, of: string | null = null) => ({ post, of, kind: of ? "comment" : "post", title: "T", state: "shown", due: null, flags: [], decided: null, appeal: null });

/** A server that knows what was written under these numbers. */
function knowing(written: Readonly<Record<number, ReturnType<typeof row>>>, seen: RequestInit[] = []): Client {
  const by = new Map(Object.entries(written).map(([n, one]) => [secretOf(KEY, Number(n)).secret, one]));
  return new Client((_, init = {}) => {
    seen.push(init);
    const { secrets } = JSON.parse(String(init.body)) as { secrets: string[] };
    return Promise.resolve(Response.json({ posts: secrets.flatMap((secret, n) => (by.has(secret) ? [{ ...by.get(secret), n }] : [])) }));
  });
}

describe("R11 R16 what somebody wrote is found by secrets of their own key", () => {
  test("with no token, also on a device that has never seen it", async () => {
    const seen: RequestInit[] = [];
    const found = await mine(knowing({ 0: row("a"), 70: row("b") }, seen), KEY, notes());
    expect(found.map(({ post, n, secret }) => [post, n, secret])).toEqual([["b", 70, secretOf(KEY, 70).secret], ["a", 0, secretOf(KEY, 0).secret]]);
    expect(seen.every(({ headers }) => !new Headers(headers).has("Authorization"))).toBe(true);
  });

  test("a number is never used twice, not even of what was taken back and left no trace", async () => {
    const device = notes();
    expect(next([], device)).toBe(0);
    expect(next([], device)).toBe(1);
    expect(next(await mine(knowing({ 5: row("a") }), KEY, device), device)).toBe(6);
  });

  test("one writer has one key below one post: the post's own, or that of an earlier comment", async () => {
    const own = await mine(knowing({ 1: row("mine"), 2: row("comment", "other") }), KEY, notes());
    expect(keyBelow("mine", own, KEY, notes())).toEqual(secretOf(KEY, 1));
    expect(keyBelow("other", own, KEY, notes())).toEqual(secretOf(KEY, 2));
    expect(keyBelow("third", own, KEY, notes())).toEqual(secretOf(KEY, 3));
  });
});

describe("R13 a draft", () => {
  const NOW = new Date(2026, 10, 23, 19, 5);

  test("begins about now and at home, and is kept as it was", () => {
    const draft = readDraft(null, NOW, "cell");
    expect(draft).toMatchObject({ category: "", day: "2026-11-23", part: "evening", cell: "cell" });
    expect(readDraft(JSON.stringify({ ...draft, done: "A cat" }), NOW, "")).toEqual({ ...draft, done: "A cat" });
    for (const text of ["", "{}", '{"post": 1}']) expect(readDraft(text, NOW, "cell")).toMatchObject({ done: "", cell: "cell" });
  });

  test("has a line of its first sentence where its writer gives none", () => {
    expect(lineOf("Somebody took a parcel. They left on foot.")).toBe("Somebody took a parcel");
    expect(lineOf("word ".repeat(40)).length).toBeLessThanOrEqual(80);
    expect(lineOf("  ")).toBe("");
    expect([dayOf(NOW, 1), partOf(new Date(2026, 0, 1, 5))]).toEqual(["2026-11-22", "night"]);
  });
});
