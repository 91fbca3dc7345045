// A page looked at as people have it: on a phone and a desk, light and dark. Nothing serious by axe in any of the four,
// nothing wider than a screen of 320 pixels (a desk at 400 %). With FANLIGHT_PICTURES a picture of each instead.
import { writeFile } from "node:fs/promises";
import AxeBuilder from "@axe-core/playwright";
import { expect, type CDPSession, type Page } from "@playwright/test";
import pictured from "./pictured.json" with { type: "json" };

/** Whether pictures are taken, in which nothing half done should be seen. */
export const picturing = process.env["FANLIGHT_PICTURES"] !== undefined;

const folder = process.env["FANLIGHT_PICTURES"];
const SCREENS = [["desk", 1280, 900], ["phone", 390, 844]] as const;
const TALLEST = 1600; // pixels of a page in a picture
const WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

// One a page, and never ended: with a session of its own an end also takes a page's virtual passkeys away.
const sessions = new WeakMap<Page, CDPSession>();

async function take(page: Page, name: string, width: number, least: number): Promise<void> {
  const cdp = sessions.get(page) ?? (await page.context().newCDPSession(page));
  sessions.set(page, cdp);
  const tall = await page.evaluate(() => document.documentElement.scrollHeight);
  const height = Math.min(Math.max(tall, least), TALLEST);
  await page.setViewportSize({ width, height });
  await page.waitForFunction(([wide, high]) => innerWidth === wide && innerHeight === high, [width, height] as const);
  await page.evaluate(() => scrollTo(0, 0)); // a picture is of the page from its top
  await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
  const clip = { x: 0, y: 0, width, height, scale: 1 };
  for (const quality of [72, 50, 30]) {
    const { data } = await cdp.send("Page.captureScreenshot", { format: "webp", quality, clip });
    const bytes = Buffer.from(data, "base64");
    if (bytes.length > 60_000 && quality > 30) continue;
    await writeFile(`${folder}/${name}.webp`, bytes);
    break;
  }
}

/** The page as it stands, under a name of its own, which web/e2e/pictured.json knows. */
export async function look(page: Page, name: string): Promise<void> {
  const { of } = pictured.flatMap(({ pictures }) => pictures).find((one) => one.name === name) ?? { of: "" };
  expect(of, `${name} stands in pictured.json`).not.toBe("");
  const [app, at] = of.split("/");
  if (app === "home") expect(/^#\/([^/?]*)/.exec(new URL(page.url()).hash)?.[1] ?? "", `${name} is of that page`).toBe(at);
  const first = page.viewportSize();
  await page.setViewportSize({ width: 320, height: 640 });
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect.soft(over, `${name}: pixels beside a screen of 320`).toBeLessThanOrEqual(0);
  for (const [screen, width, height] of SCREENS) {
    for (const colorScheme of ["light", "dark"] as const) {
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      if (picturing && name !== "waiting") await expect(page.locator(".skel:visible"), `${name}, still waiting for something`).toHaveCount(0);
      if (folder) {
        await take(page, `${name}-${screen}-${colorScheme}`, width, height);
        continue;
      }
      // As tall as the page: what happens to lie below the tabs on a phone would be told as too small to press.
      const tall = await page.evaluate(() => document.documentElement.scrollHeight);
      await page.setViewportSize({ width, height: Math.max(tall, height) });
      const axe = new AxeBuilder({ page });
      // What a theme changes is colours; the rest is looked at once a size.
      const whole = (screen === "desk") === (colorScheme === "light");
      const { violations } = await (whole ? axe.withTags(WCAG) : axe.withRules(["color-contrast"])).analyze();
      const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
      const said = serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`);
      expect.soft(said, `${name}, ${screen}, ${colorScheme}`).toEqual([]);
    }
  }
  if (first) await page.setViewportSize(first);
  await page.emulateMedia({ colorScheme: "light" });
}
