import { expect, test } from "vitest";
import { dropKey, keyIn, takeKey } from "./key.ts";

function tab(hash: string, kept: Record<string, string> = {}) {
  const shown: string[] = [];
  return {
    shown,
    kept,
    location: { hash, pathname: "/" },
    history: { replaceState: (_: unknown, __: string, url?: string | URL | null) => void shown.push(String(url)) },
    sessionStorage: {
      getItem: (name: string) => kept[name] ?? null,
      setItem: (name: string, value: string) => void (kept[name] = value),
      removeItem: (name: string) => void delete kept[name],
    },
  };
}
const KEY = "abcdefghij0123456789_-XY";

test("a key in the address is kept for this tab and leaves the address at once", () => {
  const first = tab(`#k=${KEY}`);
  expect(takeKey(first)).toBe(KEY);
  expect(first.shown).toEqual(["/"]);
  expect(takeKey(tab("#/health", first.kept))).toBe(KEY);
});

test("what is no key leaves the address too and is not kept", () => {
  const odd = tab("#k=<script>");
  expect(takeKey(odd)).toBeNull();
  expect(odd.shown).toEqual(["/"]);
  expect(odd.kept).toEqual({});
  expect(keyIn("#/camera/x")).toBeNull();
});

test("a page of the app keeps its address", () => {
  const page = tab("#/add");
  takeKey(page);
  expect(page.shown).toEqual([]);
});

test("a dropped key is gone, and storage that is switched off breaks nothing", () => {
  const first = tab(`#k=${KEY}`);
  takeKey(first);
  dropKey(first.sessionStorage);
  expect(takeKey(tab("", first.kept))).toBeNull();
  const refuses = () => {
    throw new DOMException("switched off", "SecurityError");
  };
  const closed = { ...tab(`#k=${KEY}`), sessionStorage: { getItem: refuses, setItem: refuses, removeItem: refuses } };
  expect(takeKey(closed)).toBe(KEY);
  expect(() => dropKey(closed.sessionStorage)).not.toThrow();
});
