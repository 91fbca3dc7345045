// Takes the pictures of the documents from a running demo: node e2e/pictures.mjs http://localhost:8420 ../docs/pictures
import { chromium } from "@playwright/test";

const [base = "http://localhost:8420", out = "../docs/pictures"] = process.argv.slice(2);
const keyring = (role) => `http://localhost:${Number(new URL(base).port) + 1}/${role}`;
const flags = ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: [...flags, "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"] });

async function take(name, role, place, width, height, colorScheme) {
  const page = await browser.newPage({ viewport: { width, height }, colorScheme, reducedMotion: "reduce", locale: "en-GB" });
  if (role) await page.goto(keyring(role));
  if (place) await page.goto(base + place);
  await page.waitForLoadState("networkidle").catch(() => undefined);
  await page.waitForTimeout(6_000);
  await page.screenshot({ path: `${out}/${name}.png` });
  await page.close();
}

await take("today", "resident", null, 1180, 720, "light");
await take("today-phone", "resident", null, 390, 844, "dark");
await take("record", null, "/record/", 1180, 720, "light");
await browser.close();
