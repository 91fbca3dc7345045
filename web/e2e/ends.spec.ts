// A case to its end: R26. One story in order; the days go by at once (tests/journey/test_ends.py).
import { expect, test, type BrowserContext, type Page } from "@playwright/test";
import { ahead, as, dayIn, look } from "./days.ts";

test.describe.configure({ mode: "serial" });

let context: BrowserContext;
let page: Page;

test.beforeAll(async ({ browser }, { project }) => {
  const { baseURL, locale, timezoneId } = project.use;
  context = await browser.newContext({ baseURL, locale, timezoneId, reducedMotion: "reduce" });
  page = await context.newPage();
});
test.afterAll(() => context.close());

/** The page as it is on a day, anew: who sits there signs in again. */
async function on(day: number, path: string): Promise<void> {
  await ahead(day, context);
  await page.goto("about:blank");
  await page.goto(as("custodian", "agency"));
  await expect(page.getByRole("heading", { name: "Requests", exact: true })).toBeVisible();
  await page.goto(path);
}

test("R26 what ends when, why, and which exports are out", async () => {
  await on(0, "/agency/#/ends");
  await expect(page.getByRole("heading", { name: "Ends", exact: true })).toBeVisible();
  await expect(page.getByText("180 days after the request, the limit for all")).toBeVisible();
  await expect(page.getByText("Office of the prosecutor")).toBeVisible();
  await look(page);
});

test("R26 thirty days before, who is concerned is told, on the case's page", async () => {
  await on(150, "/agency/#/ends");
  await expect(page.getByText("Out past its date")).toBeVisible();
  await page.getByRole("table").getByRole("link").first().click();
  await expect(page.getByRole("heading", { name: "When this ends" })).toBeVisible();
  await expect(page.getByText(/^Told on /)).toBeVisible();
});

test("R26 the custodian holds it for a court, and attests what became of the export", async () => {
  await page.getByRole("button", { name: "Record a hold" }).click();
  await page.getByLabel("Kind of hold").selectOption("court");
  await page.getByLabel("Stated end").fill(dayIn(200));
  await page.getByLabel("Document").fill("Order of 3 May");
  await page.getByLabel("Court").fill("Superior Court, department 9");
  await page.getByLabel("Docket number").fill("26-CR-0412");
  await look(page);
  await page.getByRole("button", { name: "Sign and record" }).click();
  await expect(page.getByText("A hold stands, so nothing is destroyed on that day.", { exact: false })).toBeVisible();
  await page.getByRole("button", { name: "Attest the end of the copy of Office of the prosecutor" }).click();
  await page.getByLabel("How you know").fill("Letter of 6 May");
  await page.getByRole("button", { name: "Sign and record" }).click();
  await expect(page.getByText("Attested: destroyed", { exact: false })).toBeVisible();
});

test("R26 past its stated end the hold shows as overdue, and ends only when its end is recorded", async () => {
  await on(201, "/agency/#/ends");
  await expect(page.getByText("Hold past its end")).toBeVisible();
  await look(page);
  await page.getByRole("table").getByRole("link").first().click();
  await page.getByRole("button", { name: "Record the end of the hold of Order of 3 May" }).click();
  await page.getByLabel("Document").fill("Order of 9 June");
  await page.getByRole("button", { name: "Sign and record" }).click();
  await expect(page.getByText(/ended on /)).toBeVisible();
});

test("R26 then key and copies are destroyed; a stone and the entry stay", async () => {
  const address = page.url();
  await on(202, address);
  await expect(page.getByText("The key of this case and every copy under it were destroyed", { exact: false })).toBeVisible();
  await expect(page.getByRole("heading", { name: "Destroyed copies" })).toBeVisible();
  await expect(page.getByRole("button", { name: "Open the clip" })).toHaveCount(0);
  await look(page);
  await page.getByRole("link", { name: /^Entry \d+ in the public record$/ }).last().click();
  await expect(page.getByText("Key of a case destroyed").first()).toBeVisible();
});
