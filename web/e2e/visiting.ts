// Who visits the pages that are looked at: the demo's resident, who has a camera, and strangers with an empty browser.
import { expect, type Browser, type BrowserContextOptions, type Locator, type Page, type TestInfo } from "@playwright/test";
import { be } from "./people.ts";

export const DOOR = { longitude: -122.40785, latitude: 37.77675 }; // the demo's camera
const out = process.env["FANLIGHT_PICTURES"] ?? process.env["FANLIGHT_E2E_OUT"] ?? "test-results";

export const heading = (page: Page, name: string | RegExp): Locator => page.getByRole("heading", { name }).first();

/** Opens a page of the home by its address. */
export async function go(page: Page, place: string, name: string | RegExp): Promise<void> {
  await page.goto(`/home/#/${place}`);
  await expect(heading(page, name)).toBeVisible();
}

/** What every browser here has in common. */
export function optionsOf({ project }: TestInfo): BrowserContextOptions {
  const { baseURL, viewport, locale, timezoneId } = project.use;
  return { baseURL, viewport, locale, timezoneId, reducedMotion: "reduce" };
}

/** An empty browser at the demo's door. */
export async function fresh(browser: Browser, options: BrowserContextOptions): Promise<Page> {
  return (await browser.newContext({ ...options, geolocation: DOOR, permissions: ["geolocation"] })).newPage();
}

/** Says that what the server promises was read, so that no page speaks of it any more. */
export async function readTerms(page: Page): Promise<void> {
  await go(page, "terms", "What this server promises");
  await page.getByRole("button", { name: "I have read this" }).click();
  await expect(page.getByText("Kept in this browser.")).toBeVisible();
}

/** Whoever lives behind the demo's camera. */
export async function resident(browser: Browser, options: BrowserContextOptions): Promise<Page> {
  const page = await be(await browser.newContext(options), options.baseURL ?? "", "resident");
  await readTerms(page);
  await go(page, "", "Today");
  return page;
}

/** Printed, it is one page, on the paper of here and on that of the United States. */
export async function expectOneSheet(page: Page, name: string): Promise<void> {
  for (const format of ["A4", "Letter"]) {
    const printed = await page.pdf({ path: `${out}/${name}-${format.toLowerCase()}.pdf`, format, preferCSSPageSize: false });
    expect.soft(printed.toString("latin1").match(/\/Type\s*\/Page\b(?!s)/g), `${name} on ${format}`).toHaveLength(1);
  }
}
