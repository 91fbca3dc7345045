// The register's pages, the clerk's and the operator's, looked at while an agreement waits to be heard: R33 R34 R51.
import { expect, test, type BrowserContextOptions, type Page } from "@playwright/test";
import { look as lookAt } from "./looking.ts";
import { be } from "./people.ts";
import { fresh, heading, optionsOf } from "./visiting.ts";

const DAY_MS = 86_400_000;
const dayIn = (days: number): string => new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10);
let options: BrowserContextOptions;
let operator: Page;
let id = "";
test.beforeAll(async ({ browser }, info) => {
  options = optionsOf(info);
  operator = await be(await browser.newContext(options), options.baseURL ?? "", "operator");
});
test.afterAll(() => operator.context().close());

/** The page from its top, whatever was typed last. */
async function look(page: Page, name: string): Promise<void> {
  await page.evaluate(() => {
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    scrollTo(0, 0);
  });
  await lookAt(page, name);
}
/** Publishes an agreement, once. */
async function published(): Promise<string> {
  if (id) return id;
  await operator.getByRole("link", { name: "Register", exact: true }).click();
  await operator.getByRole("link", { name: "Draft an agreement" }).click();
  await operator.getByLabel("First day").fill(dayIn(60));
  await operator.getByLabel("The day on which it is over").fill(dayIn(424));
  await operator.getByLabel("How it may run for another term").fill("By another vote, after another hearing.");
  await operator.getByLabel("What ending it costs").fill("Nothing.");
  await operator.getByRole("button", { name: "Add a clause" }).click();
  await operator.getByLabel("Clause 1: its words").fill("What residents share stays with the agency; nothing goes to anybody else.");
  await look(operator, "operator-draft");
  await operator.getByRole("button", { name: "Hand in the draft" }).click();
  await operator.getByLabel("Last day for comments").fill(dayIn(30));
  await operator.getByRole("button", { name: "Publish", exact: true }).click();
  await expect(operator.getByText("Published. Its words no longer change.", { exact: false })).toBeVisible();
  id = operator.url().split("/").at(-1) ?? "";
  return id;
}

test("R33 R34 everybody reads the register and says something", async ({ browser }) => {
  const agreement = await published();
  const page = await fresh(browser, options);
  await page.goto(`/register#/agreement/${agreement}`);
  await page.getByLabel("Name", { exact: true }).fill("A neighbour");
  await page.getByLabel("What you say").fill("Four hours a week of an officer's time is not nothing. Who pays for it?");
  await page.getByRole("button", { name: "Say it" }).click();
  await expect(page.getByText("Said. It stands below.")).toBeVisible();
  await look(page, "register-agreement");
  await page.getByRole("link", { name: "Agreements", exact: true }).click();
  await expect(page.getByRole("row").filter({ hasText: "Published" })).toBeVisible();
  await look(page, "register");
  await page.context().close();
});

test("R33 the clerk sees in full what is signed", async ({ browser }) => {
  const agreement = await published();
  const page = await be(await browser.newContext(options), options.baseURL ?? "", "clerk");
  await expect(heading(page, "Wait for a hearing")).toBeVisible();
  await page.goto(`/clerk/#/agreement/${agreement}`);
  await page.getByLabel("Who heard, or voted").fill("The board");
  await page.getByLabel("Minutes").fill("Eleven people spoke.");
  await page.getByRole("button", { name: "Show me what I sign" }).click();
  await expect(heading(page, "This is what you sign")).toBeVisible();
  await look(page, "clerk-sign");
  await page.context().close();
});

test("R33 the clerk's office: passkeys, and who follows", async ({ browser }) => {
  const page = await be(await browser.newContext(options), options.baseURL ?? "", "clerk");
  await page.getByRole("link", { name: "The office" }).click();
  await expect(heading(page, "Your passkeys")).toBeVisible();
  await look(page, "clerk-office");
  await page.context().close();
});

test("R33 the operator admits an agency with the area in which it may ask", async () => {
  await operator.getByRole("link", { name: "Register", exact: true }).click();
  await operator.getByRole("link", { name: "Admit an agency" }).click();
  await operator.getByLabel("Its number (ORI)").fill("NY0290200");
  await operator.getByLabel("Its name, for everybody to read").fill("Elm Harbor Police Department");
  const corners = [[-73.61, 40.9], [-73.58, 40.905], [-73.57, 40.93], [-73.6, 40.94], [-73.62, 40.92], [-73.61, 40.9]];
  const body = JSON.stringify({ type: "Polygon", coordinates: [corners] });
  await operator.getByLabel("Where it may ask").setInputFiles({ name: "area.geojson", mimeType: "application/geo+json", buffer: Buffer.from(body) });
  await expect(operator.getByRole("img", { name: /^One area/ })).toBeVisible();
  await operator.getByLabel("How you made sure that it is this agency").fill("Called the number on the village's page; the chief's letter of 3 November.");
  await operator.getByLabel("Who made sure").fill("The caretaker");
  await look(operator, "operator-admit");
});

test("R34 the operator reads what follows before everything is cancelled", async () => {
  await published();
  await operator.getByRole("link", { name: "Register", exact: true }).click();
  await operator.getByRole("button", { name: "Cancel every agreement in force" }).click();
  await expect(heading(operator, "Cancel every agreement in force")).toBeVisible();
  await look(operator, "operator-cancel");
});
