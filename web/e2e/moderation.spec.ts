// Moderators decide what waits, and an appeal by another than the one it is against: R14 R17. The town and what waits are made by tests/journey/test_moderation.py.
import { readFile } from "node:fs/promises";
import { expect, test, type Page } from "@playwright/test";
import { as, look } from "./days.ts";
import { takenIn } from "./people.ts";

const REASON = "It tells of nothing that he did.";
const secret = `${(JSON.parse(process.env["FANLIGHT_SEEDS"] ?? "{}") as Record<string, string>)["stopped"]?.replaceAll("-", "+").replaceAll("_", "/")}=`;
let stopped = "";

async function desk(page: Page, role: string): Promise<void> {
  await page.clock.setFixedTime(Number(process.env["FANLIGHT_NOON"]));
  await page.goto(as(role, "moderator"));
  await takenIn(page);
}
const queue = (page: Page) => page.getByRole("list", { name: "What waits" }).getByRole("listitem");
/** Writes a rule and a reason into the form of that name. */
async function because(page: Page, form: string, rule: string | null, reason: string): Promise<void> {
  const part = page.locator("details, section").filter({ hasText: form }).last();
  if (rule) await part.getByLabel("Rule", { exact: true }).selectOption(rule);
  await part.getByLabel("Reason", { exact: true }).fill(reason);
}

test.describe.configure({ mode: "serial" });
test.use({ contextOptions: { reducedMotion: "reduce" } });

test("R17 what waits stands oldest first, late ones marked, and is decided by keyboard with a rule and a reason", async ({ page }) => {
  await desk(page, "moderator");
  await expect(page.getByRole("heading", { name: "What waits" })).toBeVisible();
  await expect(queue(page)).toHaveCount(3);
  await expect(queue(page).first()).toContainText("Late");
  await expect(queue(page).first()).toContainText("N-1");
  await look(page, "moderator-queue");
  await page.keyboard.press("j");
  await expect(queue(page).first().getByRole("link")).toBeFocused();
  await page.keyboard.press("k");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("heading", { name: "Post", exact: true })).toBeVisible();
  stopped = /post\/([a-z2-7]{26})/.exec(page.url())?.[1] ?? "";
  await expect(page.getByText("Rule N-1, What was done")).toBeVisible();
  await page.keyboard.press("r");
  await expect(page.getByRole("radio", { name: "Remove it" })).toBeFocused();
  await page.getByRole("button", { name: "Remove it" }).click();
  await expect(page.getByText("Write a reason of ten characters or more.")).toBeVisible();
  await page.getByLabel("Reason", { exact: true }).first().fill(REASON);
  await expect(page.getByText(`Rule N-1: A post that describes a person says what they did. ${REASON}`)).toBeVisible();
  await look(page, "moderator-decide");
  await page.getByRole("button", { name: "Remove it" }).click();
  await expect(page.getByText("Entered: removed.")).toBeVisible();
  // the next one that waits: a comment; shown by keyboard alone
  await expect(page.getByRole("heading", { name: "Comment", exact: true })).toBeVisible();
  await page.keyboard.press("s");
  await page.keyboard.press("Enter");
  await expect(page.getByText("Entered: shown.")).toBeVisible();
  await expect(page.getByRole("heading", { name: "Report", exact: true })).toBeVisible();
});

