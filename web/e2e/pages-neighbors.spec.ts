// What neighbours post, as everybody reads it, and the desk of those who moderate: looked at in the demo's town. R13 R14 R17.
import { expect, test, type BrowserContextOptions, type Page } from "@playwright/test";
import { look } from "./looking.ts";
import { be, choose } from "./people.ts";
import { fresh, go, heading, optionsOf, resident } from "./visiting.ts";

let options: BrowserContextOptions;
test.beforeAll(({}, info) => void (options = optionsOf(info)));

test("R13 R14 the list, the map, one post and the week are read without an account", async ({ browser }) => {
  const page = await fresh(browser, options);
  await page.goto("/neighbors");
  await page.getByRole("button", { name: "Parcel", exact: true }).click();
  await expect(page.getByRole("list", { name: "Posts and reports" }).getByText(/Around /).first()).toBeVisible({ timeout: 30_000 }); // the streets are there
  await expect(heading(page, "How common is this here?")).toBeVisible();
  await look(page, "neighbors-map");
  await page.getByRole("button", { name: "All", exact: true }).click();
  await look(page, "neighbors-list");
  await page.getByRole("button", { name: "Parcel", exact: true }).click();
  await page.getByRole("link", { name: "Parcel taken from a step" }).click();
  await expect(heading(page, "Parcel taken from a step")).toBeVisible();
  await look(page, "neighbors-post");
  await page.goto("/neighbors#/week");
  await expect(heading(page, / to |week/i)).toBeVisible();
  await look(page, "neighbors-week");
  await page.context().close();
});

/** Has the demo's resident send a post that the checks stop. */
async function stopped(page: Page): Promise<void> {
  await go(page, "neighbours/new", "Write a post");
  await choose(page, "Safety");
  await page.getByLabel("What was done").fill("A tall man in a red cap and a black jacket stood at the corner.");
  await page.getByRole("button", { name: "Check and preview" }).click();
  await page.getByRole("button", { name: "Send to a moderator" }).click();
  await expect(heading(page, /^Your post/)).toBeVisible();
}

test("R17 what waits is decided, and what the law orders to be reported is entered as handed over", async ({ browser }) => {
  const maya = await resident(browser, options);
  await stopped(maya);
  await maya.context().close();
  const desk = await be(await browser.newContext(options), options.baseURL ?? "", "moderator");
  await expect(heading(desk, "What waits")).toBeVisible();
  await desk.getByRole("list", { name: "What waits" }).getByRole("link").first().click();
  await expect(heading(desk, "Post")).toBeVisible();
  await look(desk, "moderator-item");
  await desk.getByRole("radio", { name: "Remove it" }).check();
  await desk.getByLabel("Rule", { exact: true }).first().selectOption("N-9");
  await desk.getByLabel("Reason", { exact: true }).first().fill("The law forbids to show this.");
  await desk.getByRole("button", { name: "Remove it" }).click();
  await expect(desk.getByText("Entered: removed.")).toBeVisible();
  await desk.getByRole("link", { name: "Ordered by law" }).click();
  await expect(desk.getByText("Because: The law forbids to show this.")).toBeVisible();
  await look(desk, "moderator-law");
  await desk.getByLabel("To whom").fill("CyberTipline");
  await desk.getByLabel("Number of the report").fill("T-1");
  await desk.getByRole("button", { name: "Enter it" }).click();
  await expect(desk.getByText("To CyberTipline, number T-1, on", { exact: false })).toBeVisible();
  await desk.context().close();
});
