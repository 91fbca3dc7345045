import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import pictured from "../../e2e/pictured.json" with { type: "json" };
import { DOORS, PAGES } from "./pages.ts";

const GUIDE = join(import.meta.dirname, "../../../docs/guide");
const SETTINGS = ["phone-light", "phone-dark", "desk-light", "desk-dark"];
const pictures = pictured.flatMap((part) => part.pictures);
const shown = new Set(pictures.map(({ of }) => of));
const files = pictures.flatMap(({ name }) => SETTINGS.map((how) => `${name}-${how}.webp`));

test("every page of the home has a picture in the guide", () => {
  const pages = ["home/", ...Object.keys(PAGES).map((name) => `home/${name}`), ...Object.keys(DOORS).map((name) => `door/${name}`)];
  expect(pages.filter((page) => !shown.has(page))).toEqual([]);
});

test("every page of a hub has a picture in the guide", () => {
  const app = readFileSync(join(import.meta.dirname, "../hub/App.svelte"), "utf8");
  const pages = [...app.matchAll(/<(\w+Page)\b/g)].map(([, name]) => `hub/${name}`);
  expect(pages.length).toBeGreaterThan(5);
  expect(pages.filter((page) => !shown.has(page))).toEqual([]);
});

test("a picture is there for a phone and a desk, light and dark, and no other lies there", () => {
  expect(files.filter((file) => !existsSync(join(GUIDE, "pictures", file)))).toEqual([]);
  expect(readdirSync(join(GUIDE, "pictures")).filter((file) => !files.includes(file))).toEqual([]);
});

test("the page of all pages shows each picture, with a word for whoever sees none", () => {
  const page = readFileSync(join(GUIDE, "pages.md"), "utf8");
  for (const { name, shows } of pictures)
    for (const how of SETTINGS) expect(page).toContain(`![${shows}, ${how.replace("-", ", ")}](pictures/${name}-${how}.webp)`);
});

test("each page and picture that a guide shows is there", () => {
  for (const guide of readdirSync(GUIDE).filter((file) => file.endsWith(".md")))
    for (const [, file] of readFileSync(join(GUIDE, guide), "utf8").matchAll(/\(pictures\/([^)]+)\)/g)) expect(files, guide).toContain(file);
});
