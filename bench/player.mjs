// Opens a clip in the home app as a resident does and tells how long the first picture and each seek took.
// Usage: node player.mjs <address of the resident's card> <runs>; prints {"first": [ms, ...], "seek": [ms, ...]}.
import { createRequire } from "node:module";

const { chromium } = createRequire(new URL("../web/package.json", import.meta.url))("@playwright/test");
const FLAGS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync", "--autoplay-policy=no-user-gesture-required",
];
const SEEKS = [0.85, 0.2, 0.6, 0.05]; // parts of the clip, the first far from what is shown
const WAIT_MS = 60_000;

const [card, runs] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath: process.env.FANLIGHT_CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });
const page = await browser.newPage();
page.setDefaultTimeout(WAIT_MS);
const found = { first: [], seek: [] };
try {
  await page.goto(card);
  await page.locator("a.ev").last().waitFor(); // signed in: the address no longer carries the key
  const list = page.url();
  for (let run = 0; run < Number(runs); run++) {
    await page.goto(list);
    await page.reload(); // nothing of the run before is left in memory
    await page.locator("a.ev").last().click();
    await page.waitForFunction(() => performance.getEntriesByName("fanlight:first-frame").length > 0);
    const times = await page.evaluate(async (parts) => {
      const at = (name) => performance.getEntriesByName(name).at(-1).startTime;
      const first = at("fanlight:first-frame") - at("fanlight:clip-asked");
      const video = document.querySelector("video");
      const seek = [];
      for (const part of parts) {
        const began = performance.now();
        await new Promise((resolve, reject) => {
          setTimeout(() => reject(new Error(`no picture at ${part} of the clip`)), 30_000);
          video.addEventListener("seeked", resolve, { once: true });
          video.currentTime = part * video.duration;
        });
        seek.push(performance.now() - began);
      }
      return { first, seek };
    }, SEEKS);
    found.first.push(times.first);
    found.seek.push(...times.seek);
  }
} finally {
  await browser.close();
}
console.log(JSON.stringify(found));
