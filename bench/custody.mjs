// Opens a case's page as an officer and tells when its custody is shown.
// Usage: node custody.mjs <address of the officer's card> <address of the case> <runs>; prints {"shown": [ms, ...], "whole": [...]}.
import { createRequire } from "node:module";

const { chromium } = createRequire(new URL("../web/package.json", import.meta.url))("@playwright/test");
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

const [card, address, runs] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath: process.env.FANLIGHT_CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });
const page = await browser.newPage();
page.setDefaultTimeout(120_000);
await page.addInitScript(() => {
  window.painted = 0;
  const look = () => {
    // Two frames after the lines stand in the page: the first of them is painted by then.
    if (document.querySelectorAll("#custody ~ .trail > li").length >= 100) requestAnimationFrame(() => (window.painted = performance.now()));
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
});
const found = { shown: [], whole: [] };
try {
  await page.goto(card);
  await page.waitForURL(/\/agency\//);
  await page.getByRole("heading", { level: 1 }).first().waitFor(); // signed in: the address no longer carries the key
  for (let run = 0; run < Number(runs); run++) {
    await page.goto(address);
    await page.reload(); // nothing of the run before is left in memory
    await page.waitForFunction(() => window.painted > 0);
    const [painted, began] = await page.evaluate(() => [window.painted, performance.getEntriesByType("resource").find(({ name }) => name.includes("/custody?"))?.startTime]);
    found.shown.push(painted - began);
    found.whole.push(painted);
  }
} finally {
  await browser.close();
}
console.log(JSON.stringify(found));
