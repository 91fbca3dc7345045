// Takes pictures of every page of a running hub, on a phone and a desk, light and dark:
//     node e2e/hub-pictures.mjs 'http://127.0.0.1:8430/#k=KEY' /tmp/pictures [page ...]
// Prints what a browser complained of, and any page that is wider than its screen.
import { chromium } from "@playwright/test";

const [link = "", out = "/tmp/pictures", ...only] = process.argv.slice(2);
const flags = ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const browser = await chromium.launch({ executablePath: process.env.FANLIGHT_CHROMIUM ?? "/usr/bin/chromium", args: [...flags, "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--autoplay-policy=no-user-gesture-required"] });
const [base = "", key = ""] = link.split("#k=");
const hub = await (await fetch(`${base}api/hub`, { headers: { Authorization: `Bearer ${key}` } })).json();
const id = hub.cameras[0]?.id ?? "";
const tabs = ["look", "counts", "never", "recording", "bell", "name"].map((tab) => [`camera-${tab}`, `#/camera/${id}/${tab}`]);
const pages = [["nokey", null], ["cameras", "#/"], ["add", "#/add"], ...(id ? tabs : []), ["footage", "#/footage"], ["health", "#/health"], ["settings", "#/settings"], ["lost", "#/nowhere"]];
const screens = [["desk", 1280, 900], ["phone", 390, 844]];

for (const [screen, width, height] of screens) {
  for (const colorScheme of ["light", "dark"]) {
    for (const [name, place] of pages.filter(([page]) => only.length === 0 || only.includes(page))) {
      const page = await browser.newPage({ viewport: { width, height }, colorScheme, reducedMotion: "reduce", locale: "en-GB", hasTouch: screen === "phone", isMobile: screen === "phone" });
      page.on("pageerror", (error) => console.log(`${name} ${screen}: ${error.message}`));
      page.on("console", (said) => said.type() === "error" && !said.text().startsWith("Failed to load resource") && console.log(`${name} ${screen}: ${said.text()}`));
      await page.goto(place === null ? base : link);
      if (place) await page.evaluate((to) => void (location.hash = to.slice(1)), place);
      await page.waitForTimeout(3500);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (wide > 0) console.log(`${name} ${screen}: ${wide} px too wide`);
      await page.screenshot({ path: `${out}/${name}-${screen}-${colorScheme}.png`, fullPage: true });
      await page.close();
    }
  }
}
await browser.close();
