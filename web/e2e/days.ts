// Days that go by at once: the town's is put forward by the test that starts a walk (tests/journey/test_register.py, test_case.py), the browser's beside it.
import { writeFile } from "node:fs/promises";
import { expect, type BrowserContext, type Locator, type Page } from "@playwright/test";
import { expectAccessible } from "./people.ts";

const SEEDS = JSON.parse(process.env["FANLIGHT_SEEDS"] ?? "{}") as Readonly<Record<string, string>>;
const DAY_MS = 86_400_000;
const begun = Number(process.env["FANLIGHT_NOON"]);

/** Goes on to a day, counted from the real one. */
export async function ahead(days: number, ...contexts: readonly BrowserContext[]): Promise<void> {
  const answer = await fetch(`${process.env["FANLIGHT_AHEAD"]}/ahead/${days}`, { method: "POST" });
  expect(answer.ok).toBe(true);
  for (const context of contexts) await context.clock.setFixedTime(begun + days * DAY_MS);
}

export const dayIn = (days: number): string => new Date(begun + days * DAY_MS).toISOString().slice(0, 10);

/** The address at which one of the demo's people begins. */
export const as = (role: string, app: string): string => `/${app}#k=${SEEDS[role]}`;

/** A picture for docs/guide/case, with FANLIGHT_STILLS as a folder: from the top, or from what it is of. */
async function still(page: Page, name: string, of?: Locator): Promise<void> {
  const folder = process.env["FANLIGHT_STILLS"];
  if (!folder) return;
  const cdp = await page.context().newCDPSession(page);
  const at = await of?.evaluate((one) => one.getBoundingClientRect().top + scrollY - 24);
  const tall = await page.evaluate(() => document.documentElement.scrollHeight);
  const clip = { x: 0, y: at ?? 0, width: 1280, height: Math.min(tall - (at ?? 0), 860), scale: 0.75 };
  const { data } = await cdp.send("Page.captureScreenshot", { format: "webp", quality: 50, clip, captureBeyondViewport: true });
  await writeFile(`${folder}/${name}.webp`, Buffer.from(data, "base64"));
}

/** On a desk and on a phone, in light and in dark; with a name, a picture of it where pictures are wanted. */
export async function look(page: Page, name?: string, of?: Locator): Promise<void> {
  for (const [width, colorScheme] of [[1280, "light"], [390, "dark"]] as const) {
    await page.setViewportSize({ width, height: 844 });
    await page.emulateMedia({ colorScheme });
    // A map takes its new size a moment after the page has.
    await expect.poll(() => page.evaluate(() => [...document.querySelectorAll("body *")].filter((one) => one.getBoundingClientRect().right > innerWidth + 1).map((one) => one.outerHTML.slice(0, 80)))).toEqual([]);
    await expectAccessible(page);
  }
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.emulateMedia({ colorScheme: "light" });
  if (name) await still(page, name, of);
}
