import { expect, test } from "vitest";
import type { Notes } from "../../../core/seal/notes.ts";
import { isDemanded } from "./demanded.ts";
import type { House } from "../household/house.ts";

const book = { members: [] } as unknown as House["book"];
const notes = (...mandated: string[]): Notes => ({ why: "changed", names: {}, guests: {}, mandated });

test("R10 a marked camera's clips cannot be shared with an agency, another's can", () => {
  expect(isDemanded({ book, notes: notes("hall") }, "hall")).toBe(true);
  expect(isDemanded({ book, notes: notes("hall") }, "door")).toBe(false);
  expect(isDemanded({ book, notes: notes() }, "hall")).toBe(false);
});

test("R10 where the marks cannot be read, because the server left them out, nothing is shared", () => {
  expect(isDemanded({ book, notes: null }, "door")).toBe(true);
});

test("a household from before there were marks shares as before", () => {
  expect(isDemanded({ book: null, notes: null }, "door")).toBe(false);
  expect(isDemanded(null, "door")).toBe(false);
});
