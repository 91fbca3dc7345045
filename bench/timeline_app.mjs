// Loads the home app's timeline as a resident and tells when it answers.
// Usage: node timeline_app.mjs <address of the resident's card> <runs>; prints {"ready": [ms, ...], "slowest": [...], "day": [...]}.
import { createRequire } from "node:module";

const { chromium } = createRequire(new URL("../web/package.json", import.meta.url))("@playwright/test");
const FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

const [card, runs] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath: process.env.FANLIGHT_CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });
const page = await browser.newPage();
page.setDefaultTimeout(240_000);
// In the page from its start: the first event that is painted, an answer to a key after it, and tasks longer than 50 ms.
await page.addInitScript(() => {
  window.seen = { ready: 0, slowest: 0, day: 0 };
  new PerformanceObserver((list) => {
    for (const task of list.getEntries()) if (window.seen.ready && !window.seen.day) window.seen.slowest = Math.max(window.seen.slowest, task.duration);
  }).observe({ entryTypes: ["longtask"] });
  let asked = false;
  const look = () => {
    const busy = document.querySelector("[aria-busy]")?.getAttribute("aria-busy");
    if (!asked && document.querySelector("a.ev")) {
      asked = true;
      window.dispatchEvent(new KeyboardEvent("keydown", { key: "?" }));
    } else if (asked && !window.seen.ready && document.querySelector("dialog[open]")) {
      window.seen.ready = performance.now();
      document.querySelector("dialog[open]").close();
    } else if (window.seen.ready && !window.seen.day && busy === "false") window.seen.day = performance.now();
    if (!window.seen.day) requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
});
const found = { ready: [], slowest: [], day: [] };
try {
  await page.goto(card);
  await page.locator("a.ev").first().waitFor(); // signed in: the address no longer carries the key
  const list = page.url();
  for (let run = 0; run < Number(runs); run++) {
    await page.goto(list);
    await page.reload(); // nothing of the run before is left in memory
    await page.waitForFunction(() => window.seen.day > 0);
    const seen = await page.evaluate(() => window.seen);
    for (const key of Object.keys(found)) found[key].push(seen[key]);
  }
} finally {
  await browser.close();
}
console.log(JSON.stringify(found));
