// One post through all hands: written, read and reported by a neighbour, removed, appealed, brought back by a second moderator, corrected
// by its writer; and the correction reaches the browser that had shown it. R13 R14 R17. The town is made by tests/journey/test_moderation.py.
import { expect, test, type Browser, type Page } from "@playwright/test";
import { as, look } from "./days.ts";
import { choose } from "./people.ts";

const TITLE = "Somebody took the parcel from my step and walked off with it";
const REASON = "The parcel was delivered next door, as a neighbor says.";
const RIGHT = "It was delivered next door. Nobody took it.";
const noon = Number(process.env["FANLIGHT_NOON"]);

/** Somebody with a browser of their own, at a page. */
async function somebody(browser: Browser, role: string, app: string): Promise<Page> {
  const context = await browser.newContext({ baseURL: test.info().project.use.baseURL, locale: "en-GB", timezoneId: "America/Los_Angeles", reducedMotion: "reduce" });
  await context.clock.setFixedTime(noon);
  const page = await context.newPage();
  await page.goto(as(role, app));
  return page;
}
/** Lets what was written come out. */
const out = (): Promise<Response> => fetch(`${process.env["FANLIGHT_AHEAD"]}/out`, { method: "POST" });
const waiting = (page: Page) => page.getByRole("list", { name: "What waits" }).getByRole("link");

test("R13 R14 R17 a post is written, reported, removed, appealed, brought back and corrected, and who read it is told", async ({ browser }) => {
  const maya = await somebody(browser, "maya", "home/");
  await maya.getByRole("link", { name: "Neighbours" }).click();
  await maya.getByRole("link", { name: "Write a post" }).click();
  await choose(maya, "Parcel");
  await maya.getByLabel("What was done").fill(`${TITLE}.`);
  await maya.getByRole("button", { name: "Check and preview" }).click();
  await maya.getByRole("button", { name: "Post", exact: true }).click();
  await expect(maya.getByRole("heading", { name: "Your post is on its way" })).toBeVisible();
  await out();

  const ben = await somebody(browser, "ben", "home/");
  await ben.getByRole("link", { name: "Neighbours" }).click();
  await ben.getByRole("link", { name: TITLE }).click();
  await ben.getByRole("button", { name: "Report" }).click();
  await ben.getByLabel("Rule", { exact: true }).selectOption("N-7");
  await ben.getByRole("button", { name: "Send report" }).click();
  await expect(ben.getByRole("link", { name: "Look how it went" })).toBeVisible();
  await look(ben);

  const lena = await somebody(browser, "moderator", "moderator");
  await waiting(lena).first().click();
  await lena.getByRole("radio", { name: "Remove it" }).check();
  await lena.getByLabel("Rule", { exact: true }).first().selectOption("N-7");
  await lena.getByLabel("Reason", { exact: true }).first().fill(REASON);
  await lena.getByRole("button", { name: "Remove it" }).click();
  await expect(lena.getByText("Entered: removed.")).toBeVisible();

  await maya.getByRole("link", { name: "Follow it under “Your posts”" }).click();
  await expect(maya.getByText(REASON)).toBeVisible();
  await look(maya);
  await maya.getByRole("button", { name: "Ask another moderator" }).click();
  await maya.getByLabel("Why should it stay?").fill("I saw somebody walk off with it.");
  await maya.getByRole("button", { name: "Send", exact: true }).click();
  await expect(maya.getByText("Another moderator will read it.", { exact: false })).toBeVisible();

  const omar = await somebody(browser, "moderator-2", "moderator");
  await waiting(omar).first().click();
  await expect(omar.getByText("I saw somebody walk off with it.")).toBeVisible();
  await omar.getByRole("radio", { name: "Bring it back" }).check();
  await omar.getByLabel("Rule", { exact: true }).first().selectOption("N-7");
  await omar.getByLabel("Reason", { exact: true }).first().fill("It may be so; a correction is the better way.");
  await omar.getByRole("button", { name: "Bring it back" }).click();
  await expect(omar.getByText("Nothing waits.", { exact: false })).toBeVisible();

  await maya.reload();
  await expect(maya.getByText("Another moderator brought it back.", { exact: false })).toBeVisible();
  await maya.getByRole("button", { name: "Correct it" }).click();
  await maya.getByLabel("What is right?").fill(RIGHT);
  await maya.getByRole("button", { name: "Send", exact: true }).click();
  await expect(maya.getByRole("button", { name: "Correct it" })).toBeVisible();
  await out();

  // the browser that had shown it is told, without anybody keeping who read it
  await ben.goto("/home/#/neighbours");
  await ben.reload();
  await expect(ben.getByRole("heading", { name: /you read ha(s|ve) changed/ })).toBeVisible();
  await expect(ben.getByText(RIGHT).first()).toBeVisible();
  for (const page of [maya, ben, lena, omar]) await page.context().close();
});
