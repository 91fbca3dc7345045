import { cellToParent, latLngToCell } from "h3-js";
import { describe, expect, test } from "vitest";
import type { Post } from "../../core/api/posts.ts";
import { post as readPost } from "../../core/api/posts.ts";
import { around } from "../../core/neighbors/places.ts";
import { clustered, fineAt } from "./clusters.ts";
import type { Line } from "./lines.ts";
import { kindOf, rowsOf } from "./rows.ts";

const HERE = latLngToCell(37.7749, -122.4194, 9);
const NEAR = latLngToCell(37.781, -122.4194, 9);
const FAR = latLngToCell(37.72, -122.48, 9);
const made = (post: string, more: Partial<Post> = {}): Post =>
  readPost(
    {
      post, category: "package", title: "A parcel is gone", done: "Somebody took it.", looks: "", cell: HERE, day: "2026-11-23", part: "evening", published: "2026-11-23T18:20:00Z",
      state: "open", verified: false, correction: null, media: [], comments: 0, supplied: [], about: null, by: null, ...more,
    },
    "post",
  );
const line = (incident: string, cells: string[], at = "2026-11-23T18:00:00Z"): Line => ({
  incident, cells, source: "s", class: "fire", began: at, ends: at, state: "open", words: "Fire", act: true, groups: ["now", "fire"], at: new Date(at),
});
const WISH = { choice: "", part: new Set<string>(), followed: {}, from: "" } as const;
const ids = (rows: ReturnType<typeof rowsOf>): string[] => rows.map(({ id }) => id);

describe("R13 one list of posts and reports", () => {
  const posts = [made("old", { published: "2026-11-22T10:00:00Z", cell: NEAR }), made("new", { category: "animal" })];

  test("is latest first, or nearest first", () => {
    expect(ids(rowsOf(posts, [line("fire", [FAR])], WISH))).toEqual(["new", "fire", "old"]);
    expect(ids(rowsOf(posts, [line("fire", [FAR]), line("nowhere", [])], { ...WISH, from: NEAR }))).toEqual(["old", "new", "fire", "nowhere"]);
  });

  test("shows a kind, what dispatch reports, or what is followed on this device", () => {
    const lines = [line("fire", [HERE])];
    expect(ids(rowsOf(posts, lines, { ...WISH, choice: "animal" }))).toEqual(["new"]);
    expect(ids(rowsOf(posts, lines, { ...WISH, choice: "dispatch" }))).toEqual(["fire"]);
    expect(ids(rowsOf(posts, lines, { ...WISH, choice: "followed", followed: { old: 2 } }))).toEqual(["old"]);
  });

  test("keeps a report that is somewhere in town, and leaves out one of another part", () => {
    expect(ids(rowsOf([], [line("far", [FAR]), line("somewhere", [])], { ...WISH, part: around(HERE) }))).toEqual(["somewhere"]);
  });

  test("has rows of few kinds, so that thousands need no more than what is seen", () => {
    const picture = { media: "m", kind: "photo", width: 4, height: 3, seconds: 0 } as const;
    expect(rowsOf([made("a"), made("b", { media: [picture] })], [line("c", [])], WISH).map(kindOf).sort()).toEqual(["picture", "post", "report"]);
  });
});

describe("R13 R16 the map counts by area", () => {
  const counted = [
    { cell: HERE, category: "package", day: "2026-11-23", many: 2 },
    { cell: HERE, category: "animal", day: "2026-11-01", many: 5 },
    { cell: FAR, category: "package", day: "2026-11-20", many: 1 },
    { cell: "nonsense", category: "package", day: "2026-11-23", many: 9 },
  ];
  const many = (days: number, res: number) => Object.fromEntries(clustered(counted, [{ cell: HERE, many: 1, act: true }], days, "2026-11-23", res).map((one) => [one.cell, one.many]));

  test("as far back as the slider says, a report once", () => {
    expect(many(1, 9)).toEqual({ [HERE]: 3 });
    expect(many(4, 9)).toEqual({ [HERE]: 3, [FAR]: 1 });
    expect(many(30, 9)).toEqual({ [HERE]: 8, [FAR]: 1 });
  });

  test("and joins areas as it is seen from farther away", () => {
    const [here, far] = [cellToParent(HERE, 6), cellToParent(FAR, 6)];
    expect(many(30, 6)).toEqual(here === far ? { [here]: 9 } : { [here]: 8, [far]: 1 });
    expect([9, 11, 13, 15].map(fineAt)).toEqual([6, 7, 8, 9]);
  });
});

test("R14 a post that lacks what readers rely on is refused at the border", () => {
  expect(() => readPost({ ...made("a"), verified: "yes" }, "post")).toThrow("verified");
  expect(() => readPost({ ...made("a"), category: "rumour" }, "post")).toThrow("category");
});