test("R17 who wrote it opens for a rule and a reason with the moderator's own key, and can be barred", async ({ page }) => {
  await desk(page, "moderator");
  await expect(queue(page)).toHaveCount(1);
  await queue(page).getByRole("link").click();
  await expect(page.getByText("It was my own delivery.")).toBeVisible();
  await expect(page.getByText("somebody who says that they are in it, without an account")).toBeVisible();
  await page.getByText("Who wrote it", { exact: true }).click();
  await page.getByRole("button", { name: "Open who wrote it" }).click();
  await expect(page.getByText("Choose the rule.")).toBeVisible();
  await because(page, "Nobody knows who wrote this", "N-7", "Said to be untrue by two people.");
  await page.getByRole("button", { name: "Open who wrote it" }).click();
  await expect(page.getByText(/^Account [a-z2-7]{26}/)).toBeVisible();
  await look(page);
  await page.getByRole("button", { name: "Bar it" }).click();
  await expect(page.getByText("Entered. The account is barred.")).toBeVisible();
  await page.getByRole("radio", { name: "Confirm it" }).check();
  await because(page, "What is done", null, "The shop's own list has it.");
  await page.getByRole("button", { name: "Confirm it" }).click();
  await expect(page.getByText("The reports still wait", { exact: false })).toBeVisible();
  await expect(page.getByText("Confirmed by a moderator")).toBeVisible();
  await page.getByRole("radio", { name: "Show it" }).check();
  await page.getByRole("button", { name: "Show it" }).click();
  await expect(page.getByText("Nothing waits.", { exact: false })).toBeVisible();
  // a bar ends for a reason
  await page.getByRole("link", { name: "Bars" }).click();
  await page.getByRole("button", { name: /^End it/ }).click();
  await page.getByLabel("Reason", { exact: true }).fill("It was a misunderstanding.");
  await page.getByRole("button", { name: /^End it/ }).click();
  await expect(page.getByText("Nobody is barred.")).toBeVisible();
});

test("R17 an appeal is not decided by whom it is against, but by a second moderator", async ({ page, context, request }) => {
  const asked = await request.post(`/v1/posts/${stopped}/appeal`, { data: { secret, text: "He took my bike, I saw it." } });
  expect(asked.status()).toBe(204);
  await desk(page, "moderator");
  await queue(page).getByRole("link").click();
  await expect(page.getByText("You removed this, so another moderator decides the appeal.")).toBeVisible();
  await expect(page.getByRole("radio")).toHaveCount(0);
  const second = await context.newPage();
  await desk(second, "moderator-2");
  await queue(second).getByRole("link").click();
  await expect(second.getByText("He took my bike, I saw it.")).toBeVisible();
  await expect(second.getByText(`Removed by rule N-1: ${REASON}`)).toBeVisible();
  await second.getByRole("radio", { name: "Bring it back" }).check();
  await because(second, "What is done", "N-1", "The appeal says what he did.");
  await second.getByRole("button", { name: "Bring it back" }).click();
  await expect(second.getByText("Nothing waits.", { exact: false })).toBeVisible();
  const mine = await request.post("/v1/posts/mine", { data: { secrets: [secret] } });
  expect(((await mine.json()) as { posts: { appeal: { state: string } }[] }).posts[0]?.appeal.state).toBe("overturned");
  await second.getByRole("link", { name: "What was decided" }).click();
  await expect(second.getByRole("row").nth(1)).toContainText("Removal overturned");
  await look(second);
  const [kept] = await Promise.all([second.waitForEvent("download"), second.getByRole("button", { name: "Keep as CSV" }).click()]);
  const csv = await readFile(await kept.path(), "utf8");
  for (const act of ["remove,N-1", "show,", "author,N-7", "bar,N-7", "bar-end,N-7", "confirm,", "overturn,N-1"]) expect(csv).toContain(`,${act}`);
});

test("R17 the operator sees who moderates and ends it; nobody else comes in, and what does not load says so", async ({ page }) => {
  await desk(page, "officer");
  await expect(page.getByRole("heading", { name: "This key is not a moderator's" })).toBeVisible();
  await page.goto(as("moderator-2", "moderator"));
  await takenIn(page);
  await page.route("**/v1/moderation/queue", (route) => route.abort());
  await page.reload();
  await expect(page.getByRole("button", { name: "Try again" })).toBeVisible();
  await page.unroute("**/v1/moderation/queue");
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByText("Nothing waits.", { exact: false })).toBeVisible();
  await page.goto(as("operator", "operator"));
  await takenIn(page);
  await page.getByRole("link", { name: "Moderators" }).click();
  await expect(page.getByRole("heading", { name: "L. Haddad" })).toBeVisible();
  await look(page);
  await page.getByRole("button", { name: "End what they do as a moderator S. Whitcomb" }).click();
  await page.getByRole("button", { name: "End it" }).click();
  await expect(page.getByText("Ended on", { exact: false })).toBeVisible();
});
