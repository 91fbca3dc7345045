import AxeBuilder from "@axe-core/playwright";
import { expect, type BrowserContext, type Page } from "@playwright/test";

/** The keyring of the demo listens one port above the server. */
export function card(base: string, role: string): string {
  const url = new URL(base);
  return `${url.protocol}//${url.hostname}:${Number(url.port) + 1}/${role}`;
}

/** An address led here with a person's key: the page has taken it once it would still be there after a reload. */
export async function takenIn(page: Page): Promise<void> {
  await expect.poll(() => page.evaluate(() => sessionStorage.getItem("fanlight.seed") !== null).catch(() => false)).toBe(true);
  await expect(page).not.toHaveURL(/#k=/);
}

/** Opens a demo person's page in a tab of its own, as a click on their card does. */
export async function be(context: BrowserContext, base: string, role: string): Promise<Page> {
  const page = await context.newPage();
  const broken: string[] = [];
  page.on("pageerror", (error) => broken.push(error.message));
  await page.goto(card(base, role));
  await takenIn(page);
  expect(broken).toEqual([]);
  return page;
}

/** Nothing serious by axe on the page as it stands, once its colours have stopped changing. */
export async function expectAccessible(page: Page): Promise<void> {
  await page.evaluate(() => Promise.allSettled(document.getAnimations().filter((one) => one instanceof CSSTransition).map((one) => one.finished)));
  const { violations } = await new AxeBuilder({ page }).analyze();
  const serious = violations.filter((one) => one.impact === "serious" || one.impact === "critical");
  expect(serious.map((one) => `${one.id}: ${one.nodes.map((node) => node.target.join(" ")).join(", ")}`)).toEqual([]);
}

/** Chooses one of several large options by its words. What loads above may move them under the pointer: it is pressed until it counts. */
export async function choose(page: Page, name: string): Promise<void> {
  const radio = page.getByRole("radio", { name });
  await expect(async () => {
    await page.locator("label").filter({ has: radio }).click({ timeout: 5_000 });
    await expect(radio).toBeChecked({ timeout: 1_000 });
  }).toPass({ timeout: 30_000 });
}
