// Draws the app's icons from ui/mark.svg: `node icons.mjs`, with Debian's Chromium. The pictures are kept with the source, so
// that a build needs no browser; run it again when the mark changes.
import { readFileSync } from "node:fs";
import { chromium } from "@playwright/test";

const here = import.meta.dirname;
const mark = readFileSync(`${here}/ui/mark.svg`, "utf8");
const mono = readFileSync(`${here}/ui/mark-mono.svg`, "utf8");
const ground = "#ffffff";
// name, pixels, share of the width that the mark takes (a mask may cut all but the middle 80 %), drawing, ground
const ICONS = [
  ["192", 192, 0.86, mark, ground],
  ["512", 512, 0.86, mark, ground],
  ["maskable", 512, 0.62, mark, ground],
  ["apple", 180, 0.78, mark, ground],
  ["badge", 96, 1, mono.replace("currentColor", "#ffffff"), "transparent"],
];

const browser = await chromium.launch({ executablePath: process.env.FANLIGHT_CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
for (const [name, side, share, drawing, back] of ICONS) {
  const page = await browser.newPage({ viewport: { width: side, height: side } });
  await page.setContent(
    `<style>html,body{margin:0;height:100%;background:${back}}body{display:grid;place-items:center}svg{width:${share * 100}%}</style>${drawing}`,
  );
  await page.screenshot({ path: `${here}/apps/home/public/icons/${name}.png`, omitBackground: back === "transparent" });
  await page.close();
}
await browser.close();
