// Days that go by at once: the town's is put forward by the test that starts a walk (tests/journey/test_register.py), the browser's beside it.
import { expect, type BrowserContext, type Page } from "@playwright/test";
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

/** On a desk and on a phone, in light and in dark. */
export async function look(page: Page): Promise<void> {
  for (const [width, colorScheme] of [[1280, "light"], [390, "dark"]] as const) {
    await page.setViewportSize({ width, height: 844 });
    await page.emulateMedia({ colorScheme });
    // A map takes its new size a moment after the page has.
    await expect.poll(() => page.evaluate(() => [...document.querySelectorAll("body *")].filter((one) => one.getBoundingClientRect().right > innerWidth + 1).map((one) => one.outerHTML.slice(0, 80)))).toEqual([]);
    await expectAccessible(page);
  }
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.emulateMedia({ colorScheme: "light" });
}
